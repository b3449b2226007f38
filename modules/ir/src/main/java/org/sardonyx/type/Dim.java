package org.sardonyx.type;

import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One dimension of a shape: a number, a name that stands for the same number everywhere in a model,
 * arithmetic over those, or unknown.
 */
public sealed interface Dim {

  /** Nothing is known; two of these need not be equal sizes. */
  @SuppressWarnings("ClassInitializationDeadlock") // Unknown initializes nothing but itself
  Dim UNKNOWN = new Unknown();

  // Where records have equals and hashCode of their own, those that Java would make for them take
  // tens of milliseconds of the first model: they are the first of their kind in a process.

  /** A number. */
  record Known(long size) implements Dim {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Known known && size == known.size;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(size);
    }

    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  /** A name: {@code dim_param} of the format, or one made by inference. */
  record Named(String name) implements Dim {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Named named && name.equals(named.name);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Arithmetic that is not decided until names are bound. */
  record Computed(Op op, Dim left, Dim right) implements Dim {
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other
          || (other instanceof Computed computed
              && op == computed.op
              && left.equals(computed.left)
              && right.equals(computed.right));
    }

    @Override
    public int hashCode() {
      return 31 * (31 * op.hashCode() + left.hashCode()) + right.hashCode();
    }

    @Override
    public String toString() {
      return op == Op.MAX || op == Op.MIN
          ? op.symbol + "(" + left + "," + right + ")"
          : "(" + left + op.symbol + right + ")";
    }
  }

  /** Not known. */
  record Unknown() implements Dim {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Unknown;
    }

    @Override
    public int hashCode() {
      return 0;
    }

    @Override
    public String toString() {
      return "?";
    }
  }

  /** The operations of {@link Computed}. */
  enum Op {
    ADD("+"),
    SUB("-"),
    MUL("*"),
    /** Division rounded towards minus infinity. */
    DIV("/"),
    MAX("max"),
    MIN("min");

    private final String symbol;

    Op(String symbol) {
      this.symbol = symbol;
    }

    /** Returns the result; empty where it overflows or the divisor is 0. */
    OptionalLong apply(long a, long b) {
      if (this == DIV && b == 0) {
        return OptionalLong.empty();
      }
      try {
        return OptionalLong.of(
            switch (this) {
              case ADD -> Math.addExact(a, b);
              case SUB -> Math.subtractExact(a, b);
              case MUL -> Math.multiplyExact(a, b);
              case DIV -> Math.floorDiv(a, b);
              case MAX -> Math.max(a, b);
              case MIN -> Math.min(a, b);
            });
      } catch (ArithmeticException e) {
        return OptionalLong.empty();
      }
    }
  }

  static Dim of(long size) {
    return new Known(size);
  }

  static Dim named(String name) {
    return new Named(name);
  }

  default Dim plus(Dim other) {
    return combine(Op.ADD, this, other);
  }

  default Dim plus(long other) {
    return plus(of(other));
  }

  default Dim minus(Dim other) {
    return combine(Op.SUB, this, other);
  }

  default Dim times(Dim other) {
    return combine(Op.MUL, this, other);
  }

  default Dim times(long other) {
    return times(of(other));
  }

  /** Returns the quotient rounded towards minus infinity. */
  default Dim dividedBy(Dim other) {
    return combine(Op.DIV, this, other);
  }

  default Dim dividedBy(long other) {
    return dividedBy(of(other));
  }

  default Dim max(Dim other) {
    return combine(Op.MAX, this, other);
  }

  default Dim min(Dim other) {
    return combine(Op.MIN, this, other);
  }

  /** Whether this is the number {@code size}. */
  default boolean is(long size) {
    return this instanceof Known(long s) && s == size;
  }

  /** Whether this is a number. */
  default boolean isKnown() {
    return this instanceof Known;
  }

  /** Returns the number, or -1 where this is not one. */
  default long sizeOrMinusOne() {
    return this instanceof Known(long s) ? s : -1;
  }

  /** Whether both surely are the same size: equal and not unknown. */
  default boolean sameAs(Dim other) {
    return !(this instanceof Unknown) && !mentionsUnknown(this) && equals(other);
  }

  private static boolean mentionsUnknown(Dim dim) {
    return dim instanceof Unknown
        || (dim instanceof Computed(_, Dim a, Dim b) && (mentionsUnknown(a) || mentionsUnknown(b)));
  }

  /** Whether this surely is zero or more, since names stand for sizes; false where not known. */
  default boolean isNeverNegative() {
    return DimAlgebra.isNeverNegative(this);
  }

  /** Returns the size where every name that matters is bound, else empty. */
  default OptionalLong evaluate(Map<String, Long> bindings) {
    return switch (this) {
      case Known(long s) -> OptionalLong.of(s);
      case Named(String name) -> {
        Long bound = bindings.get(name);
        yield bound == null ? OptionalLong.empty() : OptionalLong.of(bound);
      }
      case Computed(Op op, Dim left, Dim right) -> {
        OptionalLong a = left.evaluate(bindings);
        OptionalLong b = right.evaluate(bindings);
        yield a.isPresent() && b.isPresent()
            ? op.apply(a.getAsLong(), b.getAsLong())
            : OptionalLong.empty();
      }
      case Unknown _ -> OptionalLong.empty();
    };
  }

  private static Dim combine(Op op, Dim a, Dim b) {
    if (a instanceof Known(long x) && b instanceof Known(long y)) {
      OptionalLong result = op.apply(x, y);
      return result.isPresent() ? of(result.getAsLong()) : UNKNOWN;
    }
    if (a instanceof Unknown || b instanceof Unknown) {
      return op == Op.MUL && (a.is(0) || b.is(0)) ? of(0) : UNKNOWN;
    }
    return DimAlgebra.combine(op, a, b);
  }
}
