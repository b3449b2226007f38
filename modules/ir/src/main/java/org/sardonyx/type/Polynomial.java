package org.sardonyx.type;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Dim.Computed;
import org.sardonyx.type.Dim.Known;
import org.sardonyx.type.Dim.Op;

/**
 * A dimension as a sum of products, so that equal arithmetic looks equal: {@code 2*batch + 2} for
 * {@code (batch + 1) * 2}. Atoms are names, quotients, maxima and minima.
 *
 * @param terms for each product of atoms, in order, its factor, never 0; the empty product is 1
 */
record Polynomial(Map<List<Dim>, Long> terms) {

  private static final Comparator<List<Dim>> ORDER = new Order();

  private static final Comparator<Dim> BY_TEXT = new ByText();

  private static final class ByText implements Comparator<Dim> {
    @Override
    public int compare(Dim a, Dim b) {
      return a.toString().compareTo(b.toString());
    }
  }

  /** More atoms first, then by their text. */
  private static final class Order implements Comparator<List<Dim>> {
    @Override
    public int compare(List<Dim> a, List<Dim> b) {
      if (a.size() != b.size()) {
        return Integer.compare(b.size(), a.size());
      }
      return a.equals(b) ? 0 : a.toString().compareTo(b.toString());
    }
  }

  static final Polynomial ZERO = new Polynomial(new TreeMap<>(ORDER));

  static Polynomial of(Dim dim) {
    // No switch over types: a process that starts takes milliseconds for each.
    if (dim instanceof Known(long size)) {
      return constant(size);
    }
    if (dim instanceof Computed(Op op, Dim left, Dim right)) {
      return switch (op) {
        case ADD -> of(left).plus(of(right), 1);
        case SUB -> of(left).plus(of(right), -1);
        case MUL -> of(left).times(of(right));
        case DIV, MAX, MIN -> atom(dim);
      };
    }
    return atom(dim);
  }

  static Polynomial constant(long value) {
    Map<List<Dim>, Long> terms = new TreeMap<>(ORDER);
    if (value != 0) {
      terms.put(List.of(), value);
    }
    return new Polynomial(terms);
  }

  private static Polynomial atom(Dim dim) {
    Map<List<Dim>, Long> terms = new TreeMap<>(ORDER);
    terms.put(List.of(dim), 1L);
    return new Polynomial(terms);
  }

  Polynomial plus(Polynomial other, long factor) {
    Map<List<Dim>, Long> sum = new TreeMap<>(ORDER);
    sum.putAll(terms);
    for (Map.Entry<List<Dim>, Long> term : other.terms.entrySet()) {
      add(sum, term.getKey(), Math.multiplyExact(term.getValue(), factor));
    }
    return new Polynomial(sum);
  }

  private static void add(Map<List<Dim>, Long> sum, List<Dim> atoms, long factor) {
    long total = Math.addExact(sum.getOrDefault(atoms, 0L), factor);
    if (total == 0) {
      sum.remove(atoms);
    } else {
      sum.put(atoms, total);
    }
  }

  Polynomial times(Polynomial other) {
    Map<List<Dim>, Long> product = new TreeMap<>(ORDER);
    for (Map.Entry<List<Dim>, Long> a : terms.entrySet()) {
      for (Map.Entry<List<Dim>, Long> b : other.terms.entrySet()) {
        List<Dim> atoms = new ArrayList<>(a.getKey());
        atoms.addAll(b.getKey());
        if (atoms.size() > 1) {
          atoms.sort(BY_TEXT);
        }
        add(product, List.copyOf(atoms), Math.multiplyExact(a.getValue(), b.getValue()));
      }
    }
    return new Polynomial(product);
  }

  boolean isConstant() {
    return terms.isEmpty() || (terms.size() == 1 && terms.containsKey(List.of()));
  }

  /** Returns the term without atoms. */
  long constantTerm() {
    return terms.getOrDefault(List.of(), 0L);
  }

  int size() {
    return terms.size();
  }

  /** Whether the value is zero or more whatever sizes the names have; false where not known. */
  boolean isNeverNegative() {
    for (Map.Entry<List<Dim>, Long> term : terms.entrySet()) {
      if (term.getValue() < 0) {
        return false;
      }
      for (Dim atom : term.getKey()) {
        if (!DimAlgebra.isNeverNegative(atom)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns the exact quotient, or null where there is a remainder. */
  @Nullable Polynomial dividedBy(Polynomial divisor) {
    if (divisor.terms.isEmpty()) {
      return null;
    }
    Map.Entry<List<Dim>, Long> lead = divisor.terms.entrySet().iterator().next();
    Polynomial rest = this;
    Polynomial quotient = ZERO;
    for (int step = 0; step < 16 && !rest.terms.isEmpty(); step++) {
      Map.Entry<List<Dim>, Long> first = rest.terms.entrySet().iterator().next();
      List<Dim> atoms = without(first.getKey(), lead.getKey());
      if (atoms == null || first.getValue() % lead.getValue() != 0) {
        return null;
      }
      Map<List<Dim>, Long> one = new TreeMap<>(ORDER);
      one.put(atoms, first.getValue() / lead.getValue());
      Polynomial term = new Polynomial(one);
      quotient = quotient.plus(term, 1);
      rest = rest.plus(term.times(divisor), -1);
    }
    return rest.terms.isEmpty() ? quotient : null;
  }

  private static @Nullable List<Dim> without(List<Dim> atoms, List<Dim> taken) {
    List<Dim> left = new ArrayList<>(atoms);
    for (Dim atom : taken) {
      if (!left.remove(atom)) {
        return null;
      }
    }
    return List.copyOf(left);
  }

  /** Returns the terms whose factor {@code divisor} divides, divided, and the rest as it is. */
  Polynomial[] split(long divisor) {
    Map<List<Dim>, Long> whole = new TreeMap<>(ORDER);
    Map<List<Dim>, Long> rest = new TreeMap<>(ORDER);
    for (Map.Entry<List<Dim>, Long> term : terms.entrySet()) {
      List<Dim> atoms = term.getKey();
      long factor = term.getValue();
      if (atoms.isEmpty()) {
        add(whole, atoms, Math.floorDiv(factor, divisor));
        add(rest, atoms, Math.floorMod(factor, divisor));
      } else if (factor % divisor == 0) {
        add(whole, atoms, factor / divisor);
      } else {
        add(rest, atoms, factor);
      }
    }
    return new Polynomial[] {new Polynomial(whole), new Polynomial(rest)};
  }

  /** Returns the dimension, always written in the same way. */
  Dim toDim() {
    Dim sum = null;
    for (Map.Entry<List<Dim>, Long> term : terms.entrySet()) {
      long factor = term.getValue();
      boolean minus = sum != null && factor < 0 && factor != Long.MIN_VALUE;
      Dim product = null;
      for (Dim atom : term.getKey()) {
        product = product == null ? atom : new Computed(Op.MUL, product, atom);
      }
      long shown = minus ? -factor : factor;
      Dim written =
          product == null
              ? new Known(shown)
              : shown == 1 ? product : new Computed(Op.MUL, product, new Known(shown));
      sum = sum == null ? written : new Computed(minus ? Op.SUB : Op.ADD, sum, written);
    }
    return sum == null ? new Known(0) : sum;
  }
}
