package org.sardonyx.conformance.sweep;

import java.util.List;
import java.util.Random;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Elements for inputs of any type, and shapes for them. */
final class Numbers {

  /** Every type in the order in which they are tried, the plainest first. */
  static final List<DataType> TYPES =
      List.of(
          DataType.FLOAT,
          DataType.DOUBLE,
          DataType.FLOAT16,
          DataType.BFLOAT16,
          DataType.INT32,
          DataType.INT64,
          DataType.INT8,
          DataType.UINT8,
          DataType.INT16,
          DataType.UINT16,
          DataType.UINT32,
          DataType.UINT64,
          DataType.BOOL,
          DataType.STRING,
          DataType.COMPLEX64,
          DataType.COMPLEX128,
          DataType.FLOAT8E4M3FN,
          DataType.FLOAT8E4M3FNUZ,
          DataType.FLOAT8E5M2,
          DataType.FLOAT8E5M2FNUZ,
          DataType.INT4,
          DataType.UINT4,
          DataType.FLOAT4E2M1,
          DataType.FLOAT8E8M0,
          DataType.INT2,
          DataType.UINT2);

  private static final String[] WORDS = {"", "a", "B", "ab", "Zebra", "ä", "x y", "1.5", "-7"};

  private Numbers() {}

  /** Ordinary elements of the type: normal numbers, small integers, words. */
  static Tensor of(Draw d, DataType type, int... shape) {
    return of(d.random, type, shape);
  }

  static Tensor of(Random random, DataType type, int... shape) {
    return switch (type) {
      case STRING -> {
        Tensor words = Tensor.zeros(type, shape);
        for (int i = 0; i < words.size(); i++) {
          words.strings()[i] = WORDS[random.nextInt(WORDS.length)];
        }
        yield words;
      }
      case COMPLEX64 -> {
        float[] parts = new float[2 * Tensor.checkedSize(shape)];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = (float) random.nextGaussian();
        }
        yield Tensor.of(type, parts, shape);
      }
      case COMPLEX128 -> {
        double[] parts = new double[2 * Tensor.checkedSize(shape)];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = random.nextGaussian();
        }
        yield Tensor.of(type, parts, shape);
      }
      case FLOAT8E8M0 -> {
        double[] powers = new double[Tensor.checkedSize(shape)];
        for (int i = 0; i < powers.length; i++) {
          powers[i] = Math.scalb(1.0, random.nextInt(7) - 3);
        }
        yield Tensor.fromDoubles(type, powers, shape);
      }
      case BOOL, UINT2 -> Tensors.integers(random, type, 0, type == DataType.BOOL ? 2 : 4, shape);
      case INT2 -> Tensors.integers(random, type, -2, 2, shape);
      case INT4 -> Tensors.integers(random, type, -8, 8, shape);
      default ->
          switch (type.kind()) {
            case FLOAT -> Tensors.normal(random, type, 1.5, shape);
            case SIGNED -> Tensors.integers(random, type, -9, 10, shape);
            default -> Tensors.integers(random, type, 0, 12, shape);
          };
    };
  }

  /** Numbers between two bounds; of integers from 1 to 6. */
  static Tensor between(Draw d, DataType type, double from, double to, int... shape) {
    if (!type.isFloat()) {
      return Tensors.integers(d.random, type, 1, type.bits() == 2 ? 2 : 7, shape);
    }
    double[] values = new double[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = from + d.random.nextDouble() * (to - from);
    }
    return Tensor.fromDoubles(type, values, shape);
  }

  /** Ordinary elements, or those at the edges of the type, as the draw decides. */
  static Tensor any(Draw d, DataType type, int... shape) {
    Tensor numbers = of(d, type, shape);
    if (type == DataType.STRING || type == DataType.BOOL || type.kind() == DataType.Kind.COMPLEX) {
      return numbers;
    }
    if (d.pick("numbers", "ordinary", "edges").equals("edges")) {
      for (int i = 0; i < numbers.size(); i++) {
        if (d.random.nextInt(3) > 0) {
          edge(d.random, numbers, i);
        }
      }
    }
    return numbers;
  }

  /** Puts a number at an edge of the type: not finite, signed zeros, extremes. */
  static void edge(Random random, Tensor to, int i) {
    DataType type = to.dataType();
    if (type.isFloat()) {
      double[] edges = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0.0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        2.5,
        1e-30,
        -1e30,
        100,
        -100
      };
      to.setDouble(i, edges[random.nextInt(edges.length)]);
    } else {
      int bits = type.bits();
      boolean signed = type.kind() == DataType.Kind.SIGNED;
      long least = signed ? -1L << (bits - 1) : 0;
      long most = signed ? ~least : bits == 64 ? -1L : (1L << bits) - 1;
      long[] edges = {least, most, 0, 1, most - 1, signed ? -1 : 2};
      to.setLong(i, edges[random.nextInt(edges.length)]);
    }
  }

  /** Small integers as numbers of the type, equal ones among them. */
  static Tensor coarse(Draw d, DataType type, int... shape) {
    if (type == DataType.STRING || type == DataType.BOOL || type.kind() == DataType.Kind.COMPLEX) {
      return of(d, type, shape);
    }
    Tensor x = Tensor.zeros(type, shape);
    for (int i = 0; i < x.size(); i++) {
      x.setDouble(i, d.random.nextInt(type.bits() == 2 ? 2 : 5));
    }
    return x;
  }

  /** Integers from {@code low} up to and without {@code high}. */
  static Tensor integers(Draw d, DataType type, long low, long high, int... shape) {
    return type.isFloat()
        ? Tensor.fromDoubles(
            type, Tensors.integers(d.random, DataType.INT64, low, high, shape).toDoubles(), shape)
        : Tensors.integers(d.random, type, low, high, shape);
  }

  /** One of a few shapes of rank 0 to 6, an empty one among them. */
  static int[] shape(Draw d) {
    return switch (d.pick(
        "shape", "rank 1", "rank 0", "rank 2", "empty", "rank 3", "rank 4", "rank 5", "rank 6",
        "one", "long")) {
      case "rank 0" -> new int[] {};
      case "rank 2" -> new int[] {2, 3};
      case "empty" -> new int[] {0, 3};
      case "rank 3" -> new int[] {3, 1, 4};
      case "rank 4" -> new int[] {2, 2, 3, 2};
      case "rank 5" -> new int[] {1, 2, 1, 3, 2};
      case "rank 6" -> new int[] {2, 1, 2, 1, 2, 2};
      case "one" -> new int[] {1};
      case "long" -> new int[] {37};
      default -> new int[] {5};
    };
  }

  /** As {@link #shape}, of rank 1 to 6. */
  static int[] shapeWithAxes(Draw d) {
    int[] shape = shape(d);
    d.require(shape.length > 0);
    return shape;
  }

  /** Decides about an attribute that names an axis: each end, from both sides. */
  static int axis(Draw d, String name, int rank, boolean negative, long otherwise) {
    if (!d.declares(name)) {
      return (int) otherwise;
    }
    long axis =
        negative
            ? d.attr(name, otherwise, 0L, rank - 1L, -1L, (long) -rank, rank / 2L)
            : d.attr(name, otherwise, 0L, rank - 1L, rank / 2L);
    d.require(axis >= -rank && axis < Math.max(rank, 1));
    return (int) axis;
  }
}
