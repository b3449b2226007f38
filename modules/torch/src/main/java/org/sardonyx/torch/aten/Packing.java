package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Packed sequences: they stay padded, and the lengths go with them. */
final class Packing {

  private Packing() {}

  /**
   * The data of a packed sequence: what it was packed of.
   *
   * @param padded [time, batch, features]
   * @param lengths of each row of the batch
   * @param longest the greatest of them
   */
  record Packed(Ten padded, Ten lengths, Sym longest) {}

  /** How many rows of the batch go on at each step. */
  record BatchSizes(Packed of) {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "_pack_padded_sequence",
        (e, a) -> {
          Ten x = a.ten(0, "input");
          Ten lengths = a.ten(1, "lengths");
          e.type(lengths, DataType.INT64);
          if (e.rank(lengths, 1) != 1) {
            throw new Emit.Mismatch("lengths of rank " + e.rank(lengths));
          }
          if (e.rank(x, 3) < 2) {
            throw new Emit.Mismatch("a sequence to be packed of rank " + e.rank(x));
          }
          Ten major = a.flag(2, "batch_first", false) ? Shaping.swap(e, x, 0, 1) : x;
          Ref most =
              e.call("ReduceMax", e.cast(lengths, DataType.INT64)).with("keepdims", 0).output();
          Packed packed = new Packed(major, lengths, new Sym(most, DataType.INT64, e.freshDim()));
          return Several.of(packed, new BatchSizes(packed));
        });
    ops.put("_pad_packed_sequence", Packing::unpack);
    ops.put("pad_sequence", Packing::pad);
    Op select = ops.get("select");
    ops.put(
        "select",
        (e, a) -> {
          if (!(a.get(0, "self") instanceof BatchSizes(Packed packed))) {
            return java.util.Objects.requireNonNull(select).apply(e, a);
          }
          if (!Long.valueOf(0).equals(a.get(2, "index"))) {
            throw new UnsupportedModel("a batch size of a packed sequence but the first");
          }
          return e.number(e.size(packed.padded(), 1), DataType.INT64);
        });
    Op size = ops.get("size");
    ops.put(
        "size",
        (e, a) ->
            switch (a.get(0, "self")) {
              case BatchSizes(Packed packed) -> packed.longest();
              case Packed packed when !Long.valueOf(0).equals(a.get(1, "dim")) ->
                  e.size(packed.padded(), 2);
              case null, default -> java.util.Objects.requireNonNull(size).apply(e, a);
            });
  }

  private static Object unpack(Emit e, Args a) {
    if (!(a.get(0, "data") instanceof Packed packed)) {
      throw new UnsupportedModel("_pad_packed_sequence of what was not packed here");
    }
    Ten x = packed.padded();
    Ten cut =
        to(
            e,
            x,
            a.get(4, "total_length") == null ? packed.longest() : a.whole(4, "total_length"),
            packed);
    double padding = a.number(3, "padding_value", 0);
    if (padding != 0) {
      Ref steps =
          e.node(
              "Range",
              e.scalar(0L, DataType.INT64),
              e.scalar(e.size(cut, 0), DataType.INT64),
              e.scalar(1L, DataType.INT64));
      Ref rows = e.node("Unsqueeze", e.cast(packed.lengths(), DataType.INT64), e.ints(0));
      Ref inside = e.node("Less", e.node("Unsqueeze", steps, e.int1(1)), rows);
      Ref ref =
          e.node(
              "Where",
              e.node("Unsqueeze", inside, e.int1(2)),
              e.ref(cut),
              e.scalar(padding, e.type(x)));
      cut = e.ten(ref, e.type(x), e.dims(cut));
    }
    return Several.of(
        a.flag(2, "batch_first", false) ? Shaping.swap(e, cut, 0, 1) : cut, packed.lengths());
  }

  /** As many steps as are wanted, the longest at least. */
  private static Ten to(Emit e, Ten x, Object wanted, Packed packed) {
    Object there = e.size(x, 0);
    boolean same =
        wanted.equals(there)
            || (wanted instanceof Sym sym
                && Emit.isSize(sym.dim())
                && sym.dim().equals(e.dims(x).getFirst()));
    if (same) {
      return x;
    }
    Ref ref = e.ref(x);
    if (!wanted.equals(packed.longest())) {
      Scalars s = new Scalars(e);
      Object more = s.binary("max", s.binary("sub", wanted, there), 0L);
      ref = e.node("Pad", ref, e.vector(List.of(0L, 0L, 0L, more, 0L, 0L)));
    }
    List<Dim> dims = new ArrayList<>(e.dims(x));
    dims.set(0, e.sizeOf(wanted));
    return e.ten(Parts.slice(e, ref, 0, e.int1(0), e.vector(List.of(wanted))), e.type(x), dims);
  }

  /** (sequences, batch_first, padding_value). */
  private static Object pad(Emit e, Args a) {
    List<Ten> all = a.tens(0, "sequences");
    Scalars s = new Scalars(e);
    Object longest = 0L;
    for (Ten x : all) {
      if (e.rank(x, 2) == 0) {
        throw new Emit.Mismatch("pad_sequence of a tensor of rank 0");
      }
      longest = s.binary("max", longest, e.size(x, 0));
    }
    List<Ten> rows = new ArrayList<>();
    int axis = a.flag(1, "batch_first", false) ? 0 : 1;
    for (Ten x : all) {
      int rank = e.rank(x);
      List<Object> pads = new ArrayList<>(java.util.Collections.nCopies(2 * rank, 0L));
      pads.set(rank, s.binary("sub", longest, e.size(x, 0)));
      Ref value = e.scalar(a.number(2, "padding_value", 0), e.type(x));
      List<Dim> dims = new ArrayList<>(e.dims(x));
      dims.set(0, e.sizeOf(longest));
      Ten padded = e.ten(e.node("Pad", e.ref(x), e.vector(pads), value), e.type(x), dims);
      rows.add(Shaping.unsqueeze(e, padded, axis));
    }
    return Parts.join(e, rows, axis);
  }
}
