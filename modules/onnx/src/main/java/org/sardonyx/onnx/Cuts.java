package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The elements of large tensors, cut out of a mapped file before it is parsed, so that they stay in
 * the file: the library that parses copies all it is given to the heap.
 */
final class Cuts {

  /** Nothing was cut out. */
  static final Cuts NONE = new Cuts(null);

  /** Elements of fewer bytes are not worth it. */
  private static final int SMALLEST = 4096;

  private final @Nullable Token token;
  private final List<MemorySegment> pieces = new ArrayList<>();

  private Cuts(@Nullable Token token) {
    this.token = token;
  }

  /**
   * A message of which something was cut out.
   *
   * @param pieces what was cut out
   * @param skeleton the rest, with a token in place of each piece
   */
  record Cut(Cuts pieces, ByteBuffer skeleton) {

    /** Checks the bytes of a message, which are mapped, and cuts. */
    static Cut of(ByteBuffer file, Layout type, ReadOptions options) {
      Token token = new Token();
      Cuts cuts = new Cuts(token);
      MemorySegment bytes = MemorySegment.ofBuffer(file);
      WireScan scan =
          new WireScan(
              file,
              type,
              options.limits(),
              (from, length) -> {
                if (length < SMALLEST) {
                  return -1;
                }
                cuts.pieces.add(bytes.asSlice(from, length));
                return Token.LENGTH;
              });
      Splice splice = scan.run();
      ByteBuffer skeleton = ByteBuffer.allocate((int) scan.newLength());
      try {
        splice.write(
            file,
            (piece, channel) -> channel.write(ByteBuffer.wrap(token.of(piece))),
            new Splice.Array(skeleton));
      } catch (IOException e) {
        throw new IllegalStateException("an array cannot fail", e);
      }
      return new Cut(cuts, skeleton.flip());
    }
  }

  /**
   * Returns what was cut out and stands for these bytes; null where they are the elements
   * themselves.
   */
  @Nullable MemorySegment piece(ByteString rawData) {
    int number = token == null ? -1 : token.number(rawData);
    return number < 0 ? null : pieces.get(number);
  }

  /** Whether these bytes have a token in them instead of elements. */
  boolean isIn(byte[] bytes) {
    return token != null && token.isIn(bytes);
  }
}
