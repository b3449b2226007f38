package org.sardonyx.conformance.sweep;

import static org.sardonyx.conformance.sweep.AttentionRecipes.normal;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** com.microsoft: attention, embeddings and products with packed weights. */
final class MicrosoftRecipes {

  private static final String MS = "com.microsoft.";

  private MicrosoftRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(MicrosoftRecipes::attention, MS + "Attention");
    recipes.put(MicrosoftRecipes::multiHead, MS + "MultiHeadAttention");
    recipes.put(MicrosoftRecipes::groupQuery, MS + "GroupQueryAttention");
    recipes.put(MicrosoftRecipes::decoderMasked, MS + "DecoderMaskedMultiHeadAttention");
    recipes.put(MicrosoftRecipes::embed, MS + "EmbedLayerNormalization");
    recipes.put(MicrosoftRecipes::matMulNBits, MS + "MatMulNBits");
    recipes.put(
        d -> {
          d.set("ngram_size", d.pick("ngram_size", 2L, 1L, 3L));
          d.in(Tensor.of(new long[] {1, 2, 3, 1, 2, 0, 0, 1, 0, 0}, 2, 5));
          d.in(normal(d, DataType.FLOAT, 2, 4));
        },
        MS + "NGramRepeatBlock");
    recipes.put(
        d -> {
          DataType type = d.type("T");
          boolean flat = d.flag("rank 3");
          d.attr("interleaved", 0L, 0L, 1L);
          boolean partial = d.flag("partial");
          int size = 8;
          int half = partial ? 2 : 4;
          if (partial) {
            d.set("rotary_embedding_dim", 4L).set("num_heads", 2L);
          } else if (flat) {
            d.attr("num_heads", 0L, 2L);
          }
          d.in(flat ? normal(d, type, 2, 3, 2 * size) : normal(d, type, 2, 2, 3, size));
          d.in(
              d.flag("positions of all")
                  ? Numbers.integers(d, DataType.INT64, 0, 9, 2, 3)
                  : Tensor.vector(2));
          d.param(Numbers.between(d, type, -1, 1, 9, half));
          d.param(Numbers.between(d, type, -1, 1, 9, half));
        },
        MS + "RotaryEmbedding");
    recipes.put(
        d -> {
          int channels = 3;
          int window = d.pick("window", 2, 3);
          int size = 4;
          if (d.flag("attributes")) {
            d.set("embedding_size", (long) channels);
            d.set("conv_window_size", (long) window).set("char_embedding_size", (long) size);
          }
          d.in(Numbers.integers(d, DataType.INT32, 1, 6, 2, 5));
          d.fixed(normal(d, DataType.FLOAT, channels, 1, window, size));
          d.fixed(normal(d, DataType.FLOAT, channels));
          d.fixed(normal(d, DataType.FLOAT, 6, size));
        },
        MS + "WordConvEmbedding");
  }

  static void common(Draw d, int heads) {
    d.set("num_heads", (long) heads);
    d.attr("scale", 0f, 0.5f);
    d.attr("unidirectional", 0L, 0L, 1L);
    d.attr("mask_filter_value", -10000f, -5000f);
  }

  /** mask_index in one of its forms, or none. */
  static void maskIndex(Draw d, int batch, int length, int past) {
    switch (d.pick("mask_index", "absent", "lengths", "matrix", "cube", "lengths and starts")) {
      case "lengths" -> d.in(batch == 1 ? ints(length - 1) : ints(length - 1, length));
      case "matrix" -> {
        Tensor mask =
            Tensor.fromLongs(DataType.INT32, ones(batch * (length + past)), batch, length + past);
        mask.setLong(length + past - 1, 0);
        d.in(mask);
      }
      case "cube" -> {
        Tensor mask =
            Tensor.fromLongs(
                DataType.INT32,
                ones(batch * length * (length + past)),
                batch,
                length,
                length + past);
        mask.setLong(length + past - 1, 0);
        d.in(mask);
      }
      case "lengths and starts" -> {
        d.require(past == 0);
        d.in(batch == 1 ? ints(length, 1) : ints(length, length, 1, 0));
      }
      default -> d.none();
    }
  }

  private static Tensor ints(int... values) {
    return Tensor.of(values, values.length);
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  private static void attention(Draw d) {
    DataType type = d.type("T");
    int heads = 2;
    int size = 4;
    int hidden = heads * size;
    common(d, heads);
    int batch = d.pick("batch", 1, 2);
    int length = d.pick("length", 3, 2);
    boolean own = d.flag("qkv_hidden_sizes");
    if (own) {
      d.set("qkv_hidden_sizes", new long[] {hidden, hidden, hidden});
    }
    d.in(normal(d, type, batch, length, 6)).param(normal(d, type, 6, 3 * hidden));
    d.optionalParam("bias", () -> normal(d, type, 3 * hidden));
    boolean past = d.flag("past");
    int before = past ? 2 : 0;
    maskIndex(d, batch, length, before);
    if (past) {
      d.in(normal(d, type, 2, batch, heads, before, size));
    } else {
      d.none();
    }
    if (d.flag("attention_bias")) {
      d.in(normal(d, type, batch, heads, length, length + before));
    }
    d.give(type);
    if (past) {
      d.give(type);
    }
  }

  private static void multiHead(Draw d) {
    DataType type = d.type("T");
    int heads = 2;
    int size = 4;
    int hidden = heads * size;
    common(d, heads);
    int batch = d.pick("batch", 1, 2);
    int length = d.pick("length", 3, 2, 1);
    String form = d.pick("form", "apart", "packed K V", "packed Q K V", "cached K V");
    String pasts = form.equals("apart") ? d.pick("past", "none", "whole", "beams") : "none";
    boolean past = !pasts.equals("none");
    boolean beams = pasts.equals("beams");
    d.require(!beams || (batch == 2 && length == 1));
    int keys = form.equals("packed Q K V") ? length : beams ? 1 : 4;
    int before = past ? 2 : 0;
    int room = beams ? 5 : before;
    switch (form) {
      case "packed K V" ->
          d.in(normal(d, type, batch, length, hidden))
              .in(normal(d, type, batch, keys, heads, 2, size))
              .none();
      case "packed Q K V" -> d.in(normal(d, type, batch, length, heads, 3, size)).none().none();
      case "cached K V" ->
          d.in(normal(d, type, batch, length, hidden))
              .in(normal(d, type, batch, heads, keys, size))
              .in(normal(d, type, batch, heads, keys, size));
      default ->
          d.in(normal(d, type, batch, length, hidden))
              .in(normal(d, type, batch, keys, hidden))
              .in(normal(d, type, batch, keys, hidden));
    }
    if (form.equals("apart") && d.flag("bias")) {
      d.param(normal(d, type, 3 * hidden));
    } else {
      d.none();
    }
    int total = keys + before;
    switch (d.pick("key_padding_mask", "absent", "matrix", "lengths")) {
      case "matrix" -> {
        Tensor mask = Tensor.fromLongs(DataType.INT32, ones(batch * total), batch, total);
        mask.setLong(total - 1, 0);
        d.in(mask);
      }
      case "lengths" -> {
        d.require(!beams);
        d.in(batch == 1 ? ints(keys - 1) : ints(keys - 1, keys));
      }
      default -> d.none();
    }
    if (d.flag("attention_bias")) {
      d.in(normal(d, type, d.flag("one bias") ? 1 : batch, heads, length, total));
    } else {
      d.none();
    }
    if (past) {
      d.in(normal(d, type, batch, heads, room, size));
      d.in(normal(d, type, batch, heads, room, size));
    }
    if (beams) {
      d.in(ints(before)).in(Numbers.integers(d, DataType.INT32, 0, 2, 1, 2, room));
    }
    d.give(type);
    boolean present = past || d.flag("present");
    if (present) {
      d.give(type).give(type);
    }
    if (d.flag("qk")) {
      if (!present) {
        d.giveNone().giveNone();
      }
      d.give(type);
    }
  }

  private static void decoderMasked(Draw d) {
    DataType type = d.type("T");
    int heads = 2;
    int size = 4;
    int hidden = heads * size;
    d.set("num_heads", (long) heads);
    d.attr("scale", 0f, 0.5f);
    d.attr("mask_filter_value", -10000f, -5000f);
    int batch = d.pick("batch", 1, 2, 4);
    String form = d.pick("form", "cache", "packed with cache", "cross", "growing");
    boolean cross = form.equals("cross");
    int room = 5;
    int filled = cross ? room : form.equals("growing") ? room : d.pick("filled", 3, 1, 4, 0);
    int total = cross ? room : filled + 1;
    if (!cross && !form.equals("growing")) {
      d.set("past_present_share_buffer", 1L);
    }
    switch (form) {
      case "packed with cache" -> d.in(normal(d, type, batch, 1, 3 * hidden)).none().none();
      case "cross" ->
          d.in(normal(d, type, batch, 1, hidden))
              .in(normal(d, type, batch, heads, room, size))
              .in(normal(d, type, batch, heads, room, size));
      default ->
          d.in(normal(d, type, batch, 1, hidden))
              .in(normal(d, type, batch, 1, hidden))
              .in(normal(d, type, batch, 1, hidden));
    }
    if (d.flag("mask_index")) {
      Tensor mask = Tensor.fromLongs(DataType.INT32, ones(batch * total), batch, total);
      mask.setLong(0, 0);
      d.in(mask);
    } else {
      d.none();
    }
    if (d.flag("attention_bias")) {
      d.in(normal(d, type, d.flag("one bias") ? 1 : batch, heads, 1, total));
    } else {
      d.none();
    }
    if (cross) {
      d.none().none().none().none().none();
    } else {
      d.in(normal(d, type, batch, heads, room, size));
      d.in(normal(d, type, batch, heads, room, size));
      d.in(ints(filled));
      if (batch > 1 && d.flag("beams")) {
        d.in(ints(2)).in(Numbers.integers(d, DataType.INT32, 0, 2, batch / 2, 2, room));
      } else {
        d.none().none();
      }
    }
    if (d.flag("bias")) {
      d.param(normal(d, type, 3 * hidden));
    } else {
      d.none();
    }
    d.give(type);
    boolean shown = d.flag("qk");
    if (!cross) {
      d.give(type).give(type);
    } else if (shown) {
      d.giveNone().giveNone();
    }
    if (shown) {
      d.set("output_qk", 1L);
      d.give(type);
    }
  }

  private static void groupQuery(Draw d) {
    DataType type = d.type("T");
    int kvHeads = 2;
    int heads = d.pick("heads", 2, 4);
    int size = 16;
    d.set("num_heads", (long) heads).set("kv_num_heads", (long) kvHeads);
    d.attr("scale", 0f, 0.5f);
    d.attr("softcap", 0f, 2f);
    d.attr("local_window_size", -1L, 2L);
    long smooth = d.attr("smooth_softmax", 0L, 0L, 1L);
    long shown = d.attr("qk_output", 0L, 0L, 1L, 2L);
    boolean rotary = d.attr("do_rotary", 0L, 0L, 1L) == 1;
    if (rotary) {
      d.attr("rotary_interleaved", 0L, 0L, 1L);
    }
    int batch = d.pick("batch", 1, 2);
    boolean decoding = d.flag("decoding");
    int length = decoding ? 1 : 3;
    boolean past = decoding || d.flag("past");
    int room = 6;
    if (d.flag("packed")) {
      d.in(normal(d, type, batch, length, (heads + 2 * kvHeads) * size)).none().none();
    } else {
      d.in(normal(d, type, batch, length, heads * size));
      d.in(normal(d, type, batch, length, kvHeads * size));
      d.in(normal(d, type, batch, length, kvHeads * size));
    }
    if (past) {
      d.in(normal(d, type, batch, kvHeads, room, size));
      d.in(normal(d, type, batch, kvHeads, room, size));
    } else {
      d.none().none();
    }
    int total = decoding ? 5 : length;
    int[] last = new int[batch];
    java.util.Arrays.fill(last, total - 1);
    d.in(Tensor.of(last, batch)).in(Tensor.of(new int[] {total}));
    if (rotary) {
      d.param(Numbers.between(d, type, -1, 1, 9, size / 2));
      d.param(Numbers.between(d, type, -1, 1, 9, size / 2));
    } else {
      d.none().none();
    }
    if (rotary && d.flag("position_ids")) {
      long[] ids = new long[batch * length];
      java.util.Arrays.setAll(ids, i -> decoding ? 3 : i % length);
      d.in(Tensor.of(ids, batch, length));
    } else {
      d.none();
    }
    d.optional(
        "attention_bias",
        () -> normal(d, type, d.flag("one bias") ? 1 : batch, heads, length, total));
    if (smooth == 0 && d.flag("head_sink")) {
      d.in(normal(d, type, heads));
    }
    d.give(type).give(type).give(type);
    if (shown != 0) {
      d.give(type);
    }
  }

  private static void embed(Draw d) {
    DataType type = d.type("T");
    int hidden = 6;
    d.attr("epsilon", 1e-12f, 1e-5f);
    d.in(Numbers.integers(d, DataType.INT32, 0, 7, 2, 3));
    boolean segments = d.flag("segments");
    if (segments) {
      d.in(Numbers.integers(d, DataType.INT32, 0, 2, 2, 3));
    } else {
      d.none();
    }
    // ONNX Runtime wants to know their sizes.
    boolean outside = d.flag("weights from outside");
    weight(d, outside, normal(d, type, 7, hidden));
    weight(d, outside, normal(d, type, 5, hidden));
    if (segments) {
      weight(d, outside, normal(d, type, 2, hidden));
    } else {
      d.none();
    }
    weight(d, outside, normal(d, type, hidden));
    weight(d, outside, normal(d, type, hidden));
    boolean mask = d.flag("mask");
    if (mask) {
      d.in(Tensor.of(new int[] {1, 1, 0, 1, 1, 1}, 2, 3));
    } else {
      d.none();
    }
    if (d.flag("position_ids")) {
      d.in(Numbers.integers(d, DataType.INT32, 0, 5, 2, 3));
    }
    d.give(type).give(DataType.INT32);
    if (d.flag("embedding_sum")) {
      d.give(type);
    }
  }

  static void weight(Draw d, boolean outside, Tensor weight) {
    if (outside) {
      d.in(weight);
    } else {
      d.fixed(weight);
    }
  }

  private static void matMulNBits(Draw d) {
    DataType type = d.type("T1");
    int bits = (int) (long) d.attr("bits", 4L, 2L, 4L, 8L);
    int block = d.pick("block_size", 16, 32, 64);
    int k = d.pick("K", 32, 64, 40);
    int n = d.pick("N", 3, 8);
    d.set("K", (long) k).set("N", (long) n).set("block_size", (long) block);
    d.attr("accuracy_level", 0L, 0L, 1L);
    int blocks = (k + block - 1) / block;
    d.in(normal(d, type, d.pick("rows", 1, 2, 5), k));
    d.fixed(Numbers.integers(d, DataType.UINT8, 0, 256, n, blocks, block * bits / 8));
    d.fixed(Numbers.between(d, type, 0.05, 0.2, n * blocks));
    switch (d.pick("zero_points", "absent", "packed", "numbers")) {
      case "packed" ->
          d.fixed(Numbers.integers(d, DataType.UINT8, 0, 256, n * ((blocks * bits + 7) / 8)));
      case "numbers" -> d.fixed(Numbers.between(d, type, 0, 4, n * blocks));
      default -> d.none();
    }
    if (d.flag("g_idx")) {
      d.fixed(Numbers.integers(d, DataType.INT32, 0, blocks, k));
    } else {
      d.none();
    }
    d.optionalParam("bias", () -> normal(d, type, n));
  }
}
