package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.floats;
import static org.sardonyx.runtime.Models.strict;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

class IfTest {

  /** Squeezes x where the condition holds: the branches differ in rank. */
  private static Model squeezing(long opset, Object... condDims) {
    GraphBuilder g = new GraphBuilder("g");
    Ref cond = g.input("cond", DataType.BOOL, condDims);
    Ref x = g.input("x", DataType.FLOAT, 1, 2);
    GraphBuilder then = g.body("then");
    then.output("t", then.call("Reshape", x, g.constant(Tensor.vector(2))).output(), FLOAT);
    GraphBuilder otherwise = g.body("else");
    otherwise.output("e", otherwise.node("Identity", x), FLOAT);
    Ref y =
        g.call("If", cond)
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .output();
    g.output("y", g.node("Neg", y), FLOAT);
    return g.model(opset);
  }

  @Test
  void branchesMayDifferInRank() {
    Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
    for (int opset : new int[] {7, 11, 13, 16, 19, 21, 23, 24, 25}) {
      Session session = strict(squeezing(opset));
      assertEquals(
          floats(-1, -2), session.run(Map.of("x", x, "cond", Tensor.scalar(true))).get("y"));
      assertEquals(
          Tensor.of(new float[] {-1, -2}, 1, 2),
          session.run(Map.of("x", x, "cond", Tensor.scalar(false))).get("y"));
    }
  }

  @Test
  void theConditionHasOneElementOfAnyShape() {
    Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
    Session session = strict(squeezing(21, "?"));
    assertEquals(
        floats(-1, -2),
        session.run(Map.of("x", x, "cond", Tensor.of(new boolean[] {true}, 1))).get("y"));
    assertThrows(
        OperatorFailed.class,
        () -> session.run(Map.of("x", x, "cond", Tensor.of(new boolean[] {true, true}, 2))));
  }

  @Test
  void branchesGiveSeveralValuesOfAnyKind() {
    GraphBuilder g = new GraphBuilder("g");
    Ref cond = g.input("cond", DataType.BOOL);
    Ref x = g.input("x", DataType.FLOAT, 1);
    GraphBuilder then = g.body("then");
    then.output("t1", then.node("SequenceConstruct", x, x), null);
    then.output("t2", then.node("Neg", x), FLOAT);
    GraphBuilder otherwise = g.body("else");
    otherwise.output("e1", otherwise.node("SequenceEmpty"), null);
    otherwise.output("e2", otherwise.constant(floats(9)), FLOAT);
    List<Ref> results =
        g.call("If", cond)
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .outputs("seq", "num");
    g.output(results.get(0), new Type.OfSequence(FLOAT));
    g.output(results.get(1), FLOAT);
    Session session = strict(g.model(21));
    Map<String, Value> y = session.run(Map.of("x", floats(1), "cond", Tensor.scalar(true)));
    assertEquals(2, ((SequenceValue) y.get("seq")).elements().size());
    assertEquals(floats(-1), y.get("num"));
    y = session.run(Map.of("x", floats(1), "cond", Tensor.scalar(false)));
    assertEquals(0, ((SequenceValue) y.get("seq")).elements().size());
    assertEquals(floats(9), y.get("num"));
    assertEquals(
        List.of("num"),
        List.copyOf(
            session
                .run(Map.of("x", floats(1), "cond", Tensor.scalar(true)), List.of("num"))
                .keySet()));
  }

  @Test
  void branchesMustGiveWhatTheNodeGives() {
    GraphBuilder g = new GraphBuilder("g");
    Ref cond = g.input("cond", DataType.BOOL);
    Ref x = g.input("x", DataType.FLOAT, 1);
    GraphBuilder then = g.body("then");
    then.output("t1", then.node("Neg", x), FLOAT);
    then.output("t2", then.node("Neg", x), FLOAT);
    GraphBuilder otherwise = g.body("else");
    otherwise.output("e1", otherwise.node("Neg", x), FLOAT);
    g.output(
        g.call("If", cond)
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .output("y"),
        FLOAT);
    assertThrows(InvalidModel.class, () -> Session.compile(g.model(21)));
  }
}
