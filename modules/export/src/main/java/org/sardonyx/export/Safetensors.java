package org.sardonyx.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.archive.FileBytes;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads safetensors: 8 bytes with the length of a header in JSON, little endian; the header, an
 * entry {@code {"dtype", "shape", "data_offsets"}} for each name; and the elements. What does not
 * fit together is refused with the name of the tensor and the offset.
 */
public final class Safetensors {

  /** The longest header that is read; the format allows no more. */
  public static final long MAX_HEADER = 100_000_000;

  private static final int START = 8;
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

  private Safetensors() {}

  private record Entry(String name, DataType type, int[] shape, long from, long to) {}

  /** Reads all tensors of a file, as {@link #open} does. */
  public static Map<String, Tensor> read(Path path) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    open(path).forEach((name, stored) -> tensors.put(name, stored.load()));
    return tensors;
  }

  /**
   * Reads the header of a file, which is mapped: elements are read when they are asked for. The
   * file must not be changed as long.
   *
   * @throws MalformedModel where the file is no safetensors, or its header does not fit its length
   * @throws UnsupportedModel where elements are of a type that is not known
   * @throws LimitExceeded where a header or a tensor is too large
   */
  public static Map<String, TensorData> open(Path path) {
    try {
      return open(FileBytes.of(path), String.valueOf(path.getFileName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, TensorData> open(MemorySegment file, String label) {
    try {
      long size = file.byteSize();
      if (size < START) {
        throw new MalformedModel("a file of " + size + " bytes; safetensors begin with 8");
      }
      long length = file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE), 0);
      if (length < 2 || length > size - START) {
        throw new MalformedModel(
            "at offset 0: the header is said to be of "
                + Long.toUnsignedString(length)
                + " bytes, the file has "
                + (size - START)
                + " more");
      }
      if (length > MAX_HEADER) {
        throw new LimitExceeded(
            "header", "a header of " + length + " bytes; most is " + MAX_HEADER);
      }
      byte[] header = file.asSlice(START, length).toArray(ValueLayout.JAVA_BYTE);
      long room = size - START - length;
      List<Entry> entries = entries(header, room);
      requireApart(entries, room, START + length);
      MemorySegment data = file.asSlice(START + length);
      Map<String, TensorData> tensors = new LinkedHashMap<>();
      for (Entry entry : entries) {
        MemorySegment bytes = data.asSlice(entry.from(), entry.to() - entry.from());
        tensors.put(entry.name(), new Stored(entry, bytes, label));
      }
      return tensors;
    } catch (ModelException e) {
      throw e.within(label);
    }
  }

  /** A tensor that stays in its file until it is loaded. */
  private record Stored(Entry entry, MemorySegment bytes, String label) implements TensorData {
    @Override
    public String name() {
      return entry.name();
    }

    @Override
    public DataType dataType() {
      return entry.type();
    }

    @Override
    public Shape shape() {
      return Shape.of(Arrays.stream(entry.shape()).asLongStream().toArray());
    }

    @Override
    public @Nullable MemorySegment raw() {
      return entry.type() == DataType.BOOL ? null : bytes;
    }

    @Override
    public Tensor load() {
      try {
        return tensor(entry, bytes.asByteBuffer().order(LITTLE));
      } catch (ModelException e) {
        throw e.within(label);
      }
    }
  }

  private static List<Entry> entries(byte[] header, long room) {
    if (header[0] != '{') {
      throw new MalformedModel("at offset 8: a header begins with {");
    }
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser json = factory.createParser(ObjectReadContext.empty(), header)) {
      List<Entry> entries = new ArrayList<>();
      require(json, json.nextToken(), JsonToken.START_OBJECT, "");
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("__metadata__")) {
          require(json, json.currentToken(), JsonToken.START_OBJECT, name);
          json.skipChildren();
        } else {
          entries.add(entry(json, name, room));
        }
      }
      require(json, json.currentToken(), JsonToken.END_OBJECT, "");
      if (json.nextToken() != null) {
        throw wrong(json, "", "there is more behind the header");
      }
      return entries;
    } catch (JacksonException e) {
      throw new MalformedModel(
          "at offset "
              + (START + Math.max(0, e.getLocation() == null ? 0 : e.getLocation().getByteOffset()))
              + ": the header is no JSON: "
              + Text.escape(String.valueOf(e.getOriginalMessage())),
          e);
    }
  }

  private static Entry entry(JsonParser json, String name, long room) {
    require(json, json.currentToken(), JsonToken.START_OBJECT, name);
    DataType type = null;
    long[] shape = null;
    long[] range = null;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "dtype" -> type = type(json, name);
        case "shape" -> shape = longs(json, name);
        case "data_offsets" -> range = longs(json, name);
        default -> throw wrong(json, name, "\"" + Text.escape(key) + "\" is not known");
      }
    }
    require(json, json.currentToken(), JsonToken.END_OBJECT, name);
    if (type == null || shape == null || range == null || range.length != 2) {
      throw wrong(json, name, "dtype, shape and two data_offsets belong to it");
    }
    if (range[0] > range[1] || range[1] > room) {
      throw wrong(
          json,
          name,
          "data_offsets are " + range[0] + " to " + range[1] + ", the file holds " + room);
    }
    int[] sizes = new int[shape.length];
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] > Integer.MAX_VALUE) {
        throw new LimitExceeded("elements", "\"" + Text.escape(name) + "\" fits no array");
      }
      sizes[i] = (int) shape[i];
    }
    long elements = Tensor.checkedSize(sizes);
    long needed = type.byteSize(elements);
    if (needed != range[1] - range[0]) {
      throw wrong(
          json,
          name,
          type.specName()
              + Arrays.toString(sizes)
              + " takes "
              + needed
              + " bytes, data_offsets give "
              + (range[1] - range[0]));
    }
    if (needed > Integer.MAX_VALUE - 8) {
      throw new LimitExceeded(
          "bytes", "\"" + Text.escape(name) + "\" takes " + needed + " bytes; most is 2 GiB");
    }
    return new Entry(name, type, sizes, range[0], range[1]);
  }

  private static DataType type(JsonParser json, String name) {
    require(json, json.currentToken(), JsonToken.VALUE_STRING, name);
    return switch (json.getString()) {
      case "F64" -> DataType.DOUBLE;
      case "F32" -> DataType.FLOAT;
      case "F16" -> DataType.FLOAT16;
      case "BF16" -> DataType.BFLOAT16;
      case "I64" -> DataType.INT64;
      case "U64" -> DataType.UINT64;
      case "I32" -> DataType.INT32;
      case "U32" -> DataType.UINT32;
      case "I16" -> DataType.INT16;
      case "U16" -> DataType.UINT16;
      case "I8" -> DataType.INT8;
      case "U8" -> DataType.UINT8;
      case "BOOL" -> DataType.BOOL;
      default ->
          throw new UnsupportedModel(
              "\"" + Text.escape(name) + "\": elements of type " + Text.escape(json.getString()));
    };
  }

  private static long[] longs(JsonParser json, String name) {
    require(json, json.currentToken(), JsonToken.START_ARRAY, name);
    List<Long> values = new ArrayList<>();
    while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      long value = json.getLongValue();
      if (value < 0) {
        throw wrong(json, name, "a negative number");
      }
      values.add(value);
    }
    require(json, json.currentToken(), JsonToken.END_ARRAY, name);
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static void require(JsonParser json, JsonToken found, JsonToken wanted, String name) {
    if (found != wanted) {
      throw wrong(json, name, "expected " + wanted + ", not " + found);
    }
  }

  private static MalformedModel wrong(JsonParser json, String name, String what) {
    return new MalformedModel(
        "at offset "
            + (START + json.currentLocation().getByteOffset())
            + (name.isEmpty() ? "" : ", \"" + Text.escape(name) + "\"")
            + ": "
            + what);
  }

  /** The ranges lie side by side and fill the file: none shares bytes, none are left over. */
  private static void requireApart(List<Entry> entries, long room, long start) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
    long end = 0;
    Set<String> seen = new HashSet<>();
    String before = "";
    for (Entry entry : sorted) {
      if (!seen.add(entry.name())) {
        throw new MalformedModel("\"" + Text.escape(entry.name()) + "\" is there twice");
      }
      if (entry.from() != end) {
        throw new MalformedModel(
            "at offset "
                + (start + Math.min(entry.from(), end))
                + ", \""
                + Text.escape(entry.name())
                + "\": "
                + (entry.from() < end
                    ? "its bytes are those of \"" + Text.escape(before) + "\", too"
                    : (entry.from() - end) + " bytes before it belong to no tensor"));
      }
      end = entry.to();
      before = entry.name();
    }
    if (end != room) {
      throw new MalformedModel(
          "at offset " + (start + end) + ": " + (room - end) + " bytes belong to no tensor");
    }
  }

  private static Tensor tensor(Entry entry, ByteBuffer data) {
    Tensor tensor = Tensor.zeros(entry.type(), entry.shape());
    switch (tensor.array()) {
      case float[] a -> data.asFloatBuffer().get(a);
      case double[] a -> data.asDoubleBuffer().get(a);
      case long[] a -> data.asLongBuffer().get(a);
      case int[] a -> data.asIntBuffer().get(a);
      case short[] a -> data.asShortBuffer().get(a);
      case byte[] a -> data.get(a);
      default -> throw new IllegalStateException();
    }
    if (entry.type() == DataType.BOOL) {
      for (byte b : tensor.bytes()) {
        if (b != 0 && b != 1) {
          throw new MalformedModel("\"" + Text.escape(entry.name()) + "\": a bool is 0 or 1");
        }
      }
    }
    return tensor;
  }
}
