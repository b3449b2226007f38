package org.sardonyx.frameworks.dl4j;

import java.util.function.BiFunction;
import org.sardonyx.frameworks.bytes.Fields;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Pointwise;
import org.sardonyx.tensor.DataType;

/** The activation functions of DL4J. */
final class Functions {

  private static final String PACKAGE = "org.nd4j.linalg.activations.impl.Activation";

  private Functions() {}

  /** A function that no layer of ours knows. */
  private record Own(String kind, BiFunction<Formula, Ref, Ref> formula) implements Pointwise {

    @Override
    public int size(int features) {
      return features;
    }

    @Override
    public Ref on(Formula f, Ref x, int features) {
      return formula.apply(f, x);
    }
  }

  /** Reads the function of a layer. */
  static Pointwise of(Fields layer, String name) {
    Fields function = layer.object(name);
    String type = function.text("@class");
    if (!type.startsWith(PACKAGE)) {
      throw function.unsupported("an activation of class " + type);
    }
    Pointwise result = named(function, type.substring(PACKAGE.length()));
    function.requireAllRead();
    return result;
  }

  private static Pointwise named(Fields function, String name) {
    return switch (name) {
      case "Cube" -> Activation.CUBE;
      case "ELU" -> Activation.elu(function.number("alpha", 1));
      case "GELU" -> function.flag("precise", false) ? own("gelu", Functions::preciseGelu) : GELU;
      case "HardSigmoid" -> Activation.HARD_SIGMOID;
      case "HardTanH" -> Activation.HARD_TANH;
      case "Identity" -> Activation.IDENTITY;
      case "LReLU" -> Activation.leakyRelu(function.number("alpha", 0.01f));
      case "Mish" -> Activation.MISH;
      case "RationalTanh" -> own("rationaltanh", Functions::rationalTanh);
      case "RectifiedTanh" -> own("rectifiedtanh", (f, x) -> f.node("Relu", f.tanh(x)));
      case "ReLU" -> relu(function);
      case "ReLU6" -> Activation.RELU6;
      case "RReLU" -> {
        // What the file means is a slope; what DL4J computes is the larger of x and that number.
        float cutoff = (function.number("l") + function.number("u")) / 2;
        yield own("rrelu", (f, x) -> f.node("Max", x, f.scalar(cutoff)));
      }
      case "SELU" -> Activation.SELU;
      case "Sigmoid" -> Activation.SIGMOID;
      case "Softmax" -> Activation.SOFTMAX;
      case "SoftPlus" -> Activation.SOFTPLUS;
      case "SoftSign" -> Activation.SOFTSIGN;
      case "Swish" -> Activation.SWISH;
      case "TanH" -> Activation.TANH;
      case "ThresholdedReLU" -> Activation.thresholdedRelu(function.number("theta", 1));
      default -> throw function.unsupported("the activation " + name);
    };
  }

  private static Own own(String kind, BiFunction<Formula, Ref, Ref> formula) {
    return new Own(kind, formula);
  }

  /** x sigmoid(1.702 x). */
  private static final Own GELU =
      own("gelu", (f, x) -> f.multiply(x, f.sigmoid(f.multiply(f.scalar(1.702f), x))));

  /** x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
  private static Ref preciseGelu(Formula f, Ref x) {
    Ref cube = f.multiply(x, f.multiply(x, x));
    Ref inner = f.add(x, f.multiply(f.scalar(0.044715f), cube));
    Ref tanh = f.tanh(f.multiply(f.scalar((float) Math.sqrt(2 / Math.PI)), inner));
    return f.multiply(f.multiply(f.scalar(0.5f), x), f.add(f.scalar(1f), tanh));
  }

  /** 1.7159 sign(v) (1 - 1 / (1 + |v| + v^2 + 1.41645 v^4)), where v = 2/3 x. */
  private static Ref rationalTanh(Formula f, Ref x) {
    Ref v = f.multiply(f.scalar(2f / 3), x);
    Ref square = f.multiply(v, v);
    Ref fourth = f.multiply(f.scalar(1.41645f), f.multiply(square, square));
    Ref sum = f.add(f.add(f.add(f.scalar(1f), f.node("Abs", v)), square), fourth);
    Ref size = f.subtract(f.scalar(1f), f.node("Reciprocal", sum));
    return f.multiply(f.scalar(1.7159f), f.multiply(f.node("Sign", v), size));
  }

  /** x from a threshold on, below it a slope through the threshold, at most a maximum. */
  private static Pointwise relu(Fields function) {
    float threshold = function.number("threshold", 0);
    float slope = function.number("negativeSlope", 0);
    boolean capped = function.has("max");
    float max = function.number("max", 0);
    Pointwise below =
        threshold != 0
            ? own("relu", (f, x) -> thresholded(f, x, threshold, slope))
            : slope != 0 ? Activation.leakyRelu(slope) : Activation.RELU;
    return capped ? own("relu", (f, x) -> f.node("Min", below.on(f, x, 0), f.scalar(max))) : below;
  }

  private static Ref thresholded(Formula f, Ref x, float threshold, float slope) {
    Ref t = f.scalar(threshold);
    Ref upper = f.cast(f.node("GreaterOrEqual", x, t), DataType.FLOAT);
    Ref lower = f.cast(f.node("Less", x, t), DataType.FLOAT);
    Ref line = f.multiply(f.scalar(slope), f.subtract(x, t));
    return f.add(f.multiply(lower, line), f.multiply(upper, x));
  }
}
