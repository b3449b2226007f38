package org.sardonyx.onnx;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.nio.ByteBuffer;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.onnx.proto.TensorProto;

/**
 * Walks over the bytes of a message before it is parsed, without building anything: says exactly
 * where bytes are no protocol buffer, and stops what would become more objects, or deeper ones,
 * than was allowed. Strings, tensors and packed numbers are stepped over, so it touches little of a
 * file that is mostly weights.
 */
final class WireScan {

  private final ByteBuffer bytes;
  private final long maxParts;
  private final int maxDepth;

  private final Splice.Choice choice;
  private final Splice splice = new Splice();

  private final int[] ends;
  private final int[] lengthsAt;
  private final int[] starts;
  private final long[] growths;
  private final int[] groups;
  private final String[] names;
  private final @Nullable Descriptor[] types;
  private int depth;
  private int at;
  private long parts;

  /**
   * Prepares a walk.
   *
   * @param bytes the message, from 0 to the limit
   * @param maxDepth most messages within messages
   * @param maxParts most messages, strings and unknown fields in all
   * @param choice what becomes of the {@code raw_data} of tensors
   */
  WireScan(ByteBuffer bytes, Descriptor type, int maxDepth, long maxParts, Splice.Choice choice) {
    this.bytes = bytes;
    this.maxDepth = maxDepth;
    this.maxParts = maxParts;
    this.choice = choice;
    this.ends = new int[maxDepth + 1];
    this.lengthsAt = new int[maxDepth + 1];
    this.starts = new int[maxDepth + 1];
    this.growths = new long[maxDepth + 1];
    this.groups = new int[maxDepth + 1];
    this.names = new String[maxDepth + 1];
    this.types = new Descriptor[maxDepth + 1];
    ends[0] = bytes.limit();
    types[0] = type;
  }

  /**
   * Checks a message.
   *
   * @throws MalformedModel where the bytes are no protocol buffer
   * @throws LimitExceeded where they are too many or too deep
   */
  static void check(ByteBuffer bytes, Descriptor type, ReadOptions options) {
    new WireScan(bytes, type, options.maxDepth(), options.maxParts(), (from, length) -> -1).run();
  }

  /**
   * Walks, once.
   *
   * @return the changes that were chosen
   * @throws MalformedModel where the bytes are no protocol buffer
   * @throws LimitExceeded where they are too many or too deep
   */
  Splice run() {
    while (true) {
      while (at == ends[depth]) {
        if (groups[depth] != 0) {
          throw malformed("a group without its end");
        }
        if (depth == 0) {
          return splice;
        }
        pop();
      }
      field();
    }
  }

  /** Returns the length of the changed message. */
  long newLength() {
    return bytes.limit() + growths[0];
  }

  private void pop() {
    long growth = growths[depth];
    if (growth != 0) {
      int from = lengthsAt[depth];
      int to = starts[depth];
      long length = ends[depth] - to + growth;
      splice.relength(from, to, length);
      growth += Splice.lengthSize(length) - (to - from);
    }
    depth--;
    growths[depth] += growth;
  }

  private void field() {
    long tag = varint();
    int number = (int) (tag >>> 3);
    if (tag < 0 || tag > 0xffff_ffffL || number == 0) {
      throw malformed("a field without a valid number");
    }
    Descriptor type = types[depth];
    FieldDescriptor field = type == null ? null : type.findFieldByNumber(number);
    if (field == null) {
      count();
    }
    switch ((int) tag & 7) {
      case WireFormat.WIRETYPE_VARINT -> varint();
      case WireFormat.WIRETYPE_FIXED64 -> skip(8);
      case WireFormat.WIRETYPE_FIXED32 -> skip(4);
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> delimited(field);
      case WireFormat.WIRETYPE_START_GROUP -> push("group", null, at, ends[depth], number);
      case WireFormat.WIRETYPE_END_GROUP -> {
        if (groups[depth] != number) {
          throw malformed("the end of a group that was not begun");
        }
        // Nothing in a group is known, so nothing in it was changed.
        depth--;
      }
      default -> throw malformed("a field of a kind that does not exist");
    }
  }

  private void delimited(@Nullable FieldDescriptor field) {
    int lengthAt = at;
    long length = varint();
    if (length < 0 || length > ends[depth] - at) {
      throw malformed(
          (length < 0 ? "a field of a negative length" : "a field of " + length + " bytes")
              + ", where "
              + (ends[depth] - at)
              + " are left");
    }
    if (field == null) {
      at += (int) length;
      return;
    }
    switch (field.getJavaType()) {
      case MESSAGE -> {
        count();
        push(field.getName(), field.getMessageType(), lengthAt, at + (int) length, 0);
      }
      case STRING, BYTE_STRING -> {
        count();
        if (isRawData(field)) {
          rawData(lengthAt, (int) length);
        }
        at += (int) length;
      }
      default -> at += (int) length;
    }
  }

  private static boolean isRawData(FieldDescriptor field) {
    return field.getNumber() == TensorProto.RAW_DATA_FIELD_NUMBER
        && field.getContainingType() == TensorProto.getDescriptor();
  }

  private void rawData(int lengthAt, int length) {
    long newLength = choice.replace(at, length);
    if (newLength >= 0) {
      splice.replace(lengthAt, at + length, newLength);
      growths[depth] += newLength - length + Splice.lengthSize(newLength) - (at - lengthAt);
    }
  }

  private void push(String name, @Nullable Descriptor type, int lengthAt, int end, int group) {
    if (depth == maxDepth) {
      throw new LimitExceeded(
          "depth", "messages within messages, " + maxDepth + " of them, at byte " + at);
    }
    depth++;
    lengthsAt[depth] = lengthAt;
    starts[depth] = at;
    growths[depth] = 0;
    ends[depth] = end;
    groups[depth] = group;
    names[depth] = name;
    types[depth] = type;
  }

  private void count() {
    if (++parts > maxParts) {
      throw new LimitExceeded("maxParts", "more than " + maxParts + " messages and strings");
    }
  }

  private void skip(int length) {
    if (length > ends[depth] - at) {
      throw malformed("a field of " + length + " bytes, where " + (ends[depth] - at) + " are left");
    }
    at += length;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at == ends[depth]) {
        throw malformed("a number that is cut off");
      }
      byte b = bytes.get(at++);
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("a number of more than ten bytes");
  }

  private MalformedModel malformed(String what) {
    StringJoiner path = new StringJoiner(".", " in ", "").setEmptyValue("");
    for (int i = 1; i <= depth; i++) {
      path.add(names[i]);
    }
    return new MalformedModel("at byte " + at + " of " + bytes.limit() + path + ": " + what);
  }
}
