package org.sardonyx.kernels;

/** Functions of one instruction or two, of which C2 makes vectors in the place of the elements. */
final class PlainMath {

  private PlainMath() {}

  static void apply(Unary f, float[] y, int at, int n) {
    switch (f) {
      case ABS -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = Math.abs(y[at + i]);
        }
      }
      case NEG -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = -y[at + i];
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = Math.max(y[at + i], 0);
        }
      }
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = (float) Math.sqrt(y[at + i]);
        }
      }
      case RECIPROCAL -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = 1 / y[at + i];
        }
      }
      default -> throw new IllegalArgumentException(f.toString());
    }
  }
}
