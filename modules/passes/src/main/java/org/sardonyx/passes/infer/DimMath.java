package org.sardonyx.passes.infer;

import org.sardonyx.type.Dim;

/** Integer operators on dimensions: what a run would compute, whatever the names stand for. */
final class DimMath {

  private DimMath() {}

  /** Returns what the operator makes of two elements; true is 1. */
  static Dim apply(String operator, Dim a, Dim b) {
    if (a instanceof Dim.Unknown || b instanceof Dim.Unknown) {
      return Dim.UNKNOWN;
    }
    return switch (operator) {
      case "Add" -> a.plus(b);
      case "Sub" -> a.minus(b);
      case "Mul" -> a.times(b);
      case "Div" -> divide(a, b);
      case "Max" -> a.max(b);
      case "Min" -> a.min(b);
      case "Equal" -> truth(compare(a, b), 0, 0);
      case "Less" -> truth(compare(a, b), -1, -1);
      case "LessOrEqual" -> truth(compare(a, b), -1, 0);
      case "Greater" -> truth(compare(a, b), 1, 1);
      case "GreaterOrEqual" -> truth(compare(a, b), 0, 1);
      case "And" -> a.is(0) || b.is(0) ? Dim.of(0) : bothKnown(a, b) ? Dim.of(1) : Dim.UNKNOWN;
      case "Or" -> isTrue(a) || isTrue(b) ? Dim.of(1) : bothKnown(a, b) ? Dim.of(0) : Dim.UNKNOWN;
      default -> Dim.UNKNOWN;
    };
  }

  /** Truncating division: that of {@link Dim} rounds down, which is the same from zero up. */
  private static Dim divide(Dim a, Dim b) {
    if (a instanceof Dim.Known(long x) && b instanceof Dim.Known(long y)) {
      return y == 0 ? Dim.UNKNOWN : Dim.of(x / y);
    }
    boolean positive = b instanceof Dim.Known(long y) ? y > 0 : b.isNeverNegative();
    return a.isNeverNegative() && positive ? a.dividedBy(b) : Dim.UNKNOWN;
  }

  /** Bit 0: may be less, bit 1: may be equal, bit 2: may be greater. */
  private static int compare(Dim a, Dim b) {
    Dim difference = a.minus(b);
    if (difference instanceof Dim.Known(long d)) {
      return 1 << (Long.signum(d) + 1);
    }
    if (difference.isNeverNegative()) {
      return difference.minus(Dim.of(1)).isNeverNegative() ? 4 : 6;
    }
    Dim opposite = b.minus(a);
    if (opposite.isNeverNegative()) {
      return opposite.minus(Dim.of(1)).isNeverNegative() ? 1 : 3;
    }
    return 7;
  }

  private static Dim truth(int possible, int from, int to) {
    int wanted = 0;
    for (int sign = from; sign <= to; sign++) {
      wanted |= 1 << (sign + 1);
    }
    if ((possible & wanted) == 0) {
      return Dim.of(0);
    }
    return (possible & ~wanted) == 0 ? Dim.of(1) : Dim.UNKNOWN;
  }

  private static boolean bothKnown(Dim a, Dim b) {
    return a.isKnown() && b.isKnown();
  }

  private static boolean isTrue(Dim a) {
    return a instanceof Dim.Known(long v) && v != 0;
  }
}
