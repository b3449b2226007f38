package org.sardonyx.operators.microsoft;

import java.util.Map;
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
 * @param gamma its third parameter
 */
public record FusedGemm(
    GeneralProduct product, String activation, float alpha, float beta, float gamma)
    implements Operator {

  /** Where parameters are not given they are those of the operators of the same names. */
  private static final Map<String, float[]> DEFAULTS =
      Map.ofEntries(
          Map.entry("", new float[3]),
          Map.entry("Celu", new float[] {1, 0, 0}),
          Map.entry("Elu", new float[] {1, 0, 0}),
          Map.entry("HardSigmoid", new float[] {0.2f, 0.5f, 0}),
          Map.entry("LeakyRelu", new float[] {0.01f, 0, 0}),
          Map.entry("Relu", new float[3]),
          Map.entry("Selu", new float[] {1.6732632f, 0, 1.050701f}),
          Map.entry("Sigmoid", new float[3]),
          Map.entry("Softplus", new float[3]),
          Map.entry("Softsign", new float[3]),
          Map.entry("Tanh", new float[3]),
          Map.entry("ThresholdedRelu", new float[] {1, 0, 0}));

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
    float[] defaults = DEFAULTS.get(activation);
    if (defaults == null) {
      throw new UnsupportedModel("activation " + Text.escape(activation) + " of FusedGemm");
    }
    return new FusedGemm(
        GeneralProduct.of(attributes),
        activation,
        attributes.getFloat("activation_alpha", defaults[0]),
        attributes.getFloat("activation_beta", defaults[1]),
        attributes.getFloat("activation_gamma", defaults[2]));
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
      case "" -> {}
      default -> {
        for (int i = 0; i < n; i++) {
          x[i] = (float) activate((double) x[i]);
        }
      }
    }
  }

  private double activate(double x) {
    return switch (activation) {
      case "Relu" -> x < 0 ? 0 : x;
      case "Sigmoid" -> ScalarMath.sigmoid(x);
      case "Tanh" -> StrictMath.tanh(x);
      case "LeakyRelu" -> x < 0 ? alpha * x : x;
      case "HardSigmoid" -> Math.max(0, Math.min(1, alpha * x + beta));
      case "Celu" -> Math.max(0, x) + Math.min(0, alpha * StrictMath.expm1(x / alpha));
      case "Elu" -> x < 0 ? alpha * StrictMath.expm1(x) : x;
      case "Selu" -> gamma * (x > 0 ? x : alpha * StrictMath.expm1(x));
      case "Softplus" -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
      case "Softsign" -> x / (1 + Math.abs(x));
      case "ThresholdedRelu" -> x > alpha ? x : 0;
      default -> x;
    };
  }

  @Override
  public Operator prepare(Constants constants) {
    return new FusedGemm(product.prepare(constants), activation, alpha, beta, gamma);
  }

  @Override
  public boolean reads(int input) {
    return product.reads(input);
  }
}
