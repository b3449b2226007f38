package org.sardonyx.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.sardonyx.graph.Extra;

/** One message: which of its fields were there, and which of them said the default. */
final class SeenFields {

  /** The field of a model that lists what each opset import says. */
  static final int OPSETS = 8;

  private long fields;
  private long empties;
  private long zeros;

  /** The field that may say more than its part of the graph: what that is written as, and is. */
  private int differing;

  private final ByteArrayOutputStream was = new ByteArrayOutputStream(0);
  private final ByteArrayOutputStream are = new ByteArrayOutputStream(0);

  /** Notes a field that may be there once. */
  void once(int number) {
    if (has(number)) {
      throw new NotPlain();
    }
    fields |= 1L << number;
  }

  String text(int number, String text) {
    once(number);
    empties |= text.isEmpty() ? 1L << number : 0;
    return text;
  }

  /** Notes that a field that is not written without a content was there and had none. */
  void empty(int number) {
    empties |= 1L << number;
  }

  long number(int number, long value) {
    once(number);
    zeros |= value == 0 ? 1L << number : 0;
    return value;
  }

  /** Whether a text, or what is told of by {@link #empty}, was there and empty. */
  boolean emptyText() {
    return empties != 0;
  }

  /** Notes an opset import of this model, in which {@code seen} was there. */
  void opset(SeenFields seen, String domain, long version) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ByteArrayOutputStream is = new ByteArrayOutputStream();
    if (seen.has(1)) {
      byte[] name = domain.getBytes(StandardCharsets.UTF_8);
      field(is, 1, name);
      if (!domain.isEmpty()) {
        field(plain, 1, name);
      }
    }
    if (seen.has(2)) {
      number(is, 2, version);
      if (version != 0) {
        number(plain, 2, version);
      }
    }
    differ(OPSETS, plain.toByteArray(), is.toByteArray());
  }

  /** Notes what a field would be written as, and what it is. */
  void differ(int number, byte[] plain, byte[] is) {
    differing = number;
    field(was, number, plain);
    field(are, number, is);
  }

  /** Returns what {@link Residue} would find: in the order of the fields. */
  Extra extra() {
    boolean differs = differing != 0 && !Arrays.equals(was.toByteArray(), are.toByteArray());
    if (empties == 0 && zeros == 0 && !differs) {
      return Extra.NONE;
    }
    ByteArrayOutputStream is = new ByteArrayOutputStream();
    for (int i = 1; i < Long.SIZE; i++) {
      if (i == differing && differs) {
        is.writeBytes(are.toByteArray());
      } else if ((zeros & 1L << i) != 0) {
        number(is, i, 0);
      } else if ((empties & 1L << i) != 0) {
        field(is, i, new byte[0]);
      }
    }
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    field(both, 1, differs ? was.toByteArray() : new byte[0]);
    field(both, 2, is.toByteArray());
    return Extra.of(both.toByteArray());
  }

  private boolean has(int number) {
    return (fields & 1L << number) != 0;
  }

  static void number(ByteArrayOutputStream to, int number, long value) {
    to.writeBytes(Splice.varint(number << 3 | PlainFields.VARINT));
    to.writeBytes(Splice.varint(value));
  }

  static void field(ByteArrayOutputStream to, int number, byte[] content) {
    to.writeBytes(Splice.varint(number << 3 | PlainFields.TEXT));
    to.writeBytes(Splice.varint(content.length));
    to.writeBytes(content);
  }
}
