package org.sardonyx.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A dense tensor: one primitive array in row-major order, an element type and a shape.
 *
 * <p>The array is, by element type: {@code float[]} (float; complex64 as pairs), {@code double[]}
 * (double; complex128 as pairs), {@code int[]} (int32, uint32), {@code long[]} (int64, uint64),
 * {@code short[]} (int16, uint16, float16, bfloat16), {@code byte[]} (int8, uint8, bool as 0 or 1,
 * the 8-bit floats, and the 4- and 2-bit types packed, first element in the lowest bits) and {@code
 * String[]}. Unsigned types hold their bits. Garbage-collected; nothing to close.
 *
 * <p>A tensor is filled by the one who made it and not changed once it was handed on.
 */
public final class Tensor implements Value {

  private static final int MAX_RANK = 64;

  private final DataType dataType;
  private final int[] shape;
  private final int size;
  private final Object array;

  private Tensor(DataType dataType, int[] shape, int size, Object array) {
    this.dataType = dataType;
    this.shape = shape;
    this.size = size;
    this.array = array;
  }

  /** Returns a tensor of zeros, false or empty strings. */
  public static Tensor zeros(DataType type, int... shape) {
    int size = checkedSize(shape);
    Object array = Storage.make(type, size);
    if (array instanceof String[] strings) {
      Arrays.fill(strings, "");
    }
    return new Tensor(type, shape.clone(), size, array);
  }

  /**
   * Returns a tensor over {@code array}, which is kept, not copied.
   *
   * @throws IllegalArgumentException where the array is not of the kind or length that the type and
   *     the shape ask for
   */
  public static Tensor of(DataType type, Object array, int... shape) {
    int size = checkedSize(shape);
    Storage.require(type, size, array, shape);
    return new Tensor(type, shape.clone(), size, array);
  }

  public static Tensor of(float[] data, int... shape) {
    return of(DataType.FLOAT, data, shape);
  }

  public static Tensor of(double[] data, int... shape) {
    return of(DataType.DOUBLE, data, shape);
  }

  public static Tensor of(int[] data, int... shape) {
    return of(DataType.INT32, data, shape);
  }

  public static Tensor of(long[] data, int... shape) {
    return of(DataType.INT64, data, shape);
  }

  public static Tensor of(String[] data, int... shape) {
    return of(DataType.STRING, data, shape);
  }

  public static Tensor of(boolean[] data, int... shape) {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      bytes[i] = (byte) (data[i] ? 1 : 0);
    }
    return of(DataType.BOOL, bytes, shape);
  }

  public static Tensor scalar(float value) {
    return of(new float[] {value});
  }

  public static Tensor scalar(long value) {
    return of(new long[] {value});
  }

  public static Tensor scalar(boolean value) {
    return of(new boolean[] {value});
  }

  /** Returns an int64 tensor of rank 1. */
  public static Tensor vector(long... values) {
    return of(values, values.length);
  }

  /**
   * Returns a tensor of a floating-point {@code type} whose elements are {@code values}, rounded to
   * nearest; for {@code FLOAT} the array is kept, not copied.
   */
  public static Tensor fromFloats(DataType type, float[] values, int... shape) {
    if (type == DataType.FLOAT) {
      return of(type, values, shape);
    }
    Tensor tensor = zeros(type, shape);
    if (type == DataType.FLOAT16) {
      SmallFloat.toFloat16(values, 0, tensor.size, tensor.shorts(), 0);
    } else {
      for (int i = 0; i < tensor.size; i++) {
        tensor.setDouble(i, values[i]);
      }
    }
    return tensor;
  }

  /** As {@link #fromFloats}, from doubles. */
  public static Tensor fromDoubles(DataType type, double[] values, int... shape) {
    if (type == DataType.DOUBLE) {
      return of(type, values, shape);
    }
    Tensor tensor = zeros(type, shape);
    for (int i = 0; i < tensor.size; i++) {
      tensor.setDouble(i, values[i]);
    }
    return tensor;
  }

  /** Returns a tensor of an integer {@code type} or bool whose elements are {@code values}, cut. */
  public static Tensor fromLongs(DataType type, long[] values, int... shape) {
    if (type == DataType.INT64) {
      return of(type, values, shape);
    }
    Tensor tensor = zeros(type, shape);
    tensor.setLongs(0, tensor.size, values, 0);
    return tensor;
  }

  public DataType dataType() {
    return dataType;
  }

  @Override
  public Type.OfTensor type() {
    return new Type.OfTensor(dataType, Shape.of(shape));
  }

  /** Returns a copy of the shape, outermost dimension first. */
  public int[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  /** Returns the size of dimension {@code axis}; a negative axis counts from the end. */
  public int dim(int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  /** Returns the number of elements. */
  public int size() {
    return size;
  }

  public boolean hasShape(int... sizes) {
    return Arrays.equals(shape, sizes);
  }

  public boolean sameShape(Tensor other) {
    return Arrays.equals(shape, other.shape);
  }

  /** Returns the same elements, not copied, under another shape of as many elements. */
  public Tensor reshaped(int... newShape) {
    int newSize = checkedSize(newShape);
    if (newSize != size) {
      throw new IllegalArgumentException(
          Arrays.toString(shape) + " cannot take the shape " + Arrays.toString(newShape));
    }
    return new Tensor(dataType, newShape.clone(), size, array);
  }

  /**
   * Returns the same bits, not copied, under another type that is kept in the same kind of array.
   */
  public Tensor reinterpreted(DataType type) {
    return of(type, array, shape);
  }

  /** Returns the array itself, whatever its kind. */
  public Object array() {
    return array;
  }

  public float[] floats() {
    return (float[]) array;
  }

  public double[] doubles() {
    return (double[]) array;
  }

  public int[] ints() {
    return (int[]) array;
  }

  public long[] longs() {
    return (long[]) array;
  }

  public short[] shorts() {
    return (short[]) array;
  }

  public byte[] bytes() {
    return (byte[]) array;
  }

  public String[] strings() {
    return (String[]) array;
  }

  /** Returns element {@code i} of any type but string and complex; bool as 0 or 1. */
  public double getDouble(int i) {
    return switch (dataType) {
      case FLOAT -> floats()[i];
      case DOUBLE -> doubles()[i];
      case FLOAT16, BFLOAT16 -> SmallFloat.toFloat(dataType, shorts()[i]);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 ->
          SmallFloat.toFloat(dataType, bytes()[i]);
      case FLOAT4E2M1 -> SmallFloat.toFloat(dataType, packed(i));
      case UINT64 -> unsignedToDouble(longs()[i]);
      default -> getLong(i);
    };
  }

  /** Returns element {@code i} of an integer type or bool; uint64 as its bits. */
  public long getLong(int i) {
    return switch (dataType) {
      case INT64, UINT64 -> longs()[i];
      case INT32 -> ints()[i];
      case UINT32 -> Integer.toUnsignedLong(ints()[i]);
      case INT16 -> shorts()[i];
      case UINT16 -> Short.toUnsignedInt(shorts()[i]);
      case INT8 -> bytes()[i];
      case UINT8, BOOL -> Byte.toUnsignedInt(bytes()[i]);
      case UINT4, UINT2 -> packed(i);
      case INT4 -> (packed(i) ^ 8) - 8;
      case INT2 -> (packed(i) ^ 2) - 2;
      default -> throw new IllegalStateException(dataType + " holds no integers");
    };
  }

  public boolean getBoolean(int i) {
    return bytes()[i] != 0;
  }

  /**
   * Sets element {@code i} of any type but string and complex: floats round to nearest even and
   * saturate where the type has no infinity, integers cut towards zero.
   */
  public void setDouble(int i, double value) {
    switch (dataType) {
      case FLOAT -> floats()[i] = (float) value;
      case DOUBLE -> doubles()[i] = value;
      case FLOAT16, BFLOAT16 -> shorts()[i] = (short) SmallFloat.fromDouble(dataType, value, true);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 ->
          bytes()[i] = (byte) SmallFloat.fromDouble(dataType, value, true);
      case FLOAT4E2M1 -> setPacked(i, SmallFloat.fromDouble(dataType, value, true));
      default -> setLong(i, (long) value);
    }
  }

  /** Sets element {@code i} of an integer type or bool to the low bits of {@code value}. */
  public void setLong(int i, long value) {
    switch (dataType) {
      case INT64, UINT64 -> longs()[i] = value;
      case INT32, UINT32 -> ints()[i] = (int) value;
      case INT16, UINT16 -> shorts()[i] = (short) value;
      case INT8, UINT8 -> bytes()[i] = (byte) value;
      case BOOL -> bytes()[i] = (byte) (value != 0 ? 1 : 0);
      case UINT4, INT4, UINT2, INT2 -> setPacked(i, (int) value);
      default -> throw new IllegalStateException(dataType + " holds no integers");
    }
  }

  /** Copies n integers from element {@code start} on, as {@link #getLong} gives them. */
  public void getLongs(int start, int n, long[] to, int at) {
    if (!dataType.isPacked()) {
      Storage.read(dataType, array, start, n, to, at);
      return;
    }
    for (int i = 0; i < n; i++) {
      to[at + i] = getLong(start + i);
    }
  }

  /** Sets n integers from element {@code start} on, as {@link #setLong} does. */
  public void setLongs(int start, int n, long[] from, int at) {
    if (!dataType.isPacked()) {
      Storage.write(dataType, array, start, n, from, at);
      return;
    }
    for (int i = 0; i < n; i++) {
      setLong(start + i, from[at + i]);
    }
  }

  /** Returns the bits of element {@code i} of a packed type, unsigned. */
  public int packed(int i) {
    return Storage.packed(bytes(), dataType.bits(), i);
  }

  /**
   * Sets the bits of element {@code i} of a packed type; the last one clears what pads its byte.
   */
  public void setPacked(int i, int value) {
    Storage.setPacked(bytes(), dataType.bits(), i, i == size - 1, value);
  }

  /** Returns the elements as floats: the array itself for {@code FLOAT}, else a converted copy. */
  public float[] toFloats() {
    if (dataType == DataType.FLOAT) {
      return floats();
    }
    float[] values = new float[size];
    getFloats(0, size, values, 0);
    return values;
  }

  /** Copies n floats from element {@code start} on, which may be of any width. */
  public void getFloats(int start, int n, float[] to, int at) {
    if (dataType == DataType.FLOAT) {
      System.arraycopy(floats(), start, to, at, n);
    } else if (dataType == DataType.FLOAT16 || dataType == DataType.BFLOAT16) {
      SmallFloat.toFloats(dataType, shorts(), start, n, to, at);
    } else {
      for (int i = 0; i < n; i++) {
        to[at + i] = (float) getDouble(start + i);
      }
    }
  }

  /** Sets n elements, floats of any width, from element {@code start} on; each is rounded once. */
  public void setFloats(int start, int n, float[] from, int at) {
    if (dataType == DataType.FLOAT) {
      System.arraycopy(from, at, floats(), start, n);
    } else if (dataType == DataType.FLOAT16) {
      SmallFloat.toFloat16(from, at, n, shorts(), start);
    } else {
      for (int i = 0; i < n; i++) {
        setDouble(start + i, from[at + i]);
      }
    }
  }

  /**
   * Returns the elements as doubles: the array itself for {@code DOUBLE}, else a converted copy.
   */
  public double[] toDoubles() {
    if (dataType == DataType.DOUBLE) {
      return doubles();
    }
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = getDouble(i);
    }
    return values;
  }

  /** Returns the elements as longs: the array itself for {@code INT64}, else a converted copy. */
  public long[] toLongs() {
    if (dataType == DataType.INT64 || dataType == DataType.UINT64) {
      return longs();
    }
    long[] values = new long[size];
    getLongs(0, size, values, 0);
    return values;
  }

  /** Returns a tensor with a copy of the array. */
  public Tensor copy() {
    return new Tensor(dataType, shape, size, Storage.copy(array));
  }

  /** Whether the other has the same type, shape and bits. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tensor tensor
        && dataType == tensor.dataType
        && Arrays.equals(shape, tensor.shape)
        && Storage.sameBits(array, tensor.array);
  }

  @Override
  public int hashCode() {
    return 31 * dataType.hashCode() + Arrays.hashCode(shape);
  }

  /** Returns the type and the shape, never the elements: {@code float[2,3]}. */
  @Override
  public String toString() {
    return type().toString();
  }

  /**
   * Returns the number of elements of {@code shape}.
   *
   * @throws LimitExceeded where that does not fit one array
   */
  public static int checkedSize(int[] shape) {
    if (shape.length > MAX_RANK) {
      throw new LimitExceeded("rank", "a tensor of rank " + shape.length + "; most is " + MAX_RANK);
    }
    long size = 1;
    boolean empty = false;
    for (int dim : shape) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
      }
      empty |= dim == 0;
      size = size > Integer.MAX_VALUE ? size : size * Math.max(1, dim);
    }
    if (empty) {
      return 0;
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw new LimitExceeded(
          "elements", "a tensor of shape " + Arrays.toString(shape) + " does not fit one array");
    }
    return (int) size;
  }

  private static double unsignedToDouble(long bits) {
    // Halves with the lost bit kept, so that the rounding is right.
    return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
  }
}
