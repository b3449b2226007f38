package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import java.util.Random;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;

/** Messages of tensors whose data fits their type and shape. */
final class Tensors {

  private Tensors() {}

  static TensorProto random(Random random) {
    DataType type = DataType.of(1 + random.nextInt(26));
    int[] dims = new int[random.nextInt(4)];
    int size = 1;
    for (int i = 0; i < dims.length; i++) {
      dims[i] = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(3);
      size *= dims[i];
    }
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type.code());
    for (int dim : dims) {
      tensor.addDims(dim);
    }
    if (random.nextInt(6) == 0) {
      // Large enough to be left in a mapped file.
      byte[] bytes = new byte[4096 + random.nextInt(9000)];
      random.nextBytes(bytes);
      return TensorProto.newBuilder()
          .setDataType(DataType.UINT8.code())
          .addDims(bytes.length)
          .setRawData(ByteString.copyFrom(bytes))
          .build();
    }
    if (type != DataType.STRING && random.nextBoolean()) {
      byte[] bytes = new byte[(int) type.byteSize(size)];
      random.nextBytes(bytes);
      return tensor.setRawData(ByteString.copyFrom(bytes)).build();
    }
    return typed(tensor, type, size, random).build();
  }

  /** Fills the typed list of a type. */
  static TensorProto.Builder typed(
      TensorProto.Builder tensor, DataType type, int size, Random random) {
    int entries =
        type.isPacked()
            ? (int) type.byteSize(size)
            : type.kind() == DataType.Kind.COMPLEX ? 2 * size : size;
    for (int i = 0; i < entries; i++) {
      switch (type) {
        case FLOAT, COMPLEX64 -> tensor.addFloatData(Float.intBitsToFloat(random.nextInt()));
        case DOUBLE, COMPLEX128 -> tensor.addDoubleData(random.nextGaussian());
        case INT64 -> tensor.addInt64Data(random.nextLong());
        case UINT64 -> tensor.addUint64Data(random.nextLong());
        case UINT32 -> tensor.addUint64Data(random.nextInt() & 0xffff_ffffL);
        case INT32 -> tensor.addInt32Data(random.nextInt());
        case STRING -> tensor.addStringData(ByteString.copyFromUtf8("s" + random.nextInt()));
        case BOOL -> tensor.addInt32Data(random.nextInt(2));
        case INT16 -> tensor.addInt32Data((short) random.nextInt());
        case UINT16, FLOAT16, BFLOAT16 -> tensor.addInt32Data(random.nextInt() & 0xffff);
        case INT8 -> tensor.addInt32Data((byte) random.nextInt());
        default -> tensor.addInt32Data(random.nextInt() & 0xff);
      }
    }
    return tensor;
  }
}
