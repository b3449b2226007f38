package org.sardonyx.operators.microsoft;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Attributes;

/**
 * The function that a fused operator applies to its result.
 *
 * @param function which
 * @param parameters alpha; min and max of Clip; alpha and beta of HardSigmoid
 */
record Activation(Function function, float[] parameters) {

  enum Function {
    NONE(0),
    RELU(0),
    TANH(0),
    SIGMOID(0),
    LEAKY_RELU(1),
    CLIP(2),
    HARD_SIGMOID(2);

    private final int count;

    Function(int parameters) {
      this.count = parameters;
    }
  }

  /** Reads {@code activation} and {@code activation_params}. */
  static Activation of(Attributes attributes) {
    float[] given = attributes.getFloatsOrNull("activation_params");
    return of(attributes.getString("activation", ""), given == null ? new float[0] : given);
  }

  static Activation of(String name, float[] parameters) {
    Function function =
        switch (name) {
          case "" -> Function.NONE;
          case "Relu" -> Function.RELU;
          case "Tanh" -> Function.TANH;
          case "Sigmoid" -> Function.SIGMOID;
          case "LeakyRelu" -> Function.LEAKY_RELU;
          case "Clip" -> Function.CLIP;
          case "HardSigmoid" -> Function.HARD_SIGMOID;
          default -> throw new UnsupportedModel("activation \"" + name + "\" is not implemented");
        };
    if (parameters.length < function.count) {
      throw new InvalidModel(
          "activation " + name + " needs " + function.count + " activation_params");
    }
    return new Activation(function, parameters);
  }

  /** Applies the function in place. */
  void apply(Kernels kernels, float[] y) {
    switch (function) {
      case NONE -> {}
      case RELU -> kernels.unary(Unary.RELU, y, 0, y, 0, y.length);
      case TANH -> kernels.unary(Unary.TANH, y, 0, y, 0, y.length);
      case SIGMOID -> kernels.unary(Unary.SIGMOID, y, 0, y, 0, y.length);
      case LEAKY_RELU -> {
        float alpha = parameters[0];
        for (int i = 0; i < y.length; i++) {
          y[i] = y[i] < 0 ? alpha * y[i] : y[i];
        }
      }
      case CLIP -> {
        float min = parameters[0];
        float max = parameters[1];
        for (int i = 0; i < y.length; i++) {
          y[i] = Math.min(Math.max(y[i], min), max);
        }
      }
      case HARD_SIGMOID -> {
        float alpha = parameters[0];
        float beta = parameters[1];
        for (int i = 0; i < y.length; i++) {
          y[i] = Math.min(Math.max(alpha * y[i] + beta, 0), 1);
        }
      }
    }
  }

  /** Applies the function in place. */
  void apply(double[] y) {
    for (int i = 0; i < y.length; i++) {
      y[i] =
          switch (function) {
            case NONE -> y[i];
            case RELU -> y[i] < 0 ? 0 : y[i];
            case TANH -> StrictMath.tanh(y[i]);
            case SIGMOID -> ScalarMath.sigmoid(y[i]);
            case LEAKY_RELU -> y[i] < 0 ? parameters[0] * y[i] : y[i];
            case CLIP -> Math.min(Math.max(y[i], parameters[0]), parameters[1]);
            case HARD_SIGMOID -> Math.min(Math.max(parameters[0] * y[i] + parameters[1], 0), 1);
          };
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Activation that
        && function == that.function
        && Arrays.equals(parameters, that.parameters);
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + Arrays.hashCode(parameters);
  }
}
