package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Operators that give tensors another shape or cut them. */
final class ShapingChanges {

  private ShapingChanges() {}

  static void add(Changes all) {
    all.types("Identity", 13, 14, 16, 19, 21, 23, 24, 25);
    all.types("Transpose", 13, 21, 23, 24, 25);
    all.types("Size", 13, 19, 21, 23, 24, 25);
    all.types("Shape", 13, 19, 21, 23, 24, 25);
    all.change("Shape", 15, Adapter.KEEP, ShapingChanges::shapeOfSome);
    all.types("Flatten", 9, 13, 21, 23, 24, 25);
    all.change("Flatten", 11, Adapter.KEEP, Axes.counted("axis"));

    all.change(
        "Concat",
        4,
        rewrite ->
            rewrite.keep(with(rewrite.node(), Attribute.of("axis", rewrite.integer("axis", 1)))),
        Adapter.KEEP);
    all.change("Concat", 11, Adapter.KEEP, Axes.counted("axis"));
    all.types("Concat", 13);

    all.change("Reshape", 5, ShapingChanges::reshapeUp, ShapingChanges::reshapeDown);
    all.types("Reshape", 13, 19, 21, 23, 24, 25);
    all.change("Reshape", 14, Adapter.KEEP, ShapingChanges::zeros);

    all.change("Squeeze", 11, Adapter.KEEP, Axes.counted("axes"));
    all.change("Squeeze", 13, ReductionChanges::axesUp, ShapingChanges::squeezeDown);
    all.types("Squeeze", 21, 23, 24, 25);
    all.change("Unsqueeze", 11, Adapter.KEEP, Axes.countedInOutput("axes"));
    all.change("Unsqueeze", 13, ShapingChanges::unsqueezeUp, ShapingChanges::squeezeDown);
    all.types("Unsqueeze", 21, 23, 24, 25);

    all.change("Slice", 10, ShapingChanges::sliceUp, ShapingChanges::sliceDown);
    all.change("Slice", 11, Adapter.KEEP, ShapingChanges::sliceAxes);
    all.types("Slice", 13);

    all.change("Split", 2, ShapingChanges::splitOfTwo, Adapter.KEEP);
    all.change("Split", 11, Adapter.KEEP, Axes.counted("axis"));
    all.change("Split", 13, ShapingChanges::splitUp, ShapingChanges::splitDown);
    all.change("Split", 18, ShapingChanges::splitCounted, ShapingChanges::splitUneven);
  }

  private static void shapeOfSome(Rewrite rewrite) {
    long start = rewrite.integer("start", 0);
    if (start == 0 && !rewrite.gives("end")) {
      rewrite.keep(rewrite.without("start"));
      return;
    }
    String shape = rewrite.op("Shape", rewrite.in(0));
    long end = rewrite.integer("end", Long.MAX_VALUE);
    rewrite.last("Slice", List.of(shape, rewrite.longs(start), rewrite.longs(end)));
  }

  private static void reshapeUp(Rewrite rewrite) {
    long[] shape = rewrite.integers("shape");
    if (shape == null) {
      throw rewrite.refuse("attribute \"shape\" must be given and is not");
    }
    rewrite.keep(rewrite.without("shape").withInputs(List.of(rewrite.in(0), rewrite.longs(shape))));
  }

  private static void reshapeDown(Rewrite rewrite) {
    long[] shape = rewrite.fixedLongs(1);
    rewrite.keep(
        with(rewrite.node(), new Attribute("shape", ints(shape)))
            .withInputs(List.of(rewrite.in(0))));
  }

  static Attribute.Value ints(long... values) {
    return new Attribute.OfInts(Arrays.stream(values).boxed().toList());
  }

  /** With allowzero a 0 is a size; before, it was that of the input. */
  private static void zeros(Rewrite rewrite) {
    if (rewrite.integer("allowzero", 0) != 0) {
      long[] shape = rewrite.fixedLongs(1);
      for (int i = 0; i < shape.length; i++) {
        boolean same =
            i < Math.max(0, rewrite.shape(0).hasRank() ? rewrite.rank(0) : 0)
                && rewrite.shape(0).dim(i).is(0);
        if (shape[i] == 0 && !same) {
          throw rewrite.refuse("allowzero = 1, and the shape has a 0");
        }
      }
    }
    rewrite.keep(rewrite.without("allowzero"));
  }

  private static void squeezeDown(Rewrite rewrite) {
    Node node = rewrite.node().withInputs(List.of(rewrite.in(0)));
    if (rewrite.has(1)) {
      node = with(node, new Attribute("axes", ints(rewrite.fixedLongs(1))));
    }
    rewrite.keep(node);
  }

  private static void unsqueezeUp(Rewrite rewrite) {
    long[] axes = rewrite.integers("axes");
    rewrite.keep(
        rewrite
            .without("axes")
            .withInputs(List.of(rewrite.in(0), rewrite.longs(axes == null ? new long[0] : axes))));
  }

  private static void sliceUp(Rewrite rewrite) {
    long[] starts = rewrite.integers("starts");
    long[] ends = rewrite.integers("ends");
    long[] axes = rewrite.integers("axes");
    if (starts == null || ends == null) {
      throw rewrite.refuse("attributes \"starts\" and \"ends\" must be given and are not");
    }
    List<String> inputs =
        new ArrayList<>(List.of(rewrite.in(0), rewrite.longs(starts), rewrite.longs(ends)));
    if (axes != null) {
      inputs.add(rewrite.longs(axes));
    }
    rewrite.keep(rewrite.without("starts", "ends", "axes").withInputs(inputs));
  }

  private static void sliceDown(Rewrite rewrite) {
    if (rewrite.has(4) && !Arrays.stream(rewrite.fixedLongs(4)).allMatch(step -> step == 1)) {
      throw rewrite.refuse("steps other than 1 were not to be had");
    }
    Node node =
        with(
            rewrite.node().withInputs(List.of(rewrite.in(0))),
            new Attribute("starts", ints(rewrite.fixedLongs(1))),
            new Attribute("ends", ints(rewrite.fixedLongs(2))));
    if (rewrite.has(3)) {
      node = with(node, new Attribute("axes", ints(rewrite.fixedLongs(3))));
    }
    rewrite.keep(node);
  }

  /** Axes are an input; where they are constant and negative, they are counted. */
  private static void sliceAxes(Rewrite rewrite) {
    Tensor axes = rewrite.constant(3);
    if (axes == null || Arrays.stream(axes.toLongs()).allMatch(axis -> axis >= 0)) {
      rewrite.keep();
      return;
    }
    long[] counted = Axes.normal(rewrite, axes.toLongs());
    List<String> inputs = new ArrayList<>(rewrite.node().inputs());
    rewrite.release(3);
    inputs.set(3, rewrite.constant(Tensor.fromLongs(axes.dataType(), counted, axes.shape())));
    rewrite.keep(rewrite.node().withInputs(inputs));
  }

  /** Version 1 takes the lengths as an input too, in the type of the data. */
  private static void splitOfTwo(Rewrite rewrite) {
    Node node = rewrite.node();
    if (rewrite.has(1)) {
      long[] lengths =
          Arrays.stream(rewrite.fixed(1).toDoubles()).mapToLong(d -> (long) d).toArray();
      node = with(node, Attribute.of("split", lengths)).withInputs(List.of(rewrite.in(0)));
    }
    rewrite.keep(with(node, Attribute.of("axis", rewrite.integer("axis", 0))));
  }

  private static void splitUp(Rewrite rewrite) {
    long[] lengths = rewrite.integers("split");
    List<String> inputs = new ArrayList<>(List.of(rewrite.in(0)));
    if (lengths != null) {
      inputs.add(rewrite.longs(lengths));
    }
    rewrite.keep(rewrite.without("split").withInputs(inputs));
  }

  private static void splitDown(Rewrite rewrite) {
    Node node = rewrite.node().withInputs(List.of(rewrite.in(0)));
    if (rewrite.has(1)) {
      node = with(node, new Attribute("split", ints(rewrite.fixedLongs(1))));
    }
    rewrite.keep(node);
  }

  private static void splitCounted(Rewrite rewrite) {
    Node node = rewrite.node();
    rewrite.keep(
        rewrite.has(1)
            ? node
            : with(node, Attribute.of("num_outputs", (long) node.outputs().size())));
  }

  /** From version 18 on the last of equal parts may be smaller. */
  private static void splitUneven(Rewrite rewrite) {
    Node node = rewrite.without("num_outputs");
    if (rewrite.has(1)) {
      rewrite.keep(node);
      return;
    }
    int count = node.outputs().size();
    int axis = (int) Axes.normal(rewrite, rewrite.integer("axis", 0));
    Shape shape = rewrite.shape(0);
    if (count == 1
        || (shape.hasRank()
            && shape.dim(axis) instanceof Dim.Known(long size)
            && size % count == 0)) {
      rewrite.keep(node);
      return;
    }
    long size = rewrite.size(0, axis);
    long each = (size + count - 1) / count;
    long[] lengths = new long[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = Math.clamp(size - i * each, 0, each);
    }
    rewrite.keep(node.withInputs(List.of(rewrite.in(0), rewrite.longs(lengths))));
  }
}
