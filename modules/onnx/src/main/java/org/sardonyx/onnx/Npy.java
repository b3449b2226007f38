package org.sardonyx.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.sardonyx.archive.FileBytes;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Reads and writes NumPy's .npy files, as NumPy's document "NPY format" states them: every number
 * type of either byte order, bool, and fixed-width strings, in C or Fortran order. Python objects
 * (pickles) and records are refused. Types that NumPy does not have (bfloat16, 8-bit floats, 4- and
 * 2-bit types) cannot be written.
 */
public final class Npy {

  /** So many strings may come out of no bytes at all. */
  private static final int MAX_EMPTY = 1 << 20;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private Npy() {}

  /**
   * Reads a file.
   *
   * @throws MalformedModel where it is no .npy file, or is cut off
   * @throws UnsupportedModel where its elements are of a type that tensors do not have
   * @throws LimitExceeded where it does not fit an array
   * @throws InvalidInput where it is missing or cannot be read
   */
  public static Tensor read(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw new InvalidInput("it is a folder");
      }
      return parse(FileBytes.of(path));
    } catch (NoSuchFileException e) {
      throw new InvalidInput("there is no file " + Text.escape(path.toString()), e);
    } catch (IOException e) {
      throw new InvalidInput(
          Text.escape(path.toString()) + " cannot be read: " + e.getClass().getSimpleName(), e);
    } catch (ModelException e) {
      throw e.within(Text.escape(String.valueOf(path.getFileName())));
    }
  }

  /** Reads the bytes of such a file. */
  public static Tensor read(byte[] bytes) {
    return parse(MemorySegment.ofArray(bytes));
  }

  /**
   * Writes a file, which appears complete or not at all.
   *
   * @throws InvalidInput where NumPy has no such type
   * @throws java.io.UncheckedIOException where it cannot be written
   */
  public static void write(Tensor tensor, Path path) {
    byte[] header = header(tensor);
    Tensor numbers = numbers(tensor);
    Outputs.writeOne(
        path,
        channel -> {
          TensorEncoder.writeFully(ByteBuffer.wrap(header), channel);
          TensorEncoder.write(numbers, channel);
        });
  }

  /** Returns the bytes of such a file. */
  public static byte[] toBytes(Tensor tensor) {
    byte[] header = header(tensor);
    byte[] elements = TensorEncoder.raw(numbers(tensor)).toByteArray();
    byte[] bytes = Arrays.copyOf(header, Math.addExact(header.length, elements.length));
    System.arraycopy(elements, 0, bytes, header.length, elements.length);
    return bytes;
  }

  static Tensor parse(MemorySegment file) {
    NpyHeader header = NpyHeader.of(file);
    NpyType type = NpyType.of(header.descr());
    long elements = Encoding.elements(header.shape(), Limits.standard());
    int[] shape = new int[header.shape().size()];
    for (int i = 0; i < shape.length; i++) {
      if (header.shape().get(i) > Integer.MAX_VALUE) {
        throw new LimitExceeded("elements", "shape " + header.shape() + " fits no array");
      }
      shape[i] = header.shape().get(i).intValue();
    }
    MemorySegment data = file.asSlice(header.size());
    if (Math.multiplyHigh(elements, type.width()) != 0
        || elements * type.width() != data.byteSize()) {
      throw new MalformedModel(
          "after the header are "
              + data.byteSize()
              + " bytes; "
              + header.descr()
              + " of shape "
              + header.shape()
              + " needs "
              + type.width()
              + " for each of "
              + elements
              + " elements");
    }
    if (type.width() == 0 && elements > MAX_EMPTY) {
      throw new LimitExceeded("elements", elements + " strings of no characters");
    }
    if (header.fortranOrder() && shape.length > 1 && elements > 0) {
      data = rowMajor(data, type.width(), shape);
    }
    if (type.swapped()) {
      data = swap(data, type.unit());
    }
    return type.dataType() == DataType.STRING
        ? Tensor.of(DataType.STRING, type.strings(data, Tensor.checkedSize(shape)), shape)
        : TensorDecoder.ofRaw(type.dataType(), shape, data);
  }

  /** Brings elements whose first index runs fastest into the order in which the last does. */
  private static MemorySegment rowMajor(MemorySegment data, int width, int[] shape) {
    MemorySegment ordered = Arena.ofAuto().allocate(data.byteSize());
    long[] strides = new long[shape.length];
    long stride = width;
    for (int i = 0; i < shape.length; i++) {
      strides[i] = stride;
      stride *= shape[i];
    }
    int[] index = new int[shape.length];
    long from = 0;
    for (long to = 0; to < data.byteSize(); to += width) {
      MemorySegment.copy(data, from, ordered, to, width);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        from -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return ordered;
  }

  private static MemorySegment swap(MemorySegment data, int unit) {
    MemorySegment swapped = Arena.ofAuto().allocate(Math.max(1, data.byteSize()));
    for (long at = 0; at < data.byteSize(); at += unit) {
      for (int i = 0; i < unit; i++) {
        swapped.set(
            ValueLayout.JAVA_BYTE, at + i, data.get(ValueLayout.JAVA_BYTE, at + unit - 1 - i));
      }
    }
    return swapped.asSlice(0, data.byteSize());
  }

  private static byte[] header(Tensor tensor) {
    String descr = NpyType.descr(tensor);
    List<String> dims = Arrays.stream(tensor.shape()).mapToObj(Integer::toString).toList();
    String shape =
        dims.size() == 1
            ? "(" + dims.getFirst() + ",)"
            : dims.stream().collect(Collectors.joining(", ", "(", ")"));
    String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
    // The elements begin at a multiple of 64, as NumPy has it.
    int size = (MAGIC.length + 2 + text.length() + 1 + 63) / 64 * 64;
    ByteBuffer header = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putShort((short) (size - MAGIC.length - 2));
    header.put(text.getBytes(StandardCharsets.US_ASCII));
    while (header.remaining() > 1) {
      header.put((byte) ' ');
    }
    return header.put((byte) '\n').array();
  }

  /**
   * Returns the tensor itself, or, if strings, their code points, filled up with zeros to one
   * width.
   */
  private static Tensor numbers(Tensor tensor) {
    if (tensor.dataType() != DataType.STRING) {
      return tensor;
    }
    int width = NpyType.codePoints(tensor);
    int[] points = new int[Math.multiplyExact(tensor.size(), width)];
    for (int i = 0; i < tensor.size(); i++) {
      int[] one = tensor.strings()[i].codePoints().toArray();
      System.arraycopy(one, 0, points, i * width, one.length);
    }
    return Tensor.of(points, points.length);
  }
}
