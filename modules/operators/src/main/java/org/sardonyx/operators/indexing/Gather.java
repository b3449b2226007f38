package org.sardonyx.operators.indexing;

import java.util.ArrayList;
import java.util.List;
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
 * Gather: the slices along an axis that the indices name; the output has the indices' shape in
 * place of the axis.
 *
 * @param axis the axis, negative from the end
 */
public record Gather(long axis) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Gather")
          .version(1)
          .input("data", "T")
          .input("indices", "Tind")
          .output("output", "T")
          .attribute("axis", 0)
          .type("T", Types.ALL)
          .type("Tind", DataType.INT32, DataType.INT64)
          .version(11)
          .version(13)
          .type("T", Types.ALL_IR4)
          .create(Gather::of);

  static Gather of(Attributes attributes) {
    return new Gather(attributes.getInt("axis"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Shape indices = in.shape(1);
    if (!x.hasRank() || !indices.hasRank()) {
      return;
    }
    int along = Axes.normalize(axis, x.rank());
    List<Dim> result = new ArrayList<>(x.dims().subList(0, along));
    result.addAll(indices.dims());
    result.addAll(x.dims().subList(along + 1, x.rank()));
    in.shape(0, Shape.of(result));
    List<Dim> contents = in.dims(0);
    List<Dim> which = in.dims(1);
    if (contents != null && which != null && result.size() <= 1) {
      List<Dim> taken = new ArrayList<>();
      for (Dim index : which) {
        long i = index instanceof Dim.Known(long n) ? n < 0 ? n + contents.size() : n : -1;
        taken.add(i >= 0 && i < contents.size() ? contents.get((int) i) : Dim.UNKNOWN);
      }
      in.dims(0, taken);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor indices = in.tensor(1);
    int[] from = x.shape();
    int along = Axes.normalize(axis, from.length);
    int[] which = Indices.of(indices, from[along]);
    int[] shape = new int[from.length - 1 + indices.rank()];
    System.arraycopy(from, 0, shape, 0, along);
    System.arraycopy(indices.shape(), 0, shape, along, indices.rank());
    System.arraycopy(from, along + 1, shape, along + indices.rank(), from.length - 1 - along);
    Tensor y = in.output(0, x.dataType(), shape);
    Moves moves = Moves.of(in, x, y);
    moves.rows(
        Axes.product(from, 0, along),
        from[along],
        which,
        Axes.product(from, along + 1, from.length));
    moves.done();
  }
}
