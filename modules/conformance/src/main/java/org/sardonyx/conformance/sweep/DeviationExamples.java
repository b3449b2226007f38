package org.sardonyx.conformance.sweep;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** For each entry of the register a small model on which it shows. */
final class DeviationExamples {

  private DeviationExamples() {}

  static Case of(String id, String operator) {
    Recurrent cell = new Recurrent(operator);
    return switch (id) {
      case "D01" -> cell.attribute(Attribute.of("layout", 1)).build();
      case "D02", "D03" -> cell.type(DataType.DOUBLE).build();
      case "D04" -> cell.attribute(Attribute.of("clip", 0.2f)).build();
      case "D05" -> cell.lens(0, 2).build();
      case "D06" -> cell.x(0, Float.NaN).build();
      case "D07" -> cell.activations("ThresholdedRelu", null).build();
      case "D09" -> cell.batch(0).build();
      case "D10" -> cell.steps(0).build();
      case "D11" -> cell.x(-1, 40).withoutState().build();
      case "D12" ->
          operator.equals("Sigmoid")
              ? unary("Sigmoid", 13, -16, -15.9f, -17)
              : cell.x(-1, -30).build();
      case "D14" -> cell.withoutHiddenSize().build();
      case "D15" -> attention(24).input("attn_mask", Tensor.zeros(DataType.FLOAT, 2, 2)).y();
      case "D16" -> attention(23, 0).y();
      case "D17" -> attention(23).attribute(Attribute.of("scale", 0f)).y();
      case "D18" -> attention(25).attribute(Attribute.of("left_window_size", 1)).y();
      case "D19" -> oneQuery();
      case "D20" -> GraphExamples.scan();
      case "D22" -> GraphExamples.unsorted();
      case "D23" -> binary(operator, new int[] {Integer.MIN_VALUE, 7}, new int[] {-1, -1});
      case "D24" -> reduce(operator, 1, Float.NaN, 3);
      case "D26" -> unary("Gelu", 20, Float.NEGATIVE_INFINITY, 1);
      case "D29" -> unary("Relu", 27, 1);
      case "D31" -> GraphExamples.loop();
      case "D32" -> cell.steps(0).build();
      case "D33" ->
          switch (operator) {
            case "Attention" -> attention(24, 2, DataType.BFLOAT16).y();
            case "RotaryEmbedding" -> rotary();
            default -> cell.type(DataType.BFLOAT16).build();
          };
      case "D34" -> cell.activations("Relu", null).x(0, Float.NaN).build();
      case "D35" -> cell.activations("Softplus", null).x(-1, 500).build();
      case "D36" -> cell.activations("ThresholdedRelu", 1f).exactly(1).build();
      case "D37" -> attention(24, 2, DataType.DOUBLE).y();
      case "D38" ->
          attention(24, 2, DataType.DOUBLE)
              .input("attn_mask", Tensor.zeros(DataType.DOUBLE, 2, 3))
              .attribute(Attribute.of("is_causal", 1))
              .y();
      case "D39" ->
          attention(24)
              .attribute(Attribute.of("is_causal", 1))
              .attribute(Attribute.of("qk_matmul_output_mode", 2))
              .scores();
      case "D40" -> inDouble(operator);
      case "D41" ->
          Case.of("LRN", 13)
              .attribute("size", 2)
              .input("X", Tensor.of(new float[] {1, 2, 3, 4}, 1, 4, 1, 1))
              .output("Y", DataType.FLOAT)
              .build("LRN");
      case "D43" ->
          Case.of("QuantizeLinear", 23)
              .input("x", Tensor.fromDoubles(DataType.FLOAT16, new double[] {0.27, 1.18}, 2))
              .constant("y_scale", Tensor.fromDoubles(DataType.FLOAT16, new double[] {0.1}))
              .constant("y_zero_point", Tensor.zeros(DataType.INT8))
              .output("y", DataType.INT8)
              .build("QuantizeLinear");
      case "D45" ->
          Case.of("MaxPool", 12)
              .attribute("auto_pad", "SAME_UPPER")
              .attribute(Attribute.of("kernel_shape", 2, 2))
              .attribute(Attribute.of("dilations", 2, 2))
              .input("X", Tensors.normal(new Random(9), DataType.FLOAT, 1, 1, 1, 4, 4))
              .output("Y", DataType.FLOAT)
              .build("MaxPool");
      case "D44" ->
          Case.of("Resize", 19)
              .attribute("mode", "linear")
              .input("X", Tensor.of(new int[] {0, 3}, 1, 1, 1, 2))
              .constant("roi", Tensor.zeros(DataType.FLOAT, 0))
              .constant("scales", Tensor.zeros(DataType.FLOAT, 0))
              .constant("sizes", Tensor.vector(1, 1, 1, 5))
              .output("Y", DataType.INT32)
              .build("Resize");
      case "D46" -> withoutPresents();
      case "D47" -> SaturationExamples.of(operator);
      case "D50" -> SaturationExamples.between(operator);
      case "D51" -> GraphExamples.swish();
      case "D52" -> GraphExamples.moved();
      case "D53" ->
          Case.of(operator, 18)
              .attribute("reduction", "add")
              .input("data", Tensor.fromDoubles(DataType.FLOAT16, new double[] {1, 2}, 2, 1))
              .constant("indices", Tensor.of(new long[] {0}, 1, 1))
              .input("updates", Tensor.fromDoubles(DataType.FLOAT16, new double[] {3}, 1, 1))
              .output("output", DataType.FLOAT16)
              .build(operator);
      case "D48" ->
          Case.of("InstanceNormalization", 6)
              .input("input", Tensor.of(new float[] {0.7f, -1.3f, 2.1f, 0.9f}, 2, 2, 1))
              .constant("scale", Tensor.of(new float[] {1.1f, 0.7f}, 2))
              .constant("B", Tensor.of(new float[] {0.1f, 0.3f}, 2))
              .output("output", DataType.FLOAT)
              .build("InstanceNormalization");
      case "D49" -> GraphExamples.flatAttention();
      default -> throw new IllegalStateException("there is no example for " + id);
    };
  }

  /** A recurrent operator of two rows, two steps, two inputs and two units. */
  private static final class Recurrent {
    private final String operator;
    private final int gates;
    private DataType type = DataType.FLOAT;
    private int steps = 2;
    private int batch = 2;
    private @Nullable Tensor lens;
    private String function = "";
    private @Nullable Float alpha;
    private int place = -2;
    private float number;
    private boolean exact;
    private boolean hiddenSize = true;
    private boolean state = true;
    private @Nullable Attribute attribute;

    Recurrent(String operator) {
      this.operator = operator;
      this.gates = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
    }

    Recurrent attribute(Attribute one) {
      attribute = one;
      return this;
    }

    Recurrent type(DataType newType) {
      type = newType;
      return this;
    }

    Recurrent steps(int count) {
      steps = count;
      return this;
    }

    Recurrent batch(int count) {
      batch = count;
      return this;
    }

    Recurrent lens(int... lengths) {
      lens = Tensor.of(lengths, lengths.length);
      return this;
    }

    Recurrent activations(String name, @Nullable Float newAlpha) {
      function = name;
      alpha = newAlpha;
      return this;
    }

    /** Puts a number into X, at one place or, for -1, everywhere. */
    Recurrent x(int newPlace, float newNumber) {
      place = newPlace;
      number = newNumber;
      return this;
    }

    /** Weights and X so that every gate gets exactly this number. */
    Recurrent exactly(float newNumber) {
      exact = true;
      number = newNumber;
      place = -1;
      return this;
    }

    Recurrent withoutState() {
      state = false;
      return this;
    }

    Recurrent withoutHiddenSize() {
      hiddenSize = false;
      return this;
    }

    Case build() {
      Random random = new Random(4);
      boolean first = attribute != null && attribute.name().equals("layout");
      Case.Builder builder = Case.of(operator, 22);
      if (hiddenSize) {
        builder.attribute("hidden_size", 2);
      }
      if (attribute != null) {
        builder.attribute(attribute);
      }
      if (!function.isEmpty()) {
        List<String> names =
            Collections.nCopies(operator.equals("LSTM") ? 3 : gates == 3 ? 2 : 1, function);
        builder.attribute(new Attribute("activations", Attribute.OfStrings.of(names)));
      }
      if (alpha != null) {
        builder.attribute(
            new Attribute(
                "activation_alpha", new Attribute.OfFloats(Collections.nCopies(3, alpha))));
      }
      int[] shape = first ? new int[] {batch, steps, 2} : new int[] {steps, batch, 2};
      Tensor x = Tensors.normal(random, type, 1, shape);
      for (int i = 0; i < x.size(); i++) {
        if (i == place || place == -1) {
          x.setDouble(i, exact ? (i % 2 == 0 ? number : 0) : number);
        }
      }
      builder.input("X", x);
      Tensor w = Tensors.normal(random, type, 0.7, 1, 2 * gates, 2);
      Tensor r = Tensors.normal(random, type, 0.7, 1, 2 * gates, 2);
      Tensor b = Tensors.normal(random, type, 0.2, 1, 4 * gates);
      for (int i = 0; exact && i < w.size(); i++) {
        w.setDouble(i, i % 2 == 0 ? 1 : 0);
        r.setDouble(i, 0);
        b.setDouble(i, 0);
      }
      builder.constant("W", w).constant("R", r).constant("B", b);
      if (lens == null) {
        builder.noInput();
      } else {
        builder.input("sequence_lens", lens);
      }
      int[] states = first ? new int[] {batch, 1, 2} : new int[] {1, batch, 2};
      if (state) {
        builder.input("initial_h", Tensors.normal(random, type, 1, states));
      } else {
        builder.noInput();
      }
      if (operator.equals("LSTM")) {
        builder.input("initial_c", Tensors.normal(random, type, 1, states));
      }
      return builder.output("Y", type).output("Y_h", type).build(operator);
    }
  }

  private static Case unary(String operator, int opset, float... x) {
    return Case.of(operator, opset)
        .input("X", Tensor.of(x, x.length))
        .output("Y", DataType.FLOAT)
        .build(operator);
  }

  private static Case inDouble(String operator) {
    Tensor x = Tensors.normal(new Random(10), DataType.DOUBLE, 1, 1, 2, 3);
    Case.Builder builder = Case.of(operator, 21).input("X", x);
    switch (operator) {
      case "Shrink" -> builder.attribute("lambd", 0.1f).attribute("bias", 0.1f);
      case "Gelu" -> builder.attribute("approximate", "tanh");
      default ->
          builder
              .attribute("num_groups", 1)
              .constant("scale", Tensor.of(new double[] {0.3, 1.7}, 2))
              .constant("bias", Tensor.of(new double[] {0.1, 0.2}, 2));
    }
    return builder.output("Y", DataType.DOUBLE).build(operator);
  }

  private static Case binary(String operator, int[] a, int[] b) {
    return Case.of(operator, 14)
        .input("A", Tensor.of(a, a.length))
        .input("B", Tensor.of(b, b.length))
        .output("C", DataType.INT32)
        .build(operator);
  }

  private static Case reduce(String operator, float... x) {
    return Case.of(operator, 18)
        .input("data", Tensor.of(x, x.length))
        .output("reduced", DataType.FLOAT)
        .build(operator);
  }

  /** Attention of one row, one head, two queries and three keys of size 2. */
  private static final class Attention {
    private final DataType type;
    private final Case.Builder builder;

    Attention(int opset, int queries, DataType type) {
      Random random = new Random(5);
      this.type = type;
      builder =
          Case.of("Attention", opset)
              .input("Q", Tensors.normal(random, type, 1, 1, 1, queries, 2))
              .input("K", Tensors.normal(random, type, 1, 1, 1, 3, 2))
              .input("V", Tensors.normal(random, type, 1, 1, 1, 3, 2));
    }

    Attention attribute(Attribute attribute) {
      builder.attribute(attribute);
      return this;
    }

    Attention input(String name, Tensor value) {
      builder.input(name, value);
      return this;
    }

    Case y() {
      return builder.output("Y", type).build("Attention");
    }

    Case scores() {
      return builder
          .output("Y", type)
          .noOutput()
          .noOutput()
          .output("qk_matmul_output", type)
          .build("Attention");
    }
  }

  private static Attention attention(int opset) {
    return attention(opset, 2);
  }

  private static Attention attention(int opset, int queries) {
    return attention(opset, queries, DataType.FLOAT);
  }

  private static Attention attention(int opset, int queries, DataType type) {
    return new Attention(opset, queries, type);
  }

  private static Case oneQuery() {
    Tensor past = Tensors.normal(new Random(7), DataType.FLOAT, 1, 1, 1, 1, 2);
    Case.Builder builder = attention(24, 1).attribute(Attribute.of("is_causal", 1)).builder;
    return builder
        .noInput()
        .input("past_key", past)
        .input("past_value", past)
        .output("Y", DataType.FLOAT)
        .output("present_key", DataType.FLOAT)
        .output("present_value", DataType.FLOAT)
        .build("Attention");
  }

  /** A step after two others, whose keys and values lie in a cache. */
  private static Case withoutPresents() {
    Random random = new Random(8);
    Tensor now = Tensors.normal(random, DataType.FLOAT, 1, 1, 1, 8);
    Tensor past = Tensors.normal(random, DataType.FLOAT, 1, 1, 1, 4, 8);
    return Case.of("com.microsoft", "GroupQueryAttention", 1)
        .attribute("num_heads", 1)
        .attribute("kv_num_heads", 1)
        .input("query", now)
        .input("key", now)
        .input("value", now)
        .input("past_key", past)
        .input("past_value", past)
        .input("seqlens_k", Tensor.of(new int[] {2}, 1))
        .input("total_sequence_length", Tensor.of(new int[] {3}, 1))
        .output("output", DataType.FLOAT)
        .build("GroupQueryAttention");
  }

  private static Case rotary() {
    Random random = new Random(6);
    DataType type = DataType.BFLOAT16;
    return Case.of("RotaryEmbedding", 23)
        .input("X", Tensors.normal(random, type, 1, 1, 1, 2, 2))
        .input("cos_cache", Tensors.normal(random, type, 1, 1, 2, 1))
        .input("sin_cache", Tensors.normal(random, type, 1, 1, 2, 1))
        .output("Y", type)
        .build("RotaryEmbedding");
  }
}
