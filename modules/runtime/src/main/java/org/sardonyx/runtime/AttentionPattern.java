package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.kernels.Binary;
import org.sardonyx.runtime.FusedAttention.Change;
import org.sardonyx.runtime.FusedAttention.Operand;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * {@code softmax(change(q k^T)) v} among the steps of a graph, with factors of q and k and with
 * transpositions of q, k, v and of the result that nobody else reads.
 */
final class AttentionPattern {

  /** Numpy's broadcasting. */
  private static final int SINCE = 7;

  private static final int MOST_CHANGES = 6;

  private static final double LEAST = 1e-6;
  private static final double MOST = 1e6;

  private static final Map<String, Binary> BINARY =
      Map.of("Mul", Binary.MUL, "Div", Binary.DIV, "Add", Binary.ADD, "Sub", Binary.SUB);

  private final List<Step> steps;
  private final List<@Nullable Value> constants;
  private final StepWiring wiring;

  /** The slots that it computes of. */
  private final List<Integer> inputs = new ArrayList<>();

  /** The steps that belong to it. */
  private final TreeSet<Integer> parts = new TreeSet<>();

  private final List<Change> changes = new ArrayList<>();
  private double scale = 1;

  private AttentionPattern(List<Step> steps, List<@Nullable Value> constants, StepWiring wiring) {
    this.steps = steps;
    this.constants = constants;
    this.wiring = wiring;
  }

  /** Returns the steps with those fused that make an attention. */
  static List<Step> fuse(
      List<Step> all, List<@Nullable Value> constants, int[] kept, boolean observed) {
    if (!StepWiring.any(all, "Softmax")) {
      return all;
    }
    StepWiring wiring = new StepWiring(all, constants.size(), kept);
    Set<Integer> taken = new HashSet<>();
    List<@Nullable Step> steps = new ArrayList<>(all);
    for (int i = 0; i < all.size(); i++) {
      if (StepWiring.is(all.get(i), "MatMul")) {
        AttentionPattern pattern = new AttentionPattern(all, constants, wiring);
        FusedAttention found = pattern.find(i);
        // A Transpose between two of them belongs to the first.
        if (found != null && Collections.disjoint(pattern.parts, taken)) {
          taken.addAll(pattern.parts);
          int last = pattern.parts.last();
          List<Step> nodes = new ArrayList<>();
          for (int part : pattern.parts) {
            nodes.add(all.get(part));
            steps.set(part, null);
          }
          steps.set(
              last, Fusion.joined(nodes, found, pattern.inputs, all.get(last).out(), observed));
        }
      }
    }
    return Fusion.left(steps);
  }

  private @Nullable FusedAttention find(int product) {
    Step end = steps.get(product);
    int weights = end.in()[0];
    boolean clears = false;
    int where = wiring.onlyMaker(weights, "Where");
    if (where >= 0) {
      // What softmax makes of a row that sees nothing, NaN, is written as 0.
      int[] in = steps.get(where).in();
      int none = wiring.onlyMaker(in[0], "IsNaN");
      clears = none >= 0 && steps.get(none).in()[0] == in[2] && number(in[1]) == 0;
      if (!clears || wiring.readers(in[2]) != 2) {
        return null;
      }
      weights = in[2];
      parts.add(where);
      parts.add(none);
    }
    int softmax = clears ? wiring.maker(weights, "Softmax") : wiring.onlyMaker(weights, "Softmax");
    if (softmax < 0) {
      return null;
    }
    parts.add(product);
    parts.add(softmax);
    int scores = scores(steps.get(softmax).in()[0], 0);
    if (scores < 0) {
      return null;
    }
    int[] of = steps.get(scores).in();
    Operand q = operand(of[0], true);
    Operand k = operand(of[1], true);
    Operand v = operand(end.in()[1], false);
    // Products with what is constant have it packed. Extreme factors would not give the same.
    if (isConstant(k) || isConstant(v) || !(Math.abs(scale) > LEAST && Math.abs(scale) < MOST)) {
      return null;
    }
    int turned = wiring.onlyReader(end.out()[0]);
    int[] perm =
        turned >= 0 && StepWiring.is(steps.get(turned), "Transpose")
            ? perm(steps.get(turned))
            : null;
    if (perm != null && perm[perm.length - 1] == perm.length - 1) {
      parts.add(turned);
    } else {
      perm = null;
    }
    long axis = steps.get(softmax).formals().signature().sinceVersion() < 13 ? 1 : -1;
    Attribute given = steps.get(softmax).node().attribute("axis");
    if (given != null && given.value() instanceof Attribute.OfInt(long value)) {
      axis = value;
    }
    List<Step> nodes = parts.stream().map(steps::get).toList();
    return new FusedAttention(
        q,
        k,
        v,
        perm,
        (float) scale,
        List.copyOf(changes),
        axis,
        clears,
        Fusion.releasing(nodes, -1));
  }

  /** Returns the step that makes the scores that end in a slot after some changes, else -1. */
  private int scores(int slot, int depth) {
    int product = wiring.onlyMaker(slot, "MatMul");
    if (product >= 0) {
      parts.add(product);
      return product;
    }
    if (depth == MOST_CHANGES) {
      return -1;
    }
    for (Map.Entry<String, Binary> known : BINARY.entrySet()) {
      int step = wiring.onlyMaker(slot, known.getKey());
      if (step < 0 || steps.get(step).formals().signature().sinceVersion() < SINCE) {
        continue;
      }
      boolean either = known.getValue() == Binary.ADD || known.getValue() == Binary.MUL;
      for (int i = 0; i < (either ? 2 : 1); i++) {
        int scores = scores(steps.get(step).in()[i], depth + 1);
        if (scores >= 0) {
          parts.add(step);
          change(known.getValue(), steps.get(step).in()[1 - i]);
          return scores;
        }
      }
    }
    int where = wiring.onlyMaker(slot, "Where");
    for (int i = 1; where >= 0 && i <= 2; i++) {
      int[] in = steps.get(where).in();
      int scores = scores(in[i], depth + 1);
      if (scores >= 0) {
        parts.add(where);
        changes.add(new Change(null, input(in[3 - i]), input(in[0]), i == 1));
        return scores;
      }
    }
    return -1;
  }

  /** Adds what is done to scores, as the nodes do it: quantized networks show each other bit. */
  private void change(Binary f, int operand) {
    changes.add(new Change(f, input(operand), -1, true));
  }

  /** Returns what a slot is a multiple of, transposed or not. */
  private Operand operand(int slot, boolean scales) {
    int from = slot;
    int @Nullable [] perm = null;
    while (true) {
      int turned = wiring.onlyMaker(from, "Transpose");
      int[] inner = turned < 0 ? null : perm(steps.get(turned));
      if (inner != null && (perm == null || perm.length == inner.length)) {
        perm = perm == null ? inner : composed(inner, perm);
        parts.add(turned);
        from = steps.get(turned).in()[0];
        continue;
      }
      int mul = scales ? wiring.onlyMaker(from, "Mul") : -1;
      int div = scales ? wiring.onlyMaker(from, "Div") : -1;
      int[] in = mul >= 0 ? steps.get(mul).in() : div >= 0 ? steps.get(div).in() : new int[2];
      int factor = mul >= 0 && Double.isNaN(number(in[1])) ? 0 : 1;
      double number = mul < 0 && div < 0 ? Double.NaN : number(in[factor]);
      if (Double.isNaN(number)) {
        return new Operand(input(from), perm);
      }
      parts.add(Math.max(mul, div));
      scale = mul >= 0 ? scale * number : scale / number;
      from = in[1 - factor];
    }
  }

  private boolean isConstant(Operand operand) {
    return constants.get(inputs.get(operand.input())) != null;
  }

  /** Returns the number of an input, by its slot. */
  private int input(int slot) {
    if (!inputs.contains(slot)) {
      inputs.add(slot);
    }
    return inputs.indexOf(slot);
  }

  private static int[] composed(int[] inner, int[] outer) {
    int[] both = new int[inner.length];
    for (int i = 0; i < both.length; i++) {
      both[i] = inner[outer[i]];
    }
    return both;
  }

  /** Returns the permutation that a Transpose states; null where it states none. */
  private static int @Nullable [] perm(Step step) {
    Attribute attribute = step.node().attribute("perm");
    if (attribute == null || !(attribute.value() instanceof Attribute.OfInts(List<Long> axes))) {
      return null;
    }
    int[] perm = new int[axes.size()];
    for (int i = 0; i < perm.length; i++) {
      perm[i] = axes.get(i).intValue();
    }
    boolean[] seen = new boolean[perm.length];
    for (int axis : perm) {
      if (axis < 0 || axis >= perm.length || seen[axis]) {
        return null;
      }
      seen[axis] = true;
    }
    return perm.length < 2 ? null : perm;
  }

  /** Returns the one float of a constant, NaN where it is none. */
  private double number(int slot) {
    return slot >= 0
            && constants.get(slot) instanceof Tensor tensor
            && tensor.dataType() == DataType.FLOAT
            && tensor.rank() <= 1
            && tensor.size() == 1
        ? tensor.getDouble(0)
        : Double.NaN;
  }
}
