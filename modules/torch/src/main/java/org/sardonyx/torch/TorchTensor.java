package org.sardonyx.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.torch.file.Storages;
import org.sardonyx.torch.pickle.Pickled.Quantization;
import org.sardonyx.torch.pickle.Pickled.TensorView;
import org.sardonyx.type.Shape;

/**
 * A tensor of a file of PyTorch: a view of a storage that stays in the file until it is loaded.
 * Shape, strides and offset, in elements, were checked against the storage. Of a quantized tensor
 * these are the integers.
 */
public final class TorchTensor implements TensorData {

  /** Elements that an expanded tensor may have beyond those of its storage. */
  private static final long MOST_EXPANDED = 1L << 26;

  private final String name;
  private final DataType dataType;
  private final TensorView view;
  private final long[] sizes;
  private final long[] strides;
  private final Storages.Found storage;
  private final Storages storages;

  private TorchTensor(
      String name, DataType dataType, TensorView view, Storages.Found storage, Storages storages) {
    this.name = name;
    this.dataType = dataType;
    this.view = view;
    this.sizes = view.shape().stream().mapToLong(Long::longValue).toArray();
    this.strides = view.strides().stream().mapToLong(Long::longValue).toArray();
    this.storage = storage;
    this.storages = storages;
  }

  /**
   * Checks a view against its storage.
   *
   * @throws MalformedModel where it reaches beyond it
   */
  @SuppressWarnings("exports") // for the packages of this module
  public static TorchTensor of(String name, TensorView view, Storages storages) {
    String label = "tensor \"" + Text.escape(name) + "\"";
    DataType type = Types.of(view, label);
    long width = type.bits() / 8;
    Storages.Found found = storages.find(view.storage().key(), label);
    long room = found.bytes().byteSize() / width;
    long first = view.storage().offset();
    // The count of an untyped storage is in bytes.
    long elements =
        view.storage().type().equals("UntypedStorage") || !view.dtype().isEmpty()
            ? room
            : view.storage().elements();
    if (first < 0 || elements > room - first) {
      throw new MalformedModel(
          label
              + ": storage "
              + Text.escape(view.storage().key())
              + " is said to have "
              + elements
              + " elements of "
              + width
              + " bytes, the file has "
              + found.bytes().byteSize()
              + " bytes at offset "
              + found.offset());
    }
    int rank = view.shape().size();
    if (rank != view.strides().size() || rank > 64) {
      throw new MalformedModel(
          label + ": " + rank + " sizes and " + view.strides().size() + " strides");
    }
    boolean empty = view.shape().contains(0L);
    long last = view.offset();
    for (int i = 0; i < rank; i++) {
      long size = view.shape().get(i);
      long stride = view.strides().get(i);
      if (size < 0 || stride < 0) {
        throw new MalformedModel(
            label + ": size " + size + " and stride " + stride + " of axis " + i);
      }
      last = empty ? last : Math.addExact(last, reach(size - 1, stride, label));
    }
    if (view.offset() < 0 || (!empty && last >= elements)) {
      throw new MalformedModel(
          label
              + ": element "
              + last
              + " of a storage of "
              + elements
              + " (sizes "
              + view.shape()
              + ", strides "
              + view.strides()
              + ", offset "
              + view.offset()
              + ")");
    }
    return new TorchTensor(name, type, view, found, storages);
  }

  private static long reach(long count, long stride, String label) {
    long reach = Math.multiplyHigh(count, stride) != 0 ? Long.MAX_VALUE : count * stride;
    if (reach < 0 || reach > 1L << 56) {
      throw new MalformedModel(label + ": a size of " + (count + 1) + " by a stride of " + stride);
    }
    return reach;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TorchTensor named(String newName) {
    return new TorchTensor(newName, dataType, view, storage, storages);
  }

  @Override
  public DataType dataType() {
    return dataType;
  }

  @Override
  public Shape shape() {
    return Shape.of(sizes);
  }

  public List<Long> strides() {
    return view.strides();
  }

  /** Returns the key of the storage; tensors that share one share elements. */
  public String storageKey() {
    return view.storage().key();
  }

  /** Returns the first element, counted in its storage. */
  public long offset() {
    return view.storage().offset() + view.offset();
  }

  /** Returns where the storage begins in the file; -1 where it is packed. */
  public long fileOffset() {
    return storage.offset();
  }

  /** Returns what integers stand for, as {@code per_tensor_affine}; null where not quantized. */
  public @Nullable String scheme() {
    Quantization q = view.quantization();
    return q == null ? null : q.scheme();
  }

  /** Returns the scale, of each index of {@link #axis} or of all; of a quantized tensor. */
  public double[] scales() {
    return numbers(quantization().scale());
  }

  /** Returns the zero point, of each index of {@link #axis} or of all; of a quantized tensor. */
  public double[] zeroPoints() {
    return numbers(quantization().zeroPoint());
  }

  /** Returns the axis of scales and zero points; -1 where there is one of each. */
  public int axis() {
    return (int) quantization().axis();
  }

  private Quantization quantization() {
    Quantization q = view.quantization();
    if (q == null) {
      throw new IllegalStateException(name + " is not quantized");
    }
    return q;
  }

  private double[] numbers(Object value) {
    return switch (value) {
      case Double number -> new double[] {number};
      case Long number -> new double[] {number};
      case TensorView tensor -> of(name, tensor, storages).load().toDoubles();
      default ->
          throw new MalformedModel(
              "tensor \"" + Text.escape(name) + "\": a scale or zero point that is no number");
    };
  }

  /**
   * Returns the numbers that a quantized tensor stands for, {@code (q - zero_point) scale} in
   * float; others as {@link #load}.
   */
  public Tensor dequantized() {
    if (view.quantization() == null) {
      return load();
    }
    Tensor integers = load();
    double[] scales = scales();
    double[] zeros = zeroPoints();
    int axis = axis();
    long inner = 1;
    for (int i = axis + 1; axis >= 0 && i < sizes.length; i++) {
      inner *= sizes[i];
    }
    int count = axis < 0 ? 1 : axis < sizes.length ? (int) sizes[axis] : -1;
    if (count < 0 || scales.length != count || zeros.length != count) {
      throw new MalformedModel(
          "tensor \"" + Text.escape(name) + "\": " + scales.length + " scales along axis " + axis);
    }
    float[] values = new float[integers.size()];
    for (int i = 0; i < values.length; i++) {
      int c = count <= 1 ? 0 : (int) (i / inner % count);
      values[i] = (float) (integers.getLong(i) - (long) zeros[c]) * (float) scales[c];
    }
    return Tensor.of(values, integers.shape());
  }

  /** Returns the same as the numbers that it stands for, loaded when they are asked for. */
  public TensorData asNumbers() {
    return view.quantization() == null ? this : new Dequantized(this);
  }

  /** A quantized tensor as float. */
  private record Dequantized(TorchTensor integers) implements TensorData {
    @Override
    public String name() {
      return integers.name();
    }

    @Override
    public DataType dataType() {
      return DataType.FLOAT;
    }

    @Override
    public Shape shape() {
      return integers.shape();
    }

    @Override
    public Tensor load() {
      return integers.dequantized();
    }
  }

  @Override
  public Tensor load() {
    int[] dims = new int[sizes.length];
    for (int i = 0; i < dims.length; i++) {
      if (sizes[i] > Integer.MAX_VALUE) {
        throw new LimitExceeded(
            "elements", "tensor \"" + Text.escape(name) + "\" of shape " + shape());
      }
      dims[i] = (int) sizes[i];
    }
    int size = Tensor.checkedSize(dims);
    int width = dataType.bits() / 8;
    if (size - MOST_EXPANDED > storage.bytes().byteSize() / width) {
      throw new LimitExceeded(
          "elements",
          "tensor \""
              + Text.escape(name)
              + "\" of shape "
              + shape()
              + " repeats a storage of "
              + storage.bytes().byteSize()
              + " bytes");
    }
    Tensor tensor = Tensor.zeros(dataType, dims);
    if (size == 0) {
      return tensor;
    }
    Object array = tensor.array();
    int parts = dataType.kind() == DataType.Kind.COMPLEX ? 2 : 1;
    ValueLayout layout = Types.layout(array, storage.bigEndian());
    long step = layout.byteSize() * parts;
    long start = offset() * step;
    if (isContiguous()) {
      MemorySegment.copy(storage.bytes(), layout, start, array, 0, size * parts);
    } else {
      int run = sizes.length > 0 && strides[sizes.length - 1] == 1 ? dims[dims.length - 1] : 1;
      long[] index = new long[sizes.length];
      int outer = run == 1 ? sizes.length : sizes.length - 1;
      for (int at = 0; at < size; at += run) {
        long element = 0;
        for (int i = 0; i < outer; i++) {
          element += index[i] * strides[i];
        }
        MemorySegment.copy(
            storage.bytes(), layout, start + element * step, array, at * parts, run * parts);
        for (int i = outer - 1; i >= 0; i--) {
          if (++index[i] < sizes[i]) {
            break;
          }
          index[i] = 0;
        }
      }
    }
    if (dataType == DataType.BOOL) {
      for (byte b : tensor.bytes()) {
        if (b != 0 && b != 1) {
          throw new MalformedModel("tensor \"" + Text.escape(name) + "\": a bool is 0 or 1");
        }
      }
    }
    return tensor;
  }

  @Override
  public @Nullable MemorySegment raw() {
    long size = 1;
    for (long dim : sizes) {
      size = Math.multiplyExact(size, dim);
    }
    int width = dataType.bits() / 8;
    return storage.bigEndian() || dataType == DataType.BOOL || size == 0 || !isContiguous()
        ? null
        : storage.bytes().asSlice(offset() * width, size * width);
  }

  private boolean isContiguous() {
    long expected = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      if (sizes[i] != 1 && strides[i] != expected) {
        return false;
      }
      expected *= sizes[i];
    }
    return true;
  }

  @Override
  public String toString() {
    return dataType.specName() + shape();
  }

  /** The types of elements. */
  private static final class Types {

    private Types() {}

    static DataType of(TensorView view, String label) {
      String type = view.dtype().isEmpty() ? view.storage().type() : view.dtype();
      return switch (type) {
        case "FloatStorage", "float32", "float" -> DataType.FLOAT;
        case "DoubleStorage", "float64", "double" -> DataType.DOUBLE;
        case "HalfStorage", "float16", "half" -> DataType.FLOAT16;
        case "BFloat16Storage", "bfloat16" -> DataType.BFLOAT16;
        case "LongStorage", "int64", "long" -> DataType.INT64;
        case "IntStorage", "QInt32Storage", "int32", "int", "qint32" -> DataType.INT32;
        case "ShortStorage", "int16", "short" -> DataType.INT16;
        case "CharStorage", "QInt8Storage", "int8", "qint8" -> DataType.INT8;
        case "ByteStorage", "QUInt8Storage", "UntypedStorage", "uint8", "quint8" -> DataType.UINT8;
        case "BoolStorage", "bool" -> DataType.BOOL;
        case "ComplexFloatStorage", "complex64" -> DataType.COMPLEX64;
        case "ComplexDoubleStorage", "complex128" -> DataType.COMPLEX128;
        case "uint16" -> DataType.UINT16;
        case "uint32" -> DataType.UINT32;
        case "uint64" -> DataType.UINT64;
        case "float8_e4m3fn" -> DataType.FLOAT8E4M3FN;
        case "float8_e4m3fnuz" -> DataType.FLOAT8E4M3FNUZ;
        case "float8_e5m2" -> DataType.FLOAT8E5M2;
        case "float8_e5m2fnuz" -> DataType.FLOAT8E5M2FNUZ;
        default ->
            throw new UnsupportedModel(
                label + ": elements of type " + Text.escape(type) + ", which ONNX does not have");
      };
    }

    static ValueLayout layout(Object array, boolean bigEndian) {
      ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      return switch (array) {
        case float[] _ -> ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order);
        case double[] _ -> ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order);
        case long[] _ -> ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order);
        case int[] _ -> ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
        case short[] _ -> ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
        case byte[] _ -> ValueLayout.JAVA_BYTE;
        default -> throw new IllegalStateException();
      };
    }
  }
}
