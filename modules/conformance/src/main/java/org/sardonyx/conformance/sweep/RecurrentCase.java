package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * A case of LSTM, GRU or RNN.
 *
 * @param operator LSTM, GRU or RNN
 * @param opset 7, 14 or 22
 * @param type the element type
 * @param direction forward, reverse or bidirectional
 * @param layout 0, or 1 from version 14 on
 * @param steps T
 * @param batch N
 * @param input I
 * @param hidden H
 * @param activations the attribute; null for none
 * @param alphas activation_alpha; null for none
 * @param betas activation_beta; null for none
 * @param clip the attribute; null for none
 * @param inputForget LSTM: couples the gates
 * @param linearBeforeReset GRU: where the reset gate comes in
 * @param bias whether B is given
 * @param lens sequence_lens; null for none
 * @param initialH whether initial_h is given
 * @param initialC LSTM: whether initial_c is given
 * @param peepholes LSTM: whether P is given
 * @param wanted which of Y, Y_h, Y_c are named
 * @param constantWeights whether W, R, B and P are initializers
 * @param special what is put into X
 * @param scale what the normal numbers of W and R are multiplied by
 * @param seed where the numbers begin
 */
record RecurrentCase(
    String operator,
    int opset,
    DataType type,
    String direction,
    int layout,
    int steps,
    int batch,
    int input,
    int hidden,
    @Nullable List<String> activations,
    @Nullable List<Float> alphas,
    @Nullable List<Float> betas,
    @Nullable Float clip,
    boolean inputForget,
    boolean linearBeforeReset,
    boolean bias,
    @Nullable List<Integer> lens,
    boolean initialH,
    boolean initialC,
    boolean peepholes,
    List<Boolean> wanted,
    boolean constantWeights,
    Special special,
    double scale,
    long seed) {

  /** What is put into X beside normal numbers. */
  public enum Special {
    NONE,
    /** NaN in one row of the batch. */
    NAN,
    /** Infinity in one row of the batch. */
    INFINITY,
    /** Everything so small that it is subnormal in float. */
    SUBNORMAL,
    /** Everything so large that gates saturate. */
    LARGE,
    /** Only zeros, of both signs. */
    ZEROS,
    /** NaN where the row has ended already; only with sequence_lens. */
    NAN_PADDING
  }

  /** The activations, with whether they use alpha and beta. */
  static final List<String> ACTIVATIONS =
      List.of(
          "Relu",
          "Tanh",
          "Sigmoid",
          "Affine",
          "LeakyRelu",
          "ThresholdedRelu",
          "ScaledTanh",
          "HardSigmoid",
          "Elu",
          "Softsign",
          "Softplus");

  private static final List<String> BOUNDED =
      List.of("Tanh", "Sigmoid", "ScaledTanh", "HardSigmoid", "Softsign");
  private static final List<String> WITH_ALPHA =
      List.of("Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu");
  private static final List<String> WITH_BETA = List.of("Affine", "ScaledTanh", "HardSigmoid");

  public int directions() {
    return direction.equals("bidirectional") ? 2 : 1;
  }

  /** Returns how many gates the operator has. */
  public int gates() {
    return switch (operator) {
      case "LSTM" -> 4;
      case "GRU" -> 3;
      default -> 1;
    };
  }

  /** Draws a case. */
  public static RecurrentCase draw(String operator, Random random) {
    boolean lstm = operator.equals("LSTM");
    int opset = pick(random, 7, 14, 14, 22, 22);
    DataType type =
        random.nextInt(10) < 6
            ? DataType.FLOAT
            : opset < 22
                ? pick(random, DataType.DOUBLE, DataType.FLOAT16)
                : pick(random, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
    String direction = pick(random, "forward", "reverse", "bidirectional");
    int directions = direction.equals("bidirectional") ? 2 : 1;
    int steps = random.nextInt(12) == 0 ? 0 : pick(random, 1, 2, 3, 5, 7, 7);
    int batch = random.nextInt(12) == 0 ? 0 : pick(random, 1, 1, 2, 3, 5);
    List<String> activations = null;
    List<Float> alphas = null;
    List<Float> betas = null;
    if (random.nextInt(3) == 0) {
      int count = directions * (lstm ? 3 : operator.equals("GRU") ? 2 : 1);
      activations = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        activations.add(ACTIVATIONS.get(random.nextInt(ACTIVATIONS.size())));
      }
      if (activations.stream().anyMatch(name -> !BOUNDED.contains(name))) {
        // Gates beyond 1 make the states grow doubly exponentially with time.
        steps = Math.min(steps, 2);
      }
      alphas = numbers(random, activations, WITH_ALPHA);
      betas = numbers(random, activations, WITH_BETA);
    }
    List<Integer> lens = null;
    if (random.nextInt(2) == 0) {
      lens = new ArrayList<>();
      boolean full = random.nextInt(4) == 0;
      for (int n = 0; n < batch; n++) {
        lens.add(full ? steps : random.nextInt(steps + 1));
      }
    }
    List<Boolean> wanted = new ArrayList<>();
    do {
      wanted.clear();
      for (int i = 0; i < (lstm ? 3 : 2); i++) {
        wanted.add(random.nextInt(3) != 0);
      }
    } while (!wanted.contains(true));
    Special special = random.nextInt(4) != 0 ? Special.NONE : pick(random, Special.values());
    if (special == Special.NAN_PADDING && lens == null) {
      special = Special.NONE;
    }
    return new RecurrentCase(
        operator,
        opset,
        type,
        direction,
        opset >= 14 && random.nextInt(3) == 0 ? 1 : 0,
        steps,
        batch,
        pick(random, 1, 2, 3, 5, 8, 17),
        pick(random, 1, 2, 3, 4, 8, 15, 16, 17, 33),
        activations,
        alphas,
        betas,
        random.nextInt(4) == 0 ? pick(random, 0.001f, 0.3f, 1f, 50f) : null,
        lstm && random.nextInt(4) == 0,
        operator.equals("GRU") && random.nextBoolean(),
        random.nextInt(3) != 0,
        lens,
        random.nextBoolean(),
        lstm && random.nextBoolean(),
        lstm && random.nextInt(3) == 0,
        wanted,
        random.nextInt(4) != 0,
        special,
        pick(random, 0.1, 0.3, 0.5),
        random.nextLong());
  }

  /** As many numbers as are asked for, or, rarely, none, or fewer. */
  private static @Nullable List<Float> numbers(
      Random random, List<String> activations, List<String> users) {
    int count = (int) activations.stream().filter(users::contains).count();
    int kind = random.nextInt(6);
    if (count == 0 || kind == 0) {
      return null;
    }
    List<Float> numbers = new ArrayList<>();
    for (int i = 0; i < (kind == 1 ? count - 1 : count); i++) {
      numbers.add(pick(random, 0.1f, 0.25f, 0.7f, 1f, 1.5f));
    }
    return numbers.isEmpty() ? null : numbers;
  }

  @SafeVarargs
  static <T> T pick(Random random, T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Returns the case as a model with inputs. */
  public Case build() {
    Random random = new Random(seed);
    int d = directions();
    int rows = gates() * hidden;
    Case.Builder builder = Case.of(operator, opset);
    builder.attribute("direction", direction).attribute("hidden_size", hidden);
    if (layout != 0) {
      builder.attribute("layout", layout);
    }
    if (activations != null) {
      builder.attribute(new Attribute("activations", Attribute.OfStrings.of(activations)));
    }
    if (alphas != null) {
      builder.attribute(new Attribute("activation_alpha", new Attribute.OfFloats(alphas)));
    }
    if (betas != null) {
      builder.attribute(new Attribute("activation_beta", new Attribute.OfFloats(betas)));
    }
    if (clip != null) {
      builder.attribute("clip", clip);
    }
    if (inputForget) {
      builder.attribute("input_forget", 1);
    }
    if (linearBeforeReset) {
      builder.attribute("linear_before_reset", 1);
    }
    boolean first = layout == 1;
    int[] states = first ? new int[] {batch, d, hidden} : new int[] {d, batch, hidden};
    builder.input("X", x(random));
    weight(builder, "W", Tensors.normal(random, type, scale, d, rows, input));
    weight(builder, "R", Tensors.normal(random, type, scale, d, rows, hidden));
    if (bias) {
      weight(builder, "B", Tensors.normal(random, type, 0.5, d, 2 * rows));
    } else {
      builder.noInput();
    }
    if (lens != null) {
      builder.input(
          "sequence_lens", Tensor.of(lens.stream().mapToInt(Integer::intValue).toArray(), batch));
    } else {
      builder.noInput();
    }
    if (initialH) {
      builder.input("initial_h", Tensors.normal(random, type, 0.7, states));
    } else {
      builder.noInput();
    }
    if (initialC) {
      builder.input("initial_c", Tensors.normal(random, type, 1, states));
    } else {
      builder.noInput();
    }
    if (peepholes) {
      weight(builder, "P", Tensors.normal(random, type, 0.5, d, 3 * hidden));
    }
    List<String> names = List.of("Y", "Y_h", "Y_c");
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i)) {
        builder.output(names.get(i), type);
      } else {
        builder.noOutput();
      }
    }
    return builder.build(toString());
  }

  private void weight(Case.Builder builder, String name, Tensor value) {
    if (constantWeights) {
      builder.constant(name, value);
    } else {
      builder.input(name, value);
    }
  }

  private Tensor x(Random random) {
    int[] shape = layout == 1 ? new int[] {batch, steps, input} : new int[] {steps, batch, input};
    double factor =
        switch (special) {
          case SUBNORMAL -> type == DataType.FLOAT16 ? 1e-6 : 1e-40;
          case LARGE -> 100;
          default -> 1;
        };
    Tensor x = Tensors.normal(random, type, factor, shape);
    int row = batch == 0 ? 0 : random.nextInt(batch);
    for (int t = 0; t < steps; t++) {
      for (int n = 0; n < batch; n++) {
        for (int i = 0; i < input; i++) {
          int at = (layout == 1 ? n * steps + t : t * batch + n) * input + i;
          switch (special) {
            case NAN -> set(x, at, n == row && t == steps / 2 && i == 0, Double.NaN);
            case INFINITY ->
                set(x, at, n == row && t == steps / 2 && i == 0, Double.POSITIVE_INFINITY);
            case ZEROS -> set(x, at, true, (i & 1) == 0 ? 0.0 : -0.0);
            case NAN_PADDING -> set(x, at, lens != null && t >= lens.get(n), Double.NaN);
            default -> {}
          }
        }
      }
    }
    return x;
  }

  private static void set(Tensor x, int at, boolean where, double value) {
    if (where) {
      x.setDouble(at, value);
    }
  }
}
