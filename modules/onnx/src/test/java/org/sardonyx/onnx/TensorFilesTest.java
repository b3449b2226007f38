package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
