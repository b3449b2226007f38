package org.sardonyx.operators.indexing;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * OneHot: a new dimension in which the place that an index names has one value and all others
 * another. An index that is out of range names no place.
 *
 * @param axis where the dimension goes, negative from the end of the output
 * @param fromEnd whether negative indices count from the end, as they do from version 11 on
 */
public record OneHot(long axis, boolean fromEnd) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("OneHot")
          .version(9)
          .input("indices", "T1")
          .input("depth", "T2")
          .input("values", "T3")
          .output("output", "T3")
          .attribute("axis", -1)
          .type("T1", Types.NUMERIC)
          .type("T2", Types.NUMERIC)
          .type("T3", Types.ALL)
          .version(11)
          .version(28)
          .type("T3", Types.ALL_IR4)
          .create(OneHot::of);

  static OneHot of(Attributes attributes) {
    return new OneHot(attributes.getInt("axis"), attributes.version() >= 11);
  }

  @Override
  public void infer(Inference in) {
    Shape indices = in.shape(0);
    if (!indices.hasRank()) {
      return;
    }
    Dim depth = Sizes.only(in, 1);
    Tensor constant = in.constant(1);
    if (constant != null && constant.size() == 1) {
      depth = Dim.of((long) constant.getDouble(0));
    }
    List<Dim> result = new ArrayList<>(indices.dims());
    result.add(Axes.normalize(axis, indices.rank() + 1), Sizes.orFresh(depth, in));
    in.shape(0, Shape.of(result));
  }

  @Override
  public void run(Invocation in) {
    Tensor indices = in.tensor(0);
    Tensor given = in.tensor(1);
    Tensor values = in.tensor(2);
    if (given.size() != 1 || values.size() != 2) {
      throw new OperatorFailed("OneHot with depth " + given + " and values " + values);
    }
    int depth = Axes.size((long) given.getDouble(0));
    int along = Axes.normalize(axis, indices.rank() + 1);
    int[] own = indices.shape();
    int[] shape = new int[own.length + 1];
    System.arraycopy(own, 0, shape, 0, along);
    shape[along] = depth;
    System.arraycopy(own, along, shape, along + 1, own.length - along);
    int inner = Axes.product(own, along, own.length);
    Tensor y = in.output(0, values.dataType(), shape);
    Moves moves = Moves.of(in, values, y);
    moves.strided(0, new int[1], 0, new int[] {1}, new int[] {y.size()});
    boolean integers = !indices.dataType().isFloat();
    for (int i = 0; i < indices.size(); i++) {
      long index = integers ? indices.getLong(i) : (long) indices.getDouble(i);
      long place = fromEnd && index < 0 ? index + depth : index;
      if (place >= 0 && place < depth) {
        moves.copy(1, (i / inner * depth + (int) place) * inner + i % inner, 1);
      }
    }
    moves.done();
  }
}
