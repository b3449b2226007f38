package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.optimize.Served.count;
import static org.sardonyx.optimize.Served.draw;
import static org.sardonyx.optimize.Served.floats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** pack_padded_sequence with enforce_sorted=False, as torch.onnx writes it. */
class SortedLengthsTest {

  private static final int WIDTH = 3;
  private static final int HIDDEN = 4;

  private final GraphBuilder g = new GraphBuilder("packed");
  private final Ref x = g.input("x", DataType.FLOAT, "batch", "time", WIDTH);
  private final Ref lengths = g.input("lengths", DataType.INT64, "batch");
  private final Ref order;
  private final Ref sorted;
  private final Ref inverse;

  SortedLengthsTest() {
    List<Ref> top = g.call("TopK", lengths, g.node("Shape", lengths)).outputs(2);
    sorted = g.call("Cast", top.get(0)).with("to", DataType.INT32.code()).output();
    order = top.get(1);
    Ref size = g.node("Squeeze", g.node("Shape", order), g.constant(Tensor.vector(0)));
    Ref counted =
        g.node("Range", g.constant(Tensor.scalar(0L)), size, g.constant(Tensor.scalar(1L)));
    Ref empty =
        g.call("ConstantOfShape", g.node("Shape", order)).with("value", Tensor.vector(0)).output();
    inverse = g.call("ScatterElements", empty, order, counted).with("axis", 0).output();
  }

  private Ref gather(Ref value, Ref at, int axis) {
    return g.call("Gather", value, at).with("axis", axis).output();
  }

  private Ref transpose(Ref value, int... perm) {
    return g.call("Transpose", value)
        .with(Attribute.of("perm", java.util.Arrays.stream(perm).asLongStream().toArray()))
        .output();
  }

  /** A bidirectional layer of sorted sequences; its output [time, batch, 2 * hidden], h, c. */
  private List<Ref> layer(Ref input, int width, List<Ref> states, long seed) {
    List<Ref> inputs =
        new ArrayList<>(
            List.of(
                input,
                g.constant(draw(seed, 2, 4 * HIDDEN, width)),
                g.constant(draw(seed + 1, 2, 4 * HIDDEN, HIDDEN)),
                g.constant(draw(seed + 2, 2, 8 * HIDDEN)),
                sorted));
    inputs.addAll(states);
    List<Ref> out =
        g.call("LSTM", inputs.toArray(Ref[]::new))
            .with("hidden_size", HIDDEN)
            .with("direction", "bidirectional")
            .outputs(3);
    Ref flat =
        g.node("Reshape", transpose(out.get(0), 0, 2, 1, 3), g.constant(Tensor.vector(0, 0, -1)));
    return List.of(flat, out.get(1), out.get(2));
  }

  private Optimized optimized() {
    Model model = g.model(15);
    List<Map<String, Value>> inputs = new ArrayList<>();
    for (long[] each : new long[][] {{2, 5, 3}, {4, 4}, {1}, {3, 1, 2, 3}}) {
      Map<String, Value> set = new LinkedHashMap<>();
      for (var input : model.graph().inputs()) {
        set.put(
            input.name(),
            switch (input.name()) {
              case "x" -> draw(7, each.length, 5, WIDTH);
              case "lengths" -> Tensor.vector(each);
              default -> draw(8, 2, each.length, HIDDEN);
            });
      }
      inputs.add(set);
    }
    return Served.by(Optimize.standard().provenOn(inputs), model);
  }

  private void outputs(Ref y, Ref h) {
    g.output("y", y, floats("batch", "time", 2 * HIDDEN));
    g.output("h", h, floats(2, "batch", HIDDEN));
  }

  private static void isGone(Optimized result) {
    for (String each : List.of("TopK", "Gather", "ScatterElements", "Range", "Shape")) {
      assertEquals(0, count(result, each), result.after().operators().toString());
    }
  }

  @Test
  void twoLayersStayInTheirOrder() {
    Ref input = transpose(gather(x, order, 0), 1, 0, 2);
    List<Ref> first = layer(input, WIDTH, List.of(), 1);
    List<Ref> second = layer(first.get(0), 2 * HIDDEN, List.of(), 4);
    Ref y = gather(transpose(second.get(0), 1, 0, 2), inverse, 0);
    Ref h = g.call("Concat", first.get(1), second.get(1)).with("axis", 0).output();
    g.output("y", y, floats("batch", "time", 2 * HIDDEN));
    g.output("h", gather(h, inverse, 1), floats(4, "batch", HIDDEN));
    Optimized result = optimized();
    isGone(result);
    assertEquals(2, count(result, "LSTM"));
  }

  @Test
  void statesOfTheCallerStayToo() {
    Ref h = g.input("h0", DataType.FLOAT, 2, "batch", HIDDEN);
    Ref c = g.input("c0", DataType.FLOAT, 2, "batch", HIDDEN);
    List<Ref> states = List.of(gather(h, order, 1), gather(c, order, 1));
    List<Ref> out = layer(transpose(gather(x, order, 0), 1, 0, 2), WIDTH, states, 1);
    outputs(transpose(gather(out.get(0), inverse, 1), 1, 0, 2), gather(out.get(1), inverse, 1));
    isGone(optimized());
  }

  /** The inverse as argsort of the order. */
  @Test
  void orderOfTheOrderUndoesIt() {
    Ref back = g.call("TopK", order, g.node("Shape", order)).with("largest", 0).outputs(2).get(1);
    List<Ref> out = layer(transpose(gather(x, order, 0), 1, 0, 2), WIDTH, List.of(), 1);
    outputs(transpose(gather(out.get(0), back, 1), 1, 0, 2), gather(out.get(1), back, 1));
    isGone(optimized());
  }

  private static void stays(Optimized result) {
    assertEquals(1, count(result, "TopK"), result.after().operators().toString());
  }

  @Test
  void whatIsNotPutBackStays() {
    List<Ref> out = layer(transpose(gather(x, order, 0), 1, 0, 2), WIDTH, List.of(), 1);
    outputs(transpose(gather(out.get(0), inverse, 1), 1, 0, 2), out.get(1));
    stays(optimized());
  }

  @Test
  void sortingAgainIsNoWayBack() {
    List<Ref> out = layer(transpose(gather(x, order, 0), 1, 0, 2), WIDTH, List.of(), 1);
    outputs(transpose(gather(out.get(0), order, 1), 1, 0, 2), gather(out.get(1), inverse, 1));
    stays(optimized());
  }

  /** States that stay as they were belong to other rows of the batch. */
  @Test
  void statesThatAreNotSortedStay() {
    Ref h = g.input("h0", DataType.FLOAT, 2, "batch", HIDDEN);
    Ref c = g.input("c0", DataType.FLOAT, 2, "batch", HIDDEN);
    List<Ref> out = layer(transpose(gather(x, order, 0), 1, 0, 2), WIDTH, List.of(h, c), 1);
    outputs(transpose(gather(out.get(0), inverse, 1), 1, 0, 2), gather(out.get(1), inverse, 1));
    stays(optimized());
  }

  @Test
  void sumsOverTheBatchStay() {
    List<Ref> out = layer(transpose(gather(x, order, 0), 1, 0, 2), WIDTH, List.of(), 1);
    Ref sums = g.call("CumSum", out.get(0), g.constant(Tensor.scalar(1L))).output();
    outputs(transpose(gather(sums, inverse, 1), 1, 0, 2), gather(out.get(1), inverse, 1));
    stays(optimized());
  }
}
