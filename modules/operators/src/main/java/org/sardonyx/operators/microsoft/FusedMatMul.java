package org.sardonyx.operators.microsoft;

import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
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
import org.sardonyx.type.Shape;

/**
 * com.microsoft.FusedMatMul: {@code alpha} times the product of matrices that may be transposed, or
 * have their rows in the first dimension.
 *
 * @param alpha the factor
 * @param transA whether the matrices on the left are transposed
 * @param transB whether the matrices on the right are transposed
 * @param transBatchA whether the first dimension on the left holds the rows
 * @param transBatchB whether the first dimension on the right holds the rows
 */
public record FusedMatMul(
    float alpha, boolean transA, boolean transB, boolean transBatchA, boolean transBatchB)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("FusedMatMul")
          .domain("com.microsoft")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .output("Y", "T")
          .attribute("alpha", 1f)
          .attribute("transA", 0)
          .attribute("transB", 0)
          .attribute("transBatchA", 0)
          .attribute("transBatchB", 0)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(FusedMatMul::of);

  static FusedMatMul of(Attributes attributes) {
    return new FusedMatMul(
        attributes.getFloat("alpha"),
        attributes.getFlag("transA"),
        attributes.getFlag("transB"),
        attributes.getFlag("transBatchA"),
        attributes.getFlag("transBatchB"));
  }

  @Override
  public void infer(Inference in) {
    Shape a = in.shape(0);
    Shape b = in.shape(1);
    a = transBatchA ? MatrixShapes.batchTransposed(a) : a;
    b = transBatchB ? MatrixShapes.batchTransposed(b) : b;
    a = transA ? MatrixShapes.transposed(a) : a;
    b = transB ? MatrixShapes.transposed(b) : b;
    in.shape(0, MatrixShapes.product(in, a, b));
  }

  private static Operand operand(Tensor x, boolean left, boolean batch, boolean matrix) {
    Operand operand = Operand.of(x.shape(), left);
    operand = batch ? operand.batchTransposed() : operand;
    return matrix ? operand.transposed() : operand;
  }

  @Override
  public void run(Invocation in) {
    MatrixProduct.run(
        in,
        operand(in.tensor(0), true, transBatchA, transA),
        operand(in.tensor(1), false, transBatchB, transB),
        alpha,
        null);
  }

  @Override
  public Operator prepare(Constants constants) {
    Tensor right = constants.tensor(1);
    if (right == null || right.rank() == 0) {
      return this;
    }
    Operand b = operand(right, false, transBatchB, transB);
    PackedMatrix packed = MatrixProduct.pack(constants, right, b);
    return packed == null ? this : new Packed(this, b, packed);
  }

  private record Packed(FusedMatMul meaning, Operand b, PackedMatrix packed) implements Operator {

    @Override
    public void infer(Inference in) {
      meaning.infer(in);
    }

    @Override
    public void run(Invocation in) {
      Operand a = operand(in.tensor(0), true, meaning.transBatchA, meaning.transA);
      MatrixProduct.run(in, a, b, meaning.alpha, packed);
    }

    @Override
    public boolean reads(int input) {
      return input != 1;
    }
  }
}
