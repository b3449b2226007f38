package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.optimize.Served.count;
import static org.sardonyx.optimize.Served.draw;
import static org.sardonyx.optimize.Served.floats;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Cells that were traced step by step, as exporters write them. */
class UnrolledCellsTest {

  private static final int HIDDEN = 4;
  private static final int INPUT = 3;

  private enum Kind {
    LSTM(4),
    GRU(3),
    GRU_RESET_BEFORE(3),
    RNN(1);

    private final int gates;

    Kind(int gates) {
      this.gates = gates;
    }

    String operator() {
      return this == RNN ? "RNN" : this == LSTM ? "LSTM" : "GRU";
    }
  }

  /** A layer that is written step by step. */
  private static final class Layer {

    private final GraphBuilder g;
    private final Kind kind;
    private final boolean biased;
    private final Ref w;
    private final Ref r;
    private final Ref wb;
    private final Ref rb;

    private final Ref split;

    /** Of a GRU that resets before: its recurrent weights are two matrices. */
    private final Ref one;

    private final Ref two;
    private final Ref gates;
    private final Ref inner;

    private final List<Ref> hs = new ArrayList<>();
    private final List<Ref> cs = new ArrayList<>();
    private Ref h;
    private Ref c;

    Layer(GraphBuilder g, Kind kind, boolean biased, int input, long seed) {
      this.g = g;
      this.kind = kind;
      this.biased = biased;
      int width = kind.gates * HIDDEN;
      // Where a Linear has no bias, exporters transpose its weights and multiply.
      this.w = g.constant(biased ? draw(seed, width, input) : draw(seed, input, width));
      this.r = g.constant(biased ? draw(seed + 1, width, HIDDEN) : draw(seed + 1, HIDDEN, width));
      this.wb = g.constant(draw(seed + 2, width));
      this.rb = g.constant(draw(seed + 3, width));
      this.split =
          g.constant(
              kind == Kind.LSTM
                  ? Tensor.vector(HIDDEN, HIDDEN, HIDDEN, HIDDEN)
                  : Tensor.vector(HIDDEN, HIDDEN, HIDDEN));
      this.one = g.constant(Tensor.scalar(1f));
      this.two = g.constant(Tensor.vector(HIDDEN, HIDDEN));
      this.gates = g.constant(draw(seed + 4, HIDDEN, 2 * HIDDEN));
      this.inner = g.constant(draw(seed + 5, HIDDEN, HIDDEN));
      this.h = g.input("h" + seed, DataType.FLOAT, "batch", HIDDEN);
      this.c = kind == Kind.LSTM ? g.input("c" + seed, DataType.FLOAT, "batch", HIDDEN) : h;
    }

    private Ref linear(Ref x, Ref weights, Ref bias) {
      return biased
          ? g.call("Gemm", x, weights, bias).with("transB", 1).output()
          : g.node("MatMul", x, weights);
    }

    private List<Ref> parts(Ref x) {
      return g.call("Split", x, split).with("axis", 1).outputs(kind.gates);
    }

    void step(Ref x) {
      switch (kind) {
        case RNN -> h = g.node("Tanh", g.node("Add", linear(x, w, wb), linear(h, r, rb)));
        case LSTM -> {
          List<Ref> gates = parts(g.node("Add", linear(x, w, wb), linear(h, r, rb)));
          Ref kept = g.node("Mul", g.node("Sigmoid", gates.get(1)), c);
          Ref added = g.node("Mul", g.node("Sigmoid", gates.get(0)), g.node("Tanh", gates.get(2)));
          c = g.node("Add", kept, added);
          h = g.node("Mul", g.node("Sigmoid", gates.get(3)), g.node("Tanh", c));
        }
        case GRU -> {
          List<Ref> fromX = parts(linear(x, w, wb));
          List<Ref> fromH = parts(linear(h, r, rb));
          Ref reset = g.node("Sigmoid", g.node("Add", fromX.get(0), fromH.get(0)));
          Ref update = g.node("Sigmoid", g.node("Add", fromX.get(1), fromH.get(1)));
          Ref inner = g.node("Add", fromX.get(2), g.node("Mul", reset, fromH.get(2)));
          Ref candidate = g.node("Tanh", inner);
          h = g.node("Add", candidate, g.node("Mul", update, g.node("Sub", h, candidate)));
        }
        case GRU_RESET_BEFORE -> before(x);
      }
      hs.add(h);
      cs.add(c);
    }

    /** As Keras writes it with reset_after=False: (1 - z) n + z h. */
    private void before(Ref x) {
      List<Ref> fromX = parts(linear(x, w, wb));
      List<Ref> fromH =
          g.call("Split", g.node("MatMul", h, gates), two).with("axis", -1).outputs(2);
      Ref update = g.node("Sigmoid", g.node("Add", fromX.get(0), fromH.get(0)));
      Ref reset = g.node("Sigmoid", g.node("Add", fromX.get(1), fromH.get(1)));
      Ref product = g.node("MatMul", g.node("Mul", reset, h), inner);
      Ref candidate = g.node("Tanh", g.node("Add", fromX.get(2), product));
      h =
          g.node(
              "Add",
              g.node("Mul", g.node("Sub", one, update), candidate),
              g.node("Mul", update, h));
    }

    /** Returns the states of all steps, joined along the second axis, in order of time. */
    Ref joined(boolean reverse) {
      List<Ref> wide = new ArrayList<>();
      for (Ref each : reverse ? hs.reversed() : hs) {
        wide.add(g.node("Unsqueeze", each, g.constant(Tensor.vector(1))));
      }
      return g.call("Concat", wide.toArray(Ref[]::new)).with("axis", 1).output();
    }
  }

  private static Ref at(GraphBuilder g, Ref x, int time) {
    return g.call("Gather", x, g.constant(Tensor.scalar((long) time))).with("axis", 1).output();
  }

  private static Optimized optimized(GraphBuilder g, int opset) {
    return Served.by(Optimize.standard(), g.model(opset));
  }

  private static void becomes(Kind kind, int layers, Optimized result) {
    String said = kind + " became " + result.after().operators();
    assertEquals(layers, count(result, kind.operator()), said);
    for (String left : List.of("Gemm", "MatMul", "Sigmoid", "Tanh", "Scan")) {
      assertEquals(0, count(result, left), said);
    }
  }

  private static void stays(Kind kind, Optimized result) {
    assertEquals(0, count(result, kind.operator()), result.after().operators().toString());
    assertEquals(0, count(result, "Scan"), result.after().operators().toString());
  }

  @Test
  void everyCellBecomesItsOperator() {
    for (Kind kind : Kind.values()) {
      for (boolean biased : new boolean[] {true, false}) {
        for (boolean reverse : new boolean[] {false, true}) {
          int steps = biased ? 3 : 5;
          GraphBuilder g = new GraphBuilder("cell");
          Ref x = g.input("x", DataType.FLOAT, "batch", steps, INPUT);
          Layer layer = new Layer(g, kind, biased, INPUT, 1);
          for (int t = 0; t < steps; t++) {
            layer.step(at(g, x, reverse ? steps - 1 - t : t));
          }
          g.output("y", layer.joined(reverse), floats("batch", steps, HIDDEN));
          g.output("end", layer.h, floats("batch", HIDDEN));
          if (kind == Kind.LSTM) {
            g.output("cell", layer.c, floats("batch", HIDDEN));
          }
          Optimized result = optimized(g, 17);
          becomes(kind, 1, result);
          assertEquals(0, count(result, "Gather") + count(result, "Concat"), kind.toString());
          long linear =
              result.model().graph().nodes().stream()
                  .filter(
                      node -> node.attributes().contains(Attribute.of("linear_before_reset", 1L)))
                  .count();
          assertEquals(kind == Kind.GRU ? 1 : 0, linear);
        }
      }
    }
  }

  @Test
  void lastStateAloneIsEnough() {
    for (Kind kind : Kind.values()) {
      GraphBuilder g = new GraphBuilder("last");
      Ref x = g.input("x", DataType.FLOAT, "batch", 4, INPUT);
      Layer layer = new Layer(g, kind, true, INPUT, 1);
      for (int t = 0; t < 4; t++) {
        layer.step(at(g, x, t));
      }
      g.output("end", layer.h, floats("batch", HIDDEN));
      becomes(kind, 1, optimized(g, 17));
    }
  }

  @Test
  void layersBecomeOneOperatorEach() {
    for (Kind kind : Kind.values()) {
      GraphBuilder g = new GraphBuilder("layers");
      Ref x = g.input("x", DataType.FLOAT, "batch", 3, INPUT);
      Layer first = new Layer(g, kind, true, INPUT, 1);
      Layer second = new Layer(g, kind, true, HIDDEN, 11);
      for (int t = 0; t < 3; t++) {
        first.step(at(g, x, t));
        second.step(first.h);
      }
      g.output("y", second.joined(false), floats("batch", 3, HIDDEN));
      becomes(kind, 2, optimized(g, 17));
    }
  }

  /** A state of h in between is a step of what the operator gives. */
  @Test
  void stepsThatAreReadElsewhereAreTakenFromTheSequence() {
    for (Kind kind : Kind.values()) {
      GraphBuilder g = new GraphBuilder("between");
      Ref x = g.input("x", DataType.FLOAT, "batch", 4, INPUT);
      Layer layer = new Layer(g, kind, true, INPUT, 1);
      for (int t = 0; t < 4; t++) {
        layer.step(at(g, x, t));
      }
      g.output("y", g.node("Relu", layer.hs.get(1)), floats("batch", HIDDEN));
      g.output("end", layer.h, floats("batch", HIDDEN));
      becomes(kind, 1, optimized(g, 17));
    }
  }

  /** LSTM gives no cell state but the last. */
  @Test
  void cellStateThatIsReadBetweenStays() {
    GraphBuilder g = new GraphBuilder("between");
    Ref x = g.input("x", DataType.FLOAT, "batch", 4, INPUT);
    Layer layer = new Layer(g, Kind.LSTM, true, INPUT, 1);
    for (int t = 0; t < 4; t++) {
      layer.step(at(g, x, t));
    }
    g.output("y", layer.cs.get(1), floats("batch", HIDDEN));
    g.output("end", layer.h, floats("batch", HIDDEN));
    Optimized result = optimized(g, 17);
    stays(Kind.LSTM, result);
    assertEquals(8, count(result, "Gemm"));
  }

  @Test
  void stepWithOtherWeightsStays() {
    for (Kind kind : Kind.values()) {
      for (int odd = 0; odd < 4; odd++) {
        GraphBuilder g = new GraphBuilder("odd");
        Ref x = g.input("x", DataType.FLOAT, "batch", 4, INPUT);
        Layer layer = new Layer(g, kind, true, INPUT, 1);
        Layer other = new Layer(g, kind, true, INPUT, 11);
        for (int t = 0; t < 4; t++) {
          if (t == odd) {
            other.h = layer.h;
            other.c = layer.c;
            other.step(at(g, x, t));
            layer.h = other.h;
            layer.c = other.c;
          } else {
            layer.step(at(g, x, t));
          }
        }
        g.output("end", layer.h, floats("batch", HIDDEN));
        stays(kind, optimized(g, 17));
      }
    }
  }

  @Test
  void stepsInAnotherOrderOrNotAllOfThemStay() {
    for (int[] order : new int[][] {{0, 2, 1}, {1, 2, 3}, {0, 1, 2}, {0, 2, 4}, {1, 1, 1}}) {
      GraphBuilder g = new GraphBuilder("order");
      Ref x = g.input("x", DataType.FLOAT, "batch", order[0] == 0 && order[1] == 2 ? 5 : 4, INPUT);
      Layer layer = new Layer(g, Kind.GRU, true, INPUT, 1);
      for (int t : order) {
        layer.step(at(g, x, t));
      }
      g.output("end", layer.h, floats("batch", HIDDEN));
      stays(Kind.GRU, optimized(g, 17));
    }
  }

  @Test
  void stepThatReadsAnOlderStateStays() {
    GraphBuilder g = new GraphBuilder("older");
    Ref x = g.input("x", DataType.FLOAT, "batch", 4, INPUT);
    Layer layer = new Layer(g, Kind.RNN, true, INPUT, 1);
    for (int t = 0; t < 4; t++) {
      if (t == 3) {
        layer.h = layer.hs.get(1);
      }
      layer.step(at(g, x, t));
    }
    g.output("y", layer.joined(false), floats("batch", 4, HIDDEN));
    stays(Kind.RNN, optimized(g, 17));
  }

  @Test
  void stepWithAnotherActivationStays() {
    for (int odd = 0; odd < 3; odd++) {
      GraphBuilder g = new GraphBuilder("activation");
      Ref x = g.input("x", DataType.FLOAT, "batch", 4, INPUT);
      Layer layer = new Layer(g, Kind.RNN, true, INPUT, 1);
      for (int t = 0; t < 4; t++) {
        layer.step(at(g, x, t));
        layer.h = t == odd ? g.node("Relu", layer.h) : layer.h;
      }
      g.output("end", layer.h, floats("batch", HIDDEN));
      stays(Kind.RNN, optimized(g, 17));
    }
  }

  /** One layer that is no operator keeps no other from becoming one. */
  @Test
  void oneThatStaysLeavesOthersFree() {
    GraphBuilder g = new GraphBuilder("mixed");
    Ref x = g.input("x", DataType.FLOAT, "batch", 4, INPUT);
    Layer stays = new Layer(g, Kind.LSTM, true, INPUT, 1);
    Layer goes = new Layer(g, Kind.GRU, true, INPUT, 11);
    for (int t = 0; t < 4; t++) {
      stays.step(at(g, x, t));
      goes.step(at(g, x, t));
    }
    g.output("y", stays.cs.get(1), floats("batch", HIDDEN));
    g.output("end", g.node("Add", stays.h, goes.h), floats("batch", HIDDEN));
    Optimized result = optimized(g, 17);
    stays(Kind.LSTM, result);
    assertEquals(1, count(result, "GRU"), result.after().operators().toString());
  }

  /** Two steps are cheaper than an operator around them, and are no proof of a pattern. */
  @Test
  void twoStepsStay() {
    GraphBuilder g = new GraphBuilder("two");
    Ref x = g.input("x", DataType.FLOAT, "batch", 2, INPUT);
    Layer layer = new Layer(g, Kind.RNN, true, INPUT, 1);
    layer.step(at(g, x, 0));
    layer.step(at(g, x, 1));
    g.output("end", layer.h, floats("batch", HIDDEN));
    stays(Kind.RNN, optimized(g, 17));
  }

  @Test
  void rollingIsLeftOutOnRequest() {
    GraphBuilder g = new GraphBuilder("skipped");
    Ref x = g.input("x", DataType.FLOAT, "batch", 3, INPUT);
    Layer layer = new Layer(g, Kind.RNN, true, INPUT, 1);
    for (int t = 0; t < 3; t++) {
      layer.step(at(g, x, t));
    }
    g.output("end", layer.h, floats("batch", HIDDEN));
    stays(Kind.RNN, Served.by(Optimize.standard().without(Set.of("unrolled-cells")), g.model(17)));
  }
}
