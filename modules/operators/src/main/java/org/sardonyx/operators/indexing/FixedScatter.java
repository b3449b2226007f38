package org.sardonyx.operators.indexing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.Tensor;

/**
 * ScatterND without a reduction, of indices that never change: where slices go that lie behind one
 * another in the updates and in the data is worked out once and for all of them together, as for
 * assignments to parts of a tensor, which exporters write index by index.
 */
final class FixedScatter implements Operator {

  private final ScatterND meaning;
  private final Tensor indices;

  /** Of the data that came last; runs of other shapes at the same time cost time, nothing more. */
  private volatile @Nullable Runs known;

  FixedScatter(ScatterND meaning, Tensor indices) {
    this.meaning = meaning;
    this.indices = indices;
  }

  /**
   * Which parts of the updates go where.
   *
   * @param shape of the data
   * @param size how many elements the updates have
   * @param from where each part begins in the updates; the size at the end
   * @param to where it begins in the data
   */
  private record Runs(int[] shape, int size, int[] from, int[] to) {

    static Runs of(Tensor indices, Tensor data) {
      int[] offsets = Indices.tuples(indices, data, 0);
      int block = Axes.product(data.shape(), indices.dim(-1), data.rank());
      int[] from = new int[offsets.length + 1];
      int[] to = new int[offsets.length];
      int count = 0;
      for (int i = 0; i < offsets.length; i++) {
        if (i == 0 || offsets[i] != offsets[i - 1] + block) {
          from[count] = i * block;
          to[count++] = offsets[i];
        }
      }
      from[count] = offsets.length * block;
      return new Runs(
          data.shape(), from[count], Arrays.copyOf(from, count + 1), Arrays.copyOf(to, count));
    }
  }

  @Override
  public void infer(Inference in) {
    meaning.infer(in);
  }

  @Override
  public void run(Invocation in) {
    Tensor data = in.tensor(0);
    Tensor updates = in.tensor(2);
    Runs runs = known;
    if (runs == null || !data.hasShape(runs.shape)) {
      runs = Runs.of(indices, data);
      known = runs;
    }
    if (updates.size() != runs.size) {
      throw new OperatorFailed("updates " + updates + " for indices " + indices + " of " + data);
    }
    Tensor y = in.outputLike(0, data.dataType(), data);
    Moves.copy(in, data, y);
    if (runs.size == 0) {
      return;
    }
    Moves moves = Moves.of(in, updates, y);
    for (int i = 0; i < runs.to.length; i++) {
      moves.copy(runs.from[i], runs.to[i], runs.from[i + 1] - runs.from[i]);
    }
    moves.done();
  }
}
