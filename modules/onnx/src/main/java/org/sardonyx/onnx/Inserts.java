package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.tensor.TensorData;

/**
 * The elements of large tensors, put into a message while it is written, so that they are not
 * copied to the heap before: the message has a token where they belong.
 */
final class Inserts {

  private static final int SMALLEST = 4096;

  private record Piece(long length, Elements elements) {}

  private interface Elements {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  private final Token token = new Token();
  private final List<Piece> pieces = new ArrayList<>();
  private long total;

  /** Returns what to write for these bytes. */
  ByteString rawData(MemorySegment bytes) {
    if (bytes.byteSize() < SMALLEST) {
      return UnsafeByteOperations.unsafeWrap(
          bytes.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }
    return add(bytes.byteSize(), channel -> TensorEncoder.write(bytes, channel));
  }

  /**
   * Returns what to write for the elements of a tensor of any type but string, which is loaded when
   * it is written.
   */
  ByteString rawData(TensorData tensor) {
    long length =
        tensor
            .dataType()
            .byteSize(Arrays.stream(tensor.shape().sizes()).reduce(1, Math::multiplyExact));
    return length < SMALLEST
        ? TensorEncoder.raw(tensor.load())
        : add(length, channel -> TensorEncoder.write(tensor.load(), channel));
  }

  /** Returns the bytes of all pieces. */
  long total() {
    return total;
  }

  private ByteString add(long length, Elements elements) {
    pieces.add(new Piece(length, elements));
    total += length;
    return UnsafeByteOperations.unsafeWrap(token.of(pieces.size() - 1));
  }

  /**
   * Returns a message with its pieces, ready to be written.
   *
   * @throws LimitExceeded where it has more bytes than the format allows
   */
  Whole whole(Message message) {
    long size = message.getSerializedSize();
    if (size < 0 || size + total > Integer.MAX_VALUE) {
      throw tooLarge();
    }
    if (pieces.isEmpty()) {
      return new Whole(message, ByteBuffer.allocate(0), new Splice(), size, List.of());
    }
    ByteBuffer skeleton = ByteBuffer.wrap(message.toByteArray());
    List<Piece> order = new ArrayList<>();
    WireScan scan =
        new WireScan(
            skeleton,
            Layout.of(message.getClass()),
            Limits.greatest(),
            (from, length) -> {
              int number = length == Token.LENGTH ? token.number(skeleton, from) : -1;
              if (number < 0) {
                return -1;
              }
              order.add(pieces.get(number));
              return pieces.get(number).length;
            });
    Splice splice = scan.run();
    if (scan.newLength() > Integer.MAX_VALUE) {
      throw tooLarge();
    }
    return new Whole(message, skeleton, splice, scan.newLength(), order);
  }

  static LimitExceeded tooLarge() {
    return new LimitExceeded(
        "message",
        "a model's own file has at most 2^31 - 1 bytes; write weights to files of their own"
            + " (WriteOptions.Weights.ONE_FILE)");
  }

  /**
   * A message with its pieces.
   *
   * @param size number of bytes
   */
  record Whole(Message message, ByteBuffer skeleton, Splice splice, long size, List<Piece> pieces) {

    void write(WritableByteChannel channel) throws IOException {
      if (pieces.isEmpty()) {
        Messages.write(message, channel);
      } else {
        splice.write(skeleton, (piece, to) -> pieces.get(piece).elements.writeTo(to), channel);
      }
    }

    byte[] toBytes() {
      if (pieces.isEmpty()) {
        return message.toByteArray();
      }
      byte[] bytes = new byte[(int) size];
      try {
        write(new Splice.Array(ByteBuffer.wrap(bytes)));
      } catch (IOException e) {
        throw new IllegalStateException("an array cannot fail", e);
      }
      return bytes;
    }
  }
}
