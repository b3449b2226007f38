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
    int angle = row * half;
    int apart = interleaved ? 1 : half;
    int step = interleaved ? 2 : 1;
    for (int j = 0; j < half; j++) {
      int i = at + j * step;
      float c = cos[angle + j];
      float s = sin[angle + j];
      float first = x[i];
      float second = x[i + apart];
      x[i] = c * first - s * second;
      x[i + apart] = s * first + c * second;
    }
  }
}
