package org.sardonyx.operators.indexing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * GatherND: the slices that the tuples in the last dimension of the indices name.
 *
 * @param batchDims how many leading dimensions data and indices have in common
 */
public record GatherND(long batchDims) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("GatherND")
          .version(11)
          .input("data", "T")
          .input("indices", "tensor(int64)")
          .output("output", "T")
          .type("T", Types.ALL)
          .version(12)
          .attribute("batch_dims", 0)
          .version(13)
          .type("T", Types.ALL_IR4)
          .create(GatherND::of);

  static GatherND of(Attributes attributes) {
    long batchDims = attributes.getInt("batch_dims", 0);
    if (batchDims < 0) {
      throw new InvalidModel("batch_dims is " + batchDims + ", must not be negative");
    }
    return new GatherND(batchDims);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Shape indices = in.shape(1);
    if (!x.hasRank()
        || !indices.hasRank()
        || indices.rank() == 0
        || !(indices.dim(-1) instanceof Dim.Known(long depth))) {
      return;
    }
    int from = (int) Math.min(batchDims + depth, Integer.MAX_VALUE);
    if (from > x.rank()) {
      throw in.invalid("indices " + indices + " do not fit data " + x);
    }
    List<Dim> result = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
    result.addAll(x.dims().subList(from, x.rank()));
    in.shape(0, Shape.of(result));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor indices = in.tensor(1);
    int batches = Axes.size(batchDims);
    int[] offsets = Indices.tuples(indices, x, batches);
    int from = batches + indices.dim(-1);
    int[] data = x.shape();
    int[] shape = Arrays.copyOf(indices.shape(), indices.rank() - 1 + data.length - from);
    System.arraycopy(data, from, shape, indices.rank() - 1, data.length - from);
    int block = Axes.product(data, from, data.length);
    Tensor y = in.output(0, x.dataType(), shape);
    if (y.size() == 0) {
      return;
    }
    Moves moves = Moves.of(in, x, y);
    if (block == 1) {
      moves.pick(offsets, 0);
    } else {
      for (int i = 0; i < offsets.length; i++) {
        moves.copy(offsets[i], i * block, block);
      }
    }
    moves.done();
  }
}
