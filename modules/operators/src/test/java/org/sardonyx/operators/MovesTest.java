package org.sardonyx.operators;

import static org.sardonyx.operators.Tensors.same;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class MovesTest {

  private static final long SEED = Long.getLong("seed", 20261123);

  /** Every move against one element at a time, for every type. */
  @Test
  void stridedMovesEveryType() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (DataType type : DataType.values()) {
      for (int trial = 0; trial < 40; trial++) {
        int rank = random.nextInt(5);
        int[] shape = new int[rank];
        int[] from = new int[rank];
        int[] to = new int[rank];
        int largest = trial % 8 == 7 ? 40 : 5;
        for (int i = 0; i < rank; i++) {
          shape[i] = random.nextInt(1, i < 2 ? largest : 4);
        }
        // The source in a shuffled order of dimensions, some of them standing still or backwards.
        int stride = 1;
        int offset = 0;
        for (int i = 0; i < rank; i++) {
          int axis = (i * 7 + trial) % Math.max(1, rank);
          if (from[axis] != 0 || random.nextInt(5) == 0) {
            continue;
          }
          from[axis] = stride;
          stride *= shape[axis];
          if (random.nextInt(4) == 0) {
            offset += (shape[axis] - 1) * from[axis];
            from[axis] = -from[axis];
          }
        }
        System.arraycopy(Axes.strides(shape), 0, to, 0, rank);
        Tensor x = Tensors.random(random, type, stride);
        Tensor expected = Tensor.zeros(type, shape);
        Moves single = Moves.of(OneInvocation.EMPTY, x, expected);
        int[] index = new int[rank];
        for (int i = 0; i < expected.size(); i++) {
          int at = offset;
          int rest = i;
          for (int d = 0; d < rank; d++) {
            index[d] = rest / to[d];
            rest %= to[d];
            at += index[d] * from[d];
          }
          single.copy(at, i, 1);
        }
        single.done();
        Tensor y = Tensor.zeros(type, shape);
        Moves moves = Moves.of(OneInvocation.EMPTY, x, y);
        moves.strided(offset, from, 0, to, shape);
        moves.done();
        same(expected, y);
      }
    }
  }

  @Test
  void selectPickPutAndRows() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (DataType type : DataType.values()) {
      Tensor x = Tensors.random(random, type, 3, 4, 2);
      int[][] maps = {{2, 0}, {3, 3, 1, 0, -1}, {0, 1}};
      Tensor expected = Tensor.zeros(type, 2, 5, 2);
      Moves single = Moves.of(OneInvocation.EMPTY, x, expected);
      for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 4; j++) {
          single.copy((maps[0][i] * 4 + maps[1][j]) * 2, (i * 5 + j) * 2, 2);
        }
      }
      single.done();
      Tensor y = Tensor.zeros(type, 2, 5, 2);
      Moves moves = Moves.of(OneInvocation.EMPTY, x, y);
      moves.select(x.shape(), maps);
      moves.done();
      same(expected, y);

      Tensor rows = Tensor.zeros(type, 3, 2, 2);
      moves = Moves.of(OneInvocation.EMPTY, x, rows);
      moves.rows(3, 4, new int[] {1, 3}, 2);
      moves.done();
      Tensor selected = Tensor.zeros(type, 3, 2, 2);
      moves = Moves.of(OneInvocation.EMPTY, x, selected);
      moves.select(x.shape(), new int[][] {{0, 1, 2}, {1, 3}, {0, 1}});
      moves.done();
      same(selected, rows);

      int[] shuffled = {
        5, 0, 23, 7, 1, 2, 3, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22
      };
      Tensor there = Tensor.zeros(type, 24);
      moves = Moves.of(OneInvocation.EMPTY, x, there);
      moves.pick(shuffled, 0);
      moves.done();
      Tensor back = Tensor.zeros(type, 3, 4, 2);
      moves = Moves.of(OneInvocation.EMPTY, there, back);
      moves.put(0, shuffled);
      moves.done();
      same(x, back);
    }
  }
}
