package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/** If, Loop and Scan, with random bodies, within each other, too. */
final class Control {

  private static final int DEEPEST = 2;

  private Control() {}

  static Live any(Draft d) {
    Live x = d.pick(0, 3);
    return any(d, x);
  }

  private static Live any(Draft d, Live x) {
    return switch (d.between(0, 2)) {
      case 0 -> branch(d, x);
      case 1 -> loop(d, x);
      default -> scan(d);
    };
  }

  /** Returns a value of the same shape after some nodes. */
  private static Live chain(Draft d, Live x, int nodes) {
    Live y = x;
    for (int i = 0; i < nodes; i++) {
      y =
          switch (d.between(0, 6)) {
            case 0, 1 -> Elementwise.unary(d, y);
            case 2, 3 -> Elementwise.binary(d, y);
            case 4 -> Normalize.any(d, y);
            case 5 -> y.rank() >= 2 ? Products.dense(d, y, y.dim(-1)) : Elementwise.unary(d, y);
            default ->
                d.depth() < DEEPEST && d.oneIn(2)
                    ? d.flip() ? branch(d, y) : loop(d, y)
                    : Elementwise.binary(d, y);
          };
    }
    return y;
  }

  private static Live branch(Draft d, Live x) {
    Ref yes;
    if (d.flip()) {
      yes = d.given(Tensor.scalar(d.flip()));
    } else {
      Ref largest = d.call("ReduceMax", d.exact(1).ref()).with("keepdims", 0).output();
      yes = d.node("Greater", largest, d.scalar(d.real(0.5, 1.5)));
    }
    Call call = d.call("If", yes);
    double bound = 0;
    for (String name : List.of("then_branch", "else_branch")) {
      Draft body = d.body(name);
      // A branch may give what is outside as it is.
      Live y = chain(body, x, d.between(0, 3));
      body.graph.output(body.graph.fresh("out"), y.ref(), d.floats(y.shape()));
      bound = Math.max(bound, y.bound());
      call.with(name, body.graph.graph());
    }
    return d.add(call.output(), x.shape(), bound);
  }

  private static Live loop(Draft d, Live x) {
    int trips = d.between(1, 5);
    Live sequence = d.pick(1, 3);
    boolean stops = d.oneIn(3);
    Draft body = d.body("loop");
    Ref trip =
        body.graph.input(
            body.graph.fresh("trip"), Type.tensor(DataType.INT64, GraphBuilder.shape()));
    Ref go =
        body.graph.input(body.graph.fresh("go"), Type.tensor(DataType.BOOL, GraphBuilder.shape()));
    Live state = body.parameter("state", x.shape(), Math.max(x.bound(), 1));
    Live y = chain(body, state, d.between(1, 4));
    boolean reads = sequence.rank() >= 1 && d.flip();
    if (reads) {
      // What a hand-made recurrent layer reads at each step.
      Ref size = body.graph.constant(Tensor.scalar((long) sequence.dim(0)));
      Ref at = body.node("Mod", trip, size);
      Ref step = body.call("Gather", sequence.ref(), at).with("axis", 0).output();
      Ref mean = body.call("ReduceMean", step).with("keepdims", 0).output();
      y = body.add(body.node("Add", y.ref(), mean), y.shape(), y.bound() + sequence.bound());
    }
    Ref next = body.node("Tanh", y.ref());
    Ref goes =
        stops
            ? body.node("Less", trip, body.graph.constant(Tensor.scalar((long) d.between(0, 4))))
            : body.node("Identity", go);
    body.graph.output(goes, Type.tensor(DataType.BOOL, GraphBuilder.shape()));
    body.graph.output(next, d.floats(x.shape()));
    boolean scans = d.flip();
    if (scans) {
      body.graph.output(body.graph.fresh("scan"), y.ref(), d.floats(y.shape()));
    }
    Ref most =
        d.flip()
            ? d.given(Tensor.scalar((long) trips))
            : d.graph.constant(Tensor.scalar((long) trips));
    Ref first = d.flip() ? d.graph.constant(Tensor.scalar(true)) : Ref.ABSENT;
    if (!first.equals(Ref.ABSENT) || !stops) {
      first = d.graph.constant(Tensor.scalar(true));
    }
    List<Ref> outputs =
        d.call("Loop", most, first, x.ref())
            .with("body", body.graph.graph())
            .outputs(scans ? 2 : 1);
    if (scans && !stops) {
      List<Integer> stacked = new ArrayList<>(List.of(trips));
      stacked.addAll(x.shape());
      if (Shaping.product(stacked) <= Draft.MOST && x.rank() < 4) {
        d.add(outputs.get(1), stacked, y.bound());
      }
    }
    return d.add(outputs.getFirst(), x.shape(), 1);
  }

  private static Live scan(Draft d) {
    Live x = d.pick(2, 3);
    boolean secondAxis = d.oneIn(4);
    int axis = secondAxis ? 1 : 0;
    boolean backwards = d.flip();
    List<Integer> each = new ArrayList<>(x.shape());
    int steps = each.remove(axis);
    Live start = d.fresh(Draft.ints(each));
    Draft body = d.body("scan");
    Live state = body.parameter("state", each, 2);
    Live step = body.parameter("step", each, x.bound());
    Ref joined =
        body.node(d.any("Add", "Sub"), chain(body, state, d.between(0, 2)).ref(), step.ref());
    Live mixed = body.add(joined, each, x.bound() + 4);
    Ref next = body.node("Tanh", mixed.ref());
    body.graph.output(next, d.floats(each));
    Live y = chain(body, new Live(next, each, 1, false), d.between(0, 2));
    body.graph.output(body.graph.fresh("out"), y.ref(), d.floats(y.shape()));
    Call call = d.call("Scan", start.ref(), x.ref()).with("num_scan_inputs", 1);
    call.with("body", body.graph.graph());
    if (secondAxis) {
      call.withInts("scan_input_axes", d.spelled(1, x.rank()));
    }
    if (backwards) {
      call.withInts("scan_input_directions", 1);
    }
    boolean turned = d.oneIn(4);
    if (turned) {
      call.withInts("scan_output_directions", 1);
    }
    boolean outSecond = d.oneIn(4);
    List<Integer> stacked = new ArrayList<>(each);
    stacked.add(outSecond ? 1 : 0, steps);
    if (outSecond) {
      call.withInts("scan_output_axes", 1);
    }
    List<Ref> outputs = call.outputs(2);
    d.add(outputs.getFirst(), each, 1);
    return d.add(outputs.get(1), stacked, y.bound());
  }

  /** A number that the logistic map sends about: {@code x' = 3.99 x (1 - x)}. */
  static void logistic(Draft d) {
    int trips = d.between(60, 100);
    int width = d.between(1, 4);
    Ref start = d.given(d.positive(width));
    Ref inside = d.node("Mul", start, d.scalar(0.5));
    Draft body = d.body("logistic");
    body.graph.input(body.graph.fresh("trip"), Type.tensor(DataType.INT64, GraphBuilder.shape()));
    Ref go =
        body.graph.input(body.graph.fresh("go"), Type.tensor(DataType.BOOL, GraphBuilder.shape()));
    Live state = body.parameter("state", List.of(width), 1);
    Ref rest = body.node("Sub", body.scalar(1), state.ref());
    Ref next = body.node("Mul", body.node("Mul", body.scalar(3.99), state.ref()), rest);
    body.graph.output(body.node("Identity", go), Type.tensor(DataType.BOOL, GraphBuilder.shape()));
    body.graph.output(next, d.floats(List.of(width)));
    body.graph.output(body.graph.fresh("scan"), next, d.floats(List.of(width)));
    Ref most = d.graph.constant(Tensor.scalar((long) trips));
    List<Ref> outputs =
        d.call("Loop", most, d.graph.constant(Tensor.scalar(true)), inside)
            .with("body", body.graph.graph())
            .outputs(2);
    d.add(outputs.get(1), List.of(trips, width), 1);
  }

  /**
   * Points on a circle whose angle doubles at each step: chaos, in which a change grows alike
   * wherever it is.
   */
  static void chaotic(Draft d) {
    int steps = d.between(60, 100);
    int width = d.between(2, 5);
    Live start = d.fresh(2, width);
    Live push = d.fresh(steps, 2, width);
    Draft body = d.body("circle");
    Live state = body.parameter("state", start.shape(), 2);
    Live step = body.parameter("step", start.shape(), 2);
    Ref kick = body.node("Mul", step.ref(), body.scalar(1e-3));
    Ref moved = body.node("Add", state.ref(), kick);
    Ref point = body.call("LpNormalization", moved).with("axis", 0).with("p", 2).output();
    List<Ref> parts = body.call("Split", point).with("num_outputs", 2).with("axis", 0).outputs(2);
    Ref cos = parts.getFirst();
    Ref sin = parts.getLast();
    Ref both = body.node("Mul", cos, sin);
    Ref doubled = body.node("Sub", body.node("Mul", cos, cos), body.node("Mul", sin, sin));
    Ref next = body.call("Concat", doubled, body.node("Add", both, both)).with("axis", 0).output();
    body.graph.output(next, d.floats(start.shape()));
    body.graph.output(body.graph.fresh("out"), next, d.floats(start.shape()));
    List<Ref> outputs =
        d.call("Scan", start.ref(), push.ref())
            .with("num_scan_inputs", 1)
            .with("body", body.graph.graph())
            .outputs(2);
    d.add(outputs.get(1), List.of(steps, 2, width), 1);
  }
}
