package org.sardonyx.conformance.sweep;

import static org.sardonyx.conformance.sweep.RecurrentCase.pick;

import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Cases of ai.onnx Attention and RotaryEmbedding. */
final class AttentionCases {

  private final Random random;

  private AttentionCases(Random random) {
    this.random = random;
  }

  /** Draws a case of Attention. */
  public static Case attention(Random random) {
    return new AttentionCases(random).attention();
  }

  /** Draws a case of RotaryEmbedding. */
  public static Case rotaryEmbedding(Random random) {
    return new AttentionCases(random).rotaryEmbedding();
  }

  private Case attention() {
    int opset = pick(random, 23, 23, 24, 24, 25);
    DataType type =
        pick(
            random,
            DataType.FLOAT,
            DataType.FLOAT,
            DataType.FLOAT,
            DataType.DOUBLE,
            DataType.FLOAT16,
            DataType.BFLOAT16);
    boolean flat = random.nextInt(3) == 0;
    int n = pick(random, 1, 1, 2, 3);
    int kvHeads = pick(random, 1, 2, 3);
    int heads = kvHeads * pick(random, 1, 1, 2, 3);
    int q = pick(random, 1, 2, 3, 5);
    int kv = pick(random, 1, 2, 4, 6);
    int size = pick(random, 1, 2, 4, 7, 8, 17);
    int vSize = random.nextInt(3) == 0 ? pick(random, 1, 3, 8) : size;
    int past = random.nextInt(3) == 0 ? pick(random, 0, 1, 3) : -1;
    boolean nonpad = past < 0 && opset >= 24 && random.nextInt(3) == 0;
    int total = kv + Math.max(0, past);
    Case.Builder builder = Case.of("Attention", opset);
    if (flat) {
      builder.attribute("q_num_heads", heads).attribute("kv_num_heads", kvHeads);
    }
    StringBuilder label = new StringBuilder("Attention-" + opset);
    label.append(" ").append(type.specName()).append(flat ? " 3D" : " 4D");
    label.append(" n=").append(n).append(" heads=").append(heads).append("/").append(kvHeads);
    label.append(" q=").append(q).append(" kv=").append(kv).append(" past=").append(past);
    label.append(" size=").append(size).append("/").append(vSize);
    attribute(builder, label, "is_causal", random.nextInt(2));
    if (random.nextInt(3) == 0) {
      builder.attribute("scale", pick(random, 0.1f, 0.5f, 2f));
      label.append(" scale");
    }
    if (random.nextInt(3) == 0) {
      builder.attribute("softcap", pick(random, 0.5f, 2f, 50f));
      label.append(" softcap");
    }
    if (random.nextInt(5) == 0) {
      // No coarser than the type: such a softmax rounds on purpose, each engine in its own places.
      int precision = random.nextBoolean() ? DataType.DOUBLE.code() : type.code();
      attribute(builder, label, "softmax_precision", precision);
    }
    attribute(builder, label, "qk_matmul_output_mode", random.nextInt(4));
    if (opset >= 25 && random.nextBoolean()) {
      attribute(builder, label, "left_window_size", pick(random, -1, 0, 1, 3));
      attribute(builder, label, "right_window_size", pick(random, -1, 0, 1, 3));
    }
    builder.input("Q", heads(type, flat, n, heads, q, size));
    builder.input("K", heads(type, flat, n, kvHeads, kv, size));
    builder.input("V", heads(type, flat, n, kvHeads, kv, vSize));
    Tensor mask = mask(type, opset, n, heads, q, total, label);
    if (mask == null) {
      builder.noInput();
    } else {
      builder.input("attn_mask", mask);
    }
    if (past >= 0) {
      builder.input("past_key", Tensors.normal(random, type, 1, n, kvHeads, past, size));
      builder.input("past_value", Tensors.normal(random, type, 1, n, kvHeads, past, vSize));
    } else {
      builder.noInput().noInput();
    }
    if (nonpad) {
      builder.input("nonpad_kv_seqlen", Tensors.integers(random, DataType.INT64, 0, kv + 1, n));
      label.append(" nonpad");
    }
    builder.output("Y", type);
    if (past >= 0) {
      builder.output("present_key", type).output("present_value", type);
    } else {
      builder.noOutput().noOutput();
    }
    if (random.nextInt(2) == 0) {
      builder.output("qk_matmul_output", type);
    }
    return builder.build(label.toString());
  }

  private static void attribute(
      Case.Builder builder, StringBuilder label, String name, long value) {
    builder.attribute(name, value);
    label.append(" ").append(name).append("=").append(value);
  }

  private Tensor heads(DataType type, boolean flat, int n, int heads, int length, int size) {
    return flat
        ? Tensors.normal(random, type, 1, n, length, heads * size)
        : Tensors.normal(random, type, 1, n, heads, length, size);
  }

  /**
   * None, bool or float, of rank 2 to 4, with dimensions of 1, now and then with rows of nothing.
   */
  private @Nullable Tensor mask(
      DataType type, int opset, int n, int heads, int q, int total, StringBuilder label) {
    int kind = random.nextInt(4);
    if (kind == 0) {
      return null;
    }
    int last = opset >= 24 && total > 1 && random.nextInt(6) == 0 ? total - 1 : total;
    int rank = pick(random, 2, 3, 4);
    int[] full = {n, heads, q, last};
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = full[4 - rank + i];
      if (i < rank - 2 && random.nextInt(3) == 0) {
        shape[i] = 1;
      }
    }
    label.append(kind == 1 ? " float" : " bool").append(" mask ");
    label.append(Arrays.toString(shape));
    Tensor mask;
    if (kind == 1) {
      mask = Tensors.normal(random, type, 1, shape);
    } else {
      mask = Tensors.integers(random, DataType.BOOL, 0, 2, shape);
    }
    boolean emptyRow = random.nextInt(3) == 0;
    for (int i = 0; i < mask.size(); i++) {
      if (emptyRow && i / last == 0) {
        if (kind == 1) {
          mask.setDouble(i, Double.NEGATIVE_INFINITY);
        } else {
          mask.setLong(i, 0);
        }
      } else if (kind == 1 && random.nextInt(5) == 0) {
        mask.setDouble(i, Double.NEGATIVE_INFINITY);
      }
    }
    return mask;
  }

  private Case rotaryEmbedding() {
    DataType type =
        pick(random, DataType.FLOAT, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);
    boolean flat = random.nextBoolean();
    int n = pick(random, 1, 2, 3);
    int heads = pick(random, 1, 2, 3);
    int length = pick(random, 1, 2, 5);
    int size = pick(random, 2, 4, 8, 18);
    int rotated = random.nextInt(3) == 0 ? 2 * (1 + random.nextInt(size / 2)) : 0;
    int half = (rotated == 0 ? size : rotated) / 2;
    boolean ids = random.nextBoolean();
    StringBuilder label = new StringBuilder("RotaryEmbedding-23 " + type.specName());
    label.append(flat ? " 3D" : " 4D").append(" n=").append(n).append(" heads=").append(heads);
    label.append(" length=").append(length).append(" size=").append(size);
    label.append(ids ? " ids" : "");
    Case.Builder builder = Case.of("RotaryEmbedding", 23);
    attribute(builder, label, "interleaved", random.nextInt(2));
    attribute(builder, label, "rotary_embedding_dim", rotated);
    if (flat) {
      attribute(builder, label, "num_heads", heads);
    }
    builder.input("X", heads(type, flat, n, heads, length, size));
    int positions = 9;
    int[] cache = ids ? new int[] {positions, half} : new int[] {n, length, half};
    builder.input("cos_cache", Tensors.normal(random, type, 0.6, cache));
    builder.input("sin_cache", Tensors.normal(random, type, 0.6, cache));
    if (ids) {
      builder.input(
          "position_ids", Tensors.integers(random, DataType.INT64, 0, positions, n, length));
    }
    return builder.output("Y", type).build(label.toString());
  }
}
