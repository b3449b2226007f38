package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;

/**
 * LSTM whose hidden state is projected (proj_size), for which ONNX has no operator: a Scan over the
 * steps, of i, f, g, o = W x + R h + b, c = f c + i g, h = P (o tanh c).
 */
final class Projected {

  private Projected() {}

  static Object layers(
      Emit e,
      Ten input,
      Packing.@Nullable Packed packed,
      List<Ten> states,
      List<Ten> weights,
      int layers,
      int directions,
      boolean biases,
      boolean batchFirst) {
    if (packed != null) {
      throw new UnsupportedModel("lstm with projections (proj_size) of a packed sequence");
    }
    int each = biases ? 5 : 3;
    DataType type = e.type(input);
    Ten x = input;
    List<List<Ten>> last = List.of(new ArrayList<>(), new ArrayList<>());
    for (int layer = 0; layer < layers; layer++) {
      List<Ten> outs = new ArrayList<>();
      for (int d = 0; d < directions; d++) {
        int at = layer * directions + d;
        List<Ten> own = weights.subList(at * each, (at + 1) * each);
        Ten h = Parts.select(e, states.get(0), 0, (long) at);
        Ten c = Parts.select(e, states.get(1), 0, (long) at);
        List<Ten> results = direction(e, x, List.of(h, c), own, biases, d == 1);
        outs.add(results.get(0));
        last.get(0).add(Shaping.unsqueeze(e, results.get(1), 0));
        last.get(1).add(Shaping.unsqueeze(e, results.get(2), 0));
      }
      x = outs.size() == 1 ? outs.getFirst() : Parts.join(e, outs, 2);
    }
    Ten y = e.ten(e.ref(x), type, e.dims(x));
    return Several.of(
        batchFirst ? Shaping.swap(e, y, 0, 1) : y,
        Parts.join(e, last.get(0), 0),
        Parts.join(e, last.get(1), 0));
  }

  private static List<Ten> direction(
      Emit e, Ten x, List<Ten> states, List<Ten> own, boolean biases, boolean back) {
    Ten gates = Products.linear(e, x, own.get(0), biases ? own.get(2) : null);
    Ref recurrent = e.call("Transpose", e.ref(own.get(1))).withInts("perm", 1, 0).output();
    Ref projection = e.call("Transpose", e.ref(own.getLast())).withInts("perm", 1, 0).output();
    Ref bias = biases ? e.ref(own.get(3)) : Ref.ABSENT;
    return Steps.lstm(
        e,
        x,
        e.ref(gates),
        states,
        h -> {
          Ref product = e.node("MatMul", h, recurrent);
          return biases ? e.node("Add", product, bias) : product;
        },
        h -> e.node("MatMul", h, projection),
        back);
  }
}
