package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Moves the channels of [N, D1, ..., Dn, C] in front of the spatial axes, and back. */
public final class ChannelsLast {

  private ChannelsLast() {}

  /** Returns [N, C, D1, ..., Dn] from [N, D1, ..., Dn, C]. */
  public static Shape toFirst(Shape shape) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.add(1, dims.removeLast());
    return Shape.of(dims);
  }

  /** Returns [N, D1, ..., Dn, C] from [N, C, D1, ..., Dn]. */
  public static Shape toLast(Shape shape) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.addLast(dims.remove(1));
    return Shape.of(dims);
  }

  /** Returns [N, C, D1, ..., Dn] from [N, D1, ..., Dn, C]. */
  public static Tensor toFirst(Tensor x) {
    int[] from = x.shape();
    int rank = from.length;
    if (rank < 2) {
      throw new OperatorFailed("input " + x + " has no axis of channels");
    }
    int channels = from[rank - 1];
    int plane = Axes.product(from, 1, rank - 1);
    int[] to = new int[rank];
    to[0] = from[0];
    to[1] = channels;
    System.arraycopy(from, 1, to, 2, rank - 2);
    return moved(x, to, from[0], plane, channels);
  }

  /** Returns [N, D1, ..., Dn, C] from [N, C, D1, ..., Dn]. */
  public static Tensor toLast(Tensor x) {
    int[] from = x.shape();
    int rank = from.length;
    int plane = Axes.product(from, 2, rank);
    int[] to = new int[rank];
    to[0] = from[0];
    to[rank - 1] = from[1];
    System.arraycopy(from, 2, to, 1, rank - 2);
    return moved(x, to, from[0], from[1], plane);
  }

  private static Tensor moved(Tensor x, int[] shape, int batch, int rows, int columns) {
    Tensor y = Tensor.zeros(x.dataType(), shape);
    for (int n = 0; n < batch; n++) {
      int offset = n * rows * columns;
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          move(x, offset + i * columns + j, y, offset + j * rows + i);
        }
      }
    }
    return y;
  }

  private static void move(Tensor x, int from, Tensor y, int to) {
    switch (x.array()) {
      case byte[] a -> y.bytes()[to] = a[from];
      case short[] a -> y.shorts()[to] = a[from];
      case float[] a -> y.floats()[to] = a[from];
      case double[] a -> y.doubles()[to] = a[from];
      default -> throw new IllegalStateException(x + " is not moved");
    }
  }
}
