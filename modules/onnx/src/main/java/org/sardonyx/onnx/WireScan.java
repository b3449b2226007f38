package org.sardonyx.onnx;

import com.google.protobuf.WireFormat;
import java.nio.ByteBuffer;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.NodeProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.onnx.proto.ValueInfoProto;

/**
 * Walks over the bytes of a message before it is parsed, without building anything: says exactly
 * where bytes are no protocol buffer, and stops what would become more objects, or deeper ones,
 * than was allowed. Strings, tensors and packed numbers are stepped over, so it touches little of a
 * file that is mostly weights.
 */
final class WireScan {

  private static final Layout TENSOR = Layout.named("TensorProto");
  private static final Layout NODE = Layout.named("NodeProto");
  private static final Layout ATTRIBUTE = Layout.named("AttributeProto");
  private static final Layout VALUE = Layout.named("ValueInfoProto");

  private final ByteBuffer bytes;
  private final Limits limits;
  private final int maxDepth;
  private final long maxParts;
  private final long maxName;

  private final Splice.@Nullable Choice choice;
  private final Splice splice = new Splice();

  private final int[] ends;
  private final int[] lengthsAt;
  private final int[] starts;
  private final long[] growths;
  private final int[] groups;
  private final int[] attributes;
  private final String[] names;
  private final @Nullable Layout[] types;
  private int depth;
  private int at;
  private long parts;
  private long nodes;

  /**
   * Prepares a walk.
   *
   * @param bytes the message, from 0 to the limit
   * @param limits how deep, how many messages, nodes and attributes, how long names
   * @param choice what becomes of the {@code raw_data} of tensors; null where all of it stays
   */
  WireScan(ByteBuffer bytes, Layout type, Limits limits, Splice.@Nullable Choice choice) {
    this.bytes = bytes;
    this.limits = limits;
    this.maxDepth = (int) limits.most(Limit.MESSAGE_DEPTH);
    this.maxParts = limits.most(Limit.PARTS);
    this.maxName = limits.most(Limit.NAME_LENGTH);
    this.choice = choice;
    this.ends = new int[maxDepth + 1];
    this.lengthsAt = new int[maxDepth + 1];
    this.starts = new int[maxDepth + 1];
    this.growths = new long[maxDepth + 1];
    this.groups = new int[maxDepth + 1];
    this.attributes = new int[maxDepth + 1];
    this.names = new String[maxDepth + 1];
    this.types = new Layout[maxDepth + 1];
    ends[0] = bytes.limit();
    types[0] = type;
  }

  /**
   * Checks a message.
   *
   * @throws MalformedModel where the bytes are no protocol buffer
   * @throws org.sardonyx.error.LimitExceeded where they are too many or too deep
   */
  static void check(ByteBuffer bytes, Layout type, ReadOptions options) {
    new WireScan(bytes, type, options.limits(), null).run();
  }

  /**
   * Walks, once.
   *
   * @return the changes that were chosen
   * @throws MalformedModel where the bytes are no protocol buffer
   * @throws org.sardonyx.error.LimitExceeded where they are too many or too deep
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
    Layout type = types[depth];
    if (type != null && !type.knows(number)) {
      type = null;
    }
    if (type == null) {
      count();
    }
    switch ((int) tag & 7) {
      case WireFormat.WIRETYPE_VARINT -> varint();
      case WireFormat.WIRETYPE_FIXED64 -> skip(8);
      case WireFormat.WIRETYPE_FIXED32 -> skip(4);
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> delimited(type, number);
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

  /**
   * Steps into a message, and over what else says its length.
   *
   * @param type what holds the field; null where it is not known to
   */
  private void delimited(@Nullable Layout type, int number) {
    int lengthAt = at;
    long length = varint();
    if (length < 0 || length > ends[depth] - at) {
      throw malformed(
          (length < 0 ? "a field of a negative length" : "a field of " + length + " bytes")
              + ", where "
              + (ends[depth] - at)
              + " are left");
    }
    if (type != null) {
      Layout message = type.message(number);
      if (message != null) {
        count();
        part(message);
        push(type.name(number), message, lengthAt, at + (int) length, 0);
        return;
      }
      if (type.isText(number)) {
        count();
        if (length > maxName && isName(type, number)) {
          limits.check(Limit.NAME_LENGTH, length, "the length of a name, at byte " + at);
        }
        if (type == TENSOR && number == TensorProto.RAW_DATA_FIELD_NUMBER) {
          rawData(lengthAt, (int) length);
        }
      }
    }
    at += (int) length;
  }

  /** Counts what stands for a node or one of its attributes. */
  private void part(Layout message) {
    if (message == NODE) {
      limits.check(Limit.NODES, ++nodes, "nodes");
    } else if (message == ATTRIBUTE) {
      limits.check(Limit.ATTRIBUTES, ++attributes[depth], "attributes of one node");
    }
  }

  /** Whether a field names something; the others are free text, or bytes. */
  private static boolean isName(Layout type, int number) {
    return (type == NODE && number != NodeProto.DOC_STRING_FIELD_NUMBER)
        || (type == ATTRIBUTE
            && (number == AttributeProto.NAME_FIELD_NUMBER
                || number == AttributeProto.REF_ATTR_NAME_FIELD_NUMBER))
        || (type == TENSOR && number == TensorProto.NAME_FIELD_NUMBER)
        || (type == VALUE && number == ValueInfoProto.NAME_FIELD_NUMBER);
  }

  private void rawData(int lengthAt, int length) {
    long newLength = choice == null ? -1 : choice.replace(at, length);
    if (newLength >= 0) {
      splice.replace(lengthAt, at + length, newLength);
      growths[depth] += newLength - length + Splice.lengthSize(newLength) - (at - lengthAt);
    }
  }

  private void push(String name, @Nullable Layout type, int lengthAt, int end, int group) {
    if (depth == maxDepth) {
      throw limits.exceeded(Limit.MESSAGE_DEPTH, "messages within messages, at byte " + at);
    }
    depth++;
    lengthsAt[depth] = lengthAt;
    starts[depth] = at;
    growths[depth] = 0;
    ends[depth] = end;
    groups[depth] = group;
    attributes[depth] = 0;
    names[depth] = name;
    types[depth] = type;
  }

  private void count() {
    if (++parts > maxParts) {
      throw limits.exceeded(Limit.PARTS, "more messages and strings");
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
