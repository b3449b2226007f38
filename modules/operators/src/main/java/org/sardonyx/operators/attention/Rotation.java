package org.sardonyx.operators.attention;

/**
 * Turns pairs of numbers by angles from a table.
 *
 * @param cos cosines, {@code size / 2} a row
 * @param sin sines, {@code size / 2} a row
 * @param size numbers that are turned
 * @param interleaved whether a pair is two neighbours; else one of each half
 */
public record Rotation(float[] cos, float[] sin, int size, boolean interleaved) {

  /** Turns {@code x[at..at+size)} by row {@code row} of the table, in place. */
  public void apply(float[] x, int at, int row) {
    int half = size / 2;
    if (interleaved) {
      neighbours(x, at, row * half, half);
    } else {
      halves(x, at, row * half, half);
    }
  }

  // Two loops, of distances that the compiler knows.
  private void neighbours(float[] x, int at, int angle, int half) {
    for (int j = 0; j < half; j++) {
      float c = cos[angle + j];
      float s = sin[angle + j];
      float first = x[at + 2 * j];
      float second = x[at + 2 * j + 1];
      x[at + 2 * j] = c * first - s * second;
      x[at + 2 * j + 1] = s * first + c * second;
    }
  }

  private void halves(float[] x, int at, int angle, int half) {
    int other = at + half;
    for (int j = 0; j < half; j++) {
      float c = cos[angle + j];
      float s = sin[angle + j];
      float first = x[at + j];
      float second = x[other + j];
      x[at + j] = c * first - s * second;
      x[other + j] = s * first + c * second;
    }
  }
}
