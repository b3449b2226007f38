package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.runtime.Models.BOOL;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.INT64;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** States that outlive the trip that made them, whose arrays the trips after may not take. */
class LoopStatesTest {

  /** The states a, b, c, d after a trip: a + slice, a, b, d as they were before. */
  private static List<Ref> register(GraphBuilder body, Ref a, Ref b, Ref d, Ref slice) {
    return List.of(
        body.node("Add", a, slice),
        body.node("Identity", a),
        body.node("Identity", b),
        body.node("Identity", d));
  }

  private static Model scan() {
    GraphBuilder g = new GraphBuilder("g");
    Ref[] inputs = new Ref[5];
    for (int i = 0; i < 4; i++) {
      inputs[i] = g.input("s" + i, FLOAT);
    }
    inputs[4] = g.input("x", DataType.FLOAT, "time", 2);
    GraphBuilder body = g.body("body");
    Ref a = body.input("a", FLOAT);
    Ref b = body.input("b", FLOAT);
    Ref c = body.input("c", FLOAT);
    Ref d = body.input("d", FLOAT);
    Ref slice = body.input("slice", FLOAT);
    register(body, a, b, d, slice).forEach(state -> body.output(state, FLOAT));
    body.output("oldest", body.node("Identity", c), FLOAT);
    body.output("same", body.node("Identity", slice), FLOAT);
    List<Ref> results =
        g.call("Scan", inputs).with("body", body.graph()).with("num_scan_inputs", 1).outputs(6);
    results.forEach(result -> g.output(result, FLOAT));
    return g.model(OPSET);
  }

  private static Model loop() {
    GraphBuilder g = new GraphBuilder("g");
    Ref[] inputs = new Ref[6];
    for (int i = 0; i < 4; i++) {
      inputs[2 + i] = g.input("s" + i, FLOAT);
    }
    Ref x = g.input("x", DataType.FLOAT, "time", 2);
    inputs[0] = g.node("Gather", g.node("Shape", x), g.constant(Tensor.scalar(0L)));
    inputs[1] = g.constant(Tensor.scalar(true));
    GraphBuilder body = g.body("body");
    Ref i = body.input("i", INT64);
    Ref on = body.input("on", BOOL);
    Ref a = body.input("a", FLOAT);
    Ref b = body.input("b", FLOAT);
    Ref c = body.input("c", FLOAT);
    Ref d = body.input("d", FLOAT);
    Ref slice = body.node("Gather", x, i);
    body.output("still", body.node("Identity", on), BOOL);
    register(body, a, b, d, slice).forEach(state -> body.output(state, FLOAT));
    body.output("oldest", body.node("Identity", c), FLOAT);
    body.output("same", body.node("Identity", slice), FLOAT);
    List<Ref> results = g.call("Loop", inputs).with("body", body.graph()).outputs(6);
    results.forEach(result -> g.output(result, FLOAT));
    return g.model(OPSET);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void statesGoThroughTripsUnchanged(boolean scan) {
    Model model = scan ? scan() : loop();
    Session session = Session.compile(model);
    for (int time : new int[] {1, 2, 7, 7, 0, 3, 7}) {
      float[] x = new float[2 * time];
      for (int i = 0; i < x.length; i++) {
        x[i] = i + 1;
      }
      Map<String, Value> results =
          session.run(
              Map.of(
                  "s0", floats(0, 0),
                  "s1", floats(-1, -1),
                  "s2", floats(-2, -2),
                  "s3", floats(9, 8),
                  "x", Tensor.of(x, time, 2)));
      float[][] state = {{0, 0}, {-1, -1}, {-2, -2}};
      float[] oldest = new float[2 * time];
      for (int trip = 0; trip < time; trip++) {
        oldest[2 * trip] = state[2][0];
        oldest[2 * trip + 1] = state[2][1];
        float[] next = {state[0][0] + x[2 * trip], state[0][1] + x[2 * trip + 1]};
        state = new float[][] {next, state[0], state[1]};
      }
      List<Value> values = List.copyOf(results.values());
      assertEquals(floats(state[0]), values.get(0));
      assertEquals(floats(state[1]), values.get(1));
      assertEquals(floats(state[2]), values.get(2));
      assertEquals(floats(9, 8), values.get(3));
      if (time > 0) {
        assertEquals(Tensor.of(oldest, time, 2), values.get(4));
        assertEquals(Tensor.of(x, time, 2), values.get(5));
      }
    }
  }
}
