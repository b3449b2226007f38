package org.sardonyx.conformance.models;

import static org.sardonyx.tensor.DataType.BOOL;
import static org.sardonyx.tensor.DataType.FLOAT;
import static org.sardonyx.tensor.DataType.INT32;
import static org.sardonyx.tensor.DataType.INT64;
import static org.sardonyx.tensor.DataType.INT8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** The models of the folder {@code models}: how each is built, and the inputs of its data sets. */
final class OurModels {

  /**
   * A model with inputs.
   *
   * @param name its folder
   * @param model the model
   * @param inputs the inputs of each data set
   */
  record OurModel(String name, Model model, List<Map<String, Value>> inputs) {}

  private OurModels() {}

  static List<OurModel> all() {
    List<Supplier<OurModel>> makers =
        List.of(
            OurModels::lstm,
            OurModels::lstmStream,
            OurModels::gru,
            OurModels::rnn,
            OurModels::bidirectionalLengths,
            OurModels::attentionEncoder,
            OurModels::attentionCache,
            OurModels::scanCell,
            OurModels::quantized,
            OurModels::controlFlow);
    return makers.stream().map(Supplier::get).toList();
  }

  private static OurModel lstm() {
    Sketch s = new Sketch("lstm", 1);
    s.input("x", FLOAT, "time", "batch", 4);
    recurrent(s, 4, 4, 8, 1);
    s.node(List.of("Y", "Y_h", "Y_c"), "LSTM", List.of("x", "W", "R", "B"), hidden(8));
    s.constant("direction", Tensor.vector(1));
    s.node("sequence", "Squeeze", List.of("Y", "direction"));
    s.weights("head", 0.5, 8, 3);
    s.node("logits", "MatMul", List.of("sequence", "head"));
    s.node("probabilities", "Softmax", List.of("logits"), Attribute.of("axis", -1));
    s.output("probabilities", FLOAT, "time", "batch", 3);
    s.output("Y_h", FLOAT, 1, "batch", 8);
    s.output("Y_c", FLOAT, 1, "batch", 8);
    return new OurModel(
        "lstm",
        s.model(17, "An LSTM with a softmax layer at every step."),
        List.of(
            Map.of("x", floats(11, 6, 2, 4)),
            Map.of("x", floats(12, 1, 1, 4)),
            Map.of("x", floats(13, 40, 3, 4))));
  }

  private static OurModel lstmStream() {
    Sketch s = new Sketch("lstm_stream", 2);
    s.input("x", FLOAT, "time", 1, 4);
    s.input("h0", FLOAT, 1, 1, 8);
    s.input("c0", FLOAT, 1, 1, 8);
    recurrent(s, 4, 4, 8, 1);
    s.node(
        List.of("Y", "hn", "cn"), "LSTM", List.of("x", "W", "R", "B", "", "h0", "c0"), hidden(8));
    s.constant("direction", Tensor.vector(1));
    s.node("y", "Squeeze", List.of("Y", "direction"));
    s.output("y", FLOAT, "time", 1, 8);
    s.output("hn", FLOAT, 1, 1, 8);
    s.output("cn", FLOAT, 1, 1, 8);
    return new OurModel(
        "lstm_stream",
        s.model(17, "An LSTM whose state goes in and out, for streams."),
        List.of(
            inputs("x", floats(21, 5, 1, 4), "h0", floats(22, 1, 1, 8), "c0", floats(23, 1, 1, 8)),
            inputs(
                "x",
                floats(24, 1, 1, 4),
                "h0",
                zeros(FLOAT, 1, 1, 8),
                "c0",
                zeros(FLOAT, 1, 1, 8))));
  }

  private static OurModel gru() {
    Sketch s = new Sketch("gru", 3);
    s.input("x", FLOAT, "time", "batch", 5);
    recurrent(s, 3, 5, 7, 1);
    s.node(
        List.of("", "Y_h"),
        "GRU",
        List.of("x", "W", "R", "B"),
        hidden(7),
        Attribute.of("linear_before_reset", 1L));
    s.constant("direction", Tensor.vector(0));
    s.node("last", "Squeeze", List.of("Y_h", "direction"));
    s.weights("head", 0.5, 7, 2);
    s.weights("bias", 0.5, 2);
    s.node("scores", "Gemm", List.of("last", "head", "bias"));
    s.output("scores", FLOAT, "batch", 2);
    return new OurModel(
        "gru",
        s.model(
            17, "A GRU with the reset after the product, and a linear layer on its last state."),
        List.of(Map.of("x", floats(31, 9, 2, 5)), Map.of("x", floats(32, 1, 4, 5))));
  }

  private static OurModel rnn() {
    Sketch s = new Sketch("rnn", 4);
    s.input("x", FLOAT, "time", "batch", 3);
    recurrent(s, 1, 3, 6, 1);
    s.node(
        List.of("Y", "Y_h"),
        "RNN",
        List.of("x", "W", "R", "B"),
        hidden(6),
        new Attribute("activations", Attribute.OfStrings.of(List.of("Relu"))),
        Attribute.of("direction", "reverse"));
    s.output("Y", FLOAT, "time", 1, "batch", 6);
    s.output("Y_h", FLOAT, 1, "batch", 6);
    return new OurModel(
        "rnn",
        s.model(14, "A plain recurrent layer with Relu that reads backwards."),
        List.of(Map.of("x", floats(41, 7, 2, 3)), Map.of("x", floats(42, 2, 1, 3))));
  }

  private static OurModel bidirectionalLengths() {
    Sketch s = new Sketch("lstm_bidirectional_lengths", 5);
    s.input("tokens", INT64, "batch", "time");
    s.input("lengths", INT32, "batch");
    s.weights("embedding", 1, 20, 6);
    s.node("embedded", "Gather", List.of("embedding", "tokens"));
    s.node("x", "Transpose", List.of("embedded"), Attribute.of("perm", 1L, 0L, 2L));
    recurrent(s, 4, 6, 5, 2);
    s.node(
        List.of("Y", "Y_h"),
        "LSTM",
        List.of("x", "W", "R", "B", "lengths"),
        hidden(5),
        Attribute.of("direction", "bidirectional"));
    s.node("pairs", "Transpose", List.of("Y"), Attribute.of("perm", 2L, 0L, 1L, 3L));
    s.constant("shape", Tensor.vector(0, 0, 10));
    s.node("y", "Reshape", List.of("pairs", "shape"));
    s.output("y", FLOAT, "batch", "time", 10);
    s.output("Y_h", FLOAT, 2, "batch", 5);
    return new OurModel(
        "lstm_bidirectional_lengths",
        s.model(17, "Embedding and a bidirectional LSTM over padded rows of given lengths."),
        List.of(
            inputs(
                "tokens",
                Tensor.of(
                    new long[] {3, 7, 1, 19, 4, 2, 0, 0, 5, 5, 11, 0, 8, 0, 0, 0, 0, 0}, 3, 6),
                "lengths",
                Tensor.of(new int[] {6, 5, 1}, 3)),
            inputs(
                "tokens",
                Tensor.of(new long[] {9, 10}, 1, 2),
                "lengths",
                Tensor.of(new int[] {2}, 1))));
  }

  private static OurModel attentionEncoder() {
    int width = 8;
    Sketch s = new Sketch("attention_encoder", 6);
    s.input("x", FLOAT, "batch", "time", width);
    s.input("keep", BOOL, "batch", "time");
    s.constant("axes", Tensor.vector(1, 2));
    s.node("keep_keys", "Unsqueeze", List.of("keep", "axes"));
    s.constant("zero", Tensor.scalar(0f));
    s.constant("minus_infinity", Tensor.scalar(Float.NEGATIVE_INFINITY));
    s.node("mask", "Where", List.of("keep_keys", "zero", "minus_infinity"));
    s.constant("split_heads", Tensor.vector(0, 0, 2, width / 2));
    s.constant("join_heads", Tensor.vector(0, 0, width));
    for (String part : List.of("q", "k", "v")) {
      s.weights("w_" + part, 0.4, width, width);
      s.node(part + "_flat", "MatMul", List.of("x", "w_" + part));
      s.node(part + "_heads", "Reshape", List.of(part + "_flat", "split_heads"));
      s.node(
          part,
          "Transpose",
          List.of(part + "_heads"),
          part.equals("k")
              ? Attribute.of("perm", 0L, 2L, 3L, 1L)
              : Attribute.of("perm", 0L, 2L, 1L, 3L));
    }
    s.node("products", "MatMul", List.of("q", "k"));
    s.constant("scale", Tensor.scalar(0.5f));
    s.node("scaled", "Mul", List.of("products", "scale"));
    s.node("masked", "Add", List.of("scaled", "mask"));
    s.node("attention", "Softmax", List.of("masked"), Attribute.of("axis", -1));
    s.node("mixed", "MatMul", List.of("attention", "v"));
    s.node("mixed_time", "Transpose", List.of("mixed"), Attribute.of("perm", 0L, 2L, 1L, 3L));
    s.node("joined", "Reshape", List.of("mixed_time", "join_heads"));
    s.weights("w_o", 0.4, width, width);
    s.node("projected", "MatMul", List.of("joined", "w_o"));
    s.node("sum_1", "Add", List.of("x", "projected"));
    s.weights("norm_scale", 1, width);
    s.weights("norm_bias", 0.2, width);
    s.node("norm_1", "LayerNormalization", List.of("sum_1", "norm_scale", "norm_bias"));
    s.weights("w_1", 0.4, width, 16);
    s.node("wide", "MatMul", List.of("norm_1", "w_1"));
    s.constant("root", Tensor.scalar((float) Math.sqrt(2)));
    s.node("over_root", "Div", List.of("wide", "root"));
    s.node("erf", "Erf", List.of("over_root"));
    s.constant("one", Tensor.scalar(1f));
    s.node("erf_1", "Add", List.of("erf", "one"));
    s.node("doubled", "Mul", List.of("wide", "erf_1"));
    s.constant("half", Tensor.scalar(0.5f));
    s.node("gelu", "Mul", List.of("doubled", "half"));
    s.weights("w_2", 0.4, 16, width);
    s.node("narrow", "MatMul", List.of("gelu", "w_2"));
    s.node("sum_2", "Add", List.of("norm_1", "narrow"));
    s.node("y", "LayerNormalization", List.of("sum_2", "norm_scale", "norm_bias"));
    s.output("y", FLOAT, "batch", "time", width);
    s.output("attention", FLOAT, "batch", 2, "time", "time");
    return new OurModel(
        "attention_encoder",
        s.model(17, "A transformer encoder layer with two heads and a mask of padded keys."),
        List.of(
            inputs(
                "x",
                floats(61, 2, 5, width),
                "keep",
                Tensor.of(
                    new boolean[] {true, true, true, true, true, true, true, true, false, false},
                    2,
                    5)),
            inputs("x", floats(62, 1, 1, width), "keep", Tensor.of(new boolean[] {true}, 1, 1))));
  }

  private static OurModel attentionCache() {
    Sketch s = new Sketch("attention_cache", 7);
    s.input("x", FLOAT, 1, "time", 8);
    s.input("past_key", FLOAT, 1, 2, "past", 4);
    s.input("past_value", FLOAT, 1, 2, "past", 4);
    for (String part : List.of("q", "k", "v")) {
      s.weights("w_" + part, 0.5, 8, 8);
      s.node(part, "MatMul", List.of("x", "w_" + part));
    }
    s.node(
        List.of("y", "present_key", "present_value"),
        "Attention",
        List.of("q", "k", "v", "", "past_key", "past_value"),
        Attribute.of("q_num_heads", 2L),
        Attribute.of("kv_num_heads", 2L),
        Attribute.of("is_causal", 1L));
    s.output("y", FLOAT, 1, "time", 8);
    s.output("present_key", FLOAT, 1, 2, "total", 4);
    s.output("present_value", FLOAT, 1, 2, "total", 4);
    return new OurModel(
        "attention_cache",
        s.model(23, "Causal attention whose keys and values are carried from call to call."),
        List.of(
            inputs(
                "x",
                floats(71, 1, 1, 8),
                "past_key",
                floats(72, 1, 2, 3, 4),
                "past_value",
                floats(73, 1, 2, 3, 4)),
            inputs(
                "x",
                floats(74, 1, 4, 8),
                "past_key",
                zeros(FLOAT, 1, 2, 0, 4),
                "past_value",
                zeros(FLOAT, 1, 2, 0, 4))));
  }

  /**
   * An LSTM whose gates read the cell instead of the output, as a function with a Scan: u = [x, C];
   * i, f, o = sigmoid(W u + b); C = f C + i tanh(W_c u + b_c); h = o tanh(C).
   */
  private static OurModel scanCell() {
    int width = 6;
    Sketch body = new Sketch("step", 0);
    body.input("C_in", FLOAT, "?", width);
    body.input("x_t", FLOAT, "?", 3);
    body.node("u", "Concat", List.of("x_t", "C_in"), Attribute.of("axis", 1L));
    body.node("products", "MatMul", List.of("u", "W"));
    body.node("sums", "Add", List.of("products", "b"));
    body.node(
        List.of("i_sum", "f_sum", "o_sum", "g_sum"),
        "Split",
        List.of("sums"),
        Attribute.of("axis", 1L));
    body.node("i", "Sigmoid", List.of("i_sum"));
    body.node("f", "Sigmoid", List.of("f_sum"));
    body.node("o", "Sigmoid", List.of("o_sum"));
    body.node("g", "Tanh", List.of("g_sum"));
    body.node("kept", "Mul", List.of("f", "C_in"));
    body.node("added", "Mul", List.of("i", "g"));
    body.node("C_out", "Add", List.of("kept", "added"));
    body.node("tanh_C", "Tanh", List.of("C_out"));
    body.node("h_t", "Mul", List.of("o", "tanh_C"));
    body.output("C_out", FLOAT, "?", width);
    body.output("h_t", FLOAT, "?", width);
    Function cell =
        new Function(
            "org.sardonyx.layers",
            "CellRecurrentLSTM",
            "",
            List.of("x", "W", "b", "C_0"),
            List.of("h", "C_n"),
            List.of(),
            List.of(),
            List.of(
                new Node(
                    "scan",
                    "Scan",
                    List.of("C_0", "x"),
                    List.of("C_n", "h"),
                    List.of(
                        Attribute.of("body", body.graph()), Attribute.of("num_scan_inputs", 1L)))),
            List.of(new OpsetImport("", 17)),
            List.of(),
            "An LSTM whose gates read the cell; x [T, N, I], h [T, N, H].",
            List.of(),
            Extra.NONE);
    Sketch s = new Sketch("scan_cell", 8);
    s.input("x", FLOAT, "time", "batch", 3);
    s.input("C_0", FLOAT, "batch", width);
    s.weights("W", 0.5, 3 + width, 4 * width);
    s.weights("b", 0.3, 4 * width);
    s.add(
        new Node(
            "cell",
            "org.sardonyx.layers",
            "CellRecurrentLSTM",
            List.of("x", "W", "b", "C_0"),
            List.of("h", "C_n"),
            List.of()));
    s.output("h", FLOAT, "time", "batch", width);
    s.output("C_n", FLOAT, "batch", width);
    return new OurModel(
        "scan_cell",
        s.model(
            17, "A cell-recurrent LSTM as a function of the model, whose body is a Scan.", cell),
        List.of(
            inputs("x", floats(81, 8, 2, 3), "C_0", floats(82, 2, width)),
            inputs("x", floats(83, 1, 1, 3), "C_0", zeros(FLOAT, 1, width))));
  }

  private static OurModel quantized() {
    Sketch s = new Sketch("quantized", 9);
    s.input("x", FLOAT, "batch", 6);
    s.node(List.of("x_q", "x_scale", "x_zero"), "DynamicQuantizeLinear", List.of("x"));
    s.constant("w_q", bytes(91, 6, 5));
    s.node("product", "MatMulInteger", List.of("x_q", "w_q", "x_zero"));
    s.node("product_float", "Cast", List.of("product"), Attribute.of("to", (long) FLOAT.code()));
    s.constant("w_scale", Tensor.of(new float[] {0.01f, 0.02f, 0.015f, 0.0125f, 0.03f}, 5));
    s.node("scales", "Mul", List.of("x_scale", "w_scale"));
    s.node("hidden", "Mul", List.of("product_float", "scales"));
    s.node("relu", "Relu", List.of("hidden"));
    s.constant("a_scale", Tensor.scalar(0.05f));
    s.constant("a_zero", Tensor.of(INT8, new byte[] {-20}));
    s.node("a_q", "QuantizeLinear", List.of("relu", "a_scale", "a_zero"));
    s.node("a", "DequantizeLinear", List.of("a_q", "a_scale", "a_zero"));
    s.constant("v_q", bytes(92, 5, 3));
    s.constant("v_scale", Tensor.of(new float[] {0.02f, 0.01f, 0.04f}, 3));
    s.node("v", "DequantizeLinear", List.of("v_q", "v_scale"), Attribute.of("axis", 1L));
    s.node("y", "MatMul", List.of("a", "v"));
    s.output("y", FLOAT, "batch", 3);
    s.output("a_q", INT8, "batch", 5);
    return new OurModel(
        "quantized",
        s.model(17, "Two layers in 8 bits: one quantized dynamically, one by Q/DQ pairs."),
        List.of(Map.of("x", floats(93, 4, 6)), Map.of("x", floats(94, 1, 6))));
  }

  private static OurModel controlFlow() {
    Sketch s = new Sketch("control_flow", 10);
    s.input("x", FLOAT, "batch", 4);
    s.input("steps", INT64);
    s.input("double", BOOL);
    s.weights("A", 0.6, 4, 4);
    s.constant("go", Tensor.scalar(true));

    Sketch loop = new Sketch("loop_body", 0);
    loop.input("step", INT64);
    loop.input("go_in", BOOL);
    loop.input("state", FLOAT, "batch", 4);
    loop.node("product", "MatMul", List.of("state", "A"));
    loop.node("next", "Tanh", List.of("product"));
    loop.node("size", "ReduceL2", List.of("next"), Attribute.of("keepdims", 0L));
    loop.node("least", "Constant", List.of(), Attribute.of("value_float", 0.05f));
    loop.node("go_out", "Greater", List.of("size", "least"));
    loop.output("go_out", BOOL);
    loop.output("next", FLOAT, "batch", 4);
    loop.output("size", FLOAT);
    s.node(
        List.of("last", "sizes"),
        "Loop",
        List.of("steps", "go", "x"),
        Attribute.of("body", loop.graph()));

    Sketch twice = new Sketch("then_branch", 0);
    twice.node("pair", "SequenceConstruct", List.of("last", "x"));
    twice.node("joined", "ConcatFromSequence", List.of("pair"), Attribute.of("axis", 1L));
    twice.output("joined", FLOAT, "batch", 8);
    Sketch once = new Sketch("else_branch", 0);
    once.node("same", "Identity", List.of("last"));
    once.output("same", FLOAT, "batch", 4);
    s.node(
        "y",
        "If",
        List.of("double"),
        Attribute.of("then_branch", twice.graph()),
        Attribute.of("else_branch", once.graph()));
    s.output("y", FLOAT, "batch", "width");
    s.output("sizes", FLOAT, "trips");
    List<Map<String, Value>> sets = new ArrayList<>();
    long[] steps = {5, 0, 100};
    for (int i = 0; i < steps.length; i++) {
      sets.add(
          inputs(
              "x",
              floats(101 + i, 2, 4),
              "steps",
              Tensor.scalar(steps[i]),
              "double",
              Tensor.scalar(i % 2 == 0)));
    }
    return new OurModel(
        "control_flow",
        s.model(16, "A Loop that ends early, and an If whose branches differ in shape."),
        sets);
  }

  /** Adds W, R and B of a recurrent operator with this many gates. */
  private static void recurrent(
      Sketch s, int gates, int inputSize, int hiddenSize, int directions) {
    s.weights("W", 0.5, directions, gates * hiddenSize, inputSize);
    s.weights("R", 0.5, directions, gates * hiddenSize, hiddenSize);
    s.weights("B", 0.2, directions, 2 * gates * hiddenSize);
  }

  private static Attribute hidden(long size) {
    return Attribute.of("hidden_size", size);
  }

  private static Map<String, Value> inputs(Object... pairs) {
    Map<String, Value> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], (Value) pairs[i + 1]);
    }
    return map;
  }

  private static Tensor zeros(DataType type, int... shape) {
    return Tensor.zeros(type, shape);
  }

  private static Tensor floats(long seed, int... shape) {
    Random random = new Random(seed);
    float[] data = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = Math.round(random.nextGaussian() * 1024) / 1024f;
    }
    return Tensor.of(data, shape);
  }

  private static Tensor bytes(long seed, int... shape) {
    byte[] data = new byte[Tensor.checkedSize(shape)];
    new Random(seed).nextBytes(data);
    return Tensor.of(INT8, data, shape);
  }
}
