package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Attention-23 and RotaryEmbedding-23 in operators that are older. */
final class AttentionBodies {

  private static final long END = Long.MAX_VALUE;

  private AttentionBodies() {}

  /** Pairs of numbers are turned: {@code (a cos - b sin, a sin + b cos)}. */
  static void rotary(Rewrite rewrite) {
    int rank = rewrite.rank(0);
    String x = rewrite.in(0);
    boolean flat = rank == 3;
    // [batch, sequence, heads, size]
    String rows =
        flat
            ? rewrite.op(
                "Reshape", List.of(x, rewrite.longs(0, 0, rewrite.integer("num_heads", 1), -1)))
            : rewrite.op("Transpose", x, perm(0, 2, 1, 3));
    long turned = rewrite.integer("rotary_embedding_dim", 0);
    String part = turned == 0 ? rows : slice(rewrite, rows, 0, turned, 1);
    String cos = cache(rewrite, 1);
    String sin = cache(rewrite, 2);
    boolean interleaved = rewrite.integer("interleaved", 0) != 0;
    String a;
    String b;
    if (interleaved) {
      a = slice(rewrite, part, 0, END, 2);
      b = slice(rewrite, part, 1, END, 2);
    } else {
      a = rewrite.fresh("first");
      b = rewrite.fresh("second");
      rewrite.op(
          "Split",
          List.of(part),
          List.of(a, b),
          Attribute.of("axis", 3L),
          Attribute.of("num_outputs", 2L));
    }
    String real = difference(rewrite, a, cos, b, sin);
    String imaginary =
        rewrite.op(
            "Add", List.of(rewrite.op("Mul", List.of(a, sin)), rewrite.op("Mul", List.of(b, cos))));
    String result;
    if (interleaved) {
      String pairs =
          rewrite.op(
              "Concat",
              List.of(unsqueezed(rewrite, real, 4), unsqueezed(rewrite, imaginary, 4)),
              Attribute.of("axis", 4L));
      result = rewrite.op("Reshape", List.of(pairs, rewrite.op("Shape", part)));
    } else {
      result = rewrite.op("Concat", List.of(real, imaginary), Attribute.of("axis", 3L));
    }
    if (turned != 0) {
      String rest = slice(rewrite, rows, turned, END, 1);
      result = rewrite.op("Concat", List.of(result, rest), Attribute.of("axis", 3L));
    }
    if (flat) {
      rewrite.last("Reshape", List.of(result, rewrite.op("Shape", x)));
    } else {
      rewrite.last("Transpose", List.of(result), perm(0, 2, 1, 3));
    }
  }

  private static String difference(Rewrite rewrite, String a, String cos, String b, String sin) {
    return rewrite.op(
        "Sub", List.of(rewrite.op("Mul", List.of(a, cos)), rewrite.op("Mul", List.of(b, sin))));
  }

  /** Returns a cache as [batch, sequence, 1, half]. */
  private static String cache(Rewrite rewrite, int input) {
    String rows =
        rewrite.has(3)
            ? rewrite.op("Gather", List.of(rewrite.in(input), rewrite.in(3)))
            : rewrite.in(input);
    return unsqueezed(rewrite, rows, 2);
  }

  private static String unsqueezed(Rewrite rewrite, String value, long axis) {
    return rewrite.op("Unsqueeze", List.of(value, rewrite.longs(axis)));
  }

  private static String slice(Rewrite rewrite, String value, long from, long to, long step) {
    return rewrite.op(
        "Slice",
        List.of(
            value, rewrite.longs(from), rewrite.longs(to), rewrite.longs(3), rewrite.longs(step)));
  }

  private static Attribute perm(long... perm) {
    return Attribute.of("perm", perm);
  }

  /** {@code softmax(mask(cap(scale q k^T))) v}; a query that sees no key gives zeros. */
  static void attention(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    // Numbers of 16 bits are computed with as floats.
    boolean narrow = type == DataType.FLOAT16 || type == DataType.BFLOAT16;
    DataType wide = narrow ? DataType.FLOAT : type;
    long precision = rewrite.integer("softmax_precision", wide.code());
    if (precision != wide.code() && precision != type.code()) {
      throw rewrite.refuse("softmax_precision is another type than Q's");
    }
    boolean flat = rewrite.rank(0) == 3;
    long queryHeads = flat ? rewrite.integer("q_num_heads", 0) : rewrite.size(0, 1);
    long keyHeads = flat ? rewrite.integer("kv_num_heads", 0) : rewrite.size(1, 1);
    if (queryHeads <= 0 || keyHeads <= 0 || queryHeads % keyHeads != 0) {
      throw rewrite.refuse(queryHeads + " heads of Q do not go with " + keyHeads + " of K");
    }
    String q = heads(rewrite, 0, flat, queryHeads);
    String k = joined(rewrite, heads(rewrite, 1, flat, keyHeads), 4, 1);
    String v = joined(rewrite, heads(rewrite, 2, flat, keyHeads), 5, 2);
    q = cast(rewrite, q, type, wide);
    k = shared(rewrite, cast(rewrite, k, type, wide), queryHeads, keyHeads);
    v = shared(rewrite, cast(rewrite, v, rewrite.element(2), wide), queryHeads, keyHeads);
    String scaled = rewrite.op("Mul", List.of(q, scale(rewrite, q, queryHeads, wide)));
    String product =
        rewrite.op("MatMul", List.of(scaled, rewrite.op("Transpose", k, perm(0, 1, 3, 2))));
    String capped = product;
    float softcap = rewrite.real("softcap", 0);
    if (softcap > 0) {
      String cap = rewrite.scalar(wide, softcap);
      String curve = rewrite.op("Tanh", rewrite.op("Div", List.of(product, cap)));
      capped = rewrite.op("Mul", List.of(curve, cap));
    }
    String masked = masked(rewrite, capped, q, k, wide);
    String none = rewrite.scalar(wide, Double.NEGATIVE_INFINITY);
    String most =
        rewrite.op("ReduceMax", List.of(masked, rewrite.longs(-1)), Attribute.of("keepdims", 1L));
    String blind = rewrite.op("Equal", List.of(most, none));
    String softmax = rewrite.op("Softmax", masked, Attribute.of("axis", -1L));
    String weights = rewrite.op("Where", List.of(blind, rewrite.scalar(wide, 0), softmax));
    show(rewrite, List.of(product, capped, masked, weights), wide, type);
    String y = cast(rewrite, rewrite.op("MatMul", List.of(weights, v)), wide, type);
    if (flat) {
      String rows = rewrite.op("Transpose", y, perm(0, 2, 1, 3));
      rewrite.last("Reshape", List.of(rows, rewrite.longs(0, 0, -1)));
    } else {
      rewrite.last("Identity", List.of(y));
    }
  }

  /** Returns an input as [batch, heads, length, size]. */
  private static String heads(Rewrite rewrite, int input, boolean flat, long heads) {
    String x = rewrite.in(input);
    if (!flat) {
      return x;
    }
    String rows = rewrite.op("Reshape", List.of(x, rewrite.longs(0, 0, heads, -1)));
    return rewrite.op("Transpose", rows, perm(0, 2, 1, 3));
  }

  /** Returns the past and then what is new, which is an output too. */
  private static String joined(Rewrite rewrite, String now, int past, int output) {
    List<String> parts = new ArrayList<>();
    if (rewrite.has(past)) {
      parts.add(rewrite.in(past));
    }
    parts.add(now);
    if (!rewrite.out(output).isEmpty()) {
      rewrite.op("Concat", parts, List.of(rewrite.out(output)), Attribute.of("axis", 2L));
      return rewrite.out(output);
    }
    return parts.size() == 1 ? now : rewrite.op("Concat", parts, Attribute.of("axis", 2L));
  }

  /** Gives every head of Q its head of K or V. */
  private static String shared(Rewrite rewrite, String x, long queryHeads, long keyHeads) {
    if (queryHeads == keyHeads) {
      return x;
    }
    long[] which = new long[(int) queryHeads];
    for (int i = 0; i < which.length; i++) {
      which[i] = i / (queryHeads / keyHeads);
    }
    return rewrite.op("Gather", List.of(x, rewrite.longs(which)), Attribute.of("axis", 1L));
  }

  private static String cast(Rewrite rewrite, String x, DataType from, DataType to) {
    return from == to ? x : rewrite.op("Cast", x, Attribute.of("to", to.code()));
  }

  private static String scale(Rewrite rewrite, String q, long heads, DataType type) {
    float given = rewrite.real("scale", Float.NaN);
    if (!Float.isNaN(given)) {
      return rewrite.scalar(type, given);
    }
    Shape shape = rewrite.shape(0);
    if (shape.dim(shape.rank() - 1) instanceof Dim.Known(long last)) {
      long size = shape.rank() == 3 ? last / heads : last;
      return rewrite.scalar(type, 1 / Math.sqrt((double) size));
    }
    String size = rewrite.op("Shape", q, Attribute.of("start", 3L));
    String number = rewrite.op("Cast", size, Attribute.of("to", type.code()));
    return rewrite.op("Reciprocal", rewrite.op("Sqrt", number));
  }

  private static String masked(Rewrite rewrite, String scores, String q, String k, DataType type) {
    String result = scores;
    String none = rewrite.scalar(type, Double.NEGATIVE_INFINITY);
    if (rewrite.integer("is_causal", 0) != 0) {
      String rows = length(rewrite, q);
      String columns = length(rewrite, k);
      String shape = rewrite.op("Concat", List.of(rows, columns), Attribute.of("axis", 0L));
      String ones =
          rewrite.op(
              "ConstantOfShape",
              shape,
              Attribute.of("value", TensorData.of("", Tensor.of(new float[] {1}, 1))));
      List<String> inputs = new ArrayList<>(List.of(ones));
      if (rewrite.has(4)) {
        inputs.add(
            rewrite.op("Squeeze", List.of(length(rewrite, rewrite.in(4)), rewrite.longs(0))));
      }
      String seen = rewrite.op("Trilu", inputs, Attribute.of("upper", 0L));
      String allowed = rewrite.op("Cast", seen, Attribute.of("to", DataType.BOOL.code()));
      result = rewrite.op("Where", List.of(allowed, result, none));
    }
    @Nullable String mask = rewrite.has(3) ? rewrite.in(3) : null;
    if (mask == null) {
      return result;
    }
    DataType element = rewrite.element(3);
    if (element == DataType.BOOL) {
      return rewrite.op("Where", List.of(mask, result, none));
    }
    return rewrite.op("Add", List.of(result, cast(rewrite, mask, element, type)));
  }

  private static String length(Rewrite rewrite, String x) {
    return rewrite.op("Shape", x, Attribute.of("start", 2L), Attribute.of("end", 3L));
  }

  private static void show(Rewrite rewrite, List<String> stages, DataType from, DataType to) {
    String output = rewrite.out(3);
    if (output.isEmpty()) {
      return;
    }
    int mode = (int) rewrite.integer("qk_matmul_output_mode", 0);
    if (mode < 0 || mode >= stages.size()) {
      throw rewrite.refuse("qk_matmul_output_mode is " + mode);
    }
    String stage = cast(rewrite, stages.get(mode), from, to);
    rewrite.op("Identity", List.of(stage), List.of(output));
  }
}
