package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Operators that repeat, pad or mask regions of a tensor, or deal blocks to depth. */
final class RegionChanges {

  private RegionChanges() {}

  static void add(Changes all) {
    all.change("Tile", 6, RegionChanges::tileUp, RegionChanges::tileDown);
    all.types("Tile", 13);
    all.since("Expand", 8, RegionChanges::expand);
    all.types("Expand", 13);

    all.change(
        "Pad",
        2,
        rewrite -> rewrite.keep(renamed(rewrite, "paddings", "pads")),
        rewrite -> rewrite.keep(renamed(rewrite, "pads", "paddings")));
    all.change("Pad", 11, RegionChanges::padUp, RegionChanges::padDown);
    all.types("Pad", 13, 21, 23, 24, 25);
    all.change("Pad", 18, Adapter.KEEP, RegionChanges::padAxes);
    all.change("Pad", 19, Adapter.KEEP, RegionChanges::padWrap);

    all.change("DepthToSpace", 11, Adapter.KEEP, RegionChanges::columnsFirst);
    all.types("DepthToSpace", 13);
    all.types("SpaceToDepth", 13);
    // The text of version 28 says what was done before; SpaceToDepth takes a mode too.
    all.same("DepthToSpace", 28);
    all.same("SpaceToDepth", 28);
    all.begins(10, "ReverseSequence");
    all.types("ReverseSequence", 28);
    all.since("Trilu", 14, RegionChanges::trilu);
    all.since("CenterCropPad", 18, RegionChanges::centerCropPad);
    all.begins(18, "Col2Im");
  }

  private static void tileUp(Rewrite rewrite) {
    long[] repeats = new long[rewrite.rank(0)];
    Arrays.fill(repeats, 1);
    int axis = (int) Axes.normal(rewrite, (long) rewrite.fixed(2).getDouble(0));
    repeats[axis] = (long) rewrite.fixed(1).getDouble(0);
    rewrite.keep(rewrite.node().withInputs(List.of(rewrite.in(0), rewrite.longs(repeats))));
  }

  private static void tileDown(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    long[] repeats = rewrite.fixedLongs(1);
    boolean floats = Compatibility.isEarlyConstant(type);
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < repeats.length; i++) {
      if (repeats[i] != 1) {
        axes.add(i);
      }
    }
    String value = rewrite.in(0);
    for (int i = 0; i < axes.size(); i++) {
      if (!floats) { // only those were repeated; others are gathered more than once
        int axis = axes.get(i);
        long size = rewrite.size(0, axis);
        long[] places = LongStream.range(0, size * repeats[axis]).map(k -> k % size).toArray();
        value =
            rewrite.op(
                "Gather", List.of(value, rewrite.longs(places)), Attribute.of("axis", (long) axis));
        if (i == axes.size() - 1) {
          rewrite.last("Identity", List.of(value));
        }
        continue;
      }
      List<String> inputs =
          List.of(
              value,
              rewrite.scalar(type, (double) repeats[axes.get(i)]),
              rewrite.scalar(type, axes.get(i)));
      if (i == axes.size() - 1) {
        rewrite.last("Tile", inputs);
      } else {
        value = rewrite.op("Tile", inputs);
      }
    }
    if (axes.isEmpty()) {
      rewrite.last("Identity", List.of(value));
    }
  }

  /** Repeats the dimensions of size 1, where all sizes are known. */
  private static void expand(Rewrite rewrite) {
    long[] wanted = rewrite.fixedLongs(1);
    int rank = rewrite.rank(0);
    int result = Math.max(rank, wanted.length);
    String value = rewrite.in(0);
    if (result > rank) {
      long[] front = LongStream.range(0, result - rank).toArray();
      value = rewrite.op("Unsqueeze", value, Attribute.of("axes", front));
    }
    long[] repeats = new long[result];
    for (int i = 0; i < result; i++) {
      int own = i - (result - rank);
      int asked = i - (result - wanted.length);
      long size = asked < 0 ? 1 : wanted[asked];
      boolean isOne = own < 0 || rewrite.shape(0).dim(own).is(1);
      if (!isOne && size != 1) {
        rewrite.size(0, own); // refused where it may be 1
      }
      repeats[i] = isOne ? size : 1;
    }
    rewrite.last("Tile", List.of(value, rewrite.longs(repeats)));
  }

  private static Node renamed(Rewrite rewrite, String from, String to) {
    Attribute attribute = rewrite.node().attribute(from);
    return attribute == null
        ? rewrite.node()
        : with(rewrite.without(from), new Attribute(to, attribute.value()));
  }

  private static void padUp(Rewrite rewrite) {
    long[] pads = rewrite.integers("pads");
    if (pads == null) {
      throw rewrite.refuse("attribute \"pads\" must be given and is not");
    }
    List<String> inputs = new ArrayList<>(List.of(rewrite.in(0), rewrite.longs(pads)));
    if (rewrite.real("value", 0) != 0) {
      inputs.add(rewrite.scalar(rewrite.element(0), rewrite.real("value", 0)));
    }
    rewrite.keep(rewrite.without("pads", "value").withInputs(inputs));
  }

  private static void padDown(Rewrite rewrite) {
    Node node =
        with(
            rewrite.node().withInputs(List.of(rewrite.in(0))),
            new Attribute("pads", ShapingChanges.ints(rewrite.fixedLongs(1))));
    if (rewrite.has(2) && rewrite.text("mode", "constant").equals("constant")) {
      double value = rewrite.fixed(2).getDouble(0);
      if ((float) value != value && !Double.isNaN(value)) {
        throw rewrite.refuse("the constant value is no float, which attribute \"value\" is");
      }
      node = with(node, Attribute.of("value", (float) value));
    }
    rewrite.release(2);
    rewrite.keep(node);
  }

  private static void padAxes(Rewrite rewrite) {
    if (!rewrite.has(3)) {
      rewrite.keep();
      return;
    }
    int rank = rewrite.rank(0);
    long[] axes = Axes.normal(rewrite, rewrite.fixedLongs(3));
    long[] some = rewrite.fixedLongs(1);
    long[] pads = new long[2 * rank];
    for (int i = 0; i < axes.length; i++) {
      pads[(int) axes[i]] = some[i];
      pads[rank + (int) axes[i]] = some[axes.length + i];
    }
    List<String> inputs = new ArrayList<>(List.of(rewrite.in(0), rewrite.longs(pads)));
    if (rewrite.has(2)) {
      inputs.add(rewrite.in(2));
    }
    rewrite.keep(rewrite.node().withInputs(inputs));
  }

  private static void padWrap(Rewrite rewrite) {
    if (rewrite.text("mode", "constant").equals("wrap")) {
      throw rewrite.refuse("mode wrap was not to be had");
    }
    rewrite.keep();
  }

  /** [N, C b b, H, W] to [N, C, H, b, W, b] and [N, C, H b, W b]. */
  private static void columnsFirst(Rewrite rewrite) {
    if (!rewrite.text("mode", "DCR").equals("CRD")) {
      rewrite.keep(rewrite.without("mode"));
      return;
    }
    long block = rewrite.integer("blocksize", 1);
    long channels = rewrite.size(0, 1) / (block * block);
    long height = rewrite.size(0, 2);
    long width = rewrite.size(0, 3);
    String apart =
        rewrite.op(
            "Reshape",
            List.of(rewrite.in(0), rewrite.longs(0, channels, block, block, height, width)));
    String turned = rewrite.op("Transpose", apart, Attribute.of("perm", 0L, 1L, 4L, 2L, 5L, 3L));
    rewrite.last(
        "Reshape", List.of(turned, rewrite.longs(0, channels, height * block, width * block)));
  }

  /** An element stays where its column less its row is at least k, or at most k. */
  private static void trilu(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    String x = rewrite.in(0);
    String shape = rewrite.op("Shape", x);
    String zero = rewrite.constant(Tensor.scalar(0L));
    String one = rewrite.constant(Tensor.scalar(1L));
    String[] places = new String[2];
    for (int i = 0; i < 2; i++) {
      String size = rewrite.op("Gather", List.of(shape, rewrite.constant(Tensor.scalar(i - 2L))));
      String range = rewrite.op("Range", List.of(zero, size, one));
      places[i] = rewrite.op("Unsqueeze", List.of(range, rewrite.longs(1L - i)));
    }
    String offset = rewrite.op("Sub", List.of(places[1], places[0]));
    String k = rewrite.has(1) ? rewrite.in(1) : zero;
    String compare = rewrite.integer("upper", 1) != 0 ? "GreaterOrEqual" : "LessOrEqual";
    String kept = rewrite.op(compare, List.of(offset, k));
    Tensor nothing = Tensor.zeros(type);
    rewrite.last("Where", List.of(kept, x, rewrite.constant(nothing)));
  }

  /** The middle of what is too long, and zeros around what is too short; the odd one comes last. */
  private static void centerCropPad(Rewrite rewrite) {
    int rank = rewrite.rank(0);
    long[] given = rewrite.integers("axes");
    long[] axes = given == null ? LongStream.range(0, rank).toArray() : Axes.normal(rewrite, given);
    String which = rewrite.longs(axes);
    String wanted =
        rewrite.op("Cast", rewrite.in(1), Attribute.of("to", (long) DataType.INT64.code()));
    Attribute first = Attribute.of("axis", 0L);
    String size = rewrite.op("Gather", List.of(rewrite.op("Shape", rewrite.in(0)), which), first);
    String longer = rewrite.op("Less", List.of(wanted, size));
    String common = rewrite.op("Where", List.of(longer, wanted, size));
    String two = rewrite.longs(2);
    String start = rewrite.op("Div", List.of(rewrite.op("Sub", List.of(size, common)), two));
    String end = rewrite.op("Add", List.of(start, common));
    String middle = rewrite.op("Slice", List.of(rewrite.in(0), start, end, which));
    String around = rewrite.op("Sub", List.of(wanted, common));
    String before = rewrite.op("Div", List.of(around, two));
    String after = rewrite.op("Sub", List.of(around, before));
    long[] places = new long[2 * rank];
    for (int i = 0; i < axes.length; i++) {
      places[(int) axes[i]] = i + 1L;
      places[(int) axes[i] + rank] = i + 1L + axes.length;
    }
    String amounts = rewrite.op("Concat", List.of(rewrite.longs(0), before, after), first);
    String pads = rewrite.op("Gather", List.of(amounts, rewrite.longs(places)), first);
    rewrite.last("Pad", List.of(middle, pads));
  }
}
