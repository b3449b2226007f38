package org.sardonyx.layers;

import java.util.List;
import java.util.Locale;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * A function of one number, or softmax over the features: a layer, and what recurrent cells use
 * inside where ONNX lets them.
 *
 * @param name the operator
 * @param parameters its attributes, {@code alpha} first
 */
public record Activation(String name, List<Parameter> parameters) implements Pointwise {

  /** An attribute of the operator. */
  public record Parameter(String name, float value) {}

  public static final Activation SIGMOID = plain("Sigmoid");
  public static final Activation TANH = plain("Tanh");
  public static final Activation RELU = plain("Relu");
  public static final Activation SOFTSIGN = plain("Softsign");
  public static final Activation SOFTPLUS = plain("Softplus");
  public static final Activation IDENTITY = plain("Identity");

  /** max(0, min(1, 0.2 x + 0.5)), as the defaults of ONNX and DL4J. */
  public static final Activation HARD_SIGMOID = hardSigmoid(0.2f, 0.5f);

  /** max(0, min(1, x / 6 + 0.5)), as PyTorch. */
  public static final Activation HARD_SIGMOID_SIXTH = hardSigmoid(1f / 6, 0.5f);

  /** min(1, max(-1, x)). */
  public static final Activation HARD_TANH = plain("HardTanh");

  /** min(6, max(0, x)). */
  public static final Activation RELU6 = plain("Relu6");

  public static final Activation SELU =
      of("Selu", new Parameter("alpha", 1.6732632f), new Parameter("gamma", 1.0507010f));

  /** x / 2 (1 + erf(x / sqrt 2)). */
  public static final Activation GELU = plain("Gelu");

  /** x sigmoid(x), also called SiLU. */
  public static final Activation SWISH = plain("Swish");

  /** x tanh(softplus(x)). */
  public static final Activation MISH = plain("Mish");

  /** x^3. */
  public static final Activation CUBE = plain("Cube");

  /** exp(x_i) / sum exp(x_j), over the features. */
  public static final Activation SOFTMAX = plain("Softmax");

  /** The logarithm of softmax. */
  public static final Activation LOG_SOFTMAX = plain("LogSoftmax");

  public Activation {
    parameters = List.copyOf(parameters);
  }

  public static Activation leakyRelu(float alpha) {
    return of("LeakyRelu", new Parameter("alpha", alpha));
  }

  public static Activation elu(float alpha) {
    return of("Elu", new Parameter("alpha", alpha));
  }

  /** x where it exceeds alpha, else 0. */
  public static Activation thresholdedRelu(float alpha) {
    return of("ThresholdedRelu", new Parameter("alpha", alpha));
  }

  /** max(0, min(1, alpha x + beta)). */
  public static Activation hardSigmoid(float alpha, float beta) {
    return of("HardSigmoid", new Parameter("alpha", alpha), new Parameter("beta", beta));
  }

  /** alpha tanh(beta x). */
  public static Activation scaledTanh(float alpha, float beta) {
    return of("ScaledTanh", new Parameter("alpha", alpha), new Parameter("beta", beta));
  }

  /** alpha x + beta. */
  public static Activation affine(float alpha, float beta) {
    return of("Affine", new Parameter("alpha", alpha), new Parameter("beta", beta));
  }

  private static Activation plain(String name) {
    return new Activation(name, List.of());
  }

  private static Activation of(String name, Parameter... parameters) {
    return new Activation(name, List.of(parameters));
  }

  /** The activations that recurrent operators know ({@code activations} of LSTM, GRU and RNN). */
  private static final List<String> RECURRENT =
      List.of(
          "Sigmoid",
          "Tanh",
          "Relu",
          "Softsign",
          "Softplus",
          "HardSigmoid",
          "LeakyRelu",
          "Elu",
          "ThresholdedRelu",
          "ScaledTanh",
          "Affine");

  /** Refuses what recurrent operators do not know; the identity is affine for them. */
  Activation inside(String layer) {
    if (equals(IDENTITY)) {
      return affine(1, 0);
    }
    if (equals(HARD_TANH)) {
      throw new UnsupportedModel(layer + ": ONNX has no HardTanh inside recurrent layers");
    }
    if (!RECURRENT.contains(name)) {
      throw new UnsupportedModel(
          layer + ": ONNX has no " + name + " inside recurrent layers; it has " + RECURRENT);
    }
    return this;
  }

  @Override
  public String kind() {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public int size(int features) {
    return features;
  }

  @Override
  public Ref on(Formula f, Ref x, int features) {
    return on(f, x);
  }

  /** Writes it. */
  public Ref on(Formula f, Ref x) {
    return switch (name) {
      case "Identity" -> x;
      case "Affine" -> f.add(f.multiply(f.scalar(value(0)), x), f.scalar(value(1)));
      case "ScaledTanh" ->
          f.multiply(f.scalar(value(0)), f.tanh(f.multiply(f.scalar(value(1)), x)));
      case "HardTanh" -> f.node("Clip", x, f.scalar(-1f), f.scalar(1f));
      case "Relu6" -> f.node("Clip", x, f.scalar(0f), f.scalar(6f));
      case "Swish" -> f.multiply(x, f.sigmoid(x));
      case "Mish" -> f.multiply(x, f.tanh(f.node("Softplus", x)));
      case "Cube" -> f.multiply(x, f.multiply(x, x));
      case "Gelu" -> f.opset() >= 20 ? f.node("Gelu", x) : gelu(f, x);
      case "Softmax", "LogSoftmax" -> f.call(name, x).with("axis", -1L).output();
      default -> {
        GraphBuilder.Call call = f.call(name, x);
        parameters.forEach(p -> call.with(Attribute.of(p.name(), p.value())));
        yield call.output();
      }
    };
  }

  private static Ref gelu(Formula f, Ref x) {
    Ref erf = f.node("Erf", f.node("Div", x, f.scalar((float) Math.sqrt(2))));
    return f.multiply(f.multiply(f.scalar(0.5f), x), f.add(f.scalar(1f), erf));
  }

  private float value(int parameter) {
    return parameters.get(parameter).value();
  }
}
