package org.sardonyx.tensor;

/**
 * The floating-point formats of 16 bits and fewer: their bits to float, and float to the nearest of
 * them, ties to even.
 *
 * <p>Formats: IEEE 754 binary16; bfloat16; OCP 8-bit E4M3 and E5M2 with their FNUZ forms (no
 * negative zero, one NaN), E8M0 (an exponent alone), and E2M1, as the ONNX documents "Float stored
 * in 8 bits" and "Float stored in 4 bits" state them.
 */
public final class SmallFloat {

  private static final float[] E4M3FN = table(4, 3, 7, 0x7f, -1);
  private static final float[] E4M3FNUZ = table(4, 3, 8, -1, 0x80);
  private static final float[] E5M2 = table(5, 2, 15, 0x7d, -1);
  private static final float[] E5M2FNUZ = table(5, 2, 16, -1, 0x80);
  private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};

  static {
    E5M2[0x7c] = Float.POSITIVE_INFINITY;
    E5M2[0xfc] = Float.NEGATIVE_INFINITY;
  }

  private SmallFloat() {}

  /** Returns the value of {@code bits}, exactly. */
  public static float toFloat(DataType type, int bits) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat((short) bits);
      case BFLOAT16 -> Float.intBitsToFloat(bits << 16);
      case FLOAT8E4M3FN -> E4M3FN[bits & 0xff];
      case FLOAT8E4M3FNUZ -> E4M3FNUZ[bits & 0xff];
      case FLOAT8E5M2 -> E5M2[bits & 0xff];
      case FLOAT8E5M2FNUZ -> E5M2FNUZ[bits & 0xff];
      case FLOAT8E8M0 ->
          (bits & 0xff) == 0xff ? Float.NaN : (float) Math.scalb(1.0, (bits & 0xff) - 127);
      case FLOAT4E2M1 -> (bits & 8) != 0 ? -E2M1[bits & 7] : E2M1[bits & 7];
      default -> throw new IllegalArgumentException(type + " is no small float");
    };
  }

  /**
   * Returns the bits nearest to {@code value}, ties to even; values beyond the range become the
   * largest finite value where the type has no infinity (see {@link #fromFloat(DataType, float,
   * boolean)}).
   */
  public static int fromFloat(DataType type, float value) {
    return fromFloat(type, value, true);
  }

  /**
   * Returns the bits nearest to {@code value}, ties to even.
   *
   * @param saturate for the 8-bit types: whether values beyond the range, infinities included,
   *     become the largest finite value; otherwise they become infinity or, where there is none,
   *     NaN
   */
  public static int fromFloat(DataType type, float value, boolean saturate) {
    return switch (type) {
      case FLOAT16 -> Float.floatToFloat16(value) & 0xffff;
      case BFLOAT16 -> toBfloat16(value);
      case FLOAT8E4M3FN -> narrow(E4M3FN, 0x7e, value, saturate, 0x7f, 0x7f, false);
      case FLOAT8E4M3FNUZ -> narrow(E4M3FNUZ, 0x7f, value, saturate, 0x80, 0x80, true);
      case FLOAT8E5M2 -> narrow(E5M2, 0x7b, value, saturate, 0x7c, 0x7f, false);
      case FLOAT8E5M2FNUZ -> narrow(E5M2FNUZ, 0x7f, value, saturate, 0x80, 0x80, true);
      case FLOAT8E8M0 -> toE8m0(value);
      case FLOAT4E2M1 -> toE2m1(value);
      default -> throw new IllegalArgumentException(type + " is no small float");
    };
  }

  /** As {@link #fromFloat(DataType, float, boolean)}, from a double, rounded once. */
  public static int fromDouble(DataType type, double value, boolean saturate) {
    return fromFloat(type, roundToOdd(value), saturate);
  }

  /** Rounds n floats to float16. */
  static void toFloat16(float[] values, int from, int n, short[] bits, int to) {
    for (int i = 0; i < n; i++) {
      bits[to + i] = Float.floatToFloat16(values[from + i]);
    }
  }

  /** Sets n floats to what the bits of float16 or bfloat16 are. */
  static void toFloats(DataType type, short[] bits, int from, int n, float[] values, int to) {
    if (type == DataType.FLOAT16) {
      for (int i = 0; i < n; i++) {
        values[to + i] = Float.float16ToFloat(bits[from + i]);
      }
    } else {
      for (int i = 0; i < n; i++) {
        values[to + i] = Float.intBitsToFloat(bits[from + i] << 16);
      }
    }
  }

  /** Rounds to float so that a second rounding to fewer bits gives what one rounding would. */
  private static float roundToOdd(double value) {
    float rounded = (float) value;
    if (rounded == value || Float.isNaN(rounded) || Float.isInfinite(rounded)) {
      return rounded;
    }
    int bits = Float.floatToRawIntBits(rounded);
    if ((bits & 1) == 0) {
      // The even neighbour was taken; the odd one lies on the other side of the value.
      bits += Math.abs(rounded) < Math.abs(value) ? 1 : -1;
    }
    return Float.intBitsToFloat(bits);
  }

  private static int toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (bits >>> 16) | 0x40;
    }
    return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }

  /** Returns the nearest power of two, ties away from zero, never below the smallest. */
  private static int toE8m0(float value) {
    if (Float.isNaN(value)) {
      return 0xff;
    }
    int bits = Float.floatToRawIntBits(Math.abs(value));
    int exponent = bits >>> 23;
    if (exponent == 0xff) {
      return 0xfe;
    }
    if (exponent == 0) {
      return (bits & 0x7fffff) > 0x400000 ? 1 : 0;
    }
    return Math.min(0xfe, exponent + ((bits & 0x400000) != 0 ? 1 : 0));
  }

  private static int toE2m1(float value) {
    if (Float.isNaN(value)) {
      return 8; // the text of the specification says 6, its test cases -0: the cases decide
    }
    int sign = Float.floatToRawIntBits(value) < 0 ? 8 : 0;
    return sign | nearest(E2M1, 7, Math.abs(value));
  }

  private static int narrow(
      float[] table,
      int largest,
      float value,
      boolean saturate,
      int infinity,
      int nan,
      boolean unsignedZero) {
    int sign = Float.floatToRawIntBits(value) < 0 ? 0x80 : 0;
    if (Float.isNaN(value)) {
      return unsignedZero ? nan : sign | nan;
    }
    float magnitude = Math.abs(value);
    float top = table[largest];
    float below = table[largest - 1];
    if (magnitude > top) {
      // Beyond the largest by half a step or more rounds to the value that is not there.
      boolean beyond = magnitude >= top + (top - below) / 2;
      if (beyond || Float.isInfinite(magnitude)) {
        if (saturate) {
          return sign | largest;
        }
        return unsignedZero ? infinity : sign | infinity;
      }
      return sign | largest;
    }
    int code = nearest(table, largest, magnitude);
    return unsignedZero && code == 0 ? 0 : sign | code;
  }

  /** Returns the code from 0 to {@code largest} whose value is nearest, ties to the even code. */
  private static int nearest(float[] ascending, int largest, float magnitude) {
    int low = 0;
    int high = largest;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ascending[middle] < magnitude) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0 || ascending[low] == magnitude) {
      return low;
    }
    double above = (double) ascending[low] - magnitude;
    double below = (double) magnitude - ascending[low - 1];
    if (above == below) {
      return (low & 1) == 0 ? low : low - 1;
    }
    return above < below || below < 0 ? low : low - 1;
  }

  private static float[] table(int exponentBits, int mantissaBits, int bias, int nan, int onlyNan) {
    float[] values = new float[256];
    for (int code = 0; code < 256; code++) {
      int exponent = (code >> mantissaBits) & ((1 << exponentBits) - 1);
      int mantissa = code & ((1 << mantissaBits) - 1);
      double fraction = mantissa / (double) (1 << mantissaBits);
      double magnitude =
          exponent == 0
              ? fraction * Math.scalb(1.0, 1 - bias)
              : (1 + fraction) * Math.scalb(1.0, exponent - bias);
      boolean isNan = code == onlyNan || (nan >= 0 && (code & 0x7f) >= nan);
      values[code] = isNan ? Float.NaN : (float) (code >= 0x80 ? -magnitude : magnitude);
    }
    return values;
  }
}
