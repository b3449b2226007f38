package org.sardonyx.operators.indexing;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/**
 * TensorScatter: a cache [batch, ..., max, ...] with the update's steps written from an index on
 * that every batch entry has for itself.
 *
 * @param axis the axis of the steps, negative from the end
 * @param circular whether steps beyond the end go on at the beginning
 */
public record TensorScatter(long axis, boolean circular) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("TensorScatter")
          .version(24)
          .input("past_cache", "T")
          .input("update", "T")
          .optionalInput("write_indices", "tensor(int64)")
          .output("present_cache", "T")
          .attribute("axis", -2)
          .attribute("mode", "linear")
          .type("T", Types.ALL_IR12)
          .create(TensorScatter::of);

  static TensorScatter of(Attributes attributes) {
    String mode = attributes.getString("mode");
    if (!mode.equals("linear") && !mode.equals("circular")) {
      throw new InvalidModel("mode \"" + mode + "\" is neither linear nor circular");
    }
    return new TensorScatter(attributes.getInt("axis"), mode.equals("circular"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor cache = in.tensor(0);
    Tensor update = in.tensor(1);
    Tensor indices = in.optional(2);
    int[] shape = cache.shape();
    int along = Axes.normalize(axis, shape.length);
    int max = shape[along];
    int steps = update.rank() == shape.length ? update.dim(along) : -1;
    int[] fitting = cache.shape();
    fitting[along] = Math.max(0, steps);
    boolean fits = along > 0 && update.hasShape(fitting) && steps <= max;
    if (!fits || (indices != null && !indices.hasShape(shape[0]))) {
      throw new OperatorFailed(
          "update " + update + " at " + indices + " along axis " + along + " of " + cache);
    }
    int block = Axes.product(shape, along + 1, shape.length);
    int prefixes = Axes.product(shape, 0, along);
    int perBatch = Axes.product(shape, 1, along);
    Tensor y = in.output(0, cache.dataType(), shape);
    Moves.copy(in, cache, y);
    Moves moves = Moves.of(in, update, y);
    for (int i = 0; i < prefixes; i++) {
      long start = indices == null ? 0 : indices.getLong(i / perBatch);
      if (start < 0 || (!circular && start + steps > max)) {
        throw new OperatorFailed(steps + " steps from index " + start + " on in a cache of " + max);
      }
      int first = max == 0 ? 0 : (int) (start % max);
      int head = Math.min(steps, max - first);
      moves.copy(i * steps * block, (i * max + first) * block, head * block);
      moves.copy((i * steps + head) * block, i * max * block, (steps - head) * block);
    }
    moves.done();
  }
}
