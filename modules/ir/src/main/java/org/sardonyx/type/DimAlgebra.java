package org.sardonyx.type;

import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Dim.Computed;
import org.sardonyx.type.Dim.Known;
import org.sardonyx.type.Dim.Named;
import org.sardonyx.type.Dim.Op;

/** Arithmetic on dimensions that are names, in a normal form. Names stand for sizes from 0 on. */
final class DimAlgebra {

  /** A sum of more terms than this is given up, so that arithmetic stays cheap. */
  private static final int MAX_TERMS = 24;

  private DimAlgebra() {}

  /** Combines two dimensions neither of which is unknown; unknown where that becomes unwieldy. */
  static Dim combine(Op op, Dim a, Dim b) {
    boolean times = op == Op.MUL || op == Op.DIV;
    if (op != Op.MAX && op != Op.MIN && b.is(times ? 1 : 0)) {
      return a;
    }
    if ((op == Op.ADD && a.is(0)) || (op == Op.MUL && a.is(1))) {
      return b;
    }
    try {
      return switch (op) {
        case ADD -> written(Polynomial.of(a).plus(Polynomial.of(b), 1));
        case SUB -> minus(a, b);
        case MUL -> written(Polynomial.of(a).times(Polynomial.of(b)));
        case DIV -> divide(a, b);
        case MAX, MIN -> extreme(op, a, b);
      };
    } catch (ArithmeticException _) {
      return Dim.UNKNOWN; // a factor beyond 64 bits
    }
  }

  private static Dim written(Polynomial polynomial) {
    return polynomial.size() > MAX_TERMS ? Dim.UNKNOWN : polynomial.toDim();
  }

  private static Dim minus(Dim a, Dim b) {
    if (b instanceof Computed(Op op, Dim left, Dim right) && (op == Op.MAX || op == Op.MIN)) {
      // a - max(l, r) = min(a - l, a - r), which is worth it where one of them is a number.
      Dim x = a.minus(left);
      Dim y = a.minus(right);
      if (x.isKnown() || y.isKnown()) {
        return op == Op.MAX ? x.min(y) : x.max(y);
      }
    }
    return written(Polynomial.of(a).plus(Polynomial.of(b), -1));
  }

  /** Division rounded towards minus infinity. */
  private static Dim divide(Dim a, Dim b) {
    Polynomial dividend = Polynomial.of(a);
    Polynomial exact = dividend.dividedBy(Polynomial.of(b));
    if (exact != null) {
      return exact.toDim();
    }
    if (!(b instanceof Known(long divisor)) || divisor <= 0) {
      return new Computed(Op.DIV, a, b);
    }
    // (d*q + r) / d = q + r/d
    Polynomial[] parts = dividend.split(divisor);
    Dim rest = parts[1].toDim();
    if (rest instanceof Known(long left)) {
      return parts[0].plus(Polynomial.constant(Math.floorDiv(left, divisor)), 1).toDim();
    }
    // (x/m + c) / d = (x + c*m) / (m*d)
    Dim atom = rest.minus(new Known(parts[1].constantTerm()));
    if (atom instanceof Computed(Op op, Dim inner, Known(long before))
        && op == Op.DIV
        && before > 0) {
      long shift = Math.multiplyExact(parts[1].constantTerm(), before);
      Dim joined = divide(inner.plus(shift), new Known(Math.multiplyExact(divisor, before)));
      return parts[0].plus(Polynomial.of(joined), 1).toDim();
    }
    Dim quotient = new Computed(Op.DIV, rest, new Known(divisor));
    return parts[0].plus(Polynomial.of(quotient), 1).toDim();
  }

  private static Dim extreme(Op op, Dim a, Dim b) {
    Dim first = a;
    Dim second = b;
    if (a.isKnown() || (!b.isKnown() && a.toString().compareTo(b.toString()) > 0)) {
      first = b; // numbers stand last, names in order
      second = a;
    }
    @Nullable Dim decided = decided(op, first, second);
    if (decided != null) {
      return decided;
    }
    if (first instanceof Computed(Op inner, Dim left, Dim right) && inner == op) {
      // max(max(l, r), s): s may be decided against either.
      if (right instanceof Known && second instanceof Known) {
        return extreme(op, left, op == Op.MAX ? right.max(second) : right.min(second));
      }
      Dim withLeft = decided(op, left, second);
      Dim withRight = decided(op, right, second);
      if (withLeft != null) {
        return extreme(op, withLeft, right);
      }
      if (withRight != null) {
        return extreme(op, left, withRight);
      }
    }
    return new Computed(op, first, second);
  }

  /** Returns the larger or smaller one where the difference has a sign that is known. */
  private static @Nullable Dim decided(Op op, Dim a, Dim b) {
    Polynomial difference = Polynomial.of(a).plus(Polynomial.of(b), -1);
    if (difference.isNeverNegative()) {
      return op == Op.MAX ? a : b;
    }
    if (Polynomial.ZERO.plus(difference, -1).isNeverNegative()) {
      return op == Op.MAX ? b : a;
    }
    return null;
  }

  /** Whether the dimension is zero or more whatever sizes the names have; false where not known. */
  static boolean isNeverNegative(Dim dim) {
    // No switch over types: a process that starts takes milliseconds for each.
    if (dim instanceof Computed(Op op, Dim left, Dim right)) {
      return switch (op) {
        case ADD, SUB, MUL -> Polynomial.of(dim).isNeverNegative();
        case DIV ->
            isNeverNegative(left)
                && (right instanceof Known(long d) ? d > 0 : isNeverNegative(right));
        case MAX -> isNeverNegative(left) || isNeverNegative(right);
        case MIN -> isNeverNegative(left) && isNeverNegative(right);
      };
    }
    return dim instanceof Known(long size) ? size >= 0 : dim instanceof Named;
  }
}
