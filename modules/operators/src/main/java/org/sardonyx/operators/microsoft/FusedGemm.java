package org.sardonyx.operators.microsoft;

import java.util.Set;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.GeneralProduct;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * com.microsoft.FusedGemm: Gemm, and an activation function of the result.
 *
 * @param product the Gemm
 * @param activation the function; none where empty
 * @param alpha its first parameter
 * @param beta its second parameter
 */
public record FusedGemm(GeneralProduct product, String activation, float alpha, float beta)
    implements Operator {

  private static final Set<String> KNOWN =
      Set.of("", "Relu", "LeakyRelu", "HardSigmoid", "Sigmoid", "Tanh");

  public static final OperatorDef DEF =
      OperatorDef.named("FusedGemm")
          .domain("com.microsoft")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .optionalInput("C", "T")
          .output("Y", "T")
          .optional("activation", Kind.STRING)
          .optional("activation_alpha", Kind.FLOAT)
          .optional("activation_beta", Kind.FLOAT)
          .optional("activation_gamma", Kind.FLOAT)
          .attribute("alpha", 1f)
          .attribute("beta", 1f)
          .attribute("transA", 0)
          .attribute("transB", 0)
          .type("T", Types.HIGH_PRECISION)
          .accuracy(Accuracy.ACCUMULATED)
          .create(FusedGemm::of);

  static FusedGemm of(Attributes attributes) {
    String activation = attributes.getString("activation", "");
    if (!KNOWN.contains(activation)) {
      throw new UnsupportedModel("activation " + Text.escape(activation) + " of FusedGemm");
    }
    boolean hard = activation.equals("HardSigmoid");
    attributes.ignore("activation_gamma", "none of the functions has a third parameter");
    return new FusedGemm(
        GeneralProduct.of(attributes),
        activation,
        attributes.getFloat("activation_alpha", hard ? 0.2f : 0.01f),
        attributes.getFloat("activation_beta", 0.5f));
  }

  @Override
  public void infer(Inference in) {
    product.infer(in);
  }

  @Override
  public void run(Invocation in) {
    DataType type = in.tensor(0).dataType();
    if (type.isInteger() && !activation.isEmpty()) {
      throw new UnsupportedModel("FusedGemm of " + type.specName() + " with an activation");
    }
    Tensor y = product.run(in);
    if (y.array() instanceof double[] values) {
      for (int i = 0; i < values.length; i++) {
        values[i] = activate(values[i]);
      }
    } else if (y.array() instanceof float[] values) {
      activate(in.kernels(), values);
      if (Elementwise.isNarrow(type)) {
        Elementwise.store(in, type, values, y.shape());
      }
    }
  }

  private void activate(Kernels kernels, float[] x) {
    int n = x.length;
    switch (activation) {
      case "Relu" -> kernels.unary(Unary.RELU, x, 0, x, 0, n);
      case "Sigmoid" -> kernels.unary(Unary.SIGMOID, x, 0, x, 0, n);
      case "Tanh" -> kernels.unary(Unary.TANH, x, 0, x, 0, n);
      case "LeakyRelu" -> {
        for (int i = 0; i < n; i++) {
          x[i] = x[i] < 0 ? alpha * x[i] : x[i];
        }
      }
      case "HardSigmoid" -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.max(0, Math.min(1, alpha * x[i] + beta));
        }
      }
      default -> {}
    }
  }

  private double activate(double x) {
    return switch (activation) {
      case "Relu" -> x < 0 ? 0 : x;
      case "Sigmoid" -> ScalarMath.sigmoid(x);
      case "Tanh" -> StrictMath.tanh(x);
      case "LeakyRelu" -> x < 0 ? alpha * x : x;
      case "HardSigmoid" -> Math.max(0, Math.min(1, alpha * x + beta));
      default -> x;
    };
  }

  @Override
  public Operator prepare(Constants constants) {
    return new FusedGemm(product.prepare(constants), activation, alpha, beta);
  }

  @Override
  public boolean reads(int input) {
    return product.reads(input);
  }
}
