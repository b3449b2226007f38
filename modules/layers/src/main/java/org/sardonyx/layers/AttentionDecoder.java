package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * A recurrent decoder with attention at every step: the state h_(t-1) is the query for the series
 * that an encoder gave, and the cell reads [x_t; c_t], where c_t is what attention found. Gives
 * [h_t; c_t].
 */
public final class AttentionDecoder {

  private final StepCell cell;
  private final Attention attention;

  private AttentionDecoder(StepCell cell, Attention attention) {
    this.cell = cell;
    this.attention = attention;
  }

  /**
   * Makes one.
   *
   * @param cell reads the features of the target and then those of the memory
   * @throws UnsupportedModel where the steps of the cell cannot be written
   */
  public static AttentionDecoder of(Cell cell, Attention attention) {
    return new AttentionDecoder(Stepped.of(cell), attention);
  }

  /**
   * Adds the decoder.
   *
   * @param target what it reads, step by step
   * @param memory what it looks at; its lengths or mask are obeyed
   * @param initial the states of the cell; none stands for zeros
   */
  public Recurrent.Output run(Series target, Series memory, State... initial) {
    String kind = "AttentionDecoder" + cell.kind();
    Weights.requireInput(kind, cell.inputSize(), Math.addExact(target.size(), memory.size()));
    attention.requireSizes(cell.states().getFirst().size(), memory.size());
    Recurrent.requireStates(kind, 1, cell.states(), List.of(initial));
    if (target.steps() != null) {
      throw new UnsupportedModel(kind + ": the target has no lengths; use whole() before it");
    }
    Series x = target.in(Layout.TIME_BATCH_FEATURES);
    Series m = memory.in(Layout.BATCH_TIME_FEATURES);
    Network network = x.network();
    boolean masked = m.steps() != null;
    Map<String, Ref> all = new LinkedHashMap<>();
    all.put("X", x.ref());
    all.put("memory", m.ref());
    if (m.steps() != null) {
      all.put("mask", m.steps().mask());
    }
    network.begin("attention_decoder");
    Formula f = network.formula();
    cell.weights().forEach((name, w) -> put(all, name, f.weight(name, w)));
    attention
        .weights()
        .forEach((name, w) -> put(all, "attention_" + name, f.weight("attention_" + name, w)));
    for (int s = 0; s < cell.states().size(); s++) {
      StepCell.Carried state = cell.states().get(s);
      Ref zero =
          initial.length == 0 ? network.zeros(x, state.size()) : f.squeeze(initial[s].ref(), 0);
      all.put("initial_" + state.name(), zero);
    }
    List<String> names = List.copyOf(all.keySet());
    FunctionBodies.Draft draft =
        new FunctionBodies.Draft(
            kind + attention.kind() + (masked ? "Masked" : ""),
            "X and Y are [time, batch, features], memory is [batch, time, features].",
            names,
            1 + cell.states().size(),
            List.of(Attribute.of("hidden_size", (long) cell.outputSize())),
            (inner, in) -> body(inner, in, names, masked));
    List<Ref> outputs = network.call(draft, List.copyOf(all.values()));
    List<State> states = new ArrayList<>();
    for (int s = 0; s < cell.states().size(); s++) {
      Ref state = network.formula().unsqueeze(outputs.get(s + 1), 0);
      states.add(new State(network, state, 1, cell.states().get(s).size()));
    }
    Series y = x.with(outputs.getFirst(), cell.outputSize() + m.size());
    return new Recurrent.Output(y, states);
  }

  private static void put(Map<String, Ref> all, String name, Ref ref) {
    if (all.putIfAbsent(name, ref) != null) {
      throw new InvalidInput("a cell cannot have weights called \"" + name + "\"");
    }
  }

  private List<Ref> body(Formula f, List<Ref> in, List<String> names, boolean masked) {
    Map<String, Ref> byName = new LinkedHashMap<>();
    Map<String, Ref> scoring = new LinkedHashMap<>();
    for (int i = 0; i < in.size(); i++) {
      byName.put(names.get(i), in.get(i));
      if (names.get(i).startsWith("attention_")) {
        scoring.put(names.get(i).substring("attention_".length()), in.get(i));
      }
    }
    StepCell.Parameters weights = new StepCell.Parameters(byName);
    StepCell.Parameters score = new StepCell.Parameters(scoring);
    Ref memory = weights.get("memory");
    Ref keys = attention.keys(f, memory, score);
    List<Ref> states = new ArrayList<>();
    cell.states().forEach(state -> states.add(weights.get("initial_" + state.name())));
    List<Ref> all =
        f.scan(
            states,
            List.of(weights.get("X")),
            false,
            1,
            (inner, before, slices) -> {
              Ref query = inner.unsqueeze(before.getFirst(), 1);
              Ref scores = attention.scores(inner, query, keys, score);
              Ref found =
                  Attention.weighed(inner, scores, memory, masked ? weights.get("mask") : null);
              Ref context = inner.squeeze(found, 1);
              Ref u = inner.concat(1, slices.getFirst(), context);
              StepCell.Result result =
                  cell.step(inner, cell.before(inner, u, weights), before, weights);
              return new Formula.Step(
                  result.states(), List.of(inner.concat(1, result.output(), context)));
            });
    List<Ref> ordered = new ArrayList<>(List.of(all.getLast()));
    ordered.addAll(all.subList(0, all.size() - 1));
    return ordered;
  }
}
