package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;

/**
 * The fields of SequenceProto, MapProto and OptionalProto. Only files of test data have such
 * messages, so that they are read field by field: generated classes of the three would be most of
 * what this package adds to a program.
 */
final class ValueFields {

  /** The name of a value, in all three. */
  static final int NAME = 1;

  /** Which kind of values a sequence or an optional holds, one of those below. */
  static final int ELEM_TYPE = 2;

  static final int UNDEFINED = 0;
  static final int TENSOR = 1;
  static final int SPARSE_TENSOR = 2;
  static final int SEQUENCE = 3;
  static final int MAP = 4;
  static final int OPTIONAL = 5;

  static final int KEY_TYPE = 2;
  static final int KEYS = 3;
  static final int STRING_KEYS = 4;
  static final int MAP_VALUES = 5;

  private ValueFields() {}

  /** Returns the field of a sequence or an optional that has the values of a kind. */
  static int values(int kind) {
    return kind + 2;
  }

  /**
   * Returns the kind of what a sequence or an optional holds.
   *
   * @throws MalformedModel where it is none
   */
  static int kind(UnknownFieldSet fields, String what) {
    int kind = number(fields, ELEM_TYPE);
    if (kind < UNDEFINED || kind > OPTIONAL) {
      throw new MalformedModel(what + " of kind " + kind);
    }
    return kind;
  }

  /** Returns the messages that a sequence holds of its kind. */
  static List<ByteString> all(UnknownFieldSet fields, int kind) {
    return kind == UNDEFINED ? List.of() : fields.getField(values(kind)).getLengthDelimitedList();
  }

  /** Returns the one message of a field; null where it has none. */
  static @Nullable ByteString one(UnknownFieldSet fields, int field) {
    List<ByteString> messages = fields.getField(field).getLengthDelimitedList();
    // Messages that are one after the other are merged, as the format has it for a field of one.
    return messages.isEmpty() ? null : ByteString.copyFrom(messages);
  }

  /** Returns the number of a field, the last where it has several; 0 where it has none. */
  static int number(UnknownFieldSet fields, int field) {
    List<Long> numbers = fields.getField(field).getVarintList();
    return numbers.isEmpty() ? 0 : (int) (long) numbers.getLast();
  }

  /** Returns the numbers of a field, packed ones after the others. */
  static long[] numbers(UnknownFieldSet fields, int field) {
    UnknownFieldSet.Field all = fields.getField(field);
    LongStream.Builder numbers = LongStream.builder();
    all.getVarintList().forEach(numbers::add);
    for (ByteString packed : all.getLengthDelimitedList()) {
      try {
        CodedInputStream input = packed.newCodedInput();
        while (!input.isAtEnd()) {
          numbers.add(input.readInt64());
        }
      } catch (IOException e) {
        throw new MalformedModel(String.valueOf(e.getMessage()), e);
      }
    }
    return numbers.build().toArray();
  }
}
