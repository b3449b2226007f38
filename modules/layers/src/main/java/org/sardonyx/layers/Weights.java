package org.sardonyx.layers;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

/** Looks at weights before anything is done with them, and moves their elements. */
final class Weights {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Weights() {}

  /** Refuses what is no float tensor of this rank. */
  static Tensor require(String what, Tensor given, int rank, String expected) {
    requireFloat(what, given);
    if (given.rank() != rank) {
      throw new InvalidInput(what + " is " + given + ", expected float" + expected);
    }
    return given;
  }

  /** Refuses what is no float tensor of this rank, without loading it. */
  static TensorData require(String what, TensorData given, int rank, String expected) {
    if (given.dataType() != DataType.FLOAT || given.shape().rank() != rank) {
      throw new InvalidInput(what + " is " + given.type() + ", expected float" + expected);
    }
    return given;
  }

  static int dim(TensorData data, int axis) {
    return Math.toIntExact(data.shape().sizes()[axis]);
  }

  /** Returns the transpose of a matrix: at once where it is there, otherwise when it is loaded. */
  static TensorData transposed(TensorData matrix) {
    return matrix instanceof TensorData.Loaded loaded
        ? TensorData.of("", transposed(loaded.tensor()))
        : new Transposed(matrix);
  }

  /** A matrix of a file, transposed while it is loaded. */
  private record Transposed(TensorData matrix) implements TensorData {
    @Override
    public String name() {
      return matrix.name();
    }

    @Override
    public DataType dataType() {
      return matrix.dataType();
    }

    @Override
    public Shape shape() {
      return Shape.of(matrix.shape().dim(1), matrix.shape().dim(0));
    }

    @Override
    public Tensor load() {
      MemorySegment raw = matrix.raw();
      if (raw == null) {
        return transposed(matrix.load());
      }
      int rows = dim(matrix, 0);
      int columns = dim(matrix, 1);
      float[] to = new float[Math.multiplyExact(rows, columns)];
      float[] row = new float[columns];
      for (int i = 0; i < rows; i++) {
        MemorySegment.copy(raw, FLOAT, 4L * i * columns, row, 0, columns);
        for (int j = 0; j < columns; j++) {
          to[j * rows + i] = row[j];
        }
      }
      return Tensor.of(to, columns, rows);
    }
  }

  /** Refuses what is not of this shape; the message has the tensor that decided about it. */
  static Tensor require(String what, Tensor given, String because, int... shape) {
    requireFloat(what, given);
    if (!given.hasShape(shape)) {
      throw new InvalidInput(
          what
              + " is "
              + given
              + ", expected float"
              + Shape.of(shape)
              + (because.isEmpty() ? "" : ", since " + because));
    }
    return given;
  }

  private static void requireFloat(String what, Tensor given) {
    if (given.dataType() != DataType.FLOAT) {
      throw new InvalidInput(what + " is " + given + ", expected elements of type float");
    }
  }

  static void requireSame(String what, int left, int right) {
    if (left != right) {
      throw new InvalidInput(
          what + ": " + left + " features on one side, " + right + " on the other");
    }
  }

  static void requireInput(String layer, int expected, int given) {
    if (expected != given) {
      throw new InvalidInput(
          layer + " has weights for " + expected + " features and is given " + given);
    }
  }

  /** Returns the transpose of a matrix. */
  static Tensor transposed(Tensor matrix) {
    int rows = matrix.dim(0);
    int columns = matrix.dim(1);
    float[] from = matrix.floats();
    float[] to = new float[from.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        to[j * rows + i] = from[i * columns + j];
      }
    }
    return Tensor.of(to, columns, rows);
  }

  /** Returns a part of the rows of a matrix, or of the elements of a vector. */
  static Tensor rows(Tensor tensor, int from, int count) {
    int[] shape = tensor.shape();
    int width = tensor.size() / Math.max(1, shape[0]);
    shape[0] = count;
    float[] part = new float[count * width];
    System.arraycopy(tensor.floats(), from * width, part, 0, part.length);
    return Tensor.of(part, shape);
  }

  /** Returns these tensors one after another along the first axis. */
  static Tensor stacked(Tensor... parts) {
    int[] shape = parts[0].shape();
    shape[0] = 0;
    int size = 0;
    for (Tensor part : parts) {
      shape[0] += part.dim(0);
      size += part.size();
    }
    float[] all = new float[size];
    int at = 0;
    for (Tensor part : parts) {
      System.arraycopy(part.floats(), 0, all, at, part.size());
      at += part.size();
    }
    return Tensor.of(all, shape);
  }

  static Tensor sum(Tensor a, Tensor b) {
    float[] x = a.floats();
    float[] y = b.floats();
    float[] sum = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      sum[i] = x[i] + y[i];
    }
    return Tensor.of(sum, a.shape());
  }
}
