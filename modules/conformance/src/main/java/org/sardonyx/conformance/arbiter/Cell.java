package org.sardonyx.conformance.arbiter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * The frame of LSTM, GRU and RNN: row by row, direction by direction, step by step; the cell is the
 * subclass.
 */
abstract class Cell implements Plain.Equations {

  private final int gates;
  private final String direction;
  private final boolean batchFirst;
  private final List<Activation> activations;
  final Readings readings;
  final double clip;
  private Jitter jitter = Jitter.NONE;

  /** The weights of the direction at work, as doubles: [G*H, I], [G*H, H], [2*G*H], [3*H]. */
  private double[] w = {};

  private double[] r = {};
  private double @Nullable [] b;
  double @Nullable [] p;
  int hidden;
  private int input;
  private int inDirection;

  Cell(Attributes attributes, Readings readings, int gates, String... defaults) {
    this.gates = gates;
    this.readings = readings;
    attributes.ignore("output_sequence", "Y is there where the node names it");
    attributes.ignore("hidden_size", "R says it");
    String written = attributes.getString("direction");
    this.direction = written.equals("foward") ? "forward" : written;
    this.batchFirst = attributes.getInt("layout", 0) == 1;
    this.clip = attributes.getFloat("clip", Float.POSITIVE_INFINITY);
    List<String> names = attributes.getStringsOrNull("activations");
    int directions = directions();
    if (names == null) {
      names = new ArrayList<>();
      for (int d = 0; d < directions; d++) {
        names.addAll(Arrays.asList(defaults));
      }
    }
    this.activations =
        Activation.all(
            names,
            attributes.getFloatsOrNull("activation_alpha"),
            attributes.getFloatsOrNull("activation_beta"),
            readings);
    if (activations.size() < directions * defaults.length) {
      throw new InvalidModel("activations lists " + names.size() + " functions");
    }
  }

  /** Sets how the states of each step are rounded. */
  final Cell rounding(Jitter newJitter) {
    jitter = newJitter;
    return this;
  }

  /** A copy for one run, since a run keeps its weights in fields. */
  abstract Cell fresh();

  Cell(Cell other) {
    this.gates = other.gates;
    this.direction = other.direction;
    this.batchFirst = other.batchFirst;
    this.activations = other.activations;
    this.readings = other.readings;
    this.jitter = other.jitter;
    this.clip = other.clip;
  }

  /** Computes H(t) in {@code h} and C(t) in {@code c}, which hold those of t-1. */
  abstract void step(double[] x, double[] h, double[] c);

  private int directions() {
    return direction.equals("bidirectional") ? 2 : 1;
  }

  @Override
  public void run(Invocation in) {
    fresh().compute(in);
  }

  private void compute(Invocation in) {
    Tensor xs = in.tensor(0);
    double[] x = xs.toDoubles();
    int steps = xs.dim(batchFirst ? 1 : 0);
    int batch = xs.dim(batchFirst ? 0 : 1);
    input = xs.dim(2);
    hidden = in.tensor(2).dim(2);
    Tensor lens = in.optional(4);
    double[] initialH = orNull(in, 5);
    double[] initialC = orNull(in, 6);
    int directions = directions();
    double[] y = new double[steps * directions * batch * hidden];
    double[] yh = new double[directions * batch * hidden];
    double[] yc = new double[directions * batch * hidden];
    for (int d = 0; d < directions; d++) {
      w = part(in.tensor(1).toDoubles(), d, gates * hidden * input);
      r = part(in.tensor(2).toDoubles(), d, gates * hidden * hidden);
      b = in.has(3) ? part(in.tensor(3).toDoubles(), d, 2 * gates * hidden) : null;
      p = in.has(7) ? part(in.tensor(7).toDoubles(), d, 3 * hidden) : null;
      inDirection = d;
      boolean backwards = direction.equals("reverse") || d == 1;
      for (int n = 0; n < batch; n++) {
        int length = lens == null ? steps : (int) lens.getLong(n);
        int state = batchFirst ? (n * directions + d) * hidden : (d * batch + n) * hidden;
        double[] h = new double[hidden];
        double[] c = new double[hidden];
        if (length > 0 || readings.keepsInitialStates()) {
          copy(initialH, state, h);
          copy(initialC, state, c);
        }
        for (int s = 0; s < length; s++) {
          int t = backwards ? length - 1 - s : s;
          int from = (batchFirst ? n * steps + t : t * batch + n) * input;
          step(Arrays.copyOfRange(x, from, from + input), h, c);
          for (int j = 0; j < hidden; j++) {
            h[j] = jitter.of(h[j], j);
            c[j] = jitter.of(c[j], j);
          }
          int to =
              (batchFirst ? (n * steps + t) * directions + d : (t * directions + d) * batch + n)
                  * hidden;
          System.arraycopy(h, 0, y, to, hidden);
        }
        System.arraycopy(h, 0, yh, state, hidden);
        System.arraycopy(c, 0, yc, state, hidden);
        in.checkpoint();
      }
    }
    DataType type = xs.dataType();
    int[] stateShape =
        batchFirst ? new int[] {batch, directions, hidden} : new int[] {directions, batch, hidden};
    int[] shape =
        batchFirst
            ? new int[] {batch, steps, directions, hidden}
            : new int[] {steps, directions, batch, hidden};
    in.set(0, Tensor.fromDoubles(type, y, shape));
    in.set(1, Tensor.fromDoubles(type, yh, stateShape));
    in.set(2, Tensor.fromDoubles(type, yc, stateShape));
  }

  /** Row {@code gate * H + j} of {@code W x + Wb}. */
  final void addInput(Sum sum, int gate, int j, double[] x) {
    int row = gate * hidden + j;
    sum.addDot(w, row * input, 1, x, 0, 1, input);
    if (b != null) {
      sum.add(b[row]);
    }
  }

  /** Row {@code gate * H + j} of {@code R h + Rb}. */
  final void addHidden(Sum sum, int gate, int j, double[] h) {
    int row = gate * hidden + j;
    sum.addDot(r, row * hidden, 1, h, 0, 1, hidden);
    if (b != null) {
      sum.add(b[gates * hidden + row]);
    }
  }

  /** Activation {@code k} of the direction at work, of what is bounded by clip. */
  final double activate(int k, double x) {
    double bounded = x > clip ? clip : x < -clip ? -clip : x;
    if (Double.isNaN(x) && b != null && readings.hidesNaN() && gates > 1) {
      bounded = Math.min(clip, Float.MAX_VALUE);
    }
    return unbounded(k, bounded);
  }

  final double unbounded(int k, double x) {
    return activations
        .get(inDirection * (activations.size() / directions()) + k)
        .apply(x, readings);
  }

  private static double[] part(double[] all, int d, int length) {
    return Arrays.copyOfRange(all, d * length, (d + 1) * length);
  }

  private static double @Nullable [] orNull(Invocation in, int i) {
    Tensor tensor = in.optional(i);
    return tensor == null ? null : tensor.toDoubles();
  }

  private static void copy(double @Nullable [] from, int offset, double[] to) {
    if (from != null) {
      System.arraycopy(from, offset, to, 0, to.length);
    }
  }

  /** An activation by its name, with its numbers. */
  record Activation(String name, double alpha, double beta) {

    /** The logarithm of the greatest float. */
    private static final double LOG_OF_MAX = 88.72283905206835;

    /**
     * Each function that has use for an alpha or beta takes the next of the list, or where that is
     * at its end the default: that of the operator of its name; 1 and 0 for Affine, 1 and 1 for
     * ScaledTanh.
     */
    static List<Activation> all(
        List<String> names,
        float @Nullable [] alphas,
        float @Nullable [] betas,
        Readings readings) {
      List<Activation> all = new ArrayList<>();
      int alphaAt = 0;
      int betaAt = 0;
      boolean zero = readings.zeroActivationDefaults();
      for (String name : names) {
        String key = name.toLowerCase(Locale.ROOT);
        double alpha =
            switch (key) {
              case "affine", "scaledtanh", "thresholdedrelu" -> zero ? 0 : 1;
              case "leakyrelu" -> 0.01f;
              case "hardsigmoid" -> 0.2f;
              case "elu" -> 1;
              default -> Double.NaN;
            };
        double beta =
            switch (key) {
              case "affine" -> 0;
              case "scaledtanh" -> zero ? 0 : 1;
              case "hardsigmoid" -> 0.5;
              default -> Double.NaN;
            };
        if (!Double.isNaN(alpha) && alphas != null && alphaAt < alphas.length) {
          alpha = alphas[alphaAt++];
        }
        if (!Double.isNaN(beta) && betas != null && betaAt < betas.length) {
          beta = betas[betaAt++];
        }
        all.add(new Activation(key, alpha, beta));
      }
      return all;
    }

    double apply(double x, Readings readings) {
      if (Double.isNaN(x)) {
        boolean compares =
            name.equals("relu") || name.equals("hardsigmoid") || name.equals("thresholdedrelu");
        return readings.hidesNaN() && compares ? 0 : x;
      }
      return switch (name) {
        case "relu" -> x > 0 ? x : 0;
        case "tanh" -> StrictMath.tanh(x);
        case "sigmoid" -> Functions.sigmoid(x);
        case "affine" -> alpha * x + beta;
        case "leakyrelu" -> x < 0 ? alpha * x : x;
        case "thresholdedrelu" -> x > alpha || (x == alpha && !readings.strictThreshold()) ? x : 0;
        case "scaledtanh" -> alpha * StrictMath.tanh(beta * x);
        case "hardsigmoid" -> {
          double line = alpha * x + beta;
          yield line < 0 ? 0 : line > 1 ? 1 : line;
        }
        case "elu" -> x < 0 ? alpha * StrictMath.expm1(x) : x;
        case "softsign" -> x / (1 + Math.abs(x));
        case "softplus" ->
            readings.overflowingSoftplus() && x > LOG_OF_MAX
                ? Double.POSITIVE_INFINITY
                : Functions.softplus(x);
        default -> throw new InvalidModel("\"" + name + "\" is no activation");
      };
    }
  }
}
