package org.sardonyx.operators.shaping;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Numbers as text, the way NumPy writes them and the specification of Cast reads them. */
final class Text {

  private Text() {}

  /** Writes elements, floats with as few digits as identify them. */
  static void format(Tensor x, String[] to, int start, int end) {
    DataType type = x.dataType();
    for (int i = start; i < end; i++) {
      to[i] =
          switch (type) {
            case FLOAT -> decimal(Float.toString(x.floats()[i]));
            case DOUBLE -> decimal(Double.toString(x.doubles()[i]));
            case UINT64 -> Long.toUnsignedString(x.longs()[i]);
            case BOOL -> x.getBoolean(i) ? "True" : "False";
            default -> type.isFloat() ? decimal(shortest(x, i)) : Long.toString(x.getLong(i));
          };
    }
  }

  /** Returns the shortest text that gives element {@code i} of a small float type when read. */
  private static String shortest(Tensor x, int i) {
    double value = x.getDouble(i);
    if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) {
      return Double.toString(value);
    }
    BigDecimal exact = new BigDecimal(value);
    Tensor read = Tensor.zeros(x.dataType(), 1);
    for (int digits = 1; ; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      read.setDouble(0, rounded.doubleValue());
      if (read.getDouble(0) == value) {
        return rounded.toString();
      }
    }
  }

  /** Returns a number that Java wrote as NumPy would write it. */
  private static String decimal(String java) {
    if (java.endsWith("NaN")) {
      return "nan";
    }
    if (java.endsWith("Infinity")) {
      return java.startsWith("-") ? "-inf" : "inf";
    }
    String sign = java.startsWith("-") ? "-" : "";
    BigDecimal value = new BigDecimal(java).abs().stripTrailingZeros();
    if (value.signum() == 0) {
      return sign + "0.0";
    }
    int exponent = value.precision() - value.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = value.toPlainString();
      return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
    }
    String digits = value.unscaledValue().toString();
    return sign
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  static float parseFloat(String text) {
    Double special = special(text);
    return special != null ? special.floatValue() : Float.parseFloat(checked(text));
  }

  static double parseDouble(String text) {
    Double special = special(text);
    return special != null ? special : Double.parseDouble(checked(text));
  }

  static boolean parseBoolean(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> parseDouble(text) != 0;
    };
  }

  static boolean isInteger(String text) {
    int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    return text.length() > start && text.chars().skip(start).allMatch(c -> c >= '0' && c <= '9');
  }

  private static @Nullable Double special(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "INF", "+INF", "INFINITY", "+INFINITY" -> Double.POSITIVE_INFINITY;
      case "-INF", "-INFINITY" -> Double.NEGATIVE_INFINITY;
      case "NAN", "+NAN", "-NAN" -> Double.NaN;
      default -> null;
    };
  }

  /** Refuses what only Java takes for a number: hexadecimal digits, a suffix. */
  private static String checked(String text) {
    if (!text.chars().allMatch(c -> (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0)) {
      throw new NumberFormatException();
    }
    return text;
  }
}
