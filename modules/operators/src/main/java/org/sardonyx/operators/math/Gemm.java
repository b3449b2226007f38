package org.sardonyx.operators.math;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Finishing;
import org.sardonyx.operators.GeneralProduct;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Gemm: {@code alpha * a * b + beta * c} of matrices that may be transposed. A factor beta of 0
 * leaves out c, whatever it holds.
 */
public record Gemm(GeneralProduct product) implements Finishing {

  public static final OperatorDef DEF =
      OperatorDef.named("Gemm")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .input("C", "T")
          .output("Y", "T")
          .attribute("alpha", 1.0f)
          .attribute("beta", 1.0f)
          .attribute("broadcast", 0)
          .attribute("transA", 0)
          .attribute("transB", 0)
          .type("T", Types.FLOATS)
          .version(6)
          .version(7)
          .without("broadcast")
          .version(9)
          .type("T", Types.HIGH_PRECISION)
          .version(11)
          .optionalInput("C", "T")
          .version(13)
          .type("T", Types.HIGH_PRECISION_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(attributes -> new Gemm(GeneralProduct.of(attributes)));

  @Override
  public void infer(Inference in) {
    product.infer(in);
  }

  @Override
  public void run(Invocation in) {
    Tensor y = product.run(in);
    DataType type = in.tensor(0).dataType();
    if (Elementwise.isNarrow(type)) {
      Elementwise.store(in, type, y.floats(), y.shape());
    }
  }

  @Override
  public Operator prepare(Constants constants) {
    return new Gemm(product.prepare(constants));
  }

  @Override
  public @Nullable Operator finishing(@Nullable Tensor bias, @Nullable Unary f) {
    GeneralProduct finished = bias != null || f == null ? null : product.finishing(f);
    return finished == null ? null : new Gemm(finished);
  }

  @Override
  public boolean reads(int input) {
    return product.reads(input);
  }

  @Override
  public String how() {
    return product.packed() == null
        ? "nothing packed: the right-hand matrix is no constant float matrix"
        : product.f() == null ? "packed matrix" : "packed matrix, " + product.f() + " in its store";
  }
}
