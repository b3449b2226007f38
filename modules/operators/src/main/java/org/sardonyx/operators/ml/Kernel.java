package org.sardonyx.operators.ml;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;

/**
 * The kernel of a support vector machine.
 *
 * @param kind which one
 * @param gamma a factor
 * @param coef0 an offset
 * @param degree an exponent
 */
record Kernel(Kind kind, double gamma, double coef0, int degree) {

  enum Kind {
    LINEAR,
    POLY,
    RBF,
    SIGMOID
  }

  static Kernel of(Attributes attributes) {
    String name = attributes.getString("kernel_type");
    float[] parameters = attributes.getFloatsOrNull("kernel_params");
    if (parameters == null || parameters.length == 0) {
      parameters = new float[3];
    }
    if (parameters.length != 3) {
      throw new InvalidModel("kernel_params has " + parameters.length + " elements, must have 3");
    }
    return new Kernel(
        switch (name) {
          case "LINEAR" -> Kind.LINEAR;
          case "POLY" -> Kind.POLY;
          case "RBF" -> Kind.RBF;
          case "SIGMOID" -> Kind.SIGMOID;
          default -> throw new InvalidModel("kernel_type \"" + name + "\"");
        },
        parameters[0],
        parameters[1],
        (int) parameters[2]);
  }

  /** Returns the kernel of x and the vector at {@code offset}. */
  double of(double[] x, float[] vectors, int offset) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double v = vectors[offset + i];
      sum += kind == Kind.RBF ? (x[i] - v) * (x[i] - v) : x[i] * v;
    }
    return switch (kind) {
      case LINEAR -> sum;
      case POLY -> StrictMath.pow(gamma * sum + coef0, degree);
      case RBF -> StrictMath.exp(-gamma * sum);
      case SIGMOID -> StrictMath.tanh(gamma * sum + coef0);
    };
  }
}
