package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * Layers that quantize_dynamic made: weights of eight bits, which stand here as the numbers they
 * mean, and inputs that are rounded to 7 or 8 bits of their own range before each product.
 */
public final class Quantized {

  private Quantized() {}

  /**
   * Weights of a linear layer.
   *
   * @param weight [out, in], the numbers that the integers mean
   * @param bias [out]
   */
  public record Linear(Ten weight, @Nullable Ten bias) {}

  /**
   * Weights of one layer and direction of a recurrent layer.
   *
   * @param input what is made of the input
   * @param state what is made of the hidden state
   * @param reduced whether inputs are rounded to 7 bits, not 8
   */
  public record CellWeights(Linear input, Linear state, boolean reduced) {}

  /** Returns what an object of PyTorch's own classes is, of what was saved of it. */
  public static Object bound(String type, @Nullable Object state) {
    List<@Nullable Object> parts = state instanceof Several several ? several.items() : List.of();
    if (type.endsWith("quantized.LinearPackedParamsBase")
        && !parts.isEmpty()
        && parts.getFirst() instanceof Ten weight) {
      return new Linear(weight, parts.size() > 1 && parts.get(1) instanceof Ten bias ? bias : null);
    }
    if (type.endsWith("rnn.CellParamsBase")
        && parts.size() == 5
        && "quantized_dynamic".equals(parts.getFirst())) {
      List<@Nullable Object> biases = Scalars.items(parts.get(1));
      List<@Nullable Object> packed = Scalars.items(parts.get(4));
      boolean whole = biases.size() == 2 && packed.size() == 2;
      if (whole
          && packed.get(0) instanceof Linear input
          && packed.get(1) instanceof Linear again
          && biases.get(0) instanceof Ten first
          && biases.get(1) instanceof Ten second) {
        return new CellWeights(
            new Linear(input.weight(), first),
            new Linear(again.weight(), second),
            !Scalars.items(parts.get(3)).contains(0L));
      }
    }
    throw new UnsupportedModel(
        "an object of PyTorch's class "
            + org.sardonyx.error.Text.escape(type)
            + ": of those only weights of dynamically quantized layers are known;"
            + " save the module before it is quantized, and quantize the ONNX model");
  }

  static void register(Map<String, Op> ops) {
    ops.put("quantized::linear_prepack", (_, a) -> new Linear(a.ten(0, "W"), a.optional(1, "B")));
    for (String name : List.of("linear_dynamic", "linear_relu_dynamic")) {
      ops.put(
          "quantized::" + name,
          (e, a) -> {
            if (!(a.get(1, "W_prepack") instanceof Linear weights)) {
              throw new UnsupportedModel(a.op() + " of weights that were not packed here");
            }
            Ten x = a.ten(0, "X");
            List<Dim> dims = new ArrayList<>(e.dims(x, 2));
            e.same(dims.getLast(), e.dims(weights.weight()).getLast(), "linear");
            dims.set(dims.size() - 1, e.dims(weights.weight()).getFirst());
            Ref ref = product(e, e.ref(x), e.type(x), weights, a.flag(2, "reduce_range", false));
            return e.ten(name.contains("relu") ? e.node("Relu", ref) : ref, e.type(x), dims);
          });
    }
    steps(ops);
    ops.put("quantized_lstm", (e, a) -> layers(e, a, true));
    ops.put("quantized_gru", (e, a) -> layers(e, a, false));
  }

  /** Quantized tensors stand here as the numbers that they mean: what is rounded is rounded. */
  private static void steps(Map<String, Op> ops) {
    ops.put(
        "quantize_per_tensor",
        (e, a) -> rounded(e, a.ten(0, "self"), a.need(1, "scale"), a.need(2, "zero_point"), a, 3));
    ops.put("dequantize", (_, a) -> a.need(0, "self"));
    for (String name : List.of("linear", "linear_relu")) {
      ops.put(
          "quantized::" + name,
          (e, a) -> {
            if (!(a.get(1, "W_prepack") instanceof Linear weights)) {
              throw new UnsupportedModel(a.op() + " of weights that were not packed here");
            }
            Ten y = Products.linear(e, a.ten(0, "X"), weights.weight(), weights.bias());
            Ten shown = name.endsWith("relu") ? Elementwise.after(e, y, "Relu") : y;
            return rounded(e, shown, a.need(2, "Y_scale"), a.need(3, "Y_zero_point"), a, -1);
          });
    }
    for (String name : List.of("add", "add_relu", "mul", "mul_relu", "cat")) {
      ops.put(
          "quantized::" + name,
          (e, a) -> {
            String plain = name.replace("_relu", "");
            Ten y = (Ten) Composed.call(e, plain, a.need(0, "qa"), a.need(1, "qb"));
            Ten shown = name.endsWith("relu") ? Elementwise.after(e, y, "Relu") : y;
            return rounded(e, shown, a.need(2, "scale"), a.need(3, "zero_point"), a, -1);
          });
    }
  }

  /** x in steps of a scale, of uint8 unless another type is given. */
  private static Ten rounded(Emit e, Ten x, Object scale, Object zero, Args a, int typeAt) {
    Object code = typeAt < 0 ? null : a.get(typeAt, "dtype");
    if (code != null && !code.equals(12L) && !code.equals(13L)) {
      throw new UnsupportedModel(a.op() + " to PyTorch's type " + code);
    }
    DataType type = Long.valueOf(12).equals(code) ? DataType.INT8 : DataType.UINT8;
    Ref step = scalar(e, scale, DataType.FLOAT);
    Ref place = scalar(e, zero, type);
    Ref whole = e.node("QuantizeLinear", e.ref(x), step, place);
    return e.like(x, e.node("DequantizeLinear", whole, step, place), DataType.FLOAT);
  }

  private static Ref scalar(Emit e, Object number, DataType type) {
    return number instanceof Ten ten
        ? e.node("Reshape", e.cast(ten, type), e.ints())
        : e.scalar(number, type);
  }

  /** The rounded x times W, and the bias. */
  private static Ref product(Emit e, Ref x, DataType type, Linear weights, boolean reduced) {
    if (type != DataType.FLOAT) {
      throw new UnsupportedModel("a quantized layer of " + type.specName());
    }
    double most = reduced ? 127 : 255;
    Ref zero = e.scalar(0.0, DataType.FLOAT);
    Ref low = e.node("Min", e.call("ReduceMin", x).with("keepdims", 0).output(), zero);
    Ref high = e.node("Max", e.call("ReduceMax", x).with("keepdims", 0).output(), zero);
    Ref wideLow = e.cast(low, DataType.FLOAT, DataType.DOUBLE);
    Ref range = e.node("Sub", e.cast(high, DataType.FLOAT, DataType.DOUBLE), wideLow);
    Ref step = e.node("Div", range, e.scalar(most, DataType.DOUBLE));
    Ref none = e.node("Less", step, e.scalar(1e-38, DataType.DOUBLE));
    Ref wide = e.node("Where", none, e.scalar(0.1, DataType.DOUBLE), step);
    Ref offset = e.node("Round", e.node("Neg", e.node("Div", wideLow, wide)));
    Ref bounded =
        e.node(
            "Min",
            e.node("Max", offset, e.scalar(0.0, DataType.DOUBLE)),
            e.scalar(most, DataType.DOUBLE));
    Ref zeroPoint = e.cast(bounded, DataType.DOUBLE, DataType.FLOAT);
    Ref scale = e.cast(wide, DataType.DOUBLE, DataType.FLOAT);
    Ref moved = e.node("Add", e.node("Mul", x, e.node("Reciprocal", scale)), zeroPoint);
    Ref whole = e.node("Clip", e.node("Round", moved), zero, e.scalar(most, DataType.FLOAT));
    Ref rounded = e.node("Mul", e.node("Sub", whole, zeroPoint), scale);
    Ref turned = e.call("Transpose", e.ref(weights.weight())).withInts("perm", 1, 0).output();
    Ref result = e.node("MatMul", rounded, turned);
    Ten bias = weights.bias();
    return bias == null ? result : e.node("Add", result, e.ref(bias));
  }

  /** (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first). */
  private static Object layers(Emit e, Args a, boolean lstm) {
    Ten input = a.ten(0, "input");
    if (!a.flag(10, "use_dynamic", lstm ? false : true)) {
      throw new UnsupportedModel(a.op() + " that is not dynamic: quantize the ONNX model instead");
    }
    List<Ten> states = lstm ? a.tens(1, "hx") : List.of(a.ten(1, "hx"));
    List<@Nullable Object> params = Scalars.items(a.need(2, "params"));
    int layers = (int) a.integer(4, "num_layers", 1);
    int directions = a.flag(7, "bidirectional", false) ? 2 : 1;
    boolean batchFirst = a.flag(8, "batch_first", false);
    if (params.size() != layers * directions) {
      throw new UnsupportedModel(a.op() + " with " + params.size() + " sets of weights");
    }
    Ten x = batchFirst ? Shaping.swap(e, input, 0, 1) : input;
    DataType type = e.type(x);
    List<List<Ten>> last = new ArrayList<>();
    states.forEach(_ -> last.add(new ArrayList<>()));
    for (int layer = 0; layer < layers; layer++) {
      List<Ten> outs = new ArrayList<>();
      for (int d = 0; d < directions; d++) {
        int at = layer * directions + d;
        if (!(params.get(at) instanceof CellWeights own)) {
          throw new UnsupportedModel(a.op() + " with weights of another kind");
        }
        List<Ten> begin = new ArrayList<>();
        for (Ten state : states) {
          begin.add(Parts.select(e, state, 0, (long) at));
        }
        Ref gates = product(e, e.ref(x), type, own.input(), own.reduced());
        Steps.Product again = h -> product(e, h, type, own.state(), own.reduced());
        List<Ten> results =
            lstm
                ? Steps.lstm(e, x, gates, begin, again, h -> h, d == 1)
                : Steps.gru(e, x, gates, begin.getFirst(), again, d == 1);
        outs.add(results.getFirst());
        for (int s = 0; s < states.size(); s++) {
          last.get(s).add(Shaping.unsqueeze(e, results.get(s + 1), 0));
        }
      }
      x = outs.size() == 1 ? outs.getFirst() : Parts.join(e, outs, 2);
    }
    List<@Nullable Object> results = new ArrayList<>();
    results.add(batchFirst ? Shaping.swap(e, x, 0, 1) : x);
    last.forEach(parts -> results.add(Parts.join(e, parts, 0)));
    return new Several(results, List.of());
  }
}
