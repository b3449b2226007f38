package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Extra;

/**
 * The difference between a message that was read and the {@link Plain} one of the part made from
 * it. Both are taken as fields of bytes, so that what the generated classes do not tell apart (text
 * that is no UTF-8, fields they do not know) is kept too.
 *
 * <p>An {@link Extra} holds, for the fields that differ, what the plain message <em>was</em> (field
 * 1) and what the file's message <em>is</em> (field 2). On writing, a field whose plain form still
 * is what it was becomes what it is in the file; one that a pass has changed since keeps the
 * change, and only takes from the file what the graph does not model.
 */
final class Residue {

  private static final int WAS = 1;
  private static final int IS = 2;
  private static final Field ABSENT = Field.getDefaultInstance();

  private Residue() {}

  /**
   * Returns what {@code file} says beyond {@code plain}.
   *
   * @param file the message that was read, without nested parts that keep an extra of their own
   */
  static Extra between(Message plain, Message file) {
    ByteString plainBytes = plain.toByteString();
    ByteString fileBytes = file.toByteString();
    if (plainBytes.equals(fileBytes)) {
      return Extra.NONE;
    }
    UnknownFieldSet was = fields(plainBytes);
    UnknownFieldSet is = fields(fileBytes);
    UnknownFieldSet.Builder onlyWas = UnknownFieldSet.newBuilder();
    UnknownFieldSet.Builder onlyIs = UnknownFieldSet.newBuilder();
    for (int number : numbers(was, is)) {
      Field before = was.getField(number);
      Field now = is.getField(number);
      if (!before.equals(now)) {
        put(onlyWas, number, before);
        put(onlyIs, number, now);
      }
    }
    UnknownFieldSet both =
        UnknownFieldSet.newBuilder()
            .addField(WAS, bytes(onlyWas.build()))
            .addField(IS, bytes(onlyIs.build()))
            .build();
    return Extra.of(both.toByteArray());
  }

  /** Makes a plain message say again what {@code extra} says. */
  static <B extends Message.Builder> B apply(B plain, Extra extra) {
    if (extra.isEmpty()) {
      return plain;
    }
    UnknownFieldSet both = fields(ByteString.copyFrom(extra.bytes()));
    UnknownFieldSet was = fields(only(both.getField(WAS)));
    UnknownFieldSet is = fields(only(both.getField(IS)));
    UnknownFieldSet result =
        apply(fields(plain.build().toByteString()), was, is, plain.getDescriptorForType());
    plain.clear();
    try {
      plain.mergeFrom(result.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an extra that is not of this part of a model", e);
    }
    return plain;
  }

  private static UnknownFieldSet apply(
      UnknownFieldSet plain,
      UnknownFieldSet was,
      UnknownFieldSet is,
      @Nullable Descriptor descriptor) {
    UnknownFieldSet.Builder result = plain.toBuilder();
    for (int number : numbers(was, is)) {
      Field current = plain.getField(number);
      Field before = was.getField(number);
      Field now = is.getField(number);
      if (current.equals(before)) {
        result.clearField(number);
        put(result, number, now);
      } else if (descriptor != null) {
        FieldDescriptor field = descriptor.findFieldByNumber(number);
        if (field != null && field.isRepeated()) {
          put(result.clearField(number), number, elements(current, before, now));
        } else if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
          put(
              result.clearField(number),
              number,
              nested(current, before, now, field.getMessageType()));
        }
      }
    }
    return result.build();
  }

  /**
   * The elements of a changed list that are still what one of the old ones was become what that one
   * is.
   */
  private static Field elements(Field current, Field before, Field now) {
    List<ByteString> was = before.getLengthDelimitedList();
    List<ByteString> is = now.getLengthDelimitedList();
    List<ByteString> list = current.getLengthDelimitedList();
    if (list.isEmpty() || was.size() != is.size()) {
      return current;
    }
    List<Integer> unused = new ArrayList<>();
    for (int i = 0; i < was.size(); i++) {
      if (!was.get(i).equals(is.get(i))) {
        unused.add(i);
      }
    }
    Field.Builder result = Field.newBuilder();
    for (ByteString element : list) {
      ByteString chosen = element;
      for (int i = 0; i < unused.size(); i++) {
        int old = unused.get(i);
        if (was.get(old).equals(element)) {
          chosen = is.get(old);
          unused.remove(i);
          break;
        }
      }
      result.addLengthDelimited(chosen);
    }
    return result.build();
  }

  /** A message of which only a part was changed takes back what the rest of it is in the file. */
  private static Field nested(Field current, Field before, Field now, Descriptor descriptor) {
    if (current.getLengthDelimitedList().size() != 1
        || before.getLengthDelimitedList().size() != 1
        || now.getLengthDelimitedList().size() != 1) {
      return current;
    }
    return bytes(apply(fields(only(current)), fields(only(before)), fields(only(now)), descriptor));
  }

  private static Set<Integer> numbers(UnknownFieldSet a, UnknownFieldSet b) {
    Set<Integer> numbers = new TreeSet<>(a.asMap().keySet());
    numbers.addAll(b.asMap().keySet());
    return numbers;
  }

  private static void put(UnknownFieldSet.Builder set, int number, Field field) {
    if (!field.equals(ABSENT)) {
      set.addField(number, field);
    }
  }

  private static Field bytes(UnknownFieldSet fields) {
    return Field.newBuilder().addLengthDelimited(fields.toByteString()).build();
  }

  private static ByteString only(Field field) {
    return field.getLengthDelimitedList().getFirst();
  }

  private static UnknownFieldSet fields(ByteString message) {
    try {
      return UnknownFieldSet.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message that was just written", e);
    }
  }
}
