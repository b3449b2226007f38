package org.sardonyx.text;

import java.util.Arrays;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Reads the elements of tensors. What is kept grows with the text, not with a shape's claim. */
final class Constants {

  private final Scanner scanner;

  Constants(Scanner scanner) {
    this.scanner = scanner;
  }

  /**
   * Reads {@code {1, 2, 3}} of a type.
   *
   * @param at where the type stands
   */
  Tensor tensor(Type type, int at) {
    if (!(type instanceof Type.OfTensor(DataType elementType, Shape shape)) || !shape.isKnown()) {
      throw scanner.error(
          at, "a constant is a tensor whose dimensions are all numbers, not " + type);
    }
    int[] sizes = new int[shape.rank()];
    long size = 1;
    for (int i = 0; i < sizes.length; i++) {
      long dim = shape.dim(i) instanceof Dim.Known(long known) ? known : -1;
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw scanner.error(at, "no tensor can have the shape " + shape);
      }
      sizes[i] = (int) dim;
      size = size == 0 || dim == 0 ? 0 : Math.min(size * dim, 1L << 40);
    }
    if (scanner.peek() == '[') {
      throw new UnsupportedModel(
          scanner.place(scanner.position())
              + ": elements in another file are not read from text; write them into it, or use the"
              + " binary format");
    }
    int open = scanner.position();
    scanner.expect('{');
    long expected =
        elementType.isPacked()
            ? elementType.byteSize(size)
            : elementType.kind() == DataType.Kind.COMPLEX ? 2 * size : size;
    Numbers numbers = Numbers.of(elementType);
    long count = 0;
    if (!scanner.takes('}')) {
      do {
        numbers.take(scanner, count++);
      } while (count <= expected && scanner.takes(','));
      if (count <= expected) {
        scanner.expect('}');
      }
    }
    if (count != expected) {
      throw scanner.error(
          open,
          elementType.specName()
              + shape
              + " needs "
              + expected
              + (count > expected ? " elements, and there are more" : " elements, not " + count));
    }
    return Tensor.of(elementType, numbers.array((int) count), sizes);
  }

  /** An array that grows. */
  private sealed interface Numbers {

    void take(Scanner scanner, long at);

    Object array(int length);

    static Numbers of(DataType type) {
      return switch (type) {
        case STRING -> new Strings();
        case FLOAT, COMPLEX64 -> new Floats();
        case DOUBLE, COMPLEX128 -> new Doubles();
        default -> new Integers(type);
      };
    }
  }

  private static int grown(int length) {
    return Math.max(16, length + (length >> 1));
  }

  private static final class Strings implements Numbers {
    private String[] array = new String[4];

    @Override
    public void take(Scanner scanner, long at) {
      if (at == array.length) {
        array = Arrays.copyOf(array, grown(array.length));
      }
      array[(int) at] = scanner.string();
    }

    @Override
    public Object array(int length) {
      return Arrays.copyOf(array, length);
    }
  }

  private static final class Floats implements Numbers {
    private float[] array = new float[4];

    @Override
    public void take(Scanner scanner, long at) {
      if (at == array.length) {
        array = Arrays.copyOf(array, grown(array.length));
      }
      array[(int) at] = scanner.real();
    }

    @Override
    public Object array(int length) {
      return Arrays.copyOf(array, length);
    }
  }

  private static final class Doubles implements Numbers {
    private double[] array = new double[4];

    @Override
    public void take(Scanner scanner, long at) {
      if (at == array.length) {
        array = Arrays.copyOf(array, grown(array.length));
      }
      array[(int) at] = scanner.realDouble();
    }

    @Override
    public Object array(int length) {
      return Arrays.copyOf(array, length);
    }
  }

  /** Integers, and the bits of small floats and packed elements. */
  private static final class Integers implements Numbers {
    private final DataType type;
    private final long least;
    private final long most;
    private long[] array = new long[4];

    Integers(DataType type) {
      this.type = type;
      boolean signed = type.kind() == DataType.Kind.SIGNED && !type.isPacked();
      int bits = type.isPacked() ? 8 : type.bits();
      this.least = signed ? -1L << (bits - 1) : 0;
      this.most = type == DataType.BOOL ? 1 : signed ? ~least : bits == 64 ? -1 : (1L << bits) - 1;
    }

    @Override
    public void take(Scanner scanner, long at) {
      if (at == array.length) {
        array = Arrays.copyOf(array, grown(array.length));
      }
      int place = scanner.position();
      if (type == DataType.UINT64) {
        array[(int) at] = scanner.unsigned();
        return;
      }
      long value = scanner.integer();
      if (value < least || value > most) {
        throw scanner.error(
            place, "elements of " + type.specName() + " are written as " + least + " to " + most);
      }
      array[(int) at] = value;
    }

    @Override
    public Object array(int length) {
      int bits = type.isPacked() ? 8 : type.bits();
      switch (bits) {
        case 8 -> {
          byte[] bytes = new byte[length];
          for (int i = 0; i < length; i++) {
            bytes[i] = (byte) array[i];
          }
          return bytes;
        }
        case 16 -> {
          short[] shorts = new short[length];
          for (int i = 0; i < length; i++) {
            shorts[i] = (short) array[i];
          }
          return shorts;
        }
        case 32 -> {
          int[] ints = new int[length];
          for (int i = 0; i < length; i++) {
            ints[i] = (int) array[i];
          }
          return ints;
        }
        default -> {
          return Arrays.copyOf(array, length);
        }
      }
    }
  }
}
