package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Recurrent layers: an operator for each layer, both directions in it; cells step by step. */
final class Recurrents {

  private static final int[] LSTM_ORDER = {0, 3, 1, 2};
  private static final int[] GRU_ORDER = {1, 0, 2};
  private static final int[] RNN_ORDER = {0};

  private Recurrents() {}

  static void register(Map<String, Op> ops) {
    ops.put("lstm", (e, a) -> layers(e, a, "LSTM", LSTM_ORDER));
    ops.put("gru", (e, a) -> layers(e, a, "GRU", GRU_ORDER));
    ops.put("rnn_tanh", (e, a) -> layers(e, a, "Tanh", RNN_ORDER));
    ops.put("rnn_relu", (e, a) -> layers(e, a, "Relu", RNN_ORDER));
    ops.put("lstm_cell", Recurrents::lstmCell);
    ops.put("gru_cell", Recurrents::gruCell);
    ops.put("rnn_tanh_cell", (e, a) -> rnnCell(e, a, "Tanh"));
    ops.put("rnn_relu_cell", (e, a) -> rnnCell(e, a, "Relu"));
  }

  /** (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first). */
  private static Object layers(Emit e, Args a, String kind, int[] order) {
    Packing.Packed packed = a.get(0, "input") instanceof Packing.Packed p ? p : null;
    int shift = packed == null ? 0 : 1;
    Ten input = packed == null ? a.ten(0, "input") : packed.padded();
    boolean lstm = kind.equals("LSTM");
    List<Ten> states = lstm ? a.tens(1 + shift, "hx") : List.of(a.ten(1 + shift, "hx"));
    List<Ten> weights = a.tens(2 + shift, "params");
    boolean biases = a.flag(3 + shift, "has_biases", true);
    int layers = (int) a.integer(4 + shift, "num_layers", 1);
    double dropout = a.number(5 + shift, "dropout", 0);
    boolean train = a.flag(6 + shift, "train", false);
    int directions = a.flag(7 + shift, "bidirectional", false) ? 2 : 1;
    boolean batchFirst = packed == null && a.flag(8, "batch_first", false);
    if (train && dropout > 0 && layers > 1) {
      throw new UnsupportedModel(
          a.op() + " with dropout in training: save the model after model.eval()");
    }
    int each = biases ? 4 : 2;
    boolean projected = lstm && weights.size() == (each + 1) * layers * directions;
    if (projected) {
      each++;
    }
    if (weights.size() != each * layers * directions) {
      throw new UnsupportedModel(
          a.op() + " with " + weights.size() + " weights, expected " + each * layers * directions);
    }
    if (e.rank(input, 3) != 3) {
      throw new Emit.Mismatch(a.op() + " of a tensor of rank " + e.rank(input));
    }
    DataType type = e.typeBy(input, weights.getFirst(), a.op());
    Ten x = batchFirst ? Shaping.swap(e, input, 0, 1) : input;
    Ref lengths = packed == null ? Ref.ABSENT : e.cast(packed.lengths(), DataType.INT32);
    Dim time = e.dims(x).get(0);
    Dim batch = e.dims(x).get(1);
    List<Dim> first = e.dims(weights.get(1), 2);
    if (projected) {
      return Projected.layers(
          e, x, packed, states, weights, layers, directions, biases, batchFirst);
    }
    Dim hidden = first.getLast();
    for (Ten state : states) {
      List<Dim> s = e.dims(state, 3);
      if (s.size() != 3) {
        throw new Emit.Mismatch(a.op() + " with a state of rank " + s.size());
      }
      e.same(s.get(0), Dim.of((long) layers * directions), a.op());
      // A state of zeros fits any batch, though tracing wrote down the size of one.
      if (!e.isZero(state)) {
        e.same(s.get(1), batch, a.op());
      }
      e.same(s.get(2), hidden, a.op());
    }
    List<List<Ref>> last = new ArrayList<>();
    states.forEach(_ -> last.add(new ArrayList<>()));
    for (int layer = 0; layer < layers; layer++) {
      List<Ten> own = weights.subList(layer * each * directions, (layer + 1) * each * directions);
      e.same(e.dims(x).getLast(), e.dims(own.getFirst()).getLast(), a.op());
      List<Ref> inputs = new ArrayList<>();
      inputs.add(e.ref(x));
      inputs.add(weight(e, own, each, 0, order, directions));
      inputs.add(weight(e, own, each, 1, order, directions));
      inputs.add(biases ? bias(e, own, each, order, directions) : Ref.ABSENT);
      inputs.add(lengths);
      for (Ten state : states) {
        boolean zero = e.isZero(state);
        Ref part =
            layers == 1
                ? e.ref(state)
                : Parts.slice(
                    e,
                    e.ref(state),
                    0,
                    e.int1((long) layer * directions),
                    e.int1((layer + 1L) * directions));
        inputs.add(zero ? Ref.ABSENT : part);
      }
      while (inputs.getLast().name().isEmpty()) {
        inputs.removeLast();
      }
      GraphBuilder.Call call =
          e.call(lstm || kind.equals("GRU") ? kind : "RNN", inputs.toArray(Ref[]::new))
              .with("hidden_size", hidden.sizeOrMinusOne())
              .with("direction", directions == 2 ? "bidirectional" : "forward");
      if (kind.equals("GRU")) {
        call = call.with("linear_before_reset", 1);
      } else if (!lstm) {
        call =
            call.with(
                new Attribute(
                    "activations",
                    Attribute.OfStrings.of(java.util.Collections.nCopies(directions, kind))));
      }
      List<Ref> out = call.outputs(lstm ? 3 : 2);
      x = sequence(e, out.getFirst(), type, time, batch, hidden, directions);
      for (int i = 0; i < states.size(); i++) {
        last.get(i).add(out.get(i + 1));
      }
    }
    List<@Nullable Object> results = new ArrayList<>();
    results.add(
        packed != null
            ? new Packing.Packed(x, packed.lengths(), packed.longest())
            : batchFirst ? Shaping.swap(e, x, 0, 1) : x);
    for (List<Ref> parts : last) {
      Ref ref =
          layers == 1
              ? parts.getFirst()
              : e.call("Concat", parts.toArray(Ref[]::new)).with("axis", 0).output();
      results.add(e.ten(ref, type, List.of(Dim.of((long) layers * directions), batch, hidden)));
    }
    return new Several(results, List.of());
  }

  /** [time, directions, batch, hidden] as [time, batch, directions hidden]. */
  private static Ten sequence(
      Emit e, Ref y, DataType type, Dim time, Dim batch, Dim hidden, int directions) {
    if (directions == 1) {
      return e.ten(e.node("Squeeze", y, e.int1(1)), type, List.of(time, batch, hidden));
    }
    Ref turned = e.call("Transpose", y).withInts("perm", 0, 2, 1, 3).output();
    return e.ten(
        e.node("Reshape", turned, e.ints(0, 0, -1)), type, List.of(time, batch, hidden.times(2)));
  }

  private static Ref weight(
      Emit e, List<Ten> own, int each, int which, int[] order, int directions) {
    if (own.stream().anyMatch(w -> w.now().data() == null)) {
      Ref[] stacked = new Ref[directions];
      for (int d = 0; d < directions; d++) {
        stacked[d] = e.node("Unsqueeze", ordered(e, own.get(d * each + which), order), e.int1(0));
      }
      return joined(e, stacked, 0);
    }
    List<TensorData> parts = new ArrayList<>();
    for (int d = 0; d < directions; d++) {
      parts.add(constant(own.get(d * each + which)));
    }
    long[] sizes = parts.getFirst().shape().sizes();
    return e.ref(
        e.constant(
            new Gates(
                parts.getFirst().name() + ".onnx",
                parts,
                order,
                Shape.of(directions, sizes[0], sizes[1]))));
  }

  /** The blocks of a weight that is computed, as by weight_norm, in ONNX's order of gates. */
  private static Ref ordered(Emit e, Ten weight, int[] order) {
    if (order.length == 1) {
      return e.ref(weight);
    }
    List<Ref> blocks =
        e.call("Split", e.ref(weight))
            .with("axis", 0)
            .with("num_outputs", order.length)
            .outputs(order.length);
    Ref[] turned = new Ref[order.length];
    for (int i = 0; i < order.length; i++) {
      turned[i] = blocks.get(order[i]);
    }
    return joined(e, turned, 0);
  }

  private static Ref joined(Emit e, Ref[] parts, int axis) {
    return parts.length == 1 ? parts[0] : e.call("Concat", parts).with("axis", axis).output();
  }

  private static Ref bias(Emit e, List<Ten> own, int each, int[] order, int directions) {
    if (own.stream().anyMatch(w -> w.now().data() == null)) {
      Ref[] stacked = new Ref[directions];
      for (int d = 0; d < directions; d++) {
        Ref[] both = {
          ordered(e, own.get(d * each + 2), order), ordered(e, own.get(d * each + 3), order)
        };
        stacked[d] = e.node("Unsqueeze", joined(e, both, 0), e.int1(0));
      }
      return joined(e, stacked, 0);
    }
    List<TensorData> parts = new ArrayList<>();
    for (int d = 0; d < directions; d++) {
      parts.add(constant(own.get(d * each + 2)));
      parts.add(constant(own.get(d * each + 3)));
    }
    long size = parts.getFirst().shape().sizes()[0];
    return e.ref(
        e.constant(
            new Gates(
                parts.getFirst().name() + ".onnx", parts, order, Shape.of(directions, 2 * size))));
  }

  private static TensorData constant(Ten weight) {
    return java.util.Objects.requireNonNull(weight.now().data());
  }

  /** (x W^T + b) and (h R^T + b). */
  private static Ten[] projections(Emit e, Args a, Ten h) {
    Ten x = a.ten(0, "input");
    if (e.rank(x, 2) > 2) {
      throw new Emit.Mismatch("a cell of a tensor of rank " + e.rank(x));
    }
    return new Ten[] {
      Products.linear(e, x, a.ten(2, "w_ih"), a.optional(4, "b_ih")),
      Products.linear(e, h, a.ten(3, "w_hh"), a.optional(5, "b_hh"))
    };
  }

  private static Object lstmCell(Emit e, Args a) {
    List<Ten> state = a.tens(1, "hx");
    Ten[] both = projections(e, a, state.get(0));
    DataType type = e.type(both[0]);
    Ref sum = e.node("Add", e.ref(both[0]), e.ref(both[1]));
    List<Ref> gates = e.call("Split", sum).with("axis", -1).with("num_outputs", 4).outputs(4);
    Ref input = e.node("Mul", e.node("Sigmoid", gates.get(0)), e.node("Tanh", gates.get(2)));
    Ref c =
        e.node("Add", e.node("Mul", e.node("Sigmoid", gates.get(1)), e.ref(state.get(1))), input);
    Ref h = e.node("Mul", e.node("Sigmoid", gates.get(3)), e.node("Tanh", c));
    List<Dim> dims = new ArrayList<>(e.dims(both[0]));
    dims.set(dims.size() - 1, dims.getLast().dividedBy(4));
    return Several.of(e.ten(h, type, dims), e.ten(c, type, dims));
  }

  private static Object gruCell(Emit e, Args a) {
    Ten state = a.ten(1, "hx");
    Ten[] both = projections(e, a, state);
    DataType type = e.type(both[0]);
    List<Ref> x =
        e.call("Split", e.ref(both[0])).with("axis", -1).with("num_outputs", 3).outputs(3);
    List<Ref> h =
        e.call("Split", e.ref(both[1])).with("axis", -1).with("num_outputs", 3).outputs(3);
    Ref r = e.node("Sigmoid", e.node("Add", x.get(0), h.get(0)));
    Ref z = e.node("Sigmoid", e.node("Add", x.get(1), h.get(1)));
    Ref n = e.node("Tanh", e.node("Add", x.get(2), e.node("Mul", r, h.get(2))));
    Ref result = e.node("Add", e.node("Mul", e.node("Sub", e.ref(state), n), z), n);
    List<Dim> dims = new ArrayList<>(e.dims(both[0]));
    dims.set(dims.size() - 1, dims.getLast().dividedBy(3));
    return e.ten(result, type, dims);
  }

  private static Object rnnCell(Emit e, Args a, String activation) {
    Ten[] both = projections(e, a, a.ten(1, "hx"));
    Ten sum = Pairs.binary(e, "Add", e.type(both[0]), both[0], both[1]);
    return Elementwise.after(e, sum, activation);
  }
}
