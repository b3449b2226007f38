package org.sardonyx.operators.recurrent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;

/**
 * An activation function of a recurrent operator with its two numbers.
 *
 * @param function which one
 * @param alpha its alpha; not used by functions that take none
 * @param beta its beta; not used by functions that take none
 */
record Activation(Function function, float alpha, float beta) {

  /**
   * The functions, with the default of each number they take; NaN where they take none. The text
   * refers to the operators of the same names for defaults. Affine had 1 and 0 when it was one;
   * ScaledTanh never had any, and is read as Tanh.
   */
  enum Function {
    RELU("Relu", Float.NaN, Float.NaN),
    TANH("Tanh", Float.NaN, Float.NaN),
    SIGMOID("Sigmoid", Float.NaN, Float.NaN),
    AFFINE("Affine", 1, 0),
    LEAKY_RELU("LeakyRelu", 0.01f, Float.NaN),
    THRESHOLDED_RELU("ThresholdedRelu", 1, Float.NaN),
    SCALED_TANH("ScaledTanh", 1, 1),
    HARD_SIGMOID("HardSigmoid", 0.2f, 0.5f),
    ELU("Elu", 1, Float.NaN),
    SOFTSIGN("Softsign", Float.NaN, Float.NaN),
    SOFTPLUS("Softplus", Float.NaN, Float.NaN);

    private final String specName;
    private final float alpha;
    private final float beta;

    Function(String specName, float alpha, float beta) {
      this.specName = specName;
      this.alpha = alpha;
      this.beta = beta;
    }

    /** Names are told apart without regard to case. */
    static Function named(String name) {
      for (Function function : values()) {
        if (function.specName.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
          return function;
        }
      }
      throw new InvalidModel(
          "\""
              + name
              + "\" is no activation; there are "
              + Arrays.stream(values()).map(f -> f.specName).collect(Collectors.joining(", ")));
    }
  }

  /**
   * Returns the activations of these names. Each takes the next alpha and the next beta only where
   * its function has use for one; what a list lacks is the default, what it has too much is passed
   * over.
   */
  static List<Activation> of(List<String> names, float[] alphas, float[] betas) {
    List<Activation> activations = new ArrayList<>();
    int nextAlpha = 0;
    int nextBeta = 0;
    for (String name : names) {
      Function function = Function.named(name);
      float alpha = function.alpha;
      float beta = function.beta;
      if (!Float.isNaN(alpha) && nextAlpha < alphas.length) {
        alpha = alphas[nextAlpha++];
      }
      if (!Float.isNaN(beta) && nextBeta < betas.length) {
        beta = betas[nextBeta++];
      }
      activations.add(new Activation(function, alpha, beta));
    }
    return List.copyOf(activations);
  }

  boolean is(Function other) {
    return function == other;
  }

  /** Applies the function to {@code x[offset..offset+n)}, in place; NaN stays NaN. */
  void apply(Kernels kernels, float[] x, int offset, int n) {
    switch (function) {
      case RELU -> kernels.unary(Unary.RELU, x, offset, x, offset, n);
      case TANH -> kernels.unary(Unary.TANH, x, offset, x, offset, n);
      case SIGMOID -> kernels.unary(Unary.SIGMOID, x, offset, x, offset, n);
      case SOFTPLUS -> kernels.unary(Unary.SOFTPLUS, x, offset, x, offset, n);
      case AFFINE -> affine(x, offset, n);
      case SCALED_TANH -> {
        scale(beta, x, offset, n);
        kernels.unary(Unary.TANH, x, offset, x, offset, n);
        scale(alpha, x, offset, n);
      }
      case LEAKY_RELU, THRESHOLDED_RELU, HARD_SIGMOID, ELU, SOFTSIGN -> {
        for (int i = offset; i < offset + n; i++) {
          x[i] = (float) apply(x[i]);
        }
      }
    }
  }

  /** Returns the function of {@code x}; NaN of NaN. */
  double apply(double x) {
    return switch (function) {
      case RELU -> x < 0 ? 0 : x;
      case TANH -> StrictMath.tanh(x);
      case SIGMOID -> ScalarMath.sigmoid(x);
      case AFFINE -> alpha * x + beta;
      case LEAKY_RELU -> x >= 0 ? x : alpha * x;
      case THRESHOLDED_RELU -> x < alpha ? 0 : x;
      case SCALED_TANH -> alpha * StrictMath.tanh(beta * x);
      case HARD_SIGMOID -> Math.min(Math.max(alpha * x + beta, 0), 1);
      case ELU -> x >= 0 ? x : alpha * StrictMath.expm1(x);
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case SOFTPLUS -> ScalarMath.softplus(x);
    };
  }

  private void affine(float[] x, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = alpha * x[i] + beta;
    }
  }

  private static void scale(float factor, float[] x, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      x[i] *= factor;
    }
  }
}
