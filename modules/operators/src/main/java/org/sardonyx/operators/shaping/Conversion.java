package org.sardonyx.operators.shaping;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.EvenRows;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SmallFloat;
import org.sardonyx.tensor.Tensor;

/**
 * How Cast turns values of one type into another.
 *
 * <p>Floats to integers are cut towards zero. What is out of range is not defined by the
 * specification; here it is what x86 processors, and with them ONNX Runtime and NumPy, give: the
 * least int32 or int64, its low bits for narrower types, and NaN like any other value out of range.
 *
 * @param saturate whether 8-bit floats take values out of range as their largest, else as NaN or
 *     infinity
 * @param rounding how float8e8m0 rounds
 */
record Conversion(boolean saturate, Rounding rounding) {

  /** Floats that are looked at before they are converted. */
  private static final int PIECE = 1 << 13;

  /** How a value between two powers of two becomes one of them. */
  enum Rounding {
    UP,
    DOWN,
    NEAREST
  }

  static Conversion of(Attributes attributes) {
    Rounding rounding =
        switch (attributes.getString("round_mode", "up")) {
          case "up" -> Rounding.UP;
          case "down" -> Rounding.DOWN;
          case "nearest" -> Rounding.NEAREST;
          default ->
              throw new InvalidModel(
                  "round_mode \""
                      + attributes.getString("round_mode")
                      + "\" is not one of up, down, nearest");
        };
    return new Conversion(attributes.getInt("saturate", 1) != 0, rounding);
  }

  /** Sets the elements of {@code to} to those of {@code from}, which is of another type. */
  void convert(Invocation in, Tensor from, Tensor to) {
    Elementwise.pieces(in, to.size(), pieces(in.kernels(), from, to));
  }

  private Elementwise.Piece pieces(Kernels kernels, Tensor from, Tensor to) {
    if (to.dataType() == DataType.STRING) {
      return (start, end) -> Text.format(from, to.strings(), start, end);
    }
    return switch (from.dataType()) {
      case STRING -> (start, end) -> parse(from.strings(), to, start, end);
      case DOUBLE -> (start, end) -> fromDoubles(from.doubles(), to, start, end);
      case UINT64 -> (start, end) -> fromUnsigned(from.longs(), to, start, end);
      default -> {
        if (from.dataType() == DataType.FLOAT16 && to.dataType() == DataType.FLOAT) {
          yield (start, end) -> widen(from.shorts(), to.floats(), start, end);
        }
        if (from.dataType().isFloat()) {
          float[] x = from.toFloats();
          if (to.dataType() == DataType.BOOL) {
            float[] zeros = new float[Math.min(PIECE, x.length)];
            yield (start, end) -> truth(kernels, x, zeros, to.bytes(), start, end);
          }
          yield (start, end) -> {
            for (int i = start, n; i < end; i += n) {
              n = Math.min(PIECE, end - i);
              fromFloats(kernels, x, to, i, i + n);
            }
          };
        }
        if (from.dataType().kind() == DataType.Kind.COMPLEX) {
          throw new UnsupportedModel("Cast of complex numbers");
        }
        if (to.dataType() == DataType.FLOAT && isShort(from.dataType())) {
          yield (start, end) -> toFloats(kernels, from, to.floats(), start, end);
        }
        long[] x = new long[Math.min(EvenRows.PIECE, to.size())];
        yield (start, end) -> {
          for (int i = start, n; i < end; i += n) {
            n = Math.min(x.length, end - i);
            if (from.array() instanceof long[] longs) {
              fromLongs(longs, i, to, i, n);
            } else {
              from.getLongs(i, n, x, 0);
              fromLongs(x, 0, to, i, n);
            }
          }
        };
      }
    };
  }

  private static void truth(
      Kernels kernels, float[] x, float[] zeros, byte[] y, int start, int end) {
    for (int i = start, n; i < end; i += n) {
      n = Math.min(zeros.length, end - i);
      kernels.compare(false, true, x, i, zeros, 0, y, i, n);
    }
    for (int i = start; i < end; i++) {
      y[i] ^= 1;
    }
  }

  private static void widen(short[] x, float[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      y[i] = Float.float16ToFloat(x[i]);
    }
  }

  /** Whether these integers, which quantized models turn into floats, have a way of their own. */
  private static boolean isShort(DataType type) {
    return switch (type) {
      case INT32, INT8, UINT8, BOOL -> true;
      default -> false;
    };
  }

  private static void toFloats(Kernels kernels, Tensor from, float[] y, int start, int end) {
    if (from.dataType() != DataType.INT32) {
      boolean signed = from.dataType() == DataType.INT8;
      kernels.dequantize(from.bytes(), start, signed, 0, 1, y, start, end - start);
      return;
    }
    int[] x = from.ints();
    for (int i = start; i < end; i++) {
      y[i] = x[i];
    }
  }

  private void fromFloats(Kernels kernels, float[] x, Tensor to, int start, int end) {
    switch (to.dataType()) {
      case DOUBLE -> {
        double[] y = to.doubles();
        for (int i = start; i < end; i++) {
          y[i] = x[i];
        }
      }
      case FLOAT -> System.arraycopy(x, start, to.floats(), start, end - start);
      case FLOAT16 -> {
        short[] y = to.shorts();
        for (int i = start; i < end; i++) {
          y[i] = Float.floatToFloat16(x[i]);
        }
      }
      default -> {
        if (to.dataType().isInteger() && areInts(kernels, x, start, end - start)) {
          cut(x, to, start, end);
          return;
        }
        for (int i = start; i < end; i++) {
          set(to, i, x[i]);
        }
      }
    }
  }

  /** Whether none is NaN or beyond an int32: how all others are cut the language says. */
  private static boolean areInts(Kernels kernels, float[] x, int start, int n) {
    return kernels.min(x, start, n) >= -0x1p31f && kernels.max(x, start, n) < 0x1p31f;
  }

  private static void cut(float[] x, Tensor to, int start, int end) {
    if (to.array() instanceof int[] y) {
      for (int i = start; i < end; i++) {
        y[i] = (int) x[i];
      }
    } else if (to.array() instanceof long[] y) {
      for (int i = start; i < end; i++) {
        y[i] = (long) x[i];
      }
    } else if (to.array() instanceof short[] y) {
      for (int i = start; i < end; i++) {
        y[i] = (short) x[i];
      }
    } else if (!to.dataType().isPacked()) {
      byte[] y = to.bytes();
      for (int i = start; i < end; i++) {
        y[i] = (byte) x[i];
      }
    } else {
      for (int i = start; i < end; i++) {
        to.setLong(i, (long) x[i]);
      }
    }
  }

  private void fromDoubles(double[] x, Tensor to, int start, int end) {
    if (to.dataType() == DataType.FLOAT) {
      float[] y = to.floats();
      for (int i = start; i < end; i++) {
        y[i] = (float) x[i];
      }
    } else if (to.dataType() == DataType.INT64) {
      long[] y = to.longs();
      for (int i = start; i < end; i++) {
        y[i] = toInt64(x[i]);
      }
    } else {
      for (int i = start; i < end; i++) {
        set(to, i, x[i]);
      }
    }
  }

  private void fromLongs(long[] x, int from, Tensor to, int start, int n) {
    switch (to.dataType()) {
      case FLOAT -> {
        float[] y = to.floats();
        for (int i = 0; i < n; i++) {
          y[start + i] = x[from + i];
        }
      }
      case DOUBLE -> {
        double[] y = to.doubles();
        for (int i = 0; i < n; i++) {
          y[start + i] = x[from + i];
        }
      }
      default -> {
        if (!to.dataType().isFloat()) {
          to.setLongs(start, n, x, from);
          return;
        }
        for (int i = 0; i < n; i++) {
          set(to, start + i, exact(x[from + i]));
        }
      }
    }
  }

  private void fromUnsigned(long[] x, Tensor to, int start, int end) {
    if (!to.dataType().isFloat()) {
      fromLongs(x, start, to, start, end - start);
      return;
    }
    boolean wide = to.dataType() == DataType.DOUBLE;
    for (int i = start; i < end; i++) {
      // Halved with the lost bit kept, so that rounding is what it would be.
      long half = x[i] >= 0 ? x[i] : (x[i] >>> 1) | (x[i] & 1);
      double value = wide ? half : exact(half);
      set(to, i, x[i] >= 0 ? value : 2 * value);
    }
  }

  /** Returns a double that rounds to float and anything narrower as {@code value} does. */
  private static double exact(long value) {
    return Math.abs(value) < 1L << 53
        ? value
        : (value & ~0x7ffL) | ((value & 0x7ff) != 0 ? 0x400 : 0);
  }

  private void set(Tensor to, int i, double value) {
    switch (to.dataType()) {
      case FLOAT -> to.floats()[i] = (float) value;
      case DOUBLE, FLOAT16, BFLOAT16, FLOAT4E2M1 -> to.setDouble(i, value);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          to.bytes()[i] = (byte) SmallFloat.fromDouble(to.dataType(), value, saturate);
      case FLOAT8E8M0 -> to.bytes()[i] = (byte) toE8m0(value);
      case INT64 -> to.longs()[i] = toInt64(value);
      case UINT64 -> to.longs()[i] = toUint64(value);
      case UINT32 -> to.ints()[i] = (int) toInt64(value);
      case BOOL -> to.bytes()[i] = (byte) (value != 0 ? 1 : 0);
      default -> to.setLong(i, toInt32(value));
    }
  }

  private static int toInt32(double value) {
    return value > -2147483649.0 && value < 2147483648.0 ? (int) value : Integer.MIN_VALUE;
  }

  private static long toInt64(double value) {
    return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
  }

  private static long toUint64(double value) {
    return value >= 0x1p63 ? toInt64(value - 0x1p63) ^ Long.MIN_VALUE : toInt64(value);
  }

  /** Returns the code of a power of two; negative values, which have none, count by magnitude. */
  private int toE8m0(double value) {
    double x = Math.abs(value);
    if (Double.isNaN(x)) {
      return 0xff;
    }
    if (x < 0x1p-127) {
      return saturate ? 0 : 0xff;
    }
    int exponent = Math.min(Math.getExponent(x), 200);
    double fraction = Math.scalb(x, -exponent);
    boolean next =
        switch (rounding) {
          case UP -> fraction > 1;
          case DOWN -> false;
          case NEAREST -> fraction >= 1.5;
        };
    int code = exponent + 127 + (next ? 1 : 0);
    return code <= 0xfe ? code : saturate ? 0xfe : 0xff;
  }

  private void parse(String[] x, Tensor to, int start, int end) {
    DataType type = to.dataType();
    for (int i = start; i < end; i++) {
      String text = x[i].strip();
      try {
        if (type == DataType.FLOAT) {
          to.floats()[i] = Text.parseFloat(text);
        } else if (type.isFloat()) {
          set(to, i, Text.parseDouble(text));
        } else if (type == DataType.BOOL) {
          to.bytes()[i] = (byte) (Text.parseBoolean(text) ? 1 : 0);
        } else if (Text.isInteger(text)) {
          to.setLong(
              i, type == DataType.UINT64 ? Long.parseUnsignedLong(text) : Long.parseLong(text));
        } else {
          set(to, i, Text.parseDouble(text));
        }
      } catch (NumberFormatException e) {
        throw new OperatorFailed("string " + i + " of the input is no " + type.specName(), e);
      }
    }
  }
}
