package org.sardonyx.oracle;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Values as bytes between two processes of one machine; both sides are this class. */
final class Wire {

  private static final int TENSOR = 1;
  private static final int SEQUENCE = 2;
  private static final int NOTHING = 3;
  private static final int SOMETHING = 4;
  private static final int MAP = 5;
  private static final int SPARSE = 6;

  private Wire() {}

  static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  static void writeTexts(DataOutputStream out, Map<String, String> texts) throws IOException {
    out.writeInt(texts.size());
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      writeText(out, entry.getKey());
      writeText(out, entry.getValue());
    }
  }

  static Map<String, String> readTexts(DataInputStream in) throws IOException {
    int count = in.readInt();
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      texts.put(readText(in), readText(in));
    }
    return texts;
  }

  static void writeAll(DataOutputStream out, Map<String, Value> values) throws IOException {
    out.writeInt(values.size());
    for (Map.Entry<String, Value> entry : values.entrySet()) {
      writeText(out, entry.getKey());
      write(out, entry.getValue());
    }
  }

  static Map<String, Value> readAll(DataInputStream in) throws IOException {
    int count = in.readInt();
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      values.put(readText(in), read(in));
    }
    return values;
  }

  static void write(DataOutputStream out, Value value) throws IOException {
    switch (value) {
      case Tensor tensor -> {
        out.writeByte(TENSOR);
        writeTensor(out, tensor);
      }
      case SequenceValue(Type elementType, List<Value> elements) -> {
        out.writeByte(SEQUENCE);
        writeType(out, elementType);
        out.writeInt(elements.size());
        for (Value element : elements) {
          write(out, element);
        }
      }
      case OptionalValue(Type elementType, @Nullable Value held) -> {
        out.writeByte(held == null ? NOTHING : SOMETHING);
        writeType(out, elementType);
        if (held != null) {
          write(out, held);
        }
      }
      case MapValue(Tensor keys, SequenceValue values) -> {
        out.writeByte(MAP);
        writeTensor(out, keys);
        write(out, values);
      }
      case SparseTensor(Tensor values, Tensor indices, Shape shape) -> {
        out.writeByte(SPARSE);
        writeTensor(out, values);
        writeTensor(out, indices);
        long[] sizes = shape.sizes();
        out.writeInt(sizes.length);
        for (long size : sizes) {
          out.writeLong(size);
        }
      }
    }
  }

  static Value read(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case TENSOR -> readTensor(in);
      case SEQUENCE -> {
        Type type = readType(in);
        int count = in.readInt();
        List<Value> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          elements.add(read(in));
        }
        yield new SequenceValue(type, elements);
      }
      case NOTHING -> new OptionalValue(readType(in), null);
      case SOMETHING -> new OptionalValue(readType(in), read(in));
      case MAP -> new MapValue(readTensor(in), (SequenceValue) read(in));
      case SPARSE -> {
        Tensor values = readTensor(in);
        Tensor indices = readTensor(in);
        long[] sizes = new long[in.readInt()];
        for (int i = 0; i < sizes.length; i++) {
          sizes[i] = in.readLong();
        }
        yield new SparseTensor(values, indices, Shape.of(sizes));
      }
      default -> throw new IOException("not a value: " + kind);
    };
  }

  /** Writes element types and nesting; the shapes of elements are not carried. */
  private static void writeType(DataOutputStream out, Type type) throws IOException {
    switch (type) {
      case Type.OfTensor(DataType element, Shape _) -> {
        out.writeByte(TENSOR);
        out.writeByte(element.code());
      }
      case Type.OfSparseTensor(DataType element, Shape _) -> {
        out.writeByte(SPARSE);
        out.writeByte(element.code());
      }
      case Type.OfSequence(Type element) -> {
        out.writeByte(SEQUENCE);
        writeType(out, element);
      }
      case Type.OfOptional(Type element) -> {
        out.writeByte(SOMETHING);
        writeType(out, element);
      }
      case Type.OfMap(DataType key, Type held) -> {
        out.writeByte(MAP);
        out.writeByte(key.code());
        writeType(out, held);
      }
      case Type.Opaque opaque -> throw new IOException(opaque.spec() + " cannot be sent");
    }
  }

  private static Type readType(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case TENSOR -> Type.tensor(DataType.of(in.readByte()));
      case SPARSE -> new Type.OfSparseTensor(DataType.of(in.readByte()), Shape.UNKNOWN);
      case SEQUENCE -> new Type.OfSequence(readType(in));
      case SOMETHING -> new Type.OfOptional(readType(in));
      case MAP -> new Type.OfMap(DataType.of(in.readByte()), readType(in));
      default -> throw new IOException("not a type: " + kind);
    };
  }

  private static void writeTensor(DataOutputStream out, Tensor tensor) throws IOException {
    out.writeByte(tensor.dataType().code());
    int[] shape = tensor.shape();
    out.writeByte(shape.length);
    for (int dim : shape) {
      out.writeInt(dim);
    }
    if (tensor.array() instanceof String[] strings) {
      for (String string : strings) {
        writeText(out, string);
      }
    } else {
      byte[] bytes = bytes(tensor);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  private static Tensor readTensor(DataInputStream in) throws IOException {
    DataType type = DataType.of(in.readByte());
    int[] shape = new int[in.readByte()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.readInt();
    }
    Tensor tensor = Tensor.zeros(type, shape);
    if (tensor.array() instanceof String[] strings) {
      for (int i = 0; i < strings.length; i++) {
        strings[i] = readText(in);
      }
    } else {
      fill(tensor, ByteBuffer.wrap(in.readNBytes(in.readInt())));
    }
    return tensor;
  }

  /** Returns the elements as the format keeps them: little endian. */
  static byte[] bytes(Tensor tensor) {
    if (tensor.array() instanceof byte[] bytes) {
      return bytes;
    }
    byte[] bytes = new byte[size(tensor)];
    put(tensor, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Returns how many bytes the elements take; not for strings. */
  static int size(Tensor tensor) {
    return Math.multiplyExact(
        java.lang.reflect.Array.getLength(tensor.array()), width(tensor.array()));
  }

  /** Puts the elements, little endian, at the beginning of {@code bytes}. */
  static void put(Tensor tensor, ByteBuffer bytes) {
    ByteBuffer buffer = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor.array()) {
      case float[] a -> buffer.asFloatBuffer().put(a);
      case double[] a -> buffer.asDoubleBuffer().put(a);
      case int[] a -> buffer.asIntBuffer().put(a);
      case long[] a -> buffer.asLongBuffer().put(a);
      case short[] a -> buffer.asShortBuffer().put(a);
      case byte[] a -> buffer.put(a);
      default -> throw new IllegalStateException();
    }
  }

  /** Sets the elements of {@code tensor} from little-endian bytes. */
  static void fill(Tensor tensor, ByteBuffer bytes) {
    ByteBuffer buffer = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor.array()) {
      case float[] a -> buffer.asFloatBuffer().get(a);
      case double[] a -> buffer.asDoubleBuffer().get(a);
      case int[] a -> buffer.asIntBuffer().get(a);
      case long[] a -> buffer.asLongBuffer().get(a);
      case short[] a -> buffer.asShortBuffer().get(a);
      case byte[] a -> buffer.get(a);
      default -> throw new IllegalStateException();
    }
  }

  private static int width(Object array) {
    return switch (array) {
      case float[] _, int[] _ -> 4;
      case double[] _, long[] _ -> 8;
      case short[] _ -> 2;
      default -> 1;
    };
  }
}
