package org.sardonyx.operators.math;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Finishing;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.MatrixProduct;
import org.sardonyx.operators.MatrixProduct.Operand;
import org.sardonyx.operators.MatrixShapes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** MatMul: the product of matrices, with broadcasting batches, as NumPy's matmul. */
public record MatMul() implements Operator {

  private static final float[] NONE = {};

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
    PackedMatrix packed = MatrixProduct.pack(constants, right, b);
    return packed == null ? this : new Packed(this, b, packed, NONE, null);
  }

  @Override
  public String how() {
    return "nothing packed: the right-hand matrix is no constant float matrix";
  }

  /** A MatMul that has its right-hand matrix, and perhaps what is done to the product. */
  private static final class Packed implements Finishing {

    private final MatMul meaning;
    private final Operand b;
    private final PackedMatrix packed;
    private final float[] bias;
    private final @Nullable Unary f;

    /** The shape of the last product. */
    private volatile int[] last = {};

    Packed(MatMul meaning, Operand b, PackedMatrix packed, float[] bias, @Nullable Unary f) {
      this.meaning = meaning;
      this.b = b;
      this.packed = packed;
      this.bias = bias;
      this.f = f;
    }

    @Override
    public void infer(Inference in) {
      meaning.infer(in);
    }

    @Override
    public void run(Invocation in) {
      Tensor x = in.tensor(0);
      int k = packed.k();
      if (x.dataType() != DataType.FLOAT || k == 0 || x.rank() == 0 || x.dim(x.rank() - 1) != k) {
        MatrixProduct.run(in, Operand.of(x.shape(), true), b, 1, packed);
        return;
      }
      int[] shape = last;
      if (!fits(x, shape)) {
        shape = MatrixProduct.shape(Operand.of(x.shape(), true), b);
        last = shape;
      }
      float[] y = in.output(0, DataType.FLOAT, shape).floats();
      in.kernels().gemm(x.size() / k, x.floats(), 0, k, 1, packed, bias, 0, f, y, 0, packed.n());
    }

    /** Whether the product of {@code x} has this shape. */
    private boolean fits(Tensor x, int[] shape) {
      int inner = shape.length - 1;
      boolean fits = x.rank() == shape.length && inner > 0 && !b.vector();
      for (int d = 0; fits && d < inner; d++) {
        fits = x.dim(d) == shape[d];
      }
      return fits;
    }

    @Override
    public @Nullable Operator finishing(@Nullable Tensor more, @Nullable Unary function) {
      if (f != null
          || packed.k() == 0
          || (more != null && (bias.length > 0 || b.vector() || more.size() != packed.n()))) {
        return null;
      }
      return new Packed(meaning, b, packed, more == null ? bias : more.floats(), function);
    }

    @Override
    public boolean reads(int input) {
      return input != 1;
    }

    @Override
    public String how() {
      return "packed matrix"
          + (bias.length > 0 ? ", a row added" : "")
          + (f == null ? "" : ", " + f + " in its store");
    }
  }
}
