package org.sardonyx.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.sardonyx.kernels.Kernels;

/** Transposes matrices of floats by vectors. */
final class Turned {

  /** Rows and columns of a square that lies in vectors. */
  static final int SIDE = 8;

  /** What a square takes: loads, three rounds, stores. */
  static final int OPERATIONS = 5 * SIDE;

  /** Rows that are gone through for each strip of columns: they stay in the nearest cache. */
  private static final int HEIGHT = 512;

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;

  /** Elements of two vectors by turns: of their first halves, and of their second. */
  private static final IntVector LOW = turns(0);

  private static final IntVector HIGH = turns(SIDE / 2);

  private Turned() {}

  private static IntVector turns(int first) {
    int[] from = new int[SIDE];
    for (int i = 0; i < SIDE; i++) {
      from[i] = first + i / 2 + i % 2 * SIDE;
    }
    return IntVector.fromArray(INTS, from, 0);
  }

  /** Whether the vectors are long enough, and the compiler done with {@link #run}. */
  static boolean isReady(WarmUp warmUp) {
    return UnaryLoops.LANES >= SIDE && warmUp.of(Kind.TURN).isReady();
  }

  /** As {@link Kernels#transpose}. */
  static void run(float[] x, int xo, int xRow, float[] y, int yo, int yRow, int rows, int columns) {
    int high = rows - rows % SIDE;
    int wide = columns - columns % SIDE;
    for (int i = 0; i < high; i += HEIGHT) {
      int some = Math.min(HEIGHT, high - i);
      for (int j = 0; j < wide; j += SIDE) {
        strip(x, xo + i * xRow + j, xRow, y, yo + j * yRow + i, yRow, some);
      }
    }
    Kernels scalar = Kernels.scalar();
    scalar.transpose(x, xo + wide, xRow, y, yo + wide * yRow, yRow, high, columns - wide);
    scalar.transpose(x, xo + high * xRow, xRow, y, yo + high, yRow, rows - high, columns);
  }

  private static IntVector load(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at).reinterpretAsInts();
  }

  private static void store(IntVector v, float[] y, int at) {
    v.reinterpretAsFloats().intoArray(y, at);
  }

  /** Columns of some squares that lie below each other: the cards of two hands, shuffled thrice. */
  private static void strip(float[] x, int xo, int xRow, float[] y, int yo, int yRow, int rows) {
    for (int i = 0; i < rows; i += SIDE) {
      int at = xo + i * xRow;
      IntVector a0 = load(x, at);
      IntVector a1 = load(x, at + xRow);
      IntVector a2 = load(x, at + 2 * xRow);
      IntVector a3 = load(x, at + 3 * xRow);
      IntVector a4 = load(x, at + 4 * xRow);
      IntVector a5 = load(x, at + 5 * xRow);
      IntVector a6 = load(x, at + 6 * xRow);
      IntVector a7 = load(x, at + 7 * xRow);
      IntVector b0 = LOW.selectFrom(a0, a4);
      IntVector b1 = HIGH.selectFrom(a0, a4);
      IntVector b2 = LOW.selectFrom(a1, a5);
      IntVector b3 = HIGH.selectFrom(a1, a5);
      IntVector b4 = LOW.selectFrom(a2, a6);
      IntVector b5 = HIGH.selectFrom(a2, a6);
      IntVector b6 = LOW.selectFrom(a3, a7);
      IntVector b7 = HIGH.selectFrom(a3, a7);
      a0 = LOW.selectFrom(b0, b4);
      a1 = HIGH.selectFrom(b0, b4);
      a2 = LOW.selectFrom(b1, b5);
      a3 = HIGH.selectFrom(b1, b5);
      a4 = LOW.selectFrom(b2, b6);
      a5 = HIGH.selectFrom(b2, b6);
      a6 = LOW.selectFrom(b3, b7);
      a7 = HIGH.selectFrom(b3, b7);
      int to = yo + i;
      store(LOW.selectFrom(a0, a4), y, to);
      store(HIGH.selectFrom(a0, a4), y, to + yRow);
      store(LOW.selectFrom(a1, a5), y, to + 2 * yRow);
      store(HIGH.selectFrom(a1, a5), y, to + 3 * yRow);
      store(LOW.selectFrom(a2, a6), y, to + 4 * yRow);
      store(HIGH.selectFrom(a2, a6), y, to + 5 * yRow);
      store(LOW.selectFrom(a3, a7), y, to + 6 * yRow);
      store(HIGH.selectFrom(a3, a7), y, to + 7 * yRow);
    }
  }
}
