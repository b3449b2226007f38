package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * A constant as a file holds it: the message itself, whose bytes stay where the file was mapped, so
 * that writing it gives back what was read. Type, shape and the number of bytes were checked;
 * elements are decoded when asked for.
 */
final class StoredTensor implements TensorData {

  /**
   * Up to so many elements the decoded tensor is kept for good; else as long as someone uses it.
   */
  private static final int SMALL = 1024;

  /** From so many bytes on, giving back the pages of a mapped file pays. */
  private static final int LARGE = 1 << 16;

  private final String name;

  /** Whether the message says that the name is empty, where it was not read. */
  private final boolean emptyName;

  /** The message; null until somebody asks, where it says nothing but what stands here. */
  private volatile @Nullable TensorProto proto;

  private final @Nullable MemorySegment cut;

  /** A packed typed list as it stands in the message; null where that was read. */
  private final @Nullable MemorySegment list;

  private final DataType dataType;
  private final Shape shape;
  private final Encoding encoding;
  private final @Nullable ExternalRange external;
  private final ExternalFiles files;

  private volatile @Nullable Tensor small;
  private volatile WeakReference<Tensor> large = new WeakReference<>(null);

  private StoredTensor(
      String name,
      boolean emptyName,
      @Nullable TensorProto proto,
      @Nullable MemorySegment cut,
      @Nullable MemorySegment list,
      DataType dataType,
      Shape shape,
      Encoding encoding,
      @Nullable ExternalRange external,
      ExternalFiles files) {
    this.name = name;
    this.emptyName = emptyName;
    this.proto = proto;
    this.cut = cut;
    this.list = list;
    this.dataType = dataType;
    this.shape = shape;
    this.encoding = encoding;
    this.external = external;
    this.files = files;
  }

  /**
   * Checks a message without reading its elements.
   *
   * @throws MalformedModel where it is no tensor
   * @throws UnsupportedModel where its element type is not known, or it is a part of a larger
   *     tensor
   */
  static StoredTensor of(TensorProto proto, ExternalFiles files, Cuts cuts) {
    try {
      if (proto.getDataType() == 0) {
        throw new MalformedModel("the tensor has no element type (data_type)");
      }
      DataType type = DataType.of(proto.getDataType());
      if (proto.hasSegment()) {
        throw new UnsupportedModel(
            "the tensor is a segment of a larger one; join the segments first");
      }
      Limits limits = files.limits();
      long elements = Encoding.elements(proto.getDimsList(), limits);
      MemorySegment cut = cuts.piece(proto.getRawData());
      Encoding encoding = Encoding.of(proto, type, elements, cut);
      limits.check(
          Limit.TENSOR_BYTES,
          Encoding.needed(Encoding.EXTERNAL, type, elements),
          "the bytes of a tensor");
      ExternalRange external =
          encoding == Encoding.EXTERNAL
              ? ExternalRange.of(proto, Encoding.needed(encoding, type, elements))
              : null;
      if (external != null) {
        files.claim(external);
      }
      List<Dim> dims = new ArrayList<>(proto.getDimsCount());
      for (int i = 0; i < proto.getDimsCount(); i++) {
        dims.add(Dim.of(proto.getDims(i)));
      }
      Shape shape = Shape.of(dims);
      TensorProto rest = cut == null ? proto : proto.toBuilder().clearRawData().build();
      return new StoredTensor(
          proto.getName(), false, rest, cut, null, type, shape, encoding, external, files);
    } catch (ModelException e) {
      throw e.within(label(proto.getName()));
    }
  }

  /** Checks and returns a tensor whose message has these fields and no others. */
  static StoredTensor plain(
      String name, DataType type, List<Long> dims, MemorySegment raw, ExternalFiles files) {
    long bytes = Encoding.needed(Encoding.RAW, type, Encoding.elements(dims, files.limits()));
    files.limits().check(Limit.TENSOR_BYTES, bytes, "the bytes of a tensor");
    if (type == DataType.STRING || bytes != raw.byteSize()) {
      throw new MalformedModel("raw_data is not what the type and the shape need");
    }
    return new StoredTensor(
        name, false, null, raw, null, type, shape(dims), Encoding.RAW, null, files);
  }

  /**
   * As {@link #plain}, with the elements in a packed list of floats or integers.
   *
   * @param emptyName whether the message says that the name is empty
   * @param field the number of the list
   * @return null where it is none of these, or something is wrong
   */
  static @Nullable StoredTensor listed(
      String name,
      boolean emptyName,
      int code,
      List<Long> dims,
      int field,
      MemorySegment list,
      ExternalFiles files) {
    DataType type = DataType.of(code);
    boolean fits =
        switch (type) {
          case FLOAT -> field == TensorProto.FLOAT_DATA_FIELD_NUMBER;
          case INT64 -> field == TensorProto.INT64_DATA_FIELD_NUMBER;
          case INT32, INT8, UINT8 -> field == TensorProto.INT32_DATA_FIELD_NUMBER;
          default -> false;
        };
    if (!fits) {
      return null;
    }
    boolean floats = type == DataType.FLOAT;
    long elements = Encoding.elements(dims, files.limits());
    files
        .limits()
        .check(
            Limit.TENSOR_BYTES,
            Encoding.needed(Encoding.RAW, type, elements),
            "the bytes of a tensor");
    long found = floats ? list.byteSize() / Float.BYTES : TensorDecoder.varints(list);
    if (elements == 0 || found != elements || (floats && list.byteSize() % Float.BYTES != 0)) {
      return null;
    }
    return new StoredTensor(
        name, emptyName, null, null, list, type, shape(dims), Encoding.typed(type), null, files);
  }

  private static Shape shape(List<Long> dims) {
    List<Dim> sizes = new ArrayList<>(dims.size());
    for (long dim : dims) {
      sizes.add(Dim.of(dim));
    }
    return Shape.of(sizes);
  }

  /** Returns the message that was read, without {@code raw_data} where that was cut out. */
  TensorProto proto() {
    TensorProto known = proto;
    if (known == null) {
      TensorProto.Builder made = TensorProto.newBuilder().setDataType(dataType.code());
      for (long size : shape.sizes()) {
        made.addDims(size);
      }
      if (emptyName || !name.isEmpty()) {
        made.setName(name);
      }
      if (list != null) {
        if (dataType == DataType.FLOAT) {
          for (float one : load().floats()) {
            made.addFloatData(one);
          }
        } else {
          ByteBuffer bytes = list.asByteBuffer();
          while (bytes.hasRemaining()) {
            long one = TensorDecoder.varint(bytes);
            if (dataType == DataType.INT64) {
              made.addInt64Data(one);
            } else {
              made.addInt32Data((int) one);
            }
          }
        }
      }
      known = made.build();
      proto = known;
    }
    return known;
  }

  /** Returns what was cut out of the message: its {@code raw_data}; null where nothing was. */
  @Nullable MemorySegment cut() {
    return cut;
  }

  /** Returns where the elements lie outside the model; null where they do not. */
  @Nullable ExternalRange external() {
    return external;
  }

  ExternalFiles files() {
    return files;
  }

  /**
   * Returns the elements as little-endian bytes where the file has them so; null where it has a
   * typed list.
   */
  @Override
  public @Nullable MemorySegment raw() {
    if (external != null) {
      try {
        return files.map(external);
      } catch (ModelException e) {
        throw e.within(label(name()));
      }
    }
    if (encoding != Encoding.RAW) {
      return null;
    }
    return rawData();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DataType dataType() {
    return dataType;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Tensor load() {
    Tensor tensor = small;
    if (tensor != null) {
      return tensor;
    }
    tensor = large.get();
    if (tensor != null) {
      return tensor;
    }
    tensor = decode();
    if (tensor.size() <= SMALL) {
      small = tensor;
    } else {
      large = new WeakReference<>(tensor);
    }
    return tensor;
  }

  @Override
  public Tensor copy() {
    return small == null ? decode() : load().copy();
  }

  private Tensor decode() {
    try {
      long[] sizes = shape.sizes();
      int[] dims = new int[sizes.length];
      for (int i = 0; i < dims.length; i++) {
        if (sizes[i] > Integer.MAX_VALUE) {
          throw new LimitExceeded("elements", "a tensor of shape " + shape + " fits no array");
        }
        dims[i] = (int) sizes[i];
      }
      MemorySegment raw = raw();
      if (raw == null && list != null && encoding == Encoding.FLOAT_DATA) {
        raw = list; // the same bytes
      }
      if (raw == null) {
        return list != null
            ? TensorDecoder.ofVarints(dataType, dims, list)
            : TensorDecoder.ofTyped(dataType, dims, proto());
      }
      Tensor tensor = TensorDecoder.ofRaw(dataType, dims, raw);
      if (raw.isMapped() && raw.byteSize() >= LARGE) {
        // The copy is what is used from now on: the file's pages count for this process no longer.
        raw.unload();
      }
      if (external != null) {
        files.requireUnchanged(external);
      }
      return tensor;
    } catch (InternalError e) {
      // What the JVM throws where a mapped file has become shorter.
      String file = external == null ? "the model" : external.location();
      throw ExternalFiles.changed(file, e).within(label(name()));
    } catch (ModelException e) {
      throw e.location().path().isEmpty() ? e.within(label(name())) : e;
    } catch (OutOfMemoryError e) {
      throw LimitExceeded.heap().within(label(name()));
    }
  }

  @Override
  public TensorData named(String newName) {
    TensorProto known = proto;
    TensorProto renamed = known == null ? null : known.toBuilder().setName(newName).build();
    return new StoredTensor(
        newName,
        emptyName && newName.isEmpty(),
        renamed,
        cut,
        list,
        dataType,
        shape,
        encoding,
        external,
        files);
  }

  /** Whether both are the same message, external data from the same folder. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof StoredTensor tensor)
        || encoding != tensor.encoding
        || (external != null && !Objects.equals(files.directory(), tensor.files.directory()))) {
      return false;
    }
    if (cut == null && tensor.cut == null) {
      return proto().equals(tensor.proto());
    }
    if (!name.equals(tensor.name) || dataType != tensor.dataType || !shape.equals(tensor.shape)) {
      return false;
    }
    return ((proto == null && tensor.proto == null)
            || proto().toBuilder()
                .clearRawData()
                .build()
                .equals(tensor.proto().toBuilder().clearRawData().build()))
        && rawData().mismatch(tensor.rawData()) < 0;
  }

  private MemorySegment rawData() {
    return cut != null ? cut : segment(proto().getRawData());
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, dataType, shape);
  }

  @Override
  public String toString() {
    return dataType.specName() + shape;
  }

  private static MemorySegment segment(ByteString bytes) {
    return MemorySegment.ofBuffer(bytes.asReadOnlyByteBuffer());
  }

  private static String label(String name) {
    return name.isEmpty() ? "tensor" : "tensor \"" + Text.escape(name) + "\"";
  }
}
