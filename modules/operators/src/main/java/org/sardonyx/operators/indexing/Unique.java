package org.sardonyx.operators.indexing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Unique: the different elements, or the different slices along an axis, with where each is first
 * found, which one each of the input is, and how often each occurs. NaN is one value, and so is 0.
 *
 * @param axis the axis, negative from the end; null for the elements
 * @param sorted whether the output is in ascending order, else in the order of appearance
 */
public record Unique(@Nullable Long axis, boolean sorted) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Unique")
          .version(11)
          .input("X", "T")
          .output("Y", "T")
          .optionalOutput("indices", "tensor(int64)")
          .optionalOutput("inverse_indices", "tensor(int64)")
          .optionalOutput("counts", "tensor(int64)")
          .optional("axis", Kind.INT)
          .attribute("sorted", 1)
          .type("T", Types.ALL)
          .version(28)
          .type("T", Types.ALL_IR4)
          .create(Unique::of);

  static Unique of(Attributes attributes) {
    return new Unique(
        attributes.has("axis") ? attributes.getInt("axis") : null, attributes.getFlag("sorted"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Dim count = in.fresh();
    if (axis == null) {
      in.shape(0, Shape.of(count));
    } else if (x.hasRank()) {
      List<Dim> result = new ArrayList<>(x.dims());
      result.set(Axes.normalize(axis, x.rank()), count);
      in.shape(0, Shape.of(result));
    }
    Dim all =
        axis == null
            ? x.elements()
            : x.hasRank() ? x.dim(Axes.normalize(axis, x.rank())) : Dim.UNKNOWN;
    for (int i = 1; i < in.outputs(); i++) {
      in.shape(i, Shape.of(i == 2 ? all : count));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = axis == null ? new int[] {x.size()} : x.shape();
    int along = axis == null ? 0 : Axes.normalize(axis, shape.length);
    int n = shape[along];
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, shape.length);
    Slices slices = new Slices(x, outer, n, inner);
    int[] order = slices.sorted(in);
    // Slices that are the same follow one another in the order, the first of them first.
    int[] group = new int[n];
    int[] first = new int[n];
    int[] counts = new int[n];
    int groups = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0 || slices.compare(order[i - 1], order[i]) != 0) {
        first[groups++] = order[i];
      }
      group[order[i]] = groups - 1;
      counts[groups - 1]++;
    }
    int[] place = Moves.identity(groups);
    if (!sorted) {
      int next = 0;
      for (int i = 0; i < n; i++) {
        if (first[group[i]] == i) {
          place[group[i]] = next++;
        }
      }
    }
    int[] map = new int[groups];
    for (int g = 0; g < groups; g++) {
      map[place[g]] = first[g];
    }
    shape[along] = groups;
    Tensor y = in.output(0, x.dataType(), shape);
    Moves moves = Moves.of(in, x, y);
    moves.rows(outer, n, map, inner);
    moves.done();
    long[] indices = longs(in, 1, groups);
    long[] inverse = longs(in, 2, n);
    long[] amounts = longs(in, 3, groups);
    for (int g = 0; g < groups; g++) {
      indices[place[g]] = first[g];
      amounts[place[g]] = counts[g];
    }
    for (int i = 0; i < n; i++) {
      inverse[i] = place[group[i]];
    }
  }

  private static long[] longs(Invocation in, int output, int size) {
    return output < in.outputs() && in.wants(output)
        ? in.output(output, DataType.INT64, size).longs()
        : new long[size];
  }
}
