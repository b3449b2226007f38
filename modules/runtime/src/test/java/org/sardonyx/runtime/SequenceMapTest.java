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
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

class SequenceMapTest {

  private static final Type SEQUENCE = new Type.OfSequence(FLOAT);
  private static final Type SIZES = new Type.OfSequence(Type.tensor(DataType.INT64));

  private static SequenceValue sequence(Value... elements) {
    return new SequenceValue(Type.tensor(DataType.FLOAT), List.of(elements));
  }

  /** For each element of a, with the one of b and with t: a + b + t, and the shape of b. */
  private static Session session() {
    GraphBuilder g = new GraphBuilder("g");
    Ref a = g.input("a", SEQUENCE);
    Ref b = g.input("b", SEQUENCE);
    Ref t = g.input("t", DataType.FLOAT);
    GraphBuilder body = g.body("body");
    Ref x = body.input("x", FLOAT);
    Ref y = body.input("y", FLOAT);
    Ref z = body.input("z", FLOAT);
    body.output("sum", body.node("Add", body.node("Add", x, y), z), FLOAT);
    body.output("size", body.node("Shape", y), Type.tensor(DataType.INT64));
    List<Ref> mapped =
        g.call("SequenceMap", a, b, t).with("body", body.graph()).outputs("sums", "sizes");
    g.output(mapped.get(0), SEQUENCE);
    g.output(mapped.get(1), SIZES);
    return strict(g.model(17));
  }

  @Test
  void sequencesGoAlongAndTensorsStay() {
    Map<String, Value> y =
        session()
            .run(
                Map.of(
                    "a", sequence(floats(1, 2), floats(3)),
                    "b", sequence(floats(10, 20), floats(30)),
                    "t", Tensor.scalar(100f)));
    assertEquals(
        List.of(floats(111, 122), floats(133)), ((SequenceValue) y.get("sums")).elements());
    assertEquals(
        List.of(Tensor.vector(2), Tensor.vector(1)), ((SequenceValue) y.get("sizes")).elements());
  }

  @Test
  void anEmptySequenceGivesEmptyOnesOfTheRightType() {
    Map<String, Value> y =
        session().run(Map.of("a", sequence(), "b", sequence(), "t", Tensor.scalar(0f)));
    assertEquals("seq(tensor(float))", y.get("sums").type().spec());
    assertEquals("seq(tensor(int64))", y.get("sizes").type().spec());
    assertEquals(List.of(), ((SequenceValue) y.get("sizes")).elements());
  }

  @Test
  void sequencesMustBeAsLongAsOneAnother() {
    Map<String, Value> inputs =
        Map.of("a", sequence(floats(1)), "b", sequence(), "t", Tensor.scalar(0f));
    assertThrows(OperatorFailed.class, () -> session().run(inputs));
  }

  @Test
  void theBodyMustTakeWhatTheNodeTakes() {
    GraphBuilder g = new GraphBuilder("g");
    Ref a = g.input("a", SEQUENCE);
    GraphBuilder body = g.body("body");
    Ref x = body.input("x", FLOAT);
    body.input("y", FLOAT);
    body.output("z", body.node("Neg", x), FLOAT);
    g.output(g.call("SequenceMap", a).with("body", body.graph()).output("mapped"), SEQUENCE);
    assertThrows(InvalidModel.class, () -> Session.compile(g.model(17)));
  }
}
