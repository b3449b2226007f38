package org.sardonyx.torch.pickle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.sardonyx.error.MalformedModel;

/** Reads a pickle from its first byte to its last, and says where it ends too early. */
final class Bytes {

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble BIG_DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int LONGEST_LINE = 4096;

  private final MemorySegment segment;
  private long at;

  Bytes(MemorySegment segment, long from) {
    this.segment = segment;
    this.at = from;
  }

  long at() {
    return at;
  }

  private long advance(long count) {
    if (count < 0 || count > segment.byteSize() - at) {
      throw new MalformedModel(
          "at offset "
              + at
              + ": "
              + Long.toUnsignedString(count)
              + " bytes are said to follow, "
              + (segment.byteSize() - at)
              + " do; the file is cut off or damaged");
    }
    long from = at;
    at += count;
    return from;
  }

  int unsigned8() {
    return segment.get(ValueLayout.JAVA_BYTE, advance(1)) & 0xff;
  }

  int unsigned16() {
    int low = unsigned8();
    return low | unsigned8() << 8;
  }

  int int32() {
    return segment.get(INT, advance(4));
  }

  long unsigned32() {
    return int32() & 0xffffffffL;
  }

  long int64() {
    return segment.get(LONG, advance(8));
  }

  double bigDouble() {
    return segment.get(BIG_DOUBLE, advance(8));
  }

  void skip(long count) {
    advance(count);
  }

  byte[] bytes(long count, long most) {
    if (count > most) {
      throw new MalformedModel(
          "at offset " + at + ": a value of " + count + " bytes; most is " + most);
    }
    long from = advance(count);
    return segment.asSlice(from, count).toArray(ValueLayout.JAVA_BYTE);
  }

  String text(long count) {
    long from = at;
    byte[] bytes = bytes(count, Integer.MAX_VALUE - 8);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      // Python writes lone surrogates as "surrogatepass" does; names of tensors have none.
      throw new MalformedModel("at offset " + from + ": text that is not UTF-8", e);
    }
  }

  /** Reads text up to a line feed, as protocol 0 writes it. */
  String line() {
    long from = at;
    StringBuilder text = new StringBuilder();
    for (int c = unsigned8(); c != '\n'; c = unsigned8()) {
      if (text.length() == LONGEST_LINE) {
        throw new MalformedModel("at offset " + from + ": a name of more than 4096 bytes");
      }
      text.append((char) c);
    }
    return text.toString();
  }
}
