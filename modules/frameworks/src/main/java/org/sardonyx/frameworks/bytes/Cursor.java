package org.sardonyx.frameworks.bytes;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;

/**
 * Reads what Java's DataOutputStream wrote: big-endian, one thing after another, bounds checked.
 */
public final class Cursor {

  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final byte[] bytes;
  private int at;

  public Cursor(byte[] bytes) {
    this.bytes = bytes;
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.BIG_ENDIAN);
  }

  /** Returns the position of the next byte. */
  public int offset() {
    return at;
  }

  /** Returns how many bytes are left. */
  public int left() {
    return bytes.length - at;
  }

  /** Moves on by so many bytes and returns where they were. */
  private int take(long count, String what) {
    if (count < 0 || count > left()) {
      throw malformed(what + " of " + count + " bytes does not fit into the " + left() + " left");
    }
    int from = at;
    at += (int) count;
    return from;
  }

  public int readByte(String what) {
    return bytes[take(1, what)] & 0xff;
  }

  public char readChar(String what) {
    return (char) (short) SHORT.get(bytes, take(2, what));
  }

  public int readInt(String what) {
    return (int) INT.get(bytes, take(4, what));
  }

  public long readLong(String what) {
    return (long) LONG.get(bytes, take(8, what));
  }

  /** Reads a number of things, each of at least some bytes, so that lies are found at once. */
  public int readCount(String what, int bytesEach) {
    int from = at;
    int count = readInt(what);
    if (count < 0 || (long) count * bytesEach > left()) {
      throw malformed(from, what + " says " + count + ", more than the rest of the file holds");
    }
    return count;
  }

  /** Reads text as {@link java.io.DataOutput#writeUTF} writes it. */
  public String readText(String what) {
    int from = at;
    int length = readChar(what);
    take(length, what);
    try {
      return new DataInputStream(new ByteArrayInputStream(bytes, from, length + 2)).readUTF();
    } catch (IOException e) {
      throw malformed(from, what + " is no text");
    }
  }

  /** Returns a view of so many bytes, big-endian, and moves on. */
  public ByteBuffer readBytes(long count, String what) {
    int from = take(count, what);
    return ByteBuffer.wrap(bytes, from, (int) count).slice();
  }

  /** Looks whether these bytes come next; moves on only if so. */
  public boolean skipIfNext(byte[] expected) {
    if (expected.length > left()
        || !java.util.Arrays.equals(
            bytes, at, at + expected.length, expected, 0, expected.length)) {
      return false;
    }
    at += expected.length;
    return true;
  }

  /** Refuses bytes that follow what was read. */
  public void requireEnd() {
    if (left() > 0) {
      throw malformed(left() + " bytes follow that nothing asks for");
    }
  }

  /** Makes an error at the next byte. */
  public MalformedModel malformed(String what) {
    return malformed(at, what);
  }

  /** Makes an error at a byte. */
  public MalformedModel malformed(int offset, String what) {
    return new MalformedModel("offset " + offset + ": " + Text.escape(what));
  }
}
