package org.sardonyx.operators.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.PackedIntegers;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.DynamicQuantization;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.IntegerMatrix;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.MatrixShapes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.ProductShapes;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * DynamicQuantizeMatMul: quantizes A as DynamicQuantizeLinear does and multiplies it by the
 * quantized B, {@code sums * (a scale * b_scale) + bias}; parameters of B one for all or one for
 * each column.
 *
 * @param packed B packed where it is constant, else null
 */
public record DynamicQuantizeMatMul(@Nullable PackedIntegers packed) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("DynamicQuantizeMatMul")
          .input("A", "T1")
          .input("B", "T2")
          .input("b_scale", "T1")
          .optionalInput("b_zero_point", "T2")
          .optionalInput("bias", "T1")
          .output("Y", "T1")
          .type("T1", DataType.FLOAT)
          .type("T2", Microsoft.BYTES)
          .accuracy(Accuracy.ROUNDED)
          .create(DynamicQuantizeMatMul::of);

  static DynamicQuantizeMatMul of(Attributes attributes) {
    return new DynamicQuantizeMatMul(null);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, MatrixShapes.product(in, in.shape(0), in.shape(1)));
  }

  @Override
  public Operator prepare(Constants constants) {
    return new DynamicQuantizeMatMul(IntegerMatrix.pack(constants, 1, 3));
  }

  @Override
  public boolean reads(int input) {
    return packed == null || input != 1;
  }

  @Override
  public void run(Invocation in) {
    Tensor a = in.tensor(0);
    Tensor b = packed == null ? in.tensor(1) : null;
    ProductShapes product = IntegerMatrix.shapes(a, b, packed);
    DynamicQuantization range = DynamicQuantization.of(in.kernels(), a.floats());
    byte[] quantized = new byte[a.size()];
    range.quantize(in, a.floats(), quantized);
    Tensor bytes = Tensor.of(DataType.UINT8, quantized, a.shape());
    Tensor zero = Tensor.of(DataType.UINT8, new byte[] {(byte) range.zeroPoint()});
    int[] sums = new int[Tensor.checkedSize(product.shape())];
    IntegerMatrix.multiply(in, product, bytes, zero, b, in.optional(3), packed, sums);
    ScaledSums.give(in, sums, product, range.scale(), in.tensor(2), in.optional(4));
  }
}
