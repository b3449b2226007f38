package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.passes.simplify.Columns.Atom;
import org.sardonyx.passes.simplify.Columns.Function;
import org.sardonyx.passes.simplify.Columns.Term;
import org.sardonyx.tensor.Tensor;

/**
 * A step of LSTM, GRU or RNN as sums of products, and the constants of the operator that does the
 * same.
 *
 * @param operator the operator
 * @param x what enters each step
 * @param w the constants W, R, B and P; null where there is none
 */
record RecurrentCell(
    String operator,
    String x,
    Tensor w,
    Tensor r,
    @Nullable Tensor b,
    @Nullable Tensor p,
    List<Attribute> attributes) {

  /** {@code x W + h R + b}, perhaps with a diagonal of the cell's state. */
  private record Gate(
      Atom x, float[] w, float[] r, float @Nullable [] b, float @Nullable [] peephole) {

    Gate negative() {
      return new Gate(x, minus(w), minus(r), b == null ? null : minus(b), null);
    }

    private static float[] minus(float[] a) {
      float[] result = a.clone();
      for (int i = 0; i < a.length; i++) {
        result[i] = -a[i];
      }
      return result;
    }
  }

  /** Returns the LSTM whose states after a step are these, where they are. */
  static @Nullable RecurrentCell lstm(
      Columns nextH, Columns nextC, String h, String c, int hidden) {
    List<Atom> shown = nextH.atoms();
    if (shown == null || shown.size() != 2 || nextC.terms().size() != 2) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Atom cell = shown.get(i);
      Atom output = shown.get(1 - i);
      if (cell.function == null || !nextC.equals(cell.argument) || output.function == null) {
        continue;
      }
      Term kept = null;
      Term added = null;
      for (Term term : nextC.terms()) {
        boolean old = term.factors().stream().anyMatch(atom -> atom.name.equals(c));
        kept = old ? term : kept;
        added = old ? added : term;
      }
      Atom forget = kept == null || !kept.isOne() ? null : other(kept.factors(), c);
      if (forget == null || added == null || !added.isOne() || added.factors().size() != 2) {
        continue;
      }
      for (int k = 0; k < 2; k++) {
        Atom input = added.factors().get(k);
        Atom candidate = added.factors().get(1 - k);
        if (candidate.function == null
            || !input.is(output.function)
            || !forget.is(output.function)) {
          continue;
        }
        Gate[] gates = {
          gate(input, h, c, null),
          gate(output, h, null, nextC),
          gate(forget, h, c, null),
          gate(candidate, h, null, null)
        };
        return cell(
            "LSTM",
            gates,
            null,
            hidden,
            List.of(output.function, candidate.function, cell.function),
            List.of());
      }
    }
    return null;
  }

  /** Returns the GRU whose state after a step is this, where it is. */
  static @Nullable RecurrentCell gru(Columns nextH, String h, int hidden) {
    if (nextH.terms().size() != 3) {
      return null;
    }
    Atom alone = null;
    Atom update = null;
    Atom candidate = null;
    boolean keeps = true;
    for (Term term : nextH.terms()) {
      if (term.factors().size() == 1) {
        alone = term.isOne() ? term.factors().getFirst() : null;
        keeps = alone != null && alone.function != null;
      }
    }
    if (alone == null) {
      return null;
    }
    // n - z n + z h, or h - z h + z n.
    for (Term term : nextH.terms()) {
      if (term.factors().size() == 2 && term.isOne()) {
        for (int i = 0; i < 2; i++) {
          Atom z = term.factors().get(i);
          Atom with = term.factors().get(1 - i);
          boolean other = keeps ? with.name.equals(h) && with.function == null : with != alone;
          if (update == null && z.function != null && other && holds(nextH, alone, z, with)) {
            update = z;
            candidate = keeps ? alone : with;
          }
        }
      }
    }
    if (update == null || candidate == null || update.function == null) {
      return null;
    }
    Gate z = gate(update, h, null, null);
    if (z != null && !keeps) {
      z = update.function.name().equals("Sigmoid") ? z.negative() : null;
    }
    return z == null ? null : gru(z, candidate, update.function, h, hidden);
  }

  /** Whether a sum is {@code alone - z alone + z with}. */
  private static boolean holds(Columns sum, Atom alone, Atom z, Atom with) {
    Columns a = Columns.of(alone);
    Columns product = a.times(Columns.of(z));
    Columns kept = Columns.of(with).times(Columns.of(z));
    if (product == null || kept == null) {
      return false;
    }
    Columns wanted = a.plus(product.negative());
    wanted = wanted == null ? null : wanted.plus(kept);
    return wanted != null && wanted.isSame(sum);
  }

  private static @Nullable RecurrentCell gru(
      Gate z, Atom candidate, Function function, String h, int hidden) {
    Columns argument = candidate.argument;
    if (argument == null || candidate.function == null) {
      return null;
    }
    Atom reset = null;
    List<Term> rest = new ArrayList<>();
    float[] after = null;
    Term recurrent = null;
    for (Term term : argument.terms()) {
      boolean product = term.source().size() == 2 && term.factors().isEmpty();
      boolean scaled = term.factors().size() == 1;
      if (!product && !scaled) {
        rest.add(term);
        continue;
      }
      Atom found = product ? other(term.source(), h) : term.factors().getFirst();
      if (found == null || (reset != null && reset != found)) {
        return null;
      }
      reset = found;
      if (term.source().isEmpty() && after == null) {
        after = term.weights();
      } else if (recurrent == null && (product || isState(term.source(), h))) {
        recurrent = term;
      } else {
        return null;
      }
    }
    if (reset == null || recurrent == null || !reset.is(function)) {
      return null;
    }
    boolean before = recurrent.factors().isEmpty();
    if (before && after != null) {
      return null;
    }
    Gate n = affine(rest, null, h, recurrent.weights(), null);
    Gate[] gates = {z, gate(reset, h, null, null), n};
    return cell(
        "GRU",
        gates,
        after,
        hidden,
        List.of(function, candidate.function),
        before ? List.of() : List.of(Attribute.of("linear_before_reset", 1L)));
  }

  /** Returns the RNN whose state after a step is this, where it is. */
  static @Nullable RecurrentCell rnn(Columns nextH, String h, int hidden) {
    List<Atom> atoms = nextH.atoms();
    Atom atom = atoms != null && atoms.size() == 1 ? atoms.getFirst() : null;
    return atom == null || atom.function == null
        ? null
        : cell(
            "RNN",
            new Gate[] {gate(atom, h, null, null)},
            null,
            hidden,
            List.of(atom.function),
            List.of());
  }

  private static boolean isState(List<Atom> source, String h) {
    return source.size() == 1
        && source.getFirst().function == null
        && source.getFirst().name.equals(h);
  }

  /** Returns the other of two atoms, one of which is the state {@code name}. */
  private static @Nullable Atom other(List<Atom> atoms, String name) {
    if (atoms.size() != 2) {
      return null;
    }
    boolean first = atoms.get(0).function == null && atoms.get(0).name.equals(name);
    boolean second = atoms.get(1).function == null && atoms.get(1).name.equals(name);
    return first == second ? null : atoms.get(first ? 1 : 0);
  }

  private static @Nullable Gate gate(
      Atom atom, String h, @Nullable String c, @Nullable Columns next) {
    return atom.argument == null ? null : affine(atom.argument.terms(), c, h, null, next);
  }

  /**
   * Returns a sum as a gate.
   *
   * @param c the state that may stand in it with a weight for each column
   * @param recurrent the weights of h where they are known
   * @param next the same for the state after the step, as it is made
   */
  private static @Nullable Gate affine(
      List<Term> terms,
      @Nullable String c,
      String h,
      float @Nullable [] recurrent,
      @Nullable Columns next) {
    int made = 0;
    Atom x = null;
    float[] w = null;
    float[] r = recurrent;
    float[] b = null;
    float[] p = null;
    for (Term term : terms) {
      if (!term.factors().isEmpty()) {
        boolean old =
            c != null
                && term.source().isEmpty()
                && term.factors().size() == 1
                && term.factors().getFirst().function == null
                && term.factors().getFirst().name.equals(c);
        boolean part = next != null && isPart(term, next);
        made += part ? 1 : 0;
        if (!(old || part) || (p != null && !(part && Arrays.equals(p, term.weights())))) {
          return null;
        }
        p = term.weights();
      } else if (term.source().isEmpty()) {
        b = term.weights();
      } else if (isState(term.source(), h) && r == null) {
        r = term.weights();
      } else if (term.source().size() == 1
          && term.source().getFirst().function == null
          && !term.source().getFirst().name.equals(h)
          && w == null) {
        x = term.source().getFirst();
        w = term.weights();
      } else {
        return null;
      }
    }
    boolean whole = made == 0 || (next != null && made == next.terms().size());
    return x == null || w == null || r == null || !whole ? null : new Gate(x, w, r, b, p);
  }

  private static boolean isPart(Term term, Columns next) {
    return term.source().isEmpty()
        && next.terms().stream().anyMatch(part -> part.factors().equals(term.factors()));
  }

  /**
   * Returns the operator of some gates, in its order.
   *
   * @param last what is added to the recurrent part of the last gate alone
   */
  private static @Nullable RecurrentCell cell(
      String operator,
      @Nullable Gate[] gates,
      float @Nullable [] last,
      int hidden,
      List<Function> functions,
      List<Attribute> more) {
    Gate first = gates[0];
    if (first == null) {
      return null;
    }
    int count = gates.length;
    Atom x = first.x();
    float[] w = new float[count * hidden * x.width];
    float[] r = new float[count * hidden * hidden];
    float[] b = new float[2 * count * hidden];
    float[] p = new float[3 * hidden];
    boolean biased = last != null;
    boolean peeps = false;
    for (int g = 0; g < count; g++) {
      Gate gate = gates[g];
      if (gate == null || gate.x() != x || gate.r().length != hidden * hidden) {
        return null;
      }
      transpose(gate.w(), x.width, hidden, w, g * hidden * x.width);
      transpose(gate.r(), hidden, hidden, r, g * hidden * hidden);
      if (gate.b() != null) {
        System.arraycopy(gate.b(), 0, b, g * hidden, hidden);
        biased = true;
      }
      if (gate.peephole() != null) {
        System.arraycopy(gate.peephole(), 0, p, g * hidden, hidden);
        peeps = true;
      }
    }
    if (last != null) {
      System.arraycopy(last, 0, b, (2 * count - 1) * hidden, hidden);
    }
    List<Attribute> attributes = new ArrayList<>(activations(functions));
    attributes.add(Attribute.of("hidden_size", (long) hidden));
    attributes.addAll(more);
    return new RecurrentCell(
        operator,
        x.name,
        Tensor.of(w, 1, count * hidden, x.width),
        Tensor.of(r, 1, count * hidden, hidden),
        biased ? Tensor.of(b, 1, b.length) : null,
        peeps ? Tensor.of(p, 1, p.length) : null,
        attributes);
  }

  private static List<Attribute> activations(List<Function> functions) {
    boolean numbers = functions.stream().anyMatch(f -> f.name().equals("HardSigmoid"));
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(
        new Attribute(
            "activations",
            Attribute.OfStrings.of(functions.stream().map(Function::name).toList())));
    if (numbers) {
      List<Float> alpha = new ArrayList<>();
      List<Float> beta = new ArrayList<>();
      for (Function function : functions) {
        if (function.name().equals("HardSigmoid")) {
          alpha.add(function.alpha());
          beta.add(function.beta());
        }
      }
      attributes.add(new Attribute("activation_alpha", new Attribute.OfFloats(alpha)));
      attributes.add(new Attribute("activation_beta", new Attribute.OfFloats(beta)));
    }
    return attributes;
  }

  private static void transpose(float[] from, int rows, int columns, float[] to, int at) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        to[at + j * rows + i] = from[i * columns + j];
      }
    }
  }
}
