package org.sardonyx.operators.recurrent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;

/**
 * The attributes that LSTM, GRU and RNN have in common.
 *
 * @param direction which way the sequence is read
 * @param batchFirst layout 1: X [N, T, I], Y [N, T, D, H], states [N, D, H]; else the batch comes
 *     after time and after directions. W, R, B and P are the same under both
 * @param clip bound of what goes into an activation, infinite where there is none
 * @param hiddenSize H, or 0 where it is to be taken from R
 * @param activations those of the forward direction, then those of the backward one
 */
record Layer(
    Direction direction,
    boolean batchFirst,
    float clip,
    long hiddenSize,
    List<Activation> activations) {

  /** Which way a sequence is read. */
  enum Direction {
    FORWARD,
    REVERSE,
    BIDIRECTIONAL;

    int count() {
      return this == BIDIRECTIONAL ? 2 : 1;
    }
  }

  /** Reads the attributes; {@code defaults} are the activations of one direction. */
  static Layer of(Attributes attributes, List<String> defaults) {
    attributes.ignore("output_sequence", "Y is computed wherever the node names it");
    Direction direction = direction(attributes);
    long layout = attributes.getInt("layout", 0);
    if (layout != 0 && layout != 1) {
      throw new InvalidModel("layout is " + layout + ", must be 0 or 1");
    }
    float clip = Float.POSITIVE_INFINITY;
    if (attributes.has("clip")) {
      clip = attributes.getFloat("clip");
      if (!(clip > 0)) {
        throw new InvalidModel("clip must be greater than 0");
      }
    }
    long hiddenSize = 0;
    if (attributes.has("hidden_size")) {
      hiddenSize = attributes.getInt("hidden_size");
      if (hiddenSize <= 0 || hiddenSize > Integer.MAX_VALUE) {
        throw new InvalidModel(
            "hidden_size is " + hiddenSize + ", must be 1 to " + Integer.MAX_VALUE);
      }
    }
    return new Layer(
        direction,
        layout == 1,
        clip,
        hiddenSize,
        activations(attributes, defaults, direction.count()));
  }

  int directions() {
    return direction.count();
  }

  /** Whether direction {@code d} reads the sequence from its end. */
  boolean isReverse(int d) {
    return d == 1 || direction == Direction.REVERSE;
  }

  /** Returns activation {@code i} of direction {@code d}. */
  Activation activation(int d, int i) {
    return activations.get(d * (activations.size() / directions()) + i);
  }

  boolean clips() {
    return clip != Float.POSITIVE_INFINITY;
  }

  /** Bounds {@code x[offset..offset+n)}; NaN stays NaN. */
  void clip(float[] x, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = Math.min(Math.max(x[i], -clip), clip);
    }
  }

  /** Returns {@code x} bounded; NaN of NaN. */
  double clip(double x) {
    return Math.min(Math.max(x, -clip), clip);
  }

  private static Direction direction(Attributes attributes) {
    String name = attributes.getString("direction");
    if (name.equals("foward") && attributes.version() == 1) {
      // GRU-1 has this slip of the pen as its default.
      return Direction.FORWARD;
    }
    return switch (name) {
      case "forward" -> Direction.FORWARD;
      case "reverse" -> Direction.REVERSE;
      case "bidirectional" -> Direction.BIDIRECTIONAL;
      default ->
          throw new InvalidModel(
              "direction is \"" + name + "\", must be forward, reverse or bidirectional");
    };
  }

  private static List<Activation> activations(
      Attributes attributes, List<String> defaults, int directions) {
    int needed = defaults.size() * directions;
    List<String> names = attributes.getStringsOrNull("activations");
    if (names == null) {
      names = new ArrayList<>();
      for (int d = 0; d < directions; d++) {
        names.addAll(defaults);
      }
    } else if (defaults.size() == 1 && directions == 1 && names.size() == 2) {
      // RNN's own default lists two where one is used.
      names = names.subList(0, 1);
    }
    if (names.size() != needed) {
      throw new InvalidModel(
          "activations lists " + names.size() + " functions, must list " + needed);
    }
    return Activation.of(
        names,
        orEmpty(attributes.getFloatsOrNull("activation_alpha")),
        orEmpty(attributes.getFloatsOrNull("activation_beta")));
  }

  private static float[] orEmpty(float @Nullable [] values) {
    return values == null ? new float[0] : values;
  }
}
