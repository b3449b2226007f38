package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Stands in a message for elements that are elsewhere: random bytes that nobody can foresee, so
 * that no file can contain them, and a number.
 */
final class Token {

  /** Bytes of a token. */
  static final int LENGTH = 20;

  private static final int RANDOM = 16;

  private final byte[] bytes = new byte[RANDOM];

  Token() {
    new SecureRandom().nextBytes(bytes);
  }

  /** Returns the bytes that stand for piece {@code number}. */
  byte[] of(int number) {
    return ByteBuffer.allocate(LENGTH).put(bytes).putInt(number).array();
  }

  /** Returns the number of the piece that these bytes stand for; -1 where they are data. */
  int number(ByteString data) {
    return data.size() == LENGTH ? number(data.asReadOnlyByteBuffer().slice(), 0) : -1;
  }

  /**
   * Returns the number of the piece that {@link #LENGTH} bytes stand for; -1 where they are data.
   */
  int number(ByteBuffer data, int from) {
    for (int i = 0; i < RANDOM; i++) {
      if (data.get(from + i) != bytes[i]) {
        return -1;
      }
    }
    int number = 0;
    for (int i = RANDOM; i < LENGTH; i++) {
      number = number << 8 | (data.get(from + i) & 0xff);
    }
    return number;
  }

  /** Whether a token is anywhere in these bytes. */
  boolean isIn(byte[] data) {
    for (int i = 0; i + RANDOM <= data.length; i++) {
      if (data[i] == bytes[0] && Arrays.equals(data, i, i + RANDOM, bytes, 0, RANDOM)) {
        return true;
      }
    }
    return false;
  }
}
