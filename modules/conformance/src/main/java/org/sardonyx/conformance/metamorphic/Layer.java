package org.sardonyx.conformance.metamorphic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** A recurrent layer as the equations of its steps: products, sums and activations. */
final class Layer {

  private static final Set<String> ACTIVATIONS =
      Set.of("Sigmoid", "Tanh", "Relu", "Softsign", "Softplus");

  private final Node node;
  private final Script script;
  private final long axis;
  private final int steps;
  private final int batch;
  private final int hidden;
  private final DataType type;
  private final List<String> directions;
  private final List<String> activations;

  /**
   * @param x what the layer reads
   * @param r its recurrent weights
   */
  Layer(Node node, Script script, Tensor x, Tensor r) throws NotApplicable {
    this.node = node;
    this.script = script;
    axis = integer("layout");
    steps = x.dim((int) axis);
    batch = x.dim(1 - (int) axis);
    hidden = r.dim(2);
    type = x.dataType();
    String direction = text("direction", "forward");
    directions =
        direction.equals("bidirectional") ? List.of("forward", "reverse") : List.of(direction);
    activations = activations();
    if (node.attribute("clip") != null) {
      throw new NotApplicable(node.label() + " clips");
    }
    if (integer("input_forget") != 0) {
      throw new NotApplicable(node.label() + " couples its gates");
    }
    if (!input(4).isEmpty() && script.version() < 9) {
      throw new NotApplicable(node.label() + " has lengths, before version 9 of ai.onnx");
    }
  }

  int steps() {
    return steps;
  }

  private long integer(String name) {
    return node.value(name) instanceof Attribute.OfInt(long value) ? value : 0;
  }

  private String text(String name, String otherwise) {
    return node.value(name) instanceof Attribute.OfString value ? value.text() : otherwise;
  }

  private List<String> activations() throws NotApplicable {
    List<String> plain =
        node.isOnnx("LSTM")
            ? List.of("Sigmoid", "Tanh", "Tanh")
            : node.isOnnx("GRU") ? List.of("Sigmoid", "Tanh") : List.of("Tanh");
    List<String> all = new ArrayList<>(plain);
    all.addAll(plain);
    if (node.value("activations") instanceof Attribute.OfStrings given) {
      List<String> texts = given.texts();
      for (int i = 0; i < Math.min(texts.size(), all.size()); i++) {
        String lower = texts.get(i).toLowerCase(Locale.ROOT);
        all.set(
            i,
            ACTIVATIONS.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).equals(lower))
                .findFirst()
                .orElseThrow(
                    () -> new NotApplicable(node.label() + " has the activation " + lower)));
      }
    }
    return all;
  }

  private String input(int i) {
    return i < node.inputs().size() ? node.inputs().get(i) : "";
  }

  private String zeros() {
    return script.constant(Tensor.zeros(type, batch, hidden));
  }

  private String f(int direction, int which, String value) {
    int each = node.isOnnx("LSTM") ? 3 : node.isOnnx("GRU") ? 2 : 1;
    return script.add(activations.get(direction * each + which), List.of(value));
  }

  private String two(String operator, String a, String b) {
    return script.add(operator, List.of(a, b));
  }

  /** What a direction reads, the same at every step. */
  private record Weights(
      String w,
      String r,
      @Nullable String bias,
      @Nullable String recurrentBias,
      @Nullable String peepholes) {}

  private Weights weights(int direction, int gates) {
    String b = input(3).isEmpty() ? null : script.at(input(3), 0, direction);
    return new Weights(
        transposed(script.at(input(1), 0, direction)),
        transposed(script.at(input(2), 0, direction)),
        b == null ? null : script.range(b, 0, 0, gates * hidden),
        b == null ? null : script.range(b, 0, gates * hidden, gates * hidden),
        input(7).isEmpty() ? null : script.at(input(7), 0, direction));
  }

  private String transposed(String matrix) {
    return script.add("Transpose", List.of(matrix), Attribute.of("perm", new long[] {1, 0}));
  }

  private String plus(String value, @Nullable String more) {
    return more == null ? value : two("Add", value, more);
  }

  /** Writes the layer. */
  void write() {
    List<List<String>> all = new ArrayList<>();
    List<String> last = new ArrayList<>();
    List<String> lastCells = new ArrayList<>();
    for (int d = 0; d < directions.size(); d++) {
      boolean backwards = directions.get(d).equals("reverse");
      Weights weights = weights(d, node.isOnnx("LSTM") ? 4 : node.isOnnx("GRU") ? 3 : 1);
      String h = input(5).isEmpty() ? zeros() : script.at(input(5), axis, d);
      String c = input(6).isEmpty() ? zeros() : script.at(input(6), axis, d);
      String[] ys = new String[steps];
      for (int i = 0; i < steps; i++) {
        int t = backwards ? steps - 1 - i : i;
        String x = script.at(input(0), axis, t);
        State next =
            node.isOnnx("LSTM")
                ? lstm(d, weights, x, h, c)
                : node.isOnnx("GRU")
                    ? new State(gru(d, weights, x, h), c)
                    : new State(rnn(d, weights, x, h), c);
        ys[t] = next.h();
        if (!input(4).isEmpty()) {
          String within = within(t);
          ys[t] = script.add("Where", List.of(within, next.h(), zeros()));
          next =
              new State(
                  script.add("Where", List.of(within, next.h(), h)),
                  script.add("Where", List.of(within, next.c(), c)));
        }
        h = next.h();
        c = next.c();
      }
      all.add(Arrays.asList(ys));
      last.add(h);
      lastCells.add(c);
    }
    List<String> rows = new ArrayList<>(Collections.nCopies(steps, ""));
    for (int t = 0; t < steps; t++) {
      int at = t;
      rows.set(t, script.stacked(all.stream().map(ys -> ys.get(at)).toList(), axis));
    }
    give(0, script.stacked(rows, axis));
    give(1, script.stacked(last, axis));
    give(2, script.stacked(lastCells, axis));
  }

  private void give(int output, String value) {
    if (output < node.outputs().size() && !node.outputs().get(output).isEmpty()) {
      script.give(value, node.outputs().get(output));
    }
  }

  /** Which rows of the batch are that long. */
  private String within(int step) {
    String number = script.constant(Tensor.of(new int[] {step}));
    return script.unsqueeze(two("Less", number, input(4)), 1);
  }

  private record State(String h, String c) {}

  private String gate(String sums, int number) {
    return script.range(sums, 1, number * hidden, hidden);
  }

  private String peep(String sum, Weights weights, int number, String cell) {
    return weights.peepholes() == null
        ? sum
        : two(
            "Add",
            sum,
            two("Mul", script.range(weights.peepholes(), 0, number * hidden, hidden), cell));
  }

  private String sums(Weights weights, String x, String h) {
    String products = two("Add", two("MatMul", x, weights.w()), two("MatMul", h, weights.r()));
    return plus(plus(products, weights.bias()), weights.recurrentBias());
  }

  private String rnn(int direction, Weights weights, String x, String h) {
    return f(direction, 0, sums(weights, x, h));
  }

  private State lstm(int direction, Weights weights, String x, String h, String c) {
    String sums = sums(weights, x, h);
    String i = f(direction, 0, peep(gate(sums, 0), weights, 0, c));
    String forget = f(direction, 0, peep(gate(sums, 2), weights, 2, c));
    String candidate = f(direction, 1, gate(sums, 3));
    String cell = two("Add", two("Mul", forget, c), two("Mul", i, candidate));
    String o = f(direction, 0, peep(gate(sums, 1), weights, 1, cell));
    return new State(two("Mul", o, f(direction, 2, cell)), cell);
  }

  private String gru(int direction, Weights weights, String x, String h) {
    String fromX = plus(two("MatMul", x, weights.w()), weights.bias());
    String fromH = plus(two("MatMul", h, weights.r()), weights.recurrentBias());
    String z = f(direction, 0, two("Add", gate(fromX, 0), gate(fromH, 0)));
    String r = f(direction, 0, two("Add", gate(fromX, 1), gate(fromH, 1)));
    String recurrent;
    if (integer("linear_before_reset") != 0) {
      recurrent = two("Mul", r, gate(fromH, 2));
    } else {
      String product =
          two("MatMul", two("Mul", r, h), script.range(weights.r(), 1, 2 * hidden, hidden));
      recurrent =
          plus(
              product,
              weights.recurrentBias() == null
                  ? null
                  : script.range(weights.recurrentBias(), 0, 2 * hidden, hidden));
    }
    String candidate = f(direction, 1, two("Add", gate(fromX, 2), recurrent));
    String one = script.constant(Tensor.fromDoubles(type, new double[] {1}));
    return two("Add", two("Mul", two("Sub", one, z), candidate), two("Mul", z, h));
  }
}
