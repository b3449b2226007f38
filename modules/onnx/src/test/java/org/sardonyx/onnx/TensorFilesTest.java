package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.onnx.proto.MapProto;
import org.sardonyx.onnx.proto.OptionalProto;
import org.sardonyx.onnx.proto.SequenceProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Values of every kind in files. */
class TensorFilesTest {

  private static final Type FLOAT = Type.tensor(DataType.FLOAT);
  private static final Tensor A = Tensor.of(new float[] {1, 2}, 2);
  private static final Tensor B = Tensor.of(new float[] {3}, 1, 1);
  private static final SequenceValue SEQUENCE = new SequenceValue(FLOAT, List.of(A, B));
  private static final MapValue MAP = new MapValue(Tensor.of(new String[] {"k", "l"}, 2), SEQUENCE);

  @TempDir Path folder;

  @Test
  void everyKindComesBack() throws Exception {
    SparseTensor sparse = new SparseTensor(A, Tensor.vector(0, 5), Shape.of(2, 3));
    List<Value> values =
        List.of(
            A,
            B,
            Tensor.of(new String[] {"x", ""}, 2),
            sparse,
            SEQUENCE,
            new SequenceValue(FLOAT, List.of()),
            new SequenceValue(SEQUENCE.type(), List.of(SEQUENCE)),
            new SequenceValue(MAP.type(), List.of(MAP)),
            new SequenceValue(sparse.type(), List.of(sparse)),
            new OptionalValue(FLOAT, A),
            new OptionalValue(FLOAT, null),
            new OptionalValue(SEQUENCE.type(), SEQUENCE),
            new OptionalValue(new Type.OfOptional(FLOAT), new OptionalValue(FLOAT, B)),
            new OptionalValue(MAP.type(), MAP),
            MAP,
            new MapValue(Tensor.vector(-1, 7), SEQUENCE),
            new MapValue(
                Tensor.fromLongs(DataType.UINT8, new long[] {200}, 1),
                new SequenceValue(FLOAT, List.of(A))));
    for (Value value : values) {
      assertEquals(value, TensorFiles.read(TensorFiles.toBytes("n", value), value.type()));
      Path path = folder.resolve("input_0.pb");
      TensorFiles.write("n", value, path);
      assertEquals(value, TensorFiles.read(path, value.type()));
    }
    assertEquals("n", TensorProto.parseFrom(TensorFiles.toBytes("n", A)).getName());
    assertEquals("n", SequenceProto.parseFrom(TensorFiles.toBytes("n", SEQUENCE)).getName());
    assertEquals(A, TensorFiles.read(TensorFiles.toBytes("", A), null));
  }

  @Test
  void messagesAreThoseOfTheFormat() throws Exception {
    Value nested = new SequenceValue(MAP.type(), List.of(MAP, MAP));
    SequenceProto sequence = SequenceProto.parseFrom(TensorFiles.toBytes("n", nested));
    assertEquals("n", sequence.getName());
    assertEquals(SequenceProto.DataType.MAP.getNumber(), sequence.getElemType());
    MapProto map = sequence.getMapValues(1);
    assertEquals(DataType.STRING.code(), map.getKeyType());
    assertEquals("l", map.getStringKeys(1).toStringUtf8());
    assertEquals(SequenceProto.DataType.TENSOR.getNumber(), map.getValues().getElemType());
    assertEquals(2, map.getValues().getTensorValuesCount());
    OptionalProto optional =
        OptionalProto.parseFrom(
            TensorFiles.toBytes(
                "o",
                new OptionalValue(
                    new Type.OfOptional(SEQUENCE.type()),
                    new OptionalValue(SEQUENCE.type(), SEQUENCE))));
    assertEquals("o", optional.getName());
    assertEquals(OptionalProto.DataType.OPTIONAL.getNumber(), optional.getElemType());
    OptionalProto inner = optional.getOptionalValue();
    assertEquals(OptionalProto.DataType.SEQUENCE.getNumber(), inner.getElemType());
    assertEquals(2, inner.getSequenceValue().getTensorValuesCount());
    for (Message message : List.of(sequence, map, optional, inner)) {
      assertTrue(message.getUnknownFields().asMap().isEmpty(), message::toString);
    }
    assertArrayEquals(sequence.toByteArray(), TensorFiles.toBytes("n", nested));
  }

  @Test
  void fieldsOfOneMessageAreMergedAndKeysMayBePacked() throws Exception {
    byte[] first =
        OptionalProto.newBuilder()
            .setElemType(OptionalProto.DataType.TENSOR.getNumber())
            .setTensorValue(TensorProto.newBuilder().setDataType(1).addDims(2).addFloatData(1))
            .build()
            .toByteArray();
    byte[] second =
        OptionalProto.newBuilder()
            .setTensorValue(TensorProto.newBuilder().addFloatData(2))
            .build()
            .toByteArray();
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    Value merged = TensorFiles.read(both, new Type.OfOptional(FLOAT));
    assertEquals(new OptionalValue(FLOAT, A), merged);

    MapValue value = new MapValue(Tensor.vector(-1, 300), SEQUENCE);
    MapProto proto = MapProto.parseFrom(TensorFiles.toBytes("", value));
    ByteString.Output packed = ByteString.newOutput();
    CodedOutputStream output = CodedOutputStream.newInstance(packed);
    for (long key : proto.getKeysList()) {
      output.writeInt64NoTag(key);
    }
    output.flush();
    UnknownFieldSet keys =
        UnknownFieldSet.newBuilder()
            .addField(
                MapProto.KEYS_FIELD_NUMBER,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(packed.toByteString())
                    .build())
            .build();
    byte[] bytes = proto.toBuilder().clearKeys().setUnknownFields(keys).build().toByteArray();
    assertEquals(value, TensorFiles.read(bytes, value.type()));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    byte[] map = TensorFiles.toBytes("", MAP);
    assertThrows(
        MalformedModel.class,
        () -> TensorFiles.read(new byte[0], new Type.OfMap(DataType.STRING, FLOAT)));
    assertThrows(UnsupportedModel.class, () -> TensorFiles.read(map, new Type.Opaque("d", "n")));
    MapProto unequal =
        MapProto.newBuilder()
            .setKeyType(7)
            .addKeys(1)
            .setValues(SequenceProto.newBuilder())
            .build();
    assertThrows(
        MalformedModel.class,
        () -> TensorFiles.read(unequal.toByteArray(), new Type.OfMap(DataType.INT64, FLOAT)));
    assertThrows(
        MalformedModel.class,
        () ->
            TensorFiles.read(
                SequenceProto.newBuilder().setElemType(9).build().toByteArray(), SEQUENCE.type()));
    byte[] undefined = {2 << 3 | 2, 0};
    assertEquals(
        new OptionalValue(FLOAT, null), TensorFiles.read(undefined, new Type.OfOptional(FLOAT)));
    assertThrows(InvalidInput.class, () -> TensorFiles.readTensor(folder.resolve("none.pb")));
  }

  @Test
  void cutOffAnywhere() {
    for (Value value : List.of(A, SEQUENCE, new OptionalValue(FLOAT, A), MAP)) {
      byte[] whole = TensorFiles.toBytes("name", value);
      for (int i = 0; i < whole.length; i++) {
        try {
          TensorFiles.read(Arrays.copyOf(whole, i), value.type());
        } catch (ModelException e) {
          assertTrue(e.getMessage().length() < 500, e.getMessage());
        }
      }
    }
  }
}
