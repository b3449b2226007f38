package org.sardonyx.convert.opset;

import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Losses, in what there was before them. */
final class LossChanges {

  private LossChanges() {}

  static void add(Changes all) {
    all.since("NegativeLogLikelihoodLoss", 12, r -> likelihood(r, r.in(0)));
    all.same("NegativeLogLikelihoodLoss", 13);
    all.types("NegativeLogLikelihoodLoss", 22);
    all.since("SoftmaxCrossEntropyLoss", 12, LossChanges::crossEntropy);
    all.types("SoftmaxCrossEntropyLoss", 13);
  }

  /**
   * The likelihood of LogSoftmax along dimension 1, which has to be the last one for version 11.
   */
  private static void crossEntropy(Rewrite rewrite) {
    int rank = rewrite.rank(0);
    String logarithms;
    if (rank == 2) {
      logarithms = rewrite.op("LogSoftmax", rewrite.in(0), Attribute.of("axis", 1L));
    } else {
      Attribute perm = Attribute.of("perm", new long[] {0, 2, 1});
      String flat = rewrite.op("Reshape", List.of(rewrite.in(0), rewrite.longs(0, 0, -1)));
      String turned = rewrite.op("Transpose", flat, perm);
      String result = rewrite.op("LogSoftmax", turned, Attribute.of("axis", 2L));
      String back = rewrite.op("Transpose", result, perm);
      logarithms = rewrite.op("Reshape", List.of(back, rewrite.op("Shape", rewrite.in(0))));
    }
    if (!rewrite.out(1).isEmpty()) {
      rewrite.op("Identity", List.of(logarithms), List.of(rewrite.out(1)));
    }
    likelihood(rewrite, logarithms);
  }

  /** Minus the logarithm that the target picks, times its weight; ignored targets weigh nothing. */
  private static void likelihood(Rewrite rewrite, String logarithms) {
    DataType type = rewrite.element(0);
    DataType index = rewrite.element(1);
    String target = rewrite.in(1);
    boolean ignores = rewrite.gives("ignore_index");
    String zero = rewrite.scalar(type, 0);
    String ignored = "";
    if (ignores) {
      long which = rewrite.integer("ignore_index", 0);
      ignored =
          rewrite.op(
              "Equal",
              List.of(target, rewrite.constant(Tensor.fromLongs(index, new long[] {which}))));
      String none = rewrite.constant(Tensor.fromLongs(index, new long[] {0}));
      target = rewrite.op("Where", List.of(ignored, none, target));
    }
    Attribute classes = Attribute.of("axes", new long[] {1});
    String column = rewrite.op("Unsqueeze", target, classes);
    String picked =
        rewrite.op("GatherElements", List.of(logarithms, column), Attribute.of("axis", 1L));
    String loss = rewrite.op("Neg", rewrite.op("Squeeze", picked, classes));
    String weight = "";
    if (rewrite.has(2)) {
      weight = rewrite.op("Gather", List.of(rewrite.in(2), target), Attribute.of("axis", 0L));
      loss = rewrite.op("Mul", List.of(loss, weight));
    }
    if (ignores) {
      String own = weight.isEmpty() ? rewrite.scalar(type, 1) : weight;
      weight = rewrite.op("Where", List.of(ignored, zero, own));
      loss = rewrite.op("Where", List.of(ignored, zero, loss));
    }
    Attribute whole = Attribute.of("keepdims", 0L);
    switch (rewrite.text("reduction", "mean")) {
      case "none" -> rewrite.last("Identity", List.of(loss));
      case "sum" -> rewrite.last("ReduceSum", List.of(loss), whole);
      default -> {
        if (weight.isEmpty()) {
          rewrite.last("ReduceMean", List.of(loss), whole);
        } else {
          rewrite.last(
              "Div",
              List.of(
                  rewrite.op("ReduceSum", loss, whole), rewrite.op("ReduceSum", weight, whole)));
        }
      }
    }
  }
}
