package org.sardonyx.conformance.opset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** LSTM, GRU, RNN and Scan as they were written first, and on their way there and back. */
class OldRecurrentTest {

  private static final Type FLOAT = Type.tensor(DataType.FLOAT);
  private static final int STEPS = 3;
  private static final int BATCH = 2;
  private static final int HIDDEN = 4;

  private final Random random = new Random(23);

  private Tensor normal(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = (float) random.nextGaussian();
    }
    return tensor;
  }

  private static Model to(int version, Model model) {
    return ConvertOpset.of(Operators.standard()).to(version).apply(model);
  }

  private static void same(Model model, Model converted, Map<String, Value> inputs) {
    assertEquals(Session.compile(model).run(inputs), Session.compile(converted).run(inputs));
  }

  private static void outputs(GraphBuilder g, List<Ref> refs) {
    for (Ref ref : refs) {
      g.output(ref, FLOAT);
    }
  }

  /** Before version 14 the batch is never first, and before 7 Y has to be asked for. */
  @ParameterizedTest
  @CsvSource({"LSTM,4", "GRU,3", "RNN,1"})
  void theBatchGoesToItsOldPlaceAndBack(String operator, int gates) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, BATCH, STEPS, 3);
    Ref h = g.input("h", DataType.FLOAT, BATCH, 2, HIDDEN);
    Ref w = g.constant("w", normal(2, gates * HIDDEN, 3));
    Ref r = g.constant("r", normal(2, gates * HIDDEN, HIDDEN));
    GraphBuilder.Call call =
        g.call(operator, x, w, r, Ref.ABSENT, Ref.ABSENT, h)
            .with("hidden_size", HIDDEN)
            .with("direction", "bidirectional")
            .with("layout", 1);
    outputs(g, gates == 4 ? call.outputs("y", "yh", "yc") : call.outputs("y", "yh"));
    Model model = g.model(22);
    Map<String, Value> inputs = new LinkedHashMap<>();
    inputs.put("x", normal(BATCH, STEPS, 3));
    inputs.put("h", normal(BATCH, 2, HIDDEN));
    for (int version : new int[] {13, 6, 1}) {
      Model older = to(version, model);
      same(model, older, inputs);
      same(model, to(22, older), inputs);
    }
    assertEquals(
        List.of(Attribute.of("output_sequence", 1L)),
        to(1, model).graph().nodes().stream()
            .filter(node -> node.opType().equals(operator))
            .map(node -> node.attribute("output_sequence"))
            .toList());
  }

  /** The first GRU is told to go {@code foward}; what it means is forward. */
  @ParameterizedTest
  @ValueSource(strings = {"foward", "", "reverse"})
  void theFirstGruIsUnderstood(String direction) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, STEPS, BATCH, 3);
    Ref w = g.constant("w", normal(1, 3 * HIDDEN, 3));
    Ref r = g.constant("r", normal(1, 3 * HIDDEN, HIDDEN));
    GraphBuilder.Call call =
        g.call("GRU", x, w, r).with("hidden_size", HIDDEN).with("output_sequence", 1);
    if (!direction.isEmpty()) {
      call.with("direction", direction);
    }
    outputs(g, call.outputs("y", "yh"));
    Model model = g.model(1);
    for (int version : new int[] {6, 14, 22}) {
      same(model, to(version, model), Map.of("x", normal(STEPS, BATCH, 3)));
    }
  }

  private static GraphBuilder sums(GraphBuilder g) {
    GraphBuilder body = g.body("body");
    Ref next = body.node("Add", body.input("state", FLOAT), body.input("slice", FLOAT));
    body.output(next, FLOAT);
    body.output("sum", body.node("Identity", next), FLOAT);
    return body;
  }

  private static Model scan8(int direction, long... lens) {
    GraphBuilder g = new GraphBuilder("g");
    Ref own = lens.length == 0 ? Ref.ABSENT : g.constant("lens", Tensor.vector(lens));
    Ref s = g.input("s", DataType.FLOAT, BATCH, 2);
    Ref x = g.input("x", DataType.FLOAT, BATCH, STEPS, 2);
    outputs(
        g,
        g.call("Scan", own, s, x)
            .with("body", sums(g).graph())
            .with("num_scan_inputs", 1)
            .withInts("directions", direction)
            .outputs("end", "sums"));
    return g.model(8);
  }

  /** Scan of version 8 has a batch and lengths, and no later one has either. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void theBatchOfTheFirstScanIsScannedToo(int direction) {
    Map<String, Value> inputs = Map.of("s", normal(BATCH, 2), "x", normal(BATCH, STEPS, 2));
    for (int version : new int[] {9, 11, 21, 25}) {
      Model model = scan8(direction);
      same(model, to(version, model), inputs);
      Model whole = scan8(direction, STEPS, STEPS);
      same(whole, to(version, whole), inputs);
    }
  }

  @Test
  void lengthsOfTheFirstScanAreRefused() {
    UnsupportedModel e =
        assertThrows(UnsupportedModel.class, () -> to(9, scan8(0, STEPS, STEPS - 1)));
    assertTrue(e.getMessage().contains("lengths of their own"), e.getMessage());
  }
}
