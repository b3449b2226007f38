package org.sardonyx.operators.math;

import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.MatrixProduct;
import org.sardonyx.operators.MatrixProduct.Operand;
import org.sardonyx.operators.MatrixShapes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/** MatMul: the product of matrices, with broadcasting batches, as NumPy's matmul. */
public record MatMul() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("MatMul")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS)
          .version(9)
          .type("T", Types.HIGH_PRECISION)
          .version(13)
          .type("T", Types.HIGH_PRECISION_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(attributes -> new MatMul());

  @Override
  public void infer(Inference in) {
    in.shape(0, MatrixShapes.product(in, in.shape(0), in.shape(1)));
  }

  @Override
  public void run(Invocation in) {
    MatrixProduct.run(
        in,
        Operand.of(in.tensor(0).shape(), true),
        Operand.of(in.tensor(1).shape(), false),
        1,
        null);
  }

  @Override
  public Operator prepare(Constants constants) {
    Tensor right = constants.tensor(1);
    if (right == null || right.rank() == 0) {
      return this;
    }
    Operand b = Operand.of(right.shape(), false);
    PackedMatrix packed = MatrixProduct.pack(constants.kernels(), right, b);
    return packed == null ? this : new Packed(this, b, packed);
  }

  private record Packed(MatMul meaning, Operand b, PackedMatrix packed) implements Operator {

    @Override
    public void infer(Inference in) {
      meaning.infer(in);
    }

    @Override
    public void run(Invocation in) {
      MatrixProduct.run(in, Operand.of(in.tensor(0).shape(), true), b, 1, packed);
    }

    @Override
    public boolean reads(int input) {
      return input != 1;
    }
  }
}
