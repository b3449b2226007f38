package org.sardonyx.operators.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.PackedIntegers;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
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
 * MatMulIntegerToFloat: {@code (A - a_zero_point) * (B - b_zero_point) * a_scale * b_scale + bias},
 * the sums in int32; parameters of B one for all or one for each column.
 *
 * @param packed B packed where it is constant, else null
 */
public record MatMulIntegerToFloat(@Nullable PackedIntegers packed) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("MatMulIntegerToFloat")
          .input("A", "T1")
          .input("B", "T2")
          .input("a_scale", "T3")
          .input("b_scale", "T3")
          .optionalInput("a_zero_point", "T1")
          .optionalInput("b_zero_point", "T2")
          .optionalInput("bias", "T3")
          .output("Y", "T3")
          .type("T1", Microsoft.BYTES)
          .type("T2", Microsoft.BYTES)
          .type("T3", DataType.FLOAT, DataType.FLOAT16)
          .accuracy(Accuracy.ROUNDED)
          .create(MatMulIntegerToFloat::of);

  static MatMulIntegerToFloat of(Attributes attributes) {
    return new MatMulIntegerToFloat(null);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, MatrixShapes.product(in, in.shape(0), in.shape(1)));
  }

  @Override
  public Operator prepare(Constants constants) {
    return new MatMulIntegerToFloat(IntegerMatrix.pack(constants, 1, 5));
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
    int[] sums = new int[Tensor.checkedSize(product.shape())];
    IntegerMatrix.multiply(in, product, a, in.optional(4), b, in.optional(5), packed, sums);
    ScaledSums.give(in, sums, product, Microsoft.scale(in, 2), in.tensor(3), in.optional(6));
  }
}
