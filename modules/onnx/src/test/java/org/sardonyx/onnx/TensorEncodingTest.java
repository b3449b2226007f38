package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

/** Elements in every field that may hold them. */
class TensorEncodingTest {

  @ParameterizedTest
  @EnumSource(DataType.class)
  void rawAndTypedAgree(DataType type) {
    Random random = new Random(type.code());
    for (int size : new int[] {0, 1, 2, 3, 4, 5, 7, 64, 4099}) {
      TensorProto typed =
          Tensors.typed(
                  TensorProto.newBuilder().setDataType(type.code()).addDims(size),
                  type,
                  size,
                  random)
              .build();
      Tensor tensor = load(typed);
      assertEquals(type, tensor.dataType());
      assertArrayEquals(new int[] {size}, tensor.shape());
      TensorProto written = TensorEncoder.proto("name", tensor);
      assertEquals(tensor, load(written));
      if (type != DataType.STRING) {
        assertEquals(type.byteSize(size), written.getRawData().size());
        assertArrayEquals(reference(typed, type, size), written.getRawData().toByteArray());
      }
    }
  }

  @Test
  void elementsByHand() {
    assertArrayEquals(
        new float[] {1, -2},
        load(raw(DataType.FLOAT, 2, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0)).floats());
    assertArrayEquals(
        new long[] {-2},
        load(raw(DataType.INT64, 1, 0xfe, 255, 255, 255, 255, 255, 255, 255)).longs());
    Tensor half = load(typed(DataType.FLOAT16, 2).addInt32Data(0x3c00).addInt32Data(0xc000));
    assertEquals(1, half.getDouble(0));
    assertEquals(-2, half.getDouble(1));
    Tensor brain = load(typed(DataType.BFLOAT16, 1).addInt32Data(0x3fc0));
    assertEquals(1.5, brain.getDouble(0));
    Tensor eighth = load(typed(DataType.FLOAT8E4M3FN, 1).addInt32Data(0x38));
    assertEquals(1, eighth.getDouble(0));
    Tensor bool = load(raw(DataType.BOOL, 3, 0, 1, 7));
    assertArrayEquals(new byte[] {0, 1, 1}, bool.bytes());
  }

  @Test
  void packedTypesBeginAtTheLowestBits() {
    Tensor nibbles = load(raw(DataType.INT4, 3, 0xf1, 0xe7));
    assertEquals(List.of(1L, -1L, 7L), list(nibbles));
    assertArrayEquals(new byte[] {(byte) 0xf1, 0x07}, nibbles.bytes());
    assertEquals(nibbles, load(typed(DataType.INT4, 3).addInt32Data(0xf1).addInt32Data(0x07)));
    Tensor pairs = load(raw(DataType.UINT2, 5, 0b11_10_01_00, 0xfe));
    assertEquals(List.of(0L, 1L, 2L, 3L, 2L), list(pairs));
    assertArrayEquals(new byte[] {(byte) 0b11_10_01_00, 2}, pairs.bytes());
  }

  @Test
  void unsignedNumbersKeepTheirBits() {
    assertEquals(
        0xffff_fffeL, load(typed(DataType.UINT32, 1).addUint64Data(0xffff_fffeL)).getLong(0));
    assertEquals(-1L, load(typed(DataType.UINT64, 1).addUint64Data(-1L)).longs()[0]);
    assertEquals(255, load(typed(DataType.UINT8, 1).addInt32Data(255)).getLong(0));
    assertEquals(-1, load(typed(DataType.INT8, 1).addInt32Data(-1)).getLong(0));
  }

  @Test
  void emptyAndScalar() {
    assertEquals(0, load(raw(DataType.FLOAT, 0)).size());
    Tensor scalar = load(TensorProto.newBuilder().setDataType(1).addFloatData(3));
    assertEquals(0, scalar.rank());
    assertEquals(3, scalar.floats()[0]);
    Tensor none =
        load(
            TensorProto.newBuilder()
                .setDataType(1)
                .addDims(0)
                .addDims(1L << 62)
                .addDims(1L << 40)
                .clearDims()
                .addDims(5)
                .addDims(0));
    assertArrayEquals(new int[] {5, 0}, none.shape());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    refused(TensorProto.newBuilder(), "data_type");
    refused(TensorProto.newBuilder().setDataType(1).addDims(-1), "dimension 0 is -1");
    refused(raw(DataType.FLOAT, 2, 0, 0, 0, 0).toBuilder(), "raw_data has 4 bytes", "need 8");
    refused(typed(DataType.FLOAT, 2).addFloatData(1), "float_data has 1 entries", "need 2");
    refused(typed(DataType.FLOAT, 1).addInt32Data(1), "float cannot stand in int32_data");
    refused(
        typed(DataType.FLOAT, 1).addFloatData(1).setRawData(ByteString.copyFrom(new byte[4])),
        "raw_data and in float_data");
    refused(raw(DataType.STRING, 1, 65).toBuilder(), "string cannot stand in raw_data");
    refused(typed(DataType.INT4, 3).addInt32Data(1), "need 2");
    assertThrows(UnsupportedModel.class, () -> load(TensorProto.newBuilder().setDataType(27)));
    assertThrows(
        UnsupportedModel.class,
        () -> load(typed(DataType.FLOAT, 0).setSegment(TensorProto.Segment.getDefaultInstance())));
    assertThrows(
        LimitExceeded.class,
        () -> load(typed(DataType.FLOAT, 1).clearDims().addDims(1L << 40).addDims(1L << 40)));
    assertThrows(
        LimitExceeded.class, () -> load(typed(DataType.DOUBLE, 1).clearDims().addDims(1L << 62)));
    TensorProto.Builder deep = typed(DataType.FLOAT, 0);
    for (int i = 0; i < 70; i++) {
      deep.addDims(1);
    }
    assertThrows(LimitExceeded.class, () -> load(deep));
  }

  @Test
  void errorsNameTheTensor() {
    ModelException e =
        assertThrows(
            MalformedModel.class, () -> load(typed(DataType.FLOAT, 9).setName("weights\u001b[1m")));
    assertTrue(e.getMessage().startsWith("tensor \"weights\\u001b[1m\": "), e.getMessage());
  }

  @Test
  void nothingIsDecodedToLearnTypeAndShape() {
    TensorProto proto = raw(DataType.FLOAT, 2, 0, 0, 0, 0, 0, 0, 0, 0);
    TensorData data = data(proto);
    assertEquals(DataType.FLOAT, data.dataType());
    assertEquals(Shape.of(2), data.shape());
    assertSame(data.load(), data.load());
    assertEquals(data, data(proto));
    assertEquals(data.hashCode(), data(proto).hashCode());
    assertEquals("other", data.named("other").name());
    assertInstanceOf(StoredTensor.class, data.named("other"));
  }

  /** Another way from entries to bytes: one after the other, through a buffer. */
  private static byte[] reference(TensorProto proto, DataType type, int size) {
    ByteBuffer bytes = ByteBuffer.allocate((int) type.byteSize(size) + 16);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    proto.getFloatDataList().forEach(bytes::putFloat);
    proto.getDoubleDataList().forEach(bytes::putDouble);
    proto.getInt64DataList().forEach(bytes::putLong);
    for (long entry : proto.getUint64DataList()) {
      if (type == DataType.UINT32) {
        bytes.putInt((int) entry);
      } else {
        bytes.putLong(entry);
      }
    }
    for (int entry : proto.getInt32DataList()) {
      switch (type.bits()) {
        case 32 -> bytes.putInt(entry);
        case 16 -> bytes.putShort((short) entry);
        default -> bytes.put((byte) entry);
      }
    }
    byte[] result = new byte[(int) type.byteSize(size)];
    bytes.flip().get(result);
    if (type.isPacked() && size * type.bits() % 8 != 0) {
      result[result.length - 1] &= (byte) ((1 << size * type.bits() % 8) - 1);
    }
    return result;
  }

  private static void refused(TensorProto.Builder proto, String... words) {
    MalformedModel e = assertThrows(MalformedModel.class, () -> load(proto));
    for (String word : words) {
      assertTrue(e.getMessage().contains(word), e.getMessage());
    }
  }

  private static TensorProto.Builder typed(DataType type, int size) {
    return TensorProto.newBuilder().setDataType(type.code()).addDims(size);
  }

  private static TensorProto raw(DataType type, int size, int... bytes) {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    return typed(type, size).setRawData(ByteString.copyFrom(raw)).build();
  }

  private static List<Long> list(Tensor tensor) {
    return java.util.stream.IntStream.range(0, tensor.size())
        .mapToObj(i -> tensor.getLong(i))
        .toList();
  }

  private static TensorData data(TensorProto proto) {
    return StoredTensor.of(proto, new ExternalFiles(null, ReadOptions.DEFAULT), Cuts.NONE);
  }

  private static Tensor load(TensorProto proto) {
    return data(proto).load();
  }

  private static Tensor load(TensorProto.Builder proto) {
    return load(proto.build());
  }
}
