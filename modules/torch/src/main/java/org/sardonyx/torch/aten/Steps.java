package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Recurrent layers step by step, as a Scan, where ONNX's operators do not compute what is meant.
 */
final class Steps {

  private Steps() {}

  /** What is made of the hidden state. */
  interface Product {
    Ref of(Ref h);
  }

  /** One step: of the states and the gates of the input, the next states. */
  private interface Step {
    List<Ref> next(List<Ref> states, Ref gates);
  }

  /** i, f, g, o = gates + R h; c = f c + i g; h = P (o tanh c). Returns all h, the last h and c. */
  static List<Ten> lstm(
      Emit e, Ten x, Ref gates, List<Ten> states, Product again, Product shown, boolean back) {
    return scan(
        e,
        x,
        gates,
        states,
        (before, step) -> {
          Ref all = e.node("Add", step, again.of(before.get(0)));
          List<Ref> parts = split(e, all, 4);
          Ref in = e.node("Mul", e.node("Sigmoid", parts.get(0)), e.node("Tanh", parts.get(2)));
          Ref kept = e.node("Mul", e.node("Sigmoid", parts.get(1)), before.get(1));
          Ref c = e.node("Add", kept, in);
          Ref h = e.node("Mul", e.node("Sigmoid", parts.get(3)), e.node("Tanh", c));
          return List.of(shown.of(h), c);
        },
        back);
  }

  /** r, z = gates + R h; n = tanh(gates + r R h); h = (h - n) z + n. Returns all h and the last. */
  static List<Ten> gru(Emit e, Ten x, Ref gates, Ten state, Product again, boolean back) {
    return scan(
        e,
        x,
        gates,
        List.of(state),
        (before, step) -> {
          Ref h = before.getFirst();
          List<Ref> a = split(e, step, 3);
          List<Ref> b = split(e, again.of(h), 3);
          Ref r = e.node("Sigmoid", e.node("Add", a.get(0), b.get(0)));
          Ref z = e.node("Sigmoid", e.node("Add", a.get(1), b.get(1)));
          Ref n = e.node("Tanh", e.node("Add", a.get(2), e.node("Mul", r, b.get(2))));
          return List.of(e.node("Add", e.node("Mul", e.node("Sub", h, n), z), n));
        },
        back);
  }

  private static List<Ref> split(Emit e, Ref gates, int count) {
    return e.call("Split", gates).with("axis", -1).with("num_outputs", count).outputs(count);
  }

  private static List<Ten> scan(
      Emit e, Ten x, Ref gates, List<Ten> states, Step step, boolean back) {
    DataType type = e.type(x);
    Type open = Type.tensor(type, Shape.of(Dim.UNKNOWN, Dim.UNKNOWN));
    GraphBuilder outer = e.begin("step");
    GraphBuilder body = e.graph();
    try {
      List<Ref> before = new ArrayList<>();
      for (int i = 0; i < states.size(); i++) {
        before.add(body.input(e.newName("state"), open));
      }
      List<Ref> next = step.next(before, body.input(e.newName("gates"), open));
      next.forEach(state -> body.output(e.newName("out"), e.node("Identity", state), open));
      body.output(e.newName("out"), e.node("Identity", next.getFirst()), open);
    } finally {
      e.end(outer);
    }
    List<Ref> inputs = new ArrayList<>();
    states.forEach(state -> inputs.add(e.ref(state)));
    inputs.add(gates);
    long way = back ? 1 : 0;
    List<Ref> results =
        e.call("Scan", inputs.toArray(Ref[]::new))
            .with("body", body.graph())
            .with("num_scan_inputs", 1)
            .withInts("scan_input_directions", way)
            .withInts("scan_output_directions", way)
            .outputs(e.newNames("scan", states.size() + 1));
    List<Dim> dims = new ArrayList<>(e.dims(x));
    dims.set(2, e.dims(states.getFirst()).getLast());
    List<Ten> outputs = new ArrayList<>();
    outputs.add(e.ten(results.getLast(), type, dims));
    for (int i = 0; i < states.size(); i++) {
      outputs.add(
          e.ten(results.get(i), type, List.of(dims.get(1), e.dims(states.get(i)).getLast())));
    }
    return outputs;
  }
}
