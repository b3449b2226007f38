package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Tensors to the bytes of the format. */
final class TensorEncoder {

  private static final int CHUNK = 1 << 20;

  private TensorEncoder() {}

  /**
   * Returns the message of a tensor, its elements in {@code raw_data}, or {@code string_data} if
   * strings.
   */
  static TensorProto proto(String name, Tensor tensor) {
    TensorProto.Builder proto = TensorProto.newBuilder().setDataType(tensor.dataType().code());
    if (!name.isEmpty()) {
      proto.setName(name);
    }
    for (int dim : tensor.shape()) {
      proto.addDims(dim);
    }
    if (tensor.dataType() == DataType.STRING) {
      proto.addAllStringData(strings(tensor));
    } else {
      proto.setRawData(raw(tensor));
    }
    return proto.build();
  }

  static List<ByteString> strings(Tensor tensor) {
    return Arrays.stream(tensor.strings()).map(ByteString::copyFromUtf8).toList();
  }

  /** Writes the elements, little-endian. */
  static void write(Tensor tensor, WritableByteChannel channel) throws IOException {
    Object array = tensor.array();
    int width = width(array);
    int length = java.lang.reflect.Array.getLength(array);
    ByteBuffer buffer =
        ByteBuffer.allocateDirect((int) Math.min(CHUNK, Math.max(1, (long) length * width)));
    int step = buffer.capacity() / width;
    for (int from = 0; from < length; from += step) {
      int count = Math.min(step, length - from);
      buffer.clear().limit(count * width);
      copy(array, from, MemorySegment.ofBuffer(buffer), count);
      writeFully(buffer, channel);
    }
  }

  /** Writes bytes as they are. */
  static void write(MemorySegment bytes, WritableByteChannel channel) throws IOException {
    long step = 64L << 20;
    for (long from = 0; from < bytes.byteSize(); from += step) {
      long count = Math.min(step, bytes.byteSize() - from);
      writeFully(bytes.asSlice(from, count).asByteBuffer(), channel);
    }
  }

  static void writeFully(ByteBuffer buffer, WritableByteChannel channel) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Returns the elements, little-endian; a view of the array where it is one of bytes. */
  static ByteString raw(Tensor tensor) {
    Object array = tensor.array();
    if (array instanceof byte[] bytes) {
      return UnsafeByteOperations.unsafeWrap(bytes);
    }
    int length = java.lang.reflect.Array.getLength(array);
    long size = (long) length * width(array);
    if (size > Integer.MAX_VALUE - 8) {
      throw new LimitExceeded(
          "message",
          "a tensor of "
              + size
              + " bytes does not fit a message; write weights to files of their own");
    }
    byte[] bytes = new byte[(int) size];
    copy(array, 0, MemorySegment.ofArray(bytes), length);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private static int width(Object array) {
    return switch (array) {
      case byte[] _ -> 1;
      case short[] _ -> 2;
      case int[] _, float[] _ -> 4;
      case long[] _, double[] _ -> 8;
      default -> throw new IllegalStateException("strings have no bytes of their own");
    };
  }

  private static void copy(Object array, int from, MemorySegment to, int count) {
    switch (array) {
      case byte[] a -> MemorySegment.copy(a, from, to, ValueLayout.JAVA_BYTE, 0, count);
      case short[] a -> MemorySegment.copy(a, from, to, TensorDecoder.SHORT, 0, count);
      case int[] a -> MemorySegment.copy(a, from, to, TensorDecoder.INT, 0, count);
      case float[] a -> MemorySegment.copy(a, from, to, TensorDecoder.FLOAT, 0, count);
      case long[] a -> MemorySegment.copy(a, from, to, TensorDecoder.LONG, 0, count);
      case double[] a -> MemorySegment.copy(a, from, to, TensorDecoder.DOUBLE, 0, count);
      default -> throw new IllegalStateException("strings have no bytes of their own");
    }
  }
}
