package org.sardonyx.onnx;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.nio.ByteBuffer;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;

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

  private final int[] ends;
  private final int[] groups;
  private final String[] names;
  private final @Nullable Descriptor[] types;
  private int depth;
  private int at;
  private long parts;

  private WireScan(ByteBuffer bytes, Descriptor type, int maxDepth, long maxParts) {
    this.bytes = bytes;
    this.maxDepth = maxDepth;
    this.maxParts = maxParts;
    this.ends = new int[maxDepth + 1];
    this.groups = new int[maxDepth + 1];
    this.names = new String[maxDepth + 1];
    this.types = new Descriptor[maxDepth + 1];
    ends[0] = bytes.limit();
    types[0] = type;
  }

  /**
   * Checks a message.
   *
   * @param maxDepth most messages within messages
   * @param maxParts most messages, strings and unknown fields in all
   * @throws MalformedModel where the bytes are no protocol buffer
   * @throws LimitExceeded where they are too many or too deep
   */
  static void check(ByteBuffer bytes, Descriptor type, int maxDepth, long maxParts) {
    new WireScan(bytes, type, maxDepth, maxParts).run();
  }

  private void run() {
    while (true) {
      while (at == ends[depth]) {
        if (groups[depth] != 0) {
          throw malformed("a group without its end");
        }
        if (depth == 0) {
          return;
        }
        depth--;
      }
      field();
    }
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
      case WireFormat.WIRETYPE_START_GROUP -> push("group", null, ends[depth], number);
      case WireFormat.WIRETYPE_END_GROUP -> {
        if (groups[depth] != number) {
          throw malformed("the end of a group that was not begun");
        }
        depth--;
      }
      default -> throw malformed("a field of a kind that does not exist");
    }
  }

  private void delimited(@Nullable FieldDescriptor field) {
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
        push(field.getName(), field.getMessageType(), at + (int) length, 0);
      }
      case STRING, BYTE_STRING -> {
        count();
        at += (int) length;
      }
      default -> at += (int) length;
    }
  }

  private void push(String name, @Nullable Descriptor type, int end, int group) {
    if (depth == maxDepth) {
      throw new LimitExceeded(
          "depth", "messages within messages, " + maxDepth + " of them, at byte " + at);
    }
    depth++;
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
