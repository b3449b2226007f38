package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.util.List;
import java.util.Random;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.GraphProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.SparseTensorProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.onnx.proto.TensorShapeProto;
import org.sardonyx.onnx.proto.TypeProto;

/**
 * Messages of every spelling a reader must take: fields absent, present with their default, set,
 * repeated; text that is no UTF-8; enum values and fields that nobody knows, at every level.
 * Written as fields of bytes, so that nothing is tidied on the way.
 */
final class RandomMessages {

  private static final int MAX_GRAPHS = 3;
  private static final int MAX_DEPTH = 14;
  private static final int MAX_MESSAGES = 300;

  private final Random random;
  private final double density;
  private int graphs;
  private int depth;
  private int messages;

  /**
   * @param density the chance of a field to be present
   */
  RandomMessages(Random random, double density) {
    this.random = random;
    this.density = density;
  }

  byte[] model() {
    return message(ModelProto.getDescriptor()).toByteArray();
  }

  private UnknownFieldSet message(Descriptor type) {
    UnknownFieldSet.Builder message = UnknownFieldSet.newBuilder();
    if (type == TensorProto.getDescriptor()) {
      tensor(message);
    } else {
      for (FieldDescriptor field : type.getFields()) {
        boolean needed = field.getFullName().equals("onnx.ModelProto.graph");
        if (needed || random.nextDouble() < density) {
          put(message, field);
        }
      }
      repair(type, message);
    }
    if (random.nextInt(4) == 0) {
      unknown(message);
    }
    return message.build();
  }

  private void put(UnknownFieldSet.Builder message, FieldDescriptor field) {
    if (field.getContainingOneof() != null) {
      field.getContainingOneof().getFields().forEach(one -> message.clearField(one.getNumber()));
    }
    int count = field.isRepeated() ? random.nextInt(4) : 1;
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      if (field.getMessageType() == GraphProto.getDescriptor() && graphs >= MAX_GRAPHS) {
        return;
      }
      if ((field.getMessageType() == TypeProto.getDescriptor() && depth >= MAX_DEPTH)
          || (messages > MAX_MESSAGES && random.nextInt(8) > 0)) {
        return;
      }
    }
    Field.Builder values = Field.newBuilder();
    for (int i = 0; i < count; i++) {
      value(values, field);
    }
    if (count > 0) {
      message.addField(field.getNumber(), values.build());
    }
  }

  private void value(Field.Builder values, FieldDescriptor field) {
    switch (field.getType()) {
      case MESSAGE -> {
        graphs += field.getMessageType() == GraphProto.getDescriptor() ? 1 : 0;
        depth++;
        messages++;
        values.addLengthDelimited(message(field.getMessageType()).toByteString());
        depth--;
      }
      case STRING, BYTES -> values.addLengthDelimited(text());
      case FLOAT -> values.addFixed32(random.nextInt(4) == 0 ? 0x7fa0_0001 : random.nextInt());
      case DOUBLE -> values.addFixed64(random.nextLong());
      case ENUM -> values.addVarint(random.nextInt(3) == 0 ? 99 : 0);
      default -> values.addVarint(number(field));
    }
  }

  private long number(FieldDescriptor field) {
    if (field.getName().equals("elem_type") || field.getName().equals("key_type")) {
      return random.nextInt(27);
    }
    if (field.getContainingType() == TensorShapeProto.Dimension.getDescriptor()) {
      return random.nextInt(5) - 1L;
    }
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(100);
      case 2 -> -1;
      default -> random.nextLong();
    };
  }

  private ByteString text() {
    return switch (random.nextInt(5)) {
      case 0 -> ByteString.EMPTY;
      case 1 -> ByteString.copyFrom(new byte[] {'a', (byte) 0xff, (byte) 0xc0, 'b'});
      case 2 -> ByteString.copyFromUtf8("é\u0001\uD83D\uDE00");
      default -> ByteString.copyFromUtf8("name" + random.nextInt(50));
    };
  }

  /** A tensor that the reader takes: its data fits its type and shape. */
  private void tensor(UnknownFieldSet.Builder message) {
    TensorProto tensor = Tensors.random(random);
    UnknownFieldSet whole;
    try {
      whole = UnknownFieldSet.parseFrom(tensor.toByteString());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    message.mergeFrom(whole);
    for (String name : List.of("name", "doc_string", "metadata_props")) {
      if (random.nextDouble() < density) {
        put(message, TensorProto.getDescriptor().findFieldByName(name));
      }
    }
    if (random.nextInt(5) == 0) {
      message.addField(
          TensorProto.DATA_LOCATION_FIELD_NUMBER, Field.newBuilder().addVarint(0).build());
    }
  }

  /** Adds what a message cannot be without. */
  private void repair(Descriptor type, UnknownFieldSet.Builder message) {
    if (type == SparseTensorProto.getDescriptor()) {
      for (int part : new int[] {1, 2}) {
        UnknownFieldSet.Builder tensor = UnknownFieldSet.newBuilder();
        tensor(tensor);
        set(message, part, tensor.build());
      }
      message.clearField(SparseTensorProto.DIMS_FIELD_NUMBER);
      message.addField(
          SparseTensorProto.DIMS_FIELD_NUMBER,
          Field.newBuilder().addVarint(3).addVarint(0).build());
    } else if (type == AttributeProto.getDescriptor()) {
      attribute(message);
    }
  }

  /**
   * Gives an attribute one kind: stated, with any other fields beside; or not stated, with one
   * field only.
   */
  private void attribute(UnknownFieldSet.Builder message) {
    List<String> fields =
        List.of(
            "f",
            "i",
            "s",
            "t",
            "g",
            "floats",
            "ints",
            "strings",
            "tensors",
            "graphs",
            "sparse_tensor",
            "sparse_tensors",
            "tp",
            "type_protos");
    int kind = 1 + random.nextInt(fields.size());
    if ((kind == 5 || kind == 10) && graphs >= MAX_GRAPHS) {
      kind = 2;
    }
    boolean stated = random.nextInt(4) > 0;
    for (int i = 0; i < fields.size(); i++) {
      FieldDescriptor field = AttributeProto.getDescriptor().findFieldByName(fields.get(i));
      if (!stated && i + 1 != kind) {
        message.clearField(field.getNumber());
      }
      if (i + 1 == kind && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        message.clearField(field.getNumber());
        int count = field.isRepeated() ? 2 : 1;
        for (int n = 0; n < count; n++) {
          message.addField(
              field.getNumber(),
              Field.newBuilder().addLengthDelimited(part(field).toByteString()).build());
        }
      }
      if (!stated && i + 1 == kind && !message.hasField(field.getNumber())) {
        Field.Builder one = Field.newBuilder();
        value(one, field);
        message.addField(field.getNumber(), one.build());
      }
    }
    message.clearField(AttributeProto.TYPE_FIELD_NUMBER);
    if (stated) {
      message.addField(
          AttributeProto.TYPE_FIELD_NUMBER, Field.newBuilder().addVarint(kind).build());
    }
    if (random.nextInt(3) > 0) {
      message.clearField(AttributeProto.REF_ATTR_NAME_FIELD_NUMBER);
    }
  }

  private UnknownFieldSet part(FieldDescriptor field) {
    if (field.getMessageType() == TypeProto.getDescriptor()) {
      TypeProto.Builder type = TypeProto.newBuilder();
      type.getTensorTypeBuilder().setElemType(1 + random.nextInt(26));
      try {
        return UnknownFieldSet.parseFrom(type.build().toByteString());
      } catch (com.google.protobuf.InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }
    graphs += field.getMessageType() == GraphProto.getDescriptor() ? 1 : 0;
    return message(field.getMessageType());
  }

  private static void set(UnknownFieldSet.Builder message, int number, UnknownFieldSet value) {
    message.clearField(number);
    message.addField(number, Field.newBuilder().addLengthDelimited(value.toByteString()).build());
  }

  private void unknown(UnknownFieldSet.Builder message) {
    Field.Builder field = Field.newBuilder();
    switch (random.nextInt(5)) {
      case 0 -> field.addVarint(random.nextLong());
      case 1 -> field.addFixed32(random.nextInt());
      case 2 -> field.addFixed64(random.nextLong());
      case 3 -> field.addLengthDelimited(text()).addLengthDelimited(text());
      default ->
          field.addGroup(
              UnknownFieldSet.newBuilder()
                  .addField(3, Field.newBuilder().addVarint(7).build())
                  .build());
    }
    message.addField(1000 + random.nextInt(3), field.build());
  }
}
