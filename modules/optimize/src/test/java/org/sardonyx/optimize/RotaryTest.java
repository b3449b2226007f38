package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.sardonyx.optimize.Served.count;
import static org.sardonyx.optimize.Served.floats;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Rotary position embeddings as models write them out, and what only looks like them. */
class RotaryTest {

  private static final int HEADS = 3;
  private static final int STEPS = 5;
  private static final int SIZE = 8;
  private static final int MOST = 32;

  private final GraphBuilder g = new GraphBuilder("rotary");

  private Ref number(float value) {
    return g.constant(Tensor.scalar(value));
  }

  private Ref list(long... values) {
    return g.constant(Tensor.vector(values));
  }

  private Ref unsqueeze(Ref x, long axis) {
    return g.node("Unsqueeze", x, list(axis));
  }

  private Ref concat(Ref a, Ref b) {
    return g.call("Concat", a, b).with("axis", -1).output();
  }

  private Ref slice(Ref x, long from, long to, long step) {
    return g.node("Slice", x, list(from), list(to), list(-1), list(step));
  }

  private Ref reshape(Ref x, long... shape) {
    return g.node("Reshape", x, list(shape));
  }

  private Ref rotated(Ref x) {
    return concat(g.node("Neg", slice(x, SIZE / 2, Long.MAX_VALUE, 1)), slice(x, 0, SIZE / 2, 1));
  }

  private Ref turn(Ref x, Ref cos, Ref turned, Ref sin) {
    return g.node("Add", g.node("Mul", x, cos), g.node("Mul", turned, sin));
  }

  private Ref x() {
    return g.input("x", DataType.FLOAT, "batch", HEADS, "time", SIZE);
  }

  /** Angles of positions [batch, time], as a model with inv_freq computes them. */
  private Ref angles(int width) {
    Ref positions = g.input("position_ids", DataType.INT64, "batch", "time");
    Ref floats = g.call("Cast", positions).with("to", DataType.FLOAT.code()).output();
    Tensor frequencies = Tensor.of(new float[] {1, 0.1f, 0.01f, 0.001f}, 1, width);
    return g.node("Mul", unsqueeze(floats, 2), g.constant("inv_freq", frequencies));
  }

  /** A table of angles [MOST, width]: each column of the first half, or every second, again. */
  private static Tensor table(boolean sine, int once, boolean doubled, boolean interleaved) {
    int width = doubled ? 2 * once : once;
    Tensor table = Tensor.zeros(DataType.FLOAT, MOST, width);
    for (int n = 0; n < table.size(); n++) {
      int column = n % width;
      int angle = interleaved && doubled ? column / 2 : column % once;
      int row = n / width;
      double at = row * Math.pow(10_000, -angle / (double) once);
      table.floats()[n] = (float) (sine ? Math.sin(at) : Math.cos(at));
    }
    return table;
  }

  private Optimized ends(Ref y, Object... dims) {
    g.output("y", y, floats(dims));
    return Served.by(Optimize.standard(), g.model(23));
  }

  private Optimized ends(Ref y) {
    return ends(y, "batch", HEADS, "time", SIZE);
  }

  private static Node only(Optimized result) {
    assertEquals(1, count(result, "RotaryEmbedding"), result.after().operators().toString());
    assertEquals(0, count(result, "Neg"), result.after().operators().toString());
    for (Node node : result.model().graph().nodes()) {
      if (node.opType().equals("RotaryEmbedding")) {
        return node;
      }
    }
    throw new IllegalStateException();
  }

  private static long number(Node node, String name) {
    @Nullable Attribute attribute = node.attribute(name);
    assertNotNull(attribute);
    return attribute.value() instanceof Attribute.OfInt(long value) ? value : -1;
  }

  /** Llama: cos(cat(f, f)) of every position, scaled, for every head. */
  @Test
  void computedAngles() {
    Ref x = x();
    Ref f = angles(4);
    Ref all = concat(f, f);
    Ref cos = unsqueeze(g.node("Mul", g.node("Cos", all), number(1.1f)), 1);
    Ref sin = unsqueeze(g.node("Mul", g.node("Sin", all), number(1.1f)), 1);
    Optimized result = ends(turn(x, cos, rotated(x), sin));
    assertEquals(0, number(only(result), "interleaved"));
    assertEquals(
        Map.of("Cast", 1, "Unsqueeze", 1, "Mul", 3, "Cos", 1, "Sin", 1, "RotaryEmbedding", 1),
        result.after().operators());
  }

  /** The halves by Split, the axis of heads before the angles are taken. */
  @Test
  void computedAnglesAfterTheHeads() {
    Ref x = x();
    Ref f = angles(4);
    Ref all = unsqueeze(concat(f, f), 1);
    List<Ref> halves = g.call("Split", x, list(4, 4)).with("axis", 3).outputs(2);
    Ref turned = concat(g.node("Neg", halves.get(1)), halves.get(0));
    Optimized result = ends(turn(x, g.node("Cos", all), turned, g.node("Sin", all)));
    only(result);
    assertEquals(
        Map.of("Cast", 1, "Unsqueeze", 1, "Mul", 1, "Cos", 1, "Sin", 1, "RotaryEmbedding", 1),
        result.after().operators());
  }

  /** Tables of all positions, taken at position_ids, which the operator does itself. */
  @Test
  void tablesAtPositions() {
    for (boolean interleaved : new boolean[] {false, true}) {
      RotaryTest test = new RotaryTest();
      Ref x = test.x();
      // Positions below the table's end.
      Ref drawn = test.g.input("ids", DataType.INT64, "batch", "time");
      Ref positions = test.g.node("Mod", drawn, test.g.constant(Tensor.scalar((long) MOST)));
      Ref cos = test.g.constant("cos", table(false, 4, true, interleaved));
      Ref sin = test.g.constant("sin", table(true, 4, true, interleaved));
      Ref turned = interleaved ? test.neighbours(x) : test.rotated(x);
      Optimized result =
          test.ends(
              test.turn(
                  x,
                  test.unsqueeze(test.g.node("Gather", cos, positions), 1),
                  turned,
                  test.unsqueeze(test.g.node("Gather", sin, positions), 1)));
      assertEquals(interleaved ? 1 : 0, number(only(result), "interleaved"));
      assertEquals(Map.of("Mod", 1, "RotaryEmbedding", 1), result.after().operators());
    }
  }

  /** GPT-J: stack((-x[..., 1::2], x[..., ::2])).flatten. */
  private Ref neighbours(Ref x) {
    Ref second = g.node("Neg", slice(x, 1, Long.MAX_VALUE, 2));
    Ref stacked = concat(unsqueeze(second, -1), unsqueeze(slice(x, 0, Long.MAX_VALUE, 2), -1));
    return reshape(stacked, 0, 0, -1, SIZE);
  }

  /** Angles that are computed once and repeated, as repeat_interleave does it. */
  @Test
  void neighboursOfComputedAngles() {
    for (String how : List.of("Expand", "Tile", "Concat")) {
      RotaryTest test = new RotaryTest();
      Ref x = test.x();
      Ref f = test.angles(4);
      Ref wide = test.unsqueeze(f, -1);
      Ref two =
          how.equals("Concat")
              ? test.concat(wide, wide)
              : test.g.node(how, wide, test.list(1, 1, 1, 2));
      Ref all = test.unsqueeze(test.reshape(two, 0, -1, SIZE), 1);
      Ref cos = test.g.node("Cos", all);
      Optimized result = test.ends(test.turn(x, cos, test.neighbours(x), test.g.node("Sin", all)));
      assertEquals(1, number(only(result), "interleaved"));
      assertEquals(
          Map.of("Cast", 1, "Unsqueeze", 1, "Mul", 1, "Cos", 1, "Sin", 1, "RotaryEmbedding", 1),
          result.after().operators());
    }
  }

  /** The same table for every batch of any size, of a time that is known. */
  @Test
  void tableOfAllSteps() {
    Ref x = g.input("x", DataType.FLOAT, "batch", HEADS, STEPS, SIZE);
    Tensor cos =
        Tensor.of(java.util.Arrays.copyOf(table(false, 4, true, false).floats(), 40), 5, 8);
    Tensor sin = Tensor.of(java.util.Arrays.copyOf(table(true, 4, true, false).floats(), 40), 5, 8);
    Ref turned = rotated(x);
    Optimized result =
        ends(
            turn(x, g.constant("cos", cos), turned, g.constant("sin", sin)),
            "batch",
            HEADS,
            STEPS,
            SIZE);
    only(result);
  }

  private Optimized halves(Ref first, Ref second, boolean interleaved, boolean wrong) {
    Ref f = angles(4);
    Ref cos = unsqueeze(g.node("Cos", f), 1);
    Ref sin = unsqueeze(g.node("Sin", f), 1);
    Ref a = g.node("Sub", g.node("Mul", first, cos), g.node("Mul", second, sin));
    Ref b = g.node(wrong ? "Sub" : "Add", g.node("Mul", second, cos), g.node("Mul", sin, first));
    Ref y =
        interleaved
            ? reshape(concat(unsqueeze(a, -1), unsqueeze(b, -1)), 0, 0, -1, SIZE)
            : concat(a, b);
    return ends(y);
  }

  @Test
  void halvesByThemselves() {
    Ref x = x();
    only(halves(slice(x, 0, 4, 1), slice(x, 4, 8, 1), false, false));
  }

  /** x.reshape(..., -1, 2).unbind(-1). */
  @Test
  void neighboursByThemselves() {
    Ref x = x();
    Ref pairs = reshape(x, 0, 0, -1, SIZE / 2, 2);
    Ref first = g.call("Gather", pairs, g.constant(Tensor.scalar(0L))).with("axis", -1).output();
    Ref second = g.call("Gather", pairs, g.constant(Tensor.scalar(1L))).with("axis", -1).output();
    assertEquals(1, number(only(halves(first, second, true, false)), "interleaved"));
  }

  @Test
  void anotherAngleForTheSecondStays() {
    Ref x = x();
    Optimized result = halves(slice(x, 0, 4, 1), slice(x, 4, 8, 1), false, true);
    assertEquals(0, count(result, "RotaryEmbedding"));
  }

  /** GPT-NeoX: the first columns of each head alone. */
  @Test
  void firstColumnsAlone() {
    Ref x = g.input("x", DataType.FLOAT, "batch", HEADS, "time", SIZE + 4);
    Ref first = slice(x, 0, SIZE, 1);
    Ref f = angles(4);
    Ref all = concat(f, f);
    Ref cos = unsqueeze(g.node("Cos", all), 1);
    Ref sin = unsqueeze(g.node("Sin", all), 1);
    Ref turned = turn(first, cos, rotated(first), sin);
    Optimized result =
        ends(concat(turned, slice(x, SIZE, Long.MAX_VALUE, 1)), "batch", HEADS, "time", SIZE + 4);
    assertEquals(SIZE, number(only(result), "rotary_embedding_dim"));
    assertEquals(0, count(result, "Concat"));
  }

  /** Time before heads: flash attention's order. */
  @Test
  void headsAfterTime() {
    Ref x = g.input("x", DataType.FLOAT, "batch", "time", HEADS, SIZE);
    Ref f = angles(4);
    Ref all = unsqueeze(concat(f, f), 2);
    Optimized result =
        ends(
            turn(x, g.node("Cos", all), rotated(x), g.node("Sin", all)),
            "batch",
            "time",
            HEADS,
            SIZE);
    assertEquals(HEADS, number(only(result), "num_heads"));
  }

  @Test
  void whatIsNoTurnStays() {
    Ref x = x();
    Ref f = angles(4);
    Ref other = g.node("Add", f, number(0.5f));
    Ref all = concat(f, other); // not the same angle for both of a pair
    Optimized result =
        ends(
            turn(
                x, unsqueeze(g.node("Cos", all), 1), rotated(x), unsqueeze(g.node("Sin", all), 1)));
    assertEquals(0, count(result, "RotaryEmbedding"));

    RotaryTest forHeads = new RotaryTest();
    x = forHeads.x();
    Ref cos = forHeads.g.constant("cos", Served.draw(1, HEADS, 1, SIZE));
    Ref sin = forHeads.g.constant("sin", Served.draw(2, HEADS, 1, SIZE));
    result = forHeads.ends(forHeads.turn(x, cos, forHeads.rotated(x), sin));
    assertEquals(0, count(result, "RotaryEmbedding"));

    RotaryTest back = new RotaryTest();
    x = back.x();
    f = back.angles(4);
    all = back.unsqueeze(back.concat(f, f), 1);
    Ref turned = back.concat(back.slice(x, 4, 8, 1), back.g.node("Neg", back.slice(x, 0, 4, 1)));
    result = back.ends(back.turn(x, back.g.node("Cos", all), turned, back.g.node("Sin", all)));
    assertEquals(0, count(result, "RotaryEmbedding"));
  }

  @Test
  void olderVersionsStay() {
    Ref x = x();
    Ref f = angles(4);
    Ref all = unsqueeze(concat(f, f), 1);
    g.output(
        "y",
        turn(x, g.node("Cos", all), rotated(x), g.node("Sin", all)),
        floats("batch", HEADS, "time", SIZE));
    Optimized result = Served.by(Optimize.standard(), g.model(22));
    assertEquals(0, count(result, "RotaryEmbedding"));
  }
}
