package org.sardonyx.optimize.rules;

import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Dim;

/** What is known of a value's elements by their place (i, j) in its last two axes. */
sealed interface Pattern {

  /** The integer {@code row i + column j + offset}. */
  record Index(long row, long column, Dim offset) implements Pattern {

    Index plus(Index other, int sign) {
      return new Index(
          row + sign * other.row,
          column + sign * other.column,
          sign > 0 ? offset.plus(other.offset) : offset.minus(other.offset));
    }

    /** Returns where {@code this <= 0} holds; null where that is no diagonal. */
    @Nullable Diagonal notPositive() {
      if (column == 1 && row == -1) {
        return new Diagonal(Dim.of(0).minus(offset), 1, 0);
      }
      // i - j + c <= 0 is not j - i <= c - 1
      return column == -1 && row == 1 ? new Diagonal(offset.minus(Dim.of(1)), 0, 1) : null;
    }
  }

  /**
   * One number up to a diagonal, {@code j - i <= last}, and one above it; truth is 1.
   *
   * @param last where both are the same number, nothing depends on it
   */
  record Diagonal(Dim last, double below, double above) implements Pattern {

    static Diagonal all(double number) {
      return new Diagonal(Dim.of(0), number, number);
    }

    boolean isUniform() {
      return Double.compare(below, above) == 0;
    }

    /** Whether two numbers change at the same place, or one of them nowhere. */
    boolean meets(Diagonal other) {
      return isUniform() || other.isUniform() || last.sameAs(other.last);
    }

    /** Returns a diagonal where this one or the other changes, of these numbers. */
    Diagonal with(Diagonal other, double newBelow, double newAbove) {
      return new Diagonal(isUniform() ? other.last : last, newBelow, newAbove);
    }
  }
}
