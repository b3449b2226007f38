package org.sardonyx.operators.quantization;

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
 * MatMulInteger: {@code (A - a_zero_point) * (B - b_zero_point)} of 8-bit integers in int32, shapes
 * as NumPy's matmul; see {@link IntegerMatrix}.
 *
 * @param packed B packed where it is constant, else null
 */
public record MatMulInteger(@Nullable PackedIntegers packed) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("MatMulInteger")
          .version(10)
          .input("A", "T1")
          .input("B", "T2")
          .optionalInput("a_zero_point", "T1")
          .optionalInput("b_zero_point", "T2")
          .output("Y", "T3")
          .type("T1", DataType.INT8, DataType.UINT8)
          .type("T2", DataType.INT8, DataType.UINT8)
          .type("T3", DataType.INT32)
          .accuracy(Accuracy.EXACT)
          .create(MatMulInteger::of);

  static MatMulInteger of(Attributes attributes) {
    return new MatMulInteger(null);
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.INT32, MatrixShapes.product(in, in.shape(0), in.shape(1)));
  }

  @Override
  public Operator prepare(Constants constants) {
    return new MatMulInteger(IntegerMatrix.pack(constants, 1, 3));
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
    int[] y = in.output(0, DataType.INT32, product.shape()).ints();
    IntegerMatrix.multiply(in, product, a, in.optional(2), b, in.optional(3), packed, y);
  }
}
