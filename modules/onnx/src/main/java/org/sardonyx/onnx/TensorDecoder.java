package org.sardonyx.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** The elements of tensors from the bytes and the typed lists of the format. */
final class TensorDecoder {

  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Bytes. */
  private static final int MOST_OF_A_VARINT = 10;

  private TensorDecoder() {}

  /**
   * Returns a tensor of little-endian bytes.
   *
   * @param raw as many bytes as the type and the shape need
   */
  static Tensor ofRaw(DataType type, int[] shape, MemorySegment raw) {
    Tensor tensor = Tensor.zeros(type, shape);
    if (raw.byteSize() < Integer.MAX_VALUE) {
      // What is usual, before a switch and copies of segments, which take milliseconds at first.
      ByteBuffer bytes = raw.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      if (tensor.array() instanceof float[] a) {
        bytes.asFloatBuffer().get(a);
        return tensor;
      }
      if (tensor.array() instanceof long[] a) {
        bytes.asLongBuffer().get(a);
        return tensor;
      }
      if (tensor.array() instanceof byte[] a) {
        bytes.get(a);
        tidy(tensor, a);
        return tensor;
      }
    }
    switch (tensor.array()) {
      case float[] a -> MemorySegment.copy(raw, FLOAT, 0, a, 0, a.length);
      case double[] a -> MemorySegment.copy(raw, DOUBLE, 0, a, 0, a.length);
      case int[] a -> MemorySegment.copy(raw, INT, 0, a, 0, a.length);
      case long[] a -> MemorySegment.copy(raw, LONG, 0, a, 0, a.length);
      case short[] a -> MemorySegment.copy(raw, SHORT, 0, a, 0, a.length);
      case byte[] a -> {
        MemorySegment.copy(raw, ValueLayout.JAVA_BYTE, 0, a, 0, a.length);
        tidy(tensor, a);
      }
      default -> throw new IllegalStateException(type + " has no bytes");
    }
    return tensor;
  }

  /** Returns a tensor of the entries of a typed list, as many as the type and the shape need. */
  static Tensor ofTyped(DataType type, int[] shape, TensorProto proto) {
    Tensor tensor = Tensor.zeros(type, shape);
    switch (tensor.array()) {
      case float[] a -> {
        for (int i = 0; i < a.length; i++) {
          a[i] = proto.getFloatData(i);
        }
      }
      case double[] a -> {
        for (int i = 0; i < a.length; i++) {
          a[i] = proto.getDoubleData(i);
        }
      }
      case int[] a -> {
        boolean unsigned = type == DataType.UINT32;
        for (int i = 0; i < a.length; i++) {
          a[i] = unsigned ? (int) proto.getUint64Data(i) : proto.getInt32Data(i);
        }
      }
      case long[] a -> {
        boolean unsigned = type == DataType.UINT64;
        for (int i = 0; i < a.length; i++) {
          a[i] = unsigned ? proto.getUint64Data(i) : proto.getInt64Data(i);
        }
      }
      case short[] a -> {
        for (int i = 0; i < a.length; i++) {
          a[i] = (short) proto.getInt32Data(i);
        }
      }
      case byte[] a -> {
        for (int i = 0; i < a.length; i++) {
          int entry = proto.getInt32Data(i);
          a[i] = (byte) (type == DataType.BOOL && entry != 0 ? 1 : entry);
        }
        tidy(tensor, a);
      }
      case String[] a -> {
        for (int i = 0; i < a.length; i++) {
          a[i] = proto.getStringData(i).toStringUtf8();
        }
      }
      default -> throw new IllegalStateException(type + " has no array");
    }
    return tensor;
  }

  /** Returns the number of varints that fill a packed list; -1 where they do not. */
  static long varints(MemorySegment list) {
    ByteBuffer bytes = list.asByteBuffer();
    long count = 0;
    int length = 0;
    while (bytes.hasRemaining()) {
      length++;
      if (bytes.get() >= 0) {
        count++;
        length = 0;
      } else if (length == MOST_OF_A_VARINT) {
        return -1;
      }
    }
    return length == 0 ? count : -1;
  }

  /** Returns a tensor of integers of a packed list, which has as many as the shape needs. */
  static Tensor ofVarints(DataType type, int[] shape, MemorySegment list) {
    Tensor tensor = Tensor.zeros(type, shape);
    ByteBuffer bytes = list.asByteBuffer();
    for (int i = 0; i < tensor.size(); i++) {
      tensor.setLong(i, varint(bytes));
    }
    return tensor;
  }

  /** Reads a number of a packed list that was looked at. */
  static long varint(ByteBuffer bytes) {
    long value = 0;
    int shift = 0;
    while (true) {
      byte part = bytes.get();
      value |= (long) (part & 0x7f) << shift;
      if (part >= 0) {
        return value;
      }
      shift += 7;
    }
  }

  /**
   * Makes bools 0 or 1 and the unused bits of a last packed byte 0, so that equal tensors have
   * equal arrays.
   */
  private static void tidy(Tensor tensor, byte[] bytes) {
    DataType type = tensor.dataType();
    if (type == DataType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (bytes[i] != 0 ? 1 : 0);
      }
    } else if (type.isPacked() && bytes.length > 0) {
      int used = tensor.size() * type.bits() % 8;
      if (used != 0) {
        bytes[bytes.length - 1] &= (byte) ((1 << used) - 1);
      }
    }
  }
}
