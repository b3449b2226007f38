package org.sardonyx.operators;

/** One {@link Moves#select}: axis by axis, and along the last one by the longest runs there are. */
final class Selection {

  private final Moves moves;
  private final int[][] maps;

  /** Axes with maps that are not all indices in order; those behind are of one block. */
  private final int axes;

  private final int block;
  private final int[] fromStrides;
  private final int[] toStrides;

  /** Whether the last map has each index twice, in order: what most images are made larger by. */
  private final boolean twice;

  /** Whether the map before it has, too. */
  private final boolean planes;

  // The longest part of the last map that is one run; empty where it is short.
  private int runStart;
  private int runEnd;

  Selection(Moves moves, int[] fromShape, int[][] maps, int unit, boolean isFloat) {
    this.moves = moves;
    this.maps = maps;
    int left = maps.length;
    int size = unit;
    while (left > 0 && isIdentity(maps[left - 1], fromShape[left - 1])) {
      left--;
      size *= fromShape[left];
    }
    axes = left;
    block = size;
    fromStrides = new int[axes];
    toStrides = new int[axes];
    int f = block;
    int t = block;
    for (int i = axes - 1; i >= 0; i--) {
      fromStrides[i] = f;
      toStrides[i] = t;
      f *= fromShape[i];
      t *= maps[i].length;
    }
    int[] last = axes == 0 ? new int[0] : maps[axes - 1];
    twice = block == 1 && isFloat && isTwice(last);
    planes = axes > 1 && isTwice(maps[axes - 2]);
    findRun(last);
  }

  void run() {
    if (block > 0) {
      run(0, 0, 0);
    }
  }

  private void run(int axis, int f, int t) {
    if (axis == axes) {
      moves.slots(f, t, block);
      return;
    }
    int[] map = maps[axis];
    if (axis == axes - 1 && block == 1) {
      if (twice) {
        moves.twice(f, 0, t, map.length / 2, 1, 1);
        return;
      }
      moves.pick(f, map, 0, runStart, t);
      if (runEnd > runStart) {
        moves.slots(f + map[runStart], t + runStart, runEnd - runStart);
      }
      moves.pick(f, map, runEnd, map.length, t);
      return;
    }
    if (axis == axes - 2 && block == 1 && twice && planes) {
      int n = maps[axis + 1].length / 2;
      moves.twice(f, fromStrides[axis], t, n, map.length / 2, 2);
      return;
    }
    int step = toStrides[axis];
    for (int i = 0; i < map.length && step > 0; i++) {
      if (i > 0 && map[i] >= 0 && map[i] == map[i - 1]) {
        moves.again(t + i * step, step);
      } else if (map[i] >= 0) {
        run(axis + 1, f + map[i] * fromStrides[axis], t + i * step);
      }
    }
  }

  private void findRun(int[] map) {
    for (int i = 0, end; i < map.length; i = end) {
      end = i + 1;
      while (end < map.length && map[i] >= 0 && map[end] == map[end - 1] + 1) {
        end++;
      }
      if (end - i > Math.max(Moves.SHORT, runEnd - runStart)) {
        runStart = i;
        runEnd = end;
      }
    }
  }

  private static boolean isTwice(int[] map) {
    int i = 0;
    while (i < map.length && map[i] == i / 2) {
      i++;
    }
    return i == map.length && i % 2 == 0;
  }

  private static boolean isIdentity(int[] map, int size) {
    if (map.length != size) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (map[i] != i) {
        return false;
      }
    }
    return true;
  }
}
