package org.sardonyx.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Changes to the bytes of a message, noted while they are walked over: other elements for some
 * tensors, and, since lengths stand in front of what they measure, other lengths for all messages
 * around those.
 */
final class Splice {

  /** Says what becomes of the elements of a tensor. */
  interface Choice {
    /**
     * Returns the number of bytes that come instead of the {@code length} bytes at {@code from}; -1
     * where those stay.
     */
    long replace(int from, int length);
  }

  /** Gives the bytes that come instead, for each replacement in the order of the message. */
  interface Content {
    void writeTo(int replacement, WritableByteChannel channel) throws IOException;
  }

  /**
   * The bytes from {@code from} to {@code to} become a length and, where {@code content} is not -1,
   * a content.
   */
  private record Edit(int from, int to, long length, int content) {}

  private final List<Edit> edits = new ArrayList<>();
  private int contents;

  /** Notes that a message between {@code from} and {@code to} has another length. */
  void relength(int from, int to, long length) {
    edits.add(new Edit(from, to, length, -1));
  }

  /** Notes that a length and the bytes behind it, to {@code to}, are replaced. */
  void replace(int from, int to, long length) {
    edits.add(new Edit(from, to, length, contents++));
  }

  /** Returns the bytes that a length takes. */
  static int lengthSize(long length) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(length)) / 7);
  }

  /** Writes the changed message. */
  void write(ByteBuffer message, Content content, WritableByteChannel channel) throws IOException {
    edits.sort(Comparator.comparingInt(Edit::from));
    int at = 0;
    for (Edit edit : edits) {
      copy(message, at, edit.from, channel);
      TensorEncoder.writeFully(ByteBuffer.wrap(varint(edit.length)), channel);
      if (edit.content >= 0) {
        content.writeTo(edit.content, channel);
      }
      at = edit.to;
    }
    copy(message, at, message.limit(), channel);
  }

  private static void copy(ByteBuffer message, int from, int to, WritableByteChannel channel)
      throws IOException {
    TensorEncoder.writeFully(message.slice(from, to - from), channel);
  }

  /** Returns a number as messages have it. */
  static byte[] varint(long value) {
    byte[] bytes = new byte[lengthSize(value)];
    long rest = value;
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((rest & 0x7f) | (i + 1 < bytes.length ? 0x80 : 0));
      rest >>>= 7;
    }
    return bytes;
  }

  /** A channel into an array. */
  record Array(ByteBuffer bytes) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer from) {
      int count = from.remaining();
      bytes.put(from);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
