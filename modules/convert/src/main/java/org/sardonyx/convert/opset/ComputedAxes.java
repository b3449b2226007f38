package org.sardonyx.convert.opset;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Reductions over axes that are computed, where the operator has them as an attribute. Every axis
 * of size v is taken apart into two: v and 1 where it stays, 1 and v where it is reduced; then the
 * second ones are reduced, whatever they are.
 */
final class ComputedAxes {

  private ComputedAxes() {}

  static void reduce(Rewrite rewrite) {
    long[] sizes = sizes(rewrite);
    int rank = sizes.length;
    Attribute toInt64 = Attribute.of("to", (long) DataType.INT64.code());
    String column = rewrite.longs(-1, 1);
    String axes = rewrite.op("Reshape", List.of(rewrite.in(1), column));
    String front = rewrite.longs(LongStream.range(0, rank).toArray());
    String back = rewrite.longs(LongStream.range(-rank, 0).toArray());
    String hit =
        rewrite.op(
            "Or",
            List.of(
                rewrite.op("Equal", List.of(axes, front)),
                rewrite.op("Equal", List.of(axes, back))));
    String reduced = sum(rewrite, rewrite.op("Cast", hit, toInt64));
    if (rewrite.integer("noop_with_empty_axes", 0) == 0) {
      String count = rewrite.op("Size", rewrite.in(1));
      String none = rewrite.op("Equal", List.of(count, rewrite.longs(0)));
      reduced = rewrite.op("Add", List.of(reduced, rewrite.op("Cast", none, toInt64)));
    }
    long[] ones = new long[rank];
    Arrays.fill(ones, 1);
    String size = rewrite.longs(sizes);
    String kept = rewrite.op("Sub", List.of(rewrite.longs(ones), reduced));
    String outer = rewrite.op("Add", List.of(rewrite.op("Mul", List.of(size, kept)), reduced));
    String inner = rewrite.op("Add", List.of(rewrite.op("Mul", List.of(size, reduced)), kept));
    String pairs =
        rewrite.op(
            "Concat",
            List.of(
                rewrite.op("Reshape", List.of(outer, column)),
                rewrite.op("Reshape", List.of(inner, column))),
            Attribute.of("axis", 1L));
    String apart = rewrite.op("Reshape", List.of(pairs, rewrite.longs(-1)));
    String x = rewrite.op("Reshape", List.of(rewrite.in(0), apart));
    Attribute second =
        Attribute.of("axes", LongStream.range(0, rank).map(i -> 2 * i + 1).toArray());
    Attribute gone = Attribute.of("keepdims", 0L);
    String type = rewrite.node().opType();
    if (rewrite.integer("keepdims", 1) != 0) {
      rewrite.last(type, List.of(x), second, gone);
      return;
    }
    String stays = rewrite.op("Cast", kept, Attribute.of("to", (long) DataType.BOOL.code()));
    String shape = rewrite.op("Compress", List.of(size, stays), Attribute.of("axis", 0L));
    rewrite.last("Reshape", List.of(rewrite.op(type, List.of(x), second, gone), shape));
  }

  private static long[] sizes(Rewrite rewrite) {
    Shape shape = rewrite.shape(0);
    int rank = rewrite.rank(0);
    long[] sizes = new long[rank];
    for (int i = 0; i < rank; i++) {
      if (!(shape.dim(i) instanceof Dim.Known(long size)) || size == 0) {
        throw rewrite.refuse("the axes are no constant, and the sizes are not known or 0");
      }
      sizes[i] = size;
    }
    if (rank == 0) {
      throw rewrite.refuse("the axes are no constant, and there are none");
    }
    return sizes;
  }

  private static String sum(Rewrite rewrite, String value) {
    Attribute gone = Attribute.of("keepdims", 0L);
    return rewrite.target() >= 13
        ? rewrite.op("ReduceSum", List.of(value, rewrite.longs(0)), gone)
        : rewrite.op("ReduceSum", value, Attribute.of("axes", new long[] {0}), gone);
  }
}
