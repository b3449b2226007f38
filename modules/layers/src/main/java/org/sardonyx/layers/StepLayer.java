package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder.Ref;

/** Writes the cells that ONNX has no operator for: one call of a function for each direction. */
record StepLayer(List<StepCell> cells, boolean backwards, Merge merge, int unrolled) {

  Recurrent.Output on(Series input, List<State> initial) {
    StepCell first = cells.getFirst();
    Recurrent.requireStates(first.kind(), cells.size(), first.states(), initial);
    Series x = input.in(Layout.TIME_BATCH_FEATURES);
    List<Ref> outputs = new ArrayList<>();
    List<List<Ref>> after = new ArrayList<>();
    for (int d = 0; d < cells.size(); d++) {
      List<Ref> all = direction(x, initial, d, backwards || d == 1);
      outputs.add(all.getFirst());
      after.add(all.subList(1, all.size()));
    }
    Formula f = x.network().formula();
    List<State> states = new ArrayList<>();
    for (int s = 0; s < first.states().size(); s++) {
      List<Ref> parts = new ArrayList<>();
      for (List<Ref> one : after) {
        parts.add(f.unsqueeze(one.get(s), 0));
      }
      Ref whole = parts.size() == 1 ? parts.getFirst() : f.concat(0, parts.toArray(Ref[]::new));
      states.add(new State(x.network(), whole, cells.size(), first.states().get(s).size()));
    }
    return new Recurrent.Output(merged(x, outputs), states);
  }

  private Series merged(Series x, List<Ref> outputs) {
    int size = cells.getFirst().outputSize();
    if (outputs.size() == 1) {
      return x.with(outputs.getFirst(), size);
    }
    Formula f = x.network().formula();
    Ref a = outputs.get(0);
    Ref b = outputs.get(1);
    return switch (merge) {
      case CONCAT -> x.with(f.concat(2, a, b), 2 * size);
      case SUM -> x.with(f.add(a, b), size);
      case AVERAGE -> x.with(f.multiply(f.add(a, b), f.scalar(0.5f)), size);
      case MUL -> x.with(f.multiply(a, b), size);
    };
  }

  private List<Ref> direction(Series x, List<State> initial, int direction, boolean reverse) {
    StepCell cell = cells.get(direction);
    Network network = x.network();
    Formula f = network.formula();
    Ref mask = x.steps() == null ? null : mask(f, x.steps(), cell.kind());
    List<Ref> refs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    refs.add(x.ref());
    names.add("X");
    String suffix = cells.size() == 1 ? "" : direction == 0 ? "_forward" : "_backward";
    cell.weights()
        .forEach((name, tensor) -> {
          refs.add(f.weight(name + suffix, tensor));
          names.add(name);
        });
    for (int s = 0; s < cell.states().size(); s++) {
      StepCell.Carried state = cell.states().get(s);
      names.add("initial_" + state.name());
      refs.add(
          initial.isEmpty()
              ? network.zeros(x, state.size())
              : cells.size() == 1
                  ? f.squeeze(initial.get(s).ref(), 0)
                  : f.at(initial.get(s).ref(), direction, 0));
    }
    if (mask != null) {
      refs.add(mask);
      names.add("mask");
    }
    String name =
        cell.kind()
            + (reverse ? "Reverse" : "")
            + (mask == null ? "" : "Masked")
            + (unrolled == 0 ? "" : "Unrolled");
    List<Attribute> attributes =
        List.of(
            Attribute.of("hidden_size", (long) cell.states().getFirst().size()),
            Attribute.of("direction", reverse ? "reverse" : "forward"));
    return network.call(
        new FunctionBodies.Draft(
            name,
            "X and Y are [time, batch, features]; states are [batch, size].",
            names,
            1 + cell.states().size(),
            attributes,
            (inner, inputs) -> body(inner, cell, names, inputs, reverse, mask != null)),
        refs);
  }

  /** The mask as the loop wants it, [time, batch, 1]; holds from the first step on. */
  private static Ref mask(Formula f, Steps steps, String layer) {
    steps.lengths(layer);
    return f.unsqueeze(f.transpose(steps.mask(), 1, 0), 2);
  }

  private List<Ref> body(
      Formula f,
      StepCell cell,
      List<String> names,
      List<Ref> inputs,
      boolean reverse,
      boolean masked) {
    Map<String, Ref> byName = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), inputs.get(i));
    }
    StepCell.Parameters weights = new StepCell.Parameters(byName);
    List<Ref> states = new ArrayList<>();
    cell.states().forEach(state -> states.add(weights.get("initial_" + state.name())));
    List<Ref> series = new ArrayList<>(cell.before(f, inputs.getFirst(), weights));
    if (masked) {
      series.add(weights.get("mask"));
    }
    Formula.Body step =
        (inner, before, slices) -> {
          int count = slices.size() - (masked ? 1 : 0);
          StepCell.Result result = cell.step(inner, slices.subList(0, count), before, weights);
          if (result.states().size() != before.size()) {
            throw new InvalidInput(
                cell.kind()
                    + ": a step gives "
                    + result.states().size()
                    + " states of "
                    + before.size());
          }
          return masked
              ? held(inner, slices.getLast(), before, result)
              : new Formula.Step(result.states(), List.of(result.output()));
        };
    List<Ref> all =
        unrolled == 0
            ? f.scan(states, series, reverse, 1, step)
            : f.unrolled(unrolled, states, series, reverse, 1, step);
    List<Ref> ordered = new ArrayList<>();
    ordered.add(all.getLast());
    ordered.addAll(all.subList(0, all.size() - 1));
    return ordered;
  }

  /** Where a step does not count, states stay and the output is 0. */
  private static Formula.Step held(
      Formula f, Ref counts, List<Ref> before, StepCell.Result result) {
    List<Ref> states = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      states.add(f.node("Where", counts, result.states().get(i), before.get(i)));
    }
    Ref output = f.node("Where", counts, result.output(), f.scalar(0f));
    return new Formula.Step(states, List.of(output));
  }
}
