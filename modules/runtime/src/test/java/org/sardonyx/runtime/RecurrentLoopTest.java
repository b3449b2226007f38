package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.BOOL;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.INT64;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.sardonyx.error.Limits;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operators;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Loops and scans over cells written with primitive operators: which become recurrent layers. */
class RecurrentLoopTest {

  private static final int INPUT = 3;
  private static final int HIDDEN = 5;
  private static final Random RANDOM = new Random(Long.getLong("seed", 42));

  /** One step in a body: states in, states out; the second is null where there is one. */
  private interface Step {
    Ref[] of(Ops b, Ref x, Ref h, Ref c);
  }

  /** Nodes of a body, with weights that the graph around it holds. */
  private record Ops(GraphBuilder g, GraphBuilder body) {

    Ref weights(int... shape) {
      Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
      for (int i = 0; i < tensor.size(); i++) {
        tensor.floats()[i] = RANDOM.nextFloat() - 0.5f;
      }
      return g.constant(tensor);
    }

    Ref of(String operator, Ref... refs) {
      return body.node(operator, refs);
    }

    Ref one() {
      return g.constant(Tensor.scalar(1f));
    }

    /** {@code x W + h R + b} in one or two products. */
    Ref gates(Ref x, Ref h, int count) {
      Ref wx = gemm(x, weights(count * HIDDEN, INPUT), weights(count * HIDDEN));
      return of("Add", wx, of("MatMul", h, weights(HIDDEN, count * HIDDEN)));
    }

    Ref gemm(Ref x, Ref w, Ref b) {
      return body.call("Gemm", x, w, b).with("transB", 1).output();
    }

    /** Columns {@code part * HIDDEN} and on. */
    Ref slice(Ref from, int part) {
      return of("Slice", from, longs((long) part * HIDDEN), longs((part + 1L) * HIDDEN), longs(1));
    }

    Ref longs(long value) {
      return g.constant(Tensor.of(new long[] {value}, 1));
    }

    Ref[] lstm(Ref i, Ref f, Ref g, Ref o, Ref c, String last) {
      Ref next =
          of("Add", of("Mul", of("Sigmoid", f), c), of("Mul", of("Sigmoid", i), of("Tanh", g)));
      return new Ref[] {of("Mul", of("Sigmoid", o), of(last, next)), next};
    }
  }

  private enum Cell {
    LSTM((b, x, h, c) -> {
      Ref all = b.gates(x, h, 4);
      return b.lstm(b.slice(all, 0), b.slice(all, 1), b.slice(all, 2), b.slice(all, 3), c, "Tanh");
    }),
    LSTM_SEPARATE((b, x, h, c) ->
        b.lstm(b.gates(x, h, 1), b.gates(x, h, 1), b.gates(x, h, 1), b.gates(x, h, 1), c, "Tanh")),
    LSTM_JOINED((b, x, h, c) -> {
      Ref in = b.body.call("Concat", x, h).with("axis", 1).output();
      Ref all = b.gemm(in, b.weights(4 * HIDDEN, INPUT + HIDDEN), b.weights(4 * HIDDEN));
      List<Ref> parts =
          b.body.call("Split", all).with("axis", -1).with("num_outputs", 4).outputs(4);
      return b.lstm(parts.get(2), parts.get(0), parts.get(3), parts.get(1), c, "Tanh");
    }),
    LSTM_SIGMOIDS_AT_ONCE((b, x, h, c) -> {
      Ref all = b.gates(x, h, 4);
      Ref s = b.of("Sigmoid", b.of("Slice", all, b.longs(0), b.longs(3 * HIDDEN), b.longs(-1)));
      Ref kept = b.of("Mul", c, b.slice(s, 1));
      Ref next = b.of("Add", b.of("Mul", b.of("Tanh", b.slice(all, 3)), b.slice(s, 0)), kept);
      return new Ref[] {b.of("Mul", b.of("Tanh", next), b.slice(s, 2)), next};
    }),
    LSTM_PEEPHOLES((b, x, h, c) -> {
      Ref all = b.gates(x, h, 4);
      Ref i = b.of("Sigmoid", b.of("Add", b.slice(all, 0), b.of("Mul", c, b.weights(HIDDEN))));
      Ref f = b.of("Sigmoid", b.of("Add", b.slice(all, 1), b.of("Mul", b.weights(HIDDEN), c)));
      Ref next = b.of("Add", b.of("Mul", f, c), b.of("Mul", i, b.of("Tanh", b.slice(all, 2))));
      Ref o = b.of("Add", b.slice(all, 3), b.of("Mul", b.weights(HIDDEN), next));
      return new Ref[] {b.of("Mul", b.of("Sigmoid", o), b.of("Tanh", next)), next};
    }),
    LSTM_OPERATOR((b, x, h, c) -> {
      Ref zero = b.longs(0);
      List<Ref> out =
          b.body
              .call(
                  "LSTM",
                  b.of("Unsqueeze", x, zero),
                  b.weights(1, 4 * HIDDEN, INPUT),
                  b.weights(1, 4 * HIDDEN, HIDDEN),
                  b.weights(1, 8 * HIDDEN),
                  Ref.ABSENT,
                  b.of("Unsqueeze", h, zero),
                  b.of("Unsqueeze", c, zero))
              .with("hidden_size", HIDDEN)
              .outputs(3);
      return new Ref[] {b.of("Squeeze", out.get(1), zero), b.of("Squeeze", out.get(2), zero)};
    }),
    GRU_AFTER((b, x, h, c) -> {
      Ref wx = b.gemm(x, b.weights(3 * HIDDEN, INPUT), b.weights(3 * HIDDEN));
      Ref wh = b.gemm(h, b.weights(3 * HIDDEN, HIDDEN), b.weights(3 * HIDDEN));
      Ref r = b.of("Sigmoid", b.of("Add", b.slice(wx, 0), b.slice(wh, 0)));
      Ref z = b.of("Sigmoid", b.of("Add", b.slice(wx, 1), b.slice(wh, 1)));
      Ref n = b.of("Tanh", b.of("Add", b.slice(wx, 2), b.of("Mul", r, b.slice(wh, 2))));
      return new Ref[] {b.of("Add", n, b.of("Mul", z, b.of("Sub", h, n)))};
    }),
    GRU_BEFORE((b, x, h, c) -> {
      Ref r = b.of("Sigmoid", b.gates(x, h, 1));
      Ref z = b.of("Sigmoid", b.gates(x, h, 1));
      Ref n = b.of("Tanh", b.gates(x, b.of("Mul", r, h), 1));
      Ref fresh = b.of("Mul", b.of("Sub", b.one(), z), n);
      return new Ref[] {b.of("Add", fresh, b.of("Mul", z, h))};
    }),
    GRU_TURNED((b, x, h, c) -> {
      Ref r = b.of("Sigmoid", b.gates(x, h, 1));
      Ref z = b.of("Sigmoid", b.gates(x, h, 1));
      Ref n = b.of("Tanh", b.gates(x, b.of("Mul", h, r), 1));
      Ref kept = b.of("Mul", b.of("Add", b.of("Neg", z), b.one()), h);
      return new Ref[] {b.of("Add", kept, b.of("Mul", n, z))};
    }),
    GRU_HARD((b, x, h, c) -> {
      Ref r = b.body.call("HardSigmoid", b.gates(x, h, 1)).with("alpha", 0.3f).output();
      Ref z = b.body.call("HardSigmoid", b.gates(x, h, 1)).with("alpha", 0.3f).output();
      Ref n = b.of("Relu", b.gates(x, b.of("Mul", r, h), 1));
      return new Ref[] {b.of("Add", b.of("Mul", b.of("Sub", h, n), z), n)};
    }),
    RNN_TANH((b, x, h, c) -> new Ref[] {b.of("Tanh", b.gates(x, h, 1))}),
    RNN_RELU((b, x, h, c) -> new Ref[] {b.of("Relu", b.gates(x, h, 1))}),

    /** The cell's state is shown through another function than the candidate's: still an LSTM. */
    LSTM_OTHER_LAST((b, x, h, c) -> {
      Ref all = b.gates(x, h, 4);
      return b.lstm(b.slice(all, 0), b.slice(all, 1), b.slice(all, 2), b.slice(all, 3), c, "Relu");
    }),

    NOT_ONE_MINUS((b, x, h, c) -> {
      Ref z = b.of("Sigmoid", b.gates(x, h, 1));
      Ref n = b.of("Tanh", b.gates(x, b.of("Mul", b.of("Sigmoid", b.gates(x, h, 1)), h), 1));
      Ref two = b.g.constant(Tensor.scalar(1.01f));
      return new Ref[] {b.of("Add", b.of("Mul", b.of("Sub", two, z), n), b.of("Mul", z, h))};
    }),
    NOT_SHOWN((b, x, h, c) -> {
      Ref all = b.gates(x, h, 4);
      Ref[] next =
          b.lstm(b.slice(all, 0), b.slice(all, 1), b.slice(all, 2), b.slice(all, 3), c, "Tanh");
      return new Ref[] {b.of("Mul", b.of("Sigmoid", b.slice(all, 3)), b.of("Tanh", c)), next[1]};
    }),
    NOT_ONE_RESET((b, x, h, c) -> {
      Ref z = b.of("Sigmoid", b.gates(x, h, 1));
      Ref r = b.of("Sigmoid", b.gates(x, h, 1));
      Ref n = b.of("Tanh", b.gates(x, b.of("Mul", b.of("Mul", r, r), h), 1));
      return new Ref[] {b.of("Add", b.of("Mul", b.of("Sub", b.one(), z), n), b.of("Mul", z, h))};
    }),
    NOT_A_ROW((b, x, h, c) -> new Ref[] {b.of("Tanh", b.of("Mul", b.gates(x, h, 1), h))}),
    NOT_SCALED((b, x, h, c) -> {
      Ref half = b.g.constant(Tensor.scalar(0.5f));
      return new Ref[] {b.of("Mul", half, b.of("Tanh", b.gates(x, h, 1)))};
    }),
    NOT_WITHOUT_X(
        (b, x, h, c) -> new Ref[] {b.of("Tanh", b.of("MatMul", h, b.weights(HIDDEN, HIDDEN)))});

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
    private final Step step;

    Cell(Step step) {
      this.step = step;
    }

    boolean isCell() {
      return !name().startsWith("NOT_");
    }

    boolean hasTwo() {
      return name().startsWith("LSTM") || this == NOT_SHOWN;
    }

    String operator() {
      return name().split("_", 2)[0];
    }
  }

  /** How the outputs of the steps come together; x and y have the batch first or the time. */
  private enum Form {
    LIST,
    CAT,
    COLLECTED,
    SCAN,
    SCAN_BACKWARDS,
    SCAN_BATCH_FIRST;

    boolean isBatchFirst() {
      return this == LIST || this == CAT || this == SCAN_BATCH_FIRST;
    }
  }

  private static Model model(Cell cell, Form form, Object rows) {
    GraphBuilder g = new GraphBuilder("g");
    boolean first = form.isBatchFirst();
    Ref x =
        first
            ? g.input("x", DataType.FLOAT, "batch", "time", INPUT)
            : g.input("x", DataType.FLOAT, "time", "batch", INPUT);
    List<Ref> states = new ArrayList<>(List.of(g.input("h0", DataType.FLOAT, rows, HIDDEN)));
    if (cell.hasTwo()) {
      states.add(g.input("c0", DataType.FLOAT, rows, HIDDEN));
    }
    List<Ref> results =
        form.name().startsWith("SCAN")
            ? scan(g, cell, form, x, states)
            : loop(g, cell, form, x, states);
    Ref y = results.get(states.size());
    if (form == Form.LIST) {
      y = g.call("ConcatFromSequence", y).with("axis", 1).with("new_axis", 1).output();
    }
    g.output("y", g.node("Identity", y), FLOAT);
    for (int i = 0; i < states.size(); i++) {
      g.output("last" + i, g.node("Identity", results.get(i)), FLOAT);
    }
    return g.model(18);
  }

  private static List<Ref> scan(GraphBuilder g, Cell cell, Form form, Ref x, List<Ref> states) {
    GraphBuilder body = g.body("body");
    Ref h = body.input("h", FLOAT);
    Ref c = cell.hasTwo() ? body.input("c", FLOAT) : h;
    Ref slice = body.input("slice", FLOAT);
    Ref[] next = cell.step.of(new Ops(g, body), slice, h, c);
    for (Ref state : next) {
      body.output(state, FLOAT);
    }
    body.output("shown", body.node("Abs", next[0]), FLOAT);
    List<Ref> inputs = new ArrayList<>(states);
    inputs.add(x);
    int axis = form.isBatchFirst() ? 1 : 0;
    int backwards = form == Form.SCAN_BACKWARDS ? 1 : 0;
    return g.call("Scan", inputs.toArray(Ref[]::new))
        .with("body", body.graph())
        .with("num_scan_inputs", 1)
        .withInts("scan_input_axes", axis)
        .withInts("scan_output_axes", axis)
        .withInts("scan_input_directions", backwards)
        .withInts("scan_output_directions", backwards)
        .outputs(states.size() + 1);
  }

  private static List<Ref> loop(GraphBuilder g, Cell cell, Form form, Ref x, List<Ref> states) {
    int axis = form.isBatchFirst() ? 1 : 0;
    Ref trips = g.node("Gather", g.node("Shape", x), g.constant(Tensor.scalar((long) axis)));
    Ref yes = g.constant(Tensor.scalar(true));
    GraphBuilder body = g.body("body");
    Ref i = body.input("i", INT64);
    body.input("cond", BOOL);
    Ref h = body.input("h", FLOAT);
    Ref c = cell.hasTwo() ? body.input("c", FLOAT) : h;
    Ref all = form == Form.COLLECTED ? Ref.ABSENT : body.input("all");
    Ref slice = body.call("Gather", x, i).with("axis", axis).output();
    Ops ops = new Ops(g, body);
    Ref[] next = cell.step.of(ops, slice, h, c);
    body.output("on", body.node("Identity", yes), BOOL);
    for (Ref state : next) {
      body.output(state, FLOAT);
    }
    Ref shown =
        form == Form.COLLECTED
            ? body.node("Tanh", next[0])
            : ops.gemm(next[0], ops.weights(2, HIDDEN), ops.weights(2));
    List<Ref> inputs = new ArrayList<>(List.of(trips, yes));
    inputs.addAll(states);
    switch (form) {
      case LIST -> {
        inputs.add(g.call("SequenceEmpty").output());
        body.output(body.node("SequenceInsert", all, shown), null);
      }
      case CAT -> {
        Ref rows = g.node("Gather", g.node("Shape", x), g.constant(Tensor.of(new long[] {0}, 1)));
        Ref sizes =
            g.call("Concat", rows, g.constant(Tensor.of(new long[] {0, 2}, 2)))
                .with("axis", 0)
                .output();
        inputs.add(g.node("ConstantOfShape", sizes));
        Ref one = g.constant(Tensor.of(new long[] {1}, 1));
        body.output(
            body.call("Concat", all, body.node("Unsqueeze", shown, one)).with("axis", 1).output(),
            null);
      }
      default -> body.output(shown, FLOAT);
    }
    return g.call("Loop", inputs.toArray(Ref[]::new))
        .with("body", body.graph())
        .outputs(states.size() + 1);
  }

  private static List<String> operators(Model model) {
    List<String> inputs = model.graph().inputs().stream().map(input -> input.name()).toList();
    List<String> outputs = model.graph().outputs().stream().map(output -> output.name()).toList();
    return Reduced.of(model, inputs, outputs, Operators.standard(), Limits.standard())
        .graph()
        .nodes()
        .stream()
        .map(Node::opType)
        .toList();
  }

  private static void agree(Model model, Cell cell, Form form, int rows, int batch, int time) {
    Map<String, Value> inputs = new HashMap<>();
    boolean first = form.isBatchFirst();
    inputs.put("x", random(first ? batch : time, first ? time : batch, INPUT));
    inputs.put("h0", random(rows, HIDDEN));
    if (cell.hasTwo()) {
      inputs.put("c0", random(rows, HIDDEN));
    }
    Map<String, Value> expected =
        Session.compile(model, SessionOptions.standard().withSimplify(false)).run(inputs);
    Map<String, Value> actual = Session.compile(model).run(inputs);
    expected.forEach((name, value) -> {
      Tensor wanted = (Tensor) value;
      Tensor found = (Tensor) actual.get(name);
      assertTrue(wanted.sameShape(found), () -> name + ": " + found + " for " + wanted);
      for (int i = 0; i < wanted.size(); i++) {
        assertEquals(wanted.floats()[i], found.floats()[i], 2e-6, name + " " + i);
      }
    });
  }

  private static Tensor random(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = 2 * RANDOM.nextFloat() - 1;
    }
    return tensor;
  }

  @ParameterizedTest
  @EnumSource(value = Cell.class, mode = Mode.MATCH_NONE, names = "NOT_.*")
  void aCellBecomesItsOperator(Cell cell) {
    for (Form form : Form.values()) {
      Model model = model(cell, form, "batch");
      List<String> operators = operators(model);
      assertTrue(operators.contains(cell.operator()), () -> form + ": " + operators);
      assertTrue(!operators.contains("Loop") && !operators.contains("Scan"), operators::toString);
      agree(model, cell, form, 1, 1, 1);
      agree(model, cell, form, 2, 2, 7);
      agree(model, cell, form, 3, 3, 4);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Cell.class, mode = Mode.MATCH_ALL, names = "NOT_.*")
  void whatIsNearlyACellStays(Cell cell) {
    for (Form form : Form.values()) {
      Model model = model(cell, form, "batch");
      List<String> operators = operators(model);
      assertTrue(operators.contains("Loop") || operators.contains("Scan"), operators::toString);
      assertTrue(!cell.isCell() && !operators.contains("GRU") && !operators.contains("LSTM"));
      agree(model, cell, form, 2, 2, 5);
    }
  }

  /** A state of one row is broadcast in the first step: its operator would refuse it. */
  @ParameterizedTest
  @EnumSource(names = {"LSTM", "GRU_BEFORE", "RNN_TANH"})
  void aStateOfOtherRowsStays(Cell cell) {
    Model model = model(cell, Form.LIST, "rows");
    assertTrue(operators(model).contains("Loop"));
    agree(model, cell, Form.LIST, 1, 3, 4);
  }
}
