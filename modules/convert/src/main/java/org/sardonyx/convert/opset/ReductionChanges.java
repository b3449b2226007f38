package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;

/** Operators along axes: reductions, the softmax family, TopK. */
final class ReductionChanges {

  private static final List<String> KEEPS_ONE =
      List.of("ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum");

  private ReductionChanges() {}

  static void add(Changes all) {
    for (String name :
        List.of(
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
            "ReduceSumSquare")) {
      all.change(name, 11, Adapter.KEEP, Axes.counted("axes"));
      int asInput = name.equals("ReduceSum") ? 13 : 18;
      all.change(name, asInput, ReductionChanges::axesUp, ReductionChanges::axesDown);
      if (asInput != 13) {
        all.types(name, 13);
      }
    }
    all.types("ReduceLogSum", 28);
    all.types("ReduceLogSumExp", 28);
    all.types("ReduceMax", 12, 20);
    all.types("ReduceMin", 12, 20);
    for (String name : List.of("ArgMax", "ArgMin")) {
      all.change(name, 11, Adapter.KEEP, Axes.counted("axis"));
      all.same(name, 12);
      all.types(name, 13);
    }
    for (String name : List.of("Hardmax", "LogSoftmax", "Softmax")) {
      all.change(name, 11, Adapter.KEEP, Axes.counted("axis"));
      all.change(name, 13, ReductionChanges::softmaxUp, ReductionChanges::softmaxDown);
    }
    all.types("LpNormalization", 22);
    all.begins(11, "CumSum");
    all.types("CumSum", 14);
    all.begins(26, "CumProd");
    all.change("TopK", 10, ReductionChanges::topKUp, ReductionChanges::topKDown);
    all.change("TopK", 11, Adapter.KEEP, ReductionChanges::topKSmallest);
    all.types("TopK", 24);
  }

  /** The attribute axes becomes input 1. */
  static void axesUp(Rewrite rewrite) {
    long[] axes = rewrite.integers("axes");
    List<String> inputs = new ArrayList<>(List.of(rewrite.in(0)));
    boolean noneIsAll = !rewrite.node().opType().equals("Squeeze");
    if (axes != null && (axes.length > 0 || !noneIsAll)) {
      inputs.add(rewrite.longs(axes));
    }
    rewrite.keep(rewrite.without("axes").withInputs(inputs));
  }

  private static void axesDown(Rewrite rewrite) {
    if (rewrite.has(1) && rewrite.constant(1) == null) {
      ComputedAxes.reduce(rewrite);
      return;
    }
    Node bare = rewrite.without("noop_with_empty_axes").withInputs(List.of(rewrite.in(0)));
    long[] axes = rewrite.has(1) ? rewrite.fixedLongs(1) : new long[0];
    if (axes.length > 0) {
      rewrite.keep(with(bare, Attribute.of("axes", axes)));
    } else if (rewrite.integer("noop_with_empty_axes", 0) == 0) {
      rewrite.keep(bare);
    } else if (KEEPS_ONE.contains(rewrite.node().opType())) {
      rewrite.last("Identity", List.of(rewrite.in(0)));
    } else {
      throw rewrite.refuse("no axes with noop_with_empty_axes: each element by itself");
    }
  }

  /**
   * Before version 13 all dimensions from the axis on were one: those are flattened, and the result
   * takes the shape of the input again.
   */
  private static void softmaxUp(Rewrite rewrite) {
    long axis = rewrite.integer("axis", 1);
    boolean known = rewrite.shape(0).hasRank();
    int rank = known ? rewrite.rank(0) : 0;
    if (axis == -1 || (known && axis == rank - 1)) {
      rewrite.keep(with(rewrite.node(), Attribute.of("axis", -1L)));
      return;
    }
    String flat = rewrite.op("Flatten", rewrite.in(0), Attribute.of("axis", axis));
    String result = rewrite.op(rewrite.node().opType(), flat, Attribute.of("axis", -1L));
    String shape = rewrite.op("Shape", rewrite.in(0));
    rewrite.last("Reshape", List.of(result, shape));
  }

  private static void softmaxDown(Rewrite rewrite) {
    long axis = rewrite.integer("axis", -1);
    if (axis == -1) {
      rewrite.keep(with(rewrite.node(), Attribute.of("axis", -1L)));
      return;
    }
    int rank = rewrite.rank(0);
    long counted = Axes.normal(rewrite, axis);
    if (counted == rank - 1) {
      rewrite.keep(with(rewrite.node(), Attribute.of("axis", counted)));
      return;
    }
    long[] exchanged = LongStream.range(0, rank).toArray();
    exchanged[(int) counted] = rank - 1L;
    exchanged[rank - 1] = counted;
    Attribute perm = Attribute.of("perm", exchanged);
    String turned = rewrite.op("Transpose", rewrite.in(0), perm);
    String result = rewrite.op(rewrite.node().opType(), turned, Attribute.of("axis", rank - 1L));
    rewrite.last("Transpose", List.of(result), perm);
  }

  private static void topKUp(Rewrite rewrite) {
    String k = rewrite.longs(rewrite.integer("k", 0));
    rewrite.keep(rewrite.without("k").withInputs(List.of(rewrite.in(0), k)));
  }

  private static void topKDown(Rewrite rewrite) {
    long[] k = rewrite.fixedLongs(1);
    rewrite.keep(with(rewrite.node(), Attribute.of("k", k[0])).withInputs(List.of(rewrite.in(0))));
  }

  /** The smallest are the largest of the negated; any order is one that sorted = 0 allows. */
  private static void topKSmallest(Rewrite rewrite) {
    long axis = rewrite.integer("axis", -1);
    // Version 10 counts from the end for its default alone.
    Attribute counted = Attribute.of("axis", axis == -1 ? -1 : Axes.normal(rewrite, axis));
    if (rewrite.integer("largest", 1) != 0) {
      rewrite.keep(with(rewrite.without("largest", "sorted"), counted));
      return;
    }
    DataType type = rewrite.element(0);
    if (!type.isFloat()) {
      throw rewrite.refuse("the smallest of " + type.specName() + " were not to be had");
    }
    String negated = rewrite.op("Neg", rewrite.in(0));
    String values = rewrite.fresh("values");
    List<String> outputs = new ArrayList<>(rewrite.node().outputs());
    outputs.set(0, values);
    rewrite.op("TopK", List.of(negated, rewrite.in(1)), outputs, counted);
    if (!rewrite.out(0).isEmpty()) {
      rewrite.last("Neg", List.of(values));
    }
  }
}
