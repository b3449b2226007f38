package org.sardonyx.onnx;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.sardonyx.tensor.TensorData;

/** The bytes of a message that was checked, walked over field by field and message by message. */
final class PlainFields {

  static final int VARINT = 0;
  static final int TEXT = 2;
  static final int FIXED32 = 5;

  /** More bytes of a mapped file are not copied out of it. */
  private static final int COPIED = 1 << 16;

  private final ByteBuffer bytes;
  private final MemorySegment segment;
  private int at;
  private int end;

  PlainFields(ByteBuffer bytes) {
    this.bytes = bytes;
    this.segment = MemorySegment.ofBuffer(bytes);
    this.end = bytes.limit();
  }

  /** Whether there is more in the message that was entered. */
  boolean more() {
    return at < end;
  }

  /** Enters what a length is told of, and returns where what is around it ends. */
  int enter() {
    int outer = end;
    int length = length();
    end = at + length;
    return outer;
  }

  /** Leaves what was entered and read to its end. */
  void leave(int outer) {
    end = outer;
  }

  /** Enters a message that has nothing beside it in the one around it. */
  void only(int number) {
    expect(number);
    if (enter() != end) {
      throw new NotPlain();
    }
  }

  /** Reads the tag of a field that tells its length. */
  void expect(int number) {
    if (at >= end || tag() != (number << 3 | TEXT)) {
      throw new NotPlain();
    }
  }

  int tag() {
    return (int) varint();
  }

  private int length() {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw new NotPlain();
    }
    return (int) length;
  }

  float fixed32() {
    if (end - at < 4) {
      throw new NotPlain();
    }
    int bits = 0;
    for (int i = 0; i < 4; i++) {
      bits |= (bytes.get(at++) & 0xff) << (8 * i);
    }
    return Float.intBitsToFloat(bits);
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 70 && at < end; shift += 7) {
      byte b = bytes.get(at++);
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new NotPlain();
  }

  byte[] array() {
    byte[] array = new byte[length()];
    bytes.get(at, array);
    at += array.length;
    return array;
  }

  String text() {
    byte[] array = array();
    String text = new String(array, StandardCharsets.UTF_8);
    for (byte b : array) {
      if (b < 0) {
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), array)) {
          throw new NotPlain();
        }
        break;
      }
    }
    return text;
  }

  /** Steps over bytes, and returns them where they are. */
  MemorySegment skip() {
    int length = length();
    at += length;
    return segment.asSlice(at - length, length);
  }

  /** Returns where the walk is. */
  int at() {
    return at;
  }

  /** Returns the tensor of the message that was entered at {@code begin} and read to its end. */
  TensorData tensor(int begin, ExternalFiles files) {
    if (!bytes.hasArray() && end - begin > COPIED) {
      throw new NotPlain();
    }
    return Messages.tensor(bytes, begin, end - begin, files);
  }
}
