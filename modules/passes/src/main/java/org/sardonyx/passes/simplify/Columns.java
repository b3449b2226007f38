package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node of a loop's body gives, a row for each batch and {@code width} columns, as a sum of
 * products. Two ways to write the same gates, {@code (1 - z) n + z h} and {@code n + z (h - n)},
 * are the same sum.
 */
record Columns(int width, List<Term> terms) {

  private static final int MOST_TERMS = 16;

  /**
   * The product, element by element, of {@code factors} with either a row of weights or, where
   * there is a source, the matrix product of the source (itself a product of atoms) and {@code
   * weights} [rows of the source's width, width].
   */
  record Term(List<Atom> factors, List<Atom> source, float[] weights) {

    boolean isOne() {
      for (float weight : weights) {
        if (weight != 1) {
          return false;
        }
      }
      return source.isEmpty();
    }

    private boolean isLike(Term other) {
      return factors.equals(other.factors) && source.equals(other.source);
    }
  }

  /** What sums are made of: a value of the body, or a function of a sum; equal to itself alone. */
  static final class Atom {
    private final int number;
    final String name;
    final int width;

    /** Null for a value of the body. */
    final @Nullable Function function;

    final @Nullable Columns argument;

    Atom(
        int number,
        String name,
        int width,
        @Nullable Function function,
        @Nullable Columns argument) {
      this.number = number;
      this.name = name;
      this.width = width;
      this.function = function;
      this.argument = argument;
    }

    boolean is(@Nullable Function wanted) {
      return function != null && function.equals(wanted);
    }
  }

  /** An activation, with the numbers that it has. */
  record Function(String name, float alpha, float beta) {}

  static Columns of(Atom atom) {
    return new Columns(atom.width, List.of(new Term(List.of(atom), List.of(), ones(atom.width))));
  }

  static Columns row(float[] weights) {
    return new Columns(weights.length, List.of(new Term(List.of(), List.of(), weights)));
  }

  /** Returns the product of what {@code source} is made of with {@code weights}. */
  static Columns product(List<Atom> source, float[] weights, int width) {
    return new Columns(width, List.of(new Term(List.of(), source, weights)));
  }

  private static float[] ones(int width) {
    float[] ones = new float[width];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Returns the atoms that this is the plain product of; null where it is more. */
  @Nullable List<Atom> atoms() {
    return terms.size() == 1 && terms.getFirst().isOne() && !terms.getFirst().factors().isEmpty()
        ? terms.getFirst().factors()
        : null;
  }

  @Nullable Columns plus(Columns other) {
    List<Term> sum = new ArrayList<>(terms);
    for (Term term : other.terms) {
      int like = 0;
      while (like < sum.size() && !sum.get(like).isLike(term)) {
        like++;
      }
      if (like == sum.size()) {
        sum.add(term);
        continue;
      }
      float[] weights = sum.get(like).weights().clone();
      boolean nothing = true;
      for (int i = 0; i < weights.length; i++) {
        weights[i] += term.weights()[i];
        nothing &= weights[i] == 0;
      }
      // 0 v is not 0 where v is infinite: what cancels out is left alone.
      if (nothing) {
        return null;
      }
      sum.set(like, new Term(term.factors(), term.source(), weights));
    }
    return width == other.width && sum.size() <= MOST_TERMS ? new Columns(width, sum) : null;
  }

  /** Whether both are sums of the same terms, in whatever order. */
  boolean isSame(Columns other) {
    return terms.size() == other.terms.size()
        && terms.stream()
            .allMatch(term ->
                other.terms.stream()
                    .anyMatch(o -> term.isLike(o) && Arrays.equals(term.weights, o.weights)));
  }

  Columns negative() {
    return new Columns(width, terms.stream().map(term -> scaled(term, -1)).toList());
  }

  Columns times(float factor) {
    return new Columns(width, terms.stream().map(term -> scaled(term, factor)).toList());
  }

  private static Term scaled(Term term, float factor) {
    float[] weights = term.weights().clone();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= factor;
    }
    return new Term(term.factors(), term.source(), weights);
  }

  @Nullable Columns times(Columns other) {
    @Nullable Columns sum = null;
    for (Term a : terms) {
      for (Term b : other.terms) {
        if (width != other.width || !(a.source().isEmpty() || b.source().isEmpty())) {
          return null;
        }
        Term wide = a.source().isEmpty() ? b : a;
        float[] row = (a.source().isEmpty() ? a : b).weights();
        List<Atom> factors = new ArrayList<>(a.factors());
        factors.addAll(b.factors());
        factors.sort(Comparator.comparingInt(atom -> atom.number));
        float[] weights = wide.weights().clone();
        for (int i = 0; i < weights.length; i++) {
          weights[i] *= row[i % width];
        }
        Columns product = new Columns(width, List.of(new Term(factors, wide.source(), weights)));
        sum = sum == null ? product : sum.plus(product);
        if (sum == null) {
          return null;
        }
      }
    }
    return sum;
  }

  /** Cuts columns out of an atom; null where that cannot be said. */
  interface Cut {
    @Nullable Atom cut(Atom atom, int from, int to);
  }

  @Nullable Columns slice(int from, int to, Cut cut) {
    List<Term> sliced = new ArrayList<>();
    for (Term term : terms) {
      List<Atom> factors = new ArrayList<>();
      for (Atom factor : term.factors()) {
        Atom part = cut.cut(factor, from, to);
        if (part == null) {
          return null;
        }
        factors.add(part);
      }
      factors.sort(Comparator.comparingInt(atom -> atom.number));
      int rows = term.weights().length / width;
      float[] weights = new float[rows * (to - from)];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(term.weights(), row * width + from, weights, row * (to - from), to - from);
      }
      sliced.add(new Term(factors, term.source(), weights));
    }
    return new Columns(to - from, sliced);
  }
}
