package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.optimize.Served.count;
import static org.sardonyx.optimize.Served.floats;

import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/** Lists of a scripted loop, and tensors to which it adds step by step. */
class CollectedStepsTest {

  private static final int WIDTH = 3;

  private final GraphBuilder g = new GraphBuilder("loop");
  private final Ref x = g.input("x", DataType.FLOAT, "batch", "time", WIDTH);
  private final Ref first = g.input("h0", DataType.FLOAT, "batch", WIDTH);
  private final Ref go = g.constant("go", Tensor.scalar(true));

  private Ref number(long value) {
    return g.constant(Tensor.scalar(value));
  }

  private Ref size(int axis) {
    return g.call("Gather", g.node("Shape", x), number(axis)).with("axis", 0).output();
  }

  /** A step that is no cell: h = sin(h * x[t] + t). */
  private static Ref step(GraphBuilder body, Ref trip, Ref h, Ref x) {
    Ref at = body.call("Gather", x, trip).with("axis", 1).output();
    Ref time = body.call("Cast", trip).with("to", DataType.FLOAT.code()).output();
    return body.node("Sin", body.node("Add", body.node("Mul", h, at), time));
  }

  private Optimized list(int axis, boolean newAxis, boolean ahead) {
    GraphBuilder body = g.body("step");
    Ref trip = body.input("t", DataType.INT64);
    Ref cond = body.input("held", DataType.BOOL);
    Ref all = body.input("list", new Type.OfSequence(floats("batch", WIDTH)));
    Ref h = body.input("state", DataType.FLOAT, "batch", WIDTH);
    Ref next = step(body, trip, h, x);
    body.output(
        "go_on", body.node("Identity", cond), Type.tensor(DataType.BOOL, GraphBuilder.shape()));
    Ref longer =
        ahead
            ? body.node("SequenceInsert", all, next, body.constant(Tensor.scalar(0L)))
            : body.node("SequenceInsert", all, next);
    body.output("more", longer, new Type.OfSequence(floats("batch", WIDTH)));
    body.output("next", next, floats("batch", WIDTH));
    Ref empty = g.call("SequenceEmpty").with("dtype", DataType.FLOAT.code()).output();
    var outs = g.call("Loop", size(1), go, empty, first).with("body", body.graph()).outputs(2);
    Ref y =
        g.call("ConcatFromSequence", outs.get(0))
            .with("axis", axis)
            .with("new_axis", newAxis ? 1 : 0)
            .output();
    g.output("y", y, newAxis ? floats("a", "b", "c") : floats("a", "b"));
    g.output("hn", outs.get(1), floats("batch", WIDTH));
    return Served.by(Optimize.standard(), g.model(17));
  }

  @Test
  void listsAreCollected() {
    for (int axis : new int[] {0, 1, 2, -1}) {
      Optimized result = new CollectedStepsTest().list(axis, true, false);
      assertEquals(0, count(result, "SequenceInsert"), result.after().operators().toString());
      assertEquals(0, count(result, "ConcatFromSequence"));
      assertEquals(axis == 0 ? 0 : 1, count(result, "Transpose"));
    }
  }

  @Test
  void otherListsStay() {
    assertEquals(1, count(new CollectedStepsTest().list(1, false, false), "SequenceInsert"));
    assertEquals(1, count(new CollectedStepsTest().list(1, true, true), "SequenceInsert"));
  }

  private Optimized longer(String how, Ref count, long begins) {
    GraphBuilder body = g.body("step");
    Ref trip = body.input("t", DataType.INT64);
    Ref cond = body.input("held", DataType.BOOL);
    Ref all = body.input("list", DataType.FLOAT, "batch", "so_far", WIDTH);
    Ref h = body.input("state", DataType.FLOAT, "batch", WIDTH);
    Ref next = step(body, trip, h, x);
    Ref wide =
        how.equals("Unsqueeze")
            ? body.node("Unsqueeze", next, body.constant(Tensor.vector(1)))
            : body.node("Reshape", next, body.constant(Tensor.vector(-1, 1, WIDTH)));
    body.output(
        "go_on", body.node("Identity", cond), Type.tensor(DataType.BOOL, GraphBuilder.shape()));
    body.output(
        "more",
        body.call("Concat", all, wide).with("axis", 1).output(),
        floats("batch", "longer", WIDTH));
    body.output("next", next, floats("batch", WIDTH));
    Ref one = g.constant(Tensor.vector(0));
    Ref shape =
        g.call(
                "Concat",
                g.node("Unsqueeze", size(0), one),
                g.constant(Tensor.vector(begins)),
                g.constant(Tensor.vector(WIDTH)))
            .with("axis", 0)
            .output();
    Ref empty =
        g.call("ConstantOfShape", shape).with("value", Tensor.of(new float[] {2}, 1)).output();
    var outs = g.call("Loop", count, go, empty, first).with("body", body.graph()).outputs(2);
    g.output("y", outs.get(0), floats("batch", "all", WIDTH));
    g.output("hn", outs.get(1), floats("batch", WIDTH));
    return Served.by(Optimize.standard(), g.model(17));
  }

  private static int concats(Optimized result) {
    int found = 0;
    for (var node : result.model().graph().nodes()) {
      Attribute body = node.attribute("body");
      if (body != null && body.value() instanceof Attribute.OfGraph(var graph)) {
        found += (int) graph.nodes().stream().filter(n -> n.opType().equals("Concat")).count();
      }
    }
    return found;
  }

  @Test
  void tensorsThatGrowAreCollected() {
    for (String how : new String[] {"Unsqueeze", "Reshape"}) {
      CollectedStepsTest test = new CollectedStepsTest();
      Optimized result = test.longer(how, test.size(1), 0);
      assertEquals(0, concats(result), result.after().operators().toString());
      assertEquals(1, count(result, "Loop"));
    }
  }

  @Test
  void tensorsThatBeginWithSomethingStay() {
    CollectedStepsTest test = new CollectedStepsTest();
    assertEquals(1, concats(test.longer("Unsqueeze", test.size(1), 1)));
  }

  /** Of no trip at all, what is collected has no other sizes. */
  @Test
  void tensorsOfPerhapsNoTripStay() {
    CollectedStepsTest test = new CollectedStepsTest();
    Ref less = test.g.node("Sub", test.size(1), test.number(1));
    assertEquals(1, concats(test.longer("Unsqueeze", less, 0)));
  }
}
