package org.sardonyx.layers;

/** In which order a series lies in memory. */
public enum Layout {
  /** [batch, time, features]: Keras, DJL, PyTorch with {@code batch_first}, DL4J's NWC. */
  BATCH_TIME_FEATURES("batch, time, features"),
  /** [time, batch, features]: ONNX, PyTorch, cuDNN. */
  TIME_BATCH_FEATURES("time, batch, features"),
  /** [batch, features, time]: convolutions, DL4J's NCW. */
  BATCH_FEATURES_TIME("batch, features, time");

  private final String axes;

  Layout(String axes) {
    this.axes = axes;
  }

  /** Returns the position of the axis of time. */
  public int time() {
    return switch (this) {
      case BATCH_TIME_FEATURES -> 1;
      case TIME_BATCH_FEATURES -> 0;
      case BATCH_FEATURES_TIME -> 2;
    };
  }

  /** Returns the position of the axis of the batch. */
  public int batch() {
    return this == TIME_BATCH_FEATURES ? 1 : 0;
  }

  /** Returns the position of the axis of features. */
  public int features() {
    return this == BATCH_FEATURES_TIME ? 1 : 2;
  }

  /** Returns the permutation, as of Transpose, that leads from this layout to the other. */
  long[] to(Layout other) {
    long[] permutation = new long[3];
    permutation[other.batch()] = batch();
    permutation[other.time()] = time();
    permutation[other.features()] = features();
    return permutation;
  }

  @Override
  public String toString() {
    return "[" + axes + "]";
  }
}
