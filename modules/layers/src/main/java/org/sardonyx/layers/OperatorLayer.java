package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Writes the cells that ONNX has an operator for: one node for both directions. */
record OperatorLayer(List<? extends Cell> cells, boolean backwards, Merge merge) {

  /** What the operators have in common. */
  private record Options(
      String operator,
      List<Activation> activations,
      List<Activation> defaults,
      float clip,
      @Nullable Attribute more) {}

  Recurrent.Output on(Series input, List<State> initial) {
    Network network = input.network();
    Formula f = network.formula();
    int hidden = cells.getFirst().outputSize();
    Options options = options();
    boolean lstm = options.operator().equals("LSTM");
    List<StepCell.Carried> states = new ArrayList<>();
    states.add(new StepCell.Carried("h", hidden));
    if (lstm) {
      states.add(new StepCell.Carried("C", hidden));
    }
    Recurrent.requireStates(options.operator(), cells.size(), states, initial);
    Series x = input.in(Layout.TIME_BATCH_FEATURES);
    List<Ref> refs = new ArrayList<>();
    refs.add(x.ref());
    refs.add(f.weight("W", stacked(c -> gates(c).w())));
    refs.add(f.weight("R", stacked(c -> gates(c).r())));
    refs.add(f.weight("B", stacked(c -> gates(c).b())));
    refs.add(x.steps() == null ? Ref.ABSENT : x.steps().lengths(options.operator()));
    initial.forEach(state -> refs.add(state.ref()));
    Tensor peepholes = peepholes();
    if (peepholes != null) {
      while (refs.size() < 7) {
        refs.add(Ref.ABSENT);
      }
      refs.add(f.weight("P", peepholes));
    }
    while (refs.getLast().equals(Ref.ABSENT)) {
      refs.removeLast();
    }
    GraphBuilder.Call call =
        f.call(options.operator(), refs.toArray(Ref[]::new))
            .with("hidden_size", hidden)
            .with("direction", direction());
    if (!options.activations().equals(options.defaults())) {
      activations(call, options.activations());
    }
    if (options.clip() > 0) {
      call.with("clip", options.clip());
    }
    if (options.more() != null) {
      call.with(options.more());
    }
    List<Ref> outputs = call.outputs(lstm ? 3 : 2);
    List<State> after = new ArrayList<>();
    for (Ref ref : outputs.subList(1, outputs.size())) {
      after.add(new State(network, ref, cells.size(), hidden));
    }
    return new Recurrent.Output(merged(x, outputs.getFirst(), hidden), after);
  }

  private String direction() {
    return cells.size() == 2 ? "bidirectional" : backwards ? "reverse" : "forward";
  }

  /** From [time, directions, batch, hidden]. */
  private Series merged(Series x, Ref y, int hidden) {
    Formula f = x.network().formula();
    if (cells.size() == 1) {
      return x.with(f.squeeze(y, 1), hidden);
    }
    return switch (merge) {
      case CONCAT -> x.with(f.reshape(f.transpose(y, 0, 2, 1, 3), 0, 0, 2L * hidden), 2 * hidden);
      case SUM, AVERAGE, MUL -> x.with(f.reduce(Recurrent.reduction(merge), y, false, 1), hidden);
    };
  }

  private Options options() {
    Options first = options(cells.getFirst());
    for (Cell cell : cells) {
      Options other = options(cell);
      boolean same =
          other.clip() == first.clip()
              && java.util.Objects.equals(other.more(), first.more())
              && (peepholes(cell) == null) == (peepholes(cells.getFirst()) == null);
      if (!same) {
        throw new InvalidInput(
            first.operator()
                + ": both directions of one operator have the same clip, coupling, place of the"
                + " reset, and both peepholes or none");
      }
    }
    List<Activation> all = new ArrayList<>();
    List<Activation> defaults = new ArrayList<>();
    for (Cell cell : cells) {
      all.addAll(options(cell).activations());
      defaults.addAll(first.defaults());
    }
    return new Options(first.operator(), all, defaults, first.clip(), first.more());
  }

  private static Options options(Cell cell) {
    return switch (cell) {
      case Rnn rnn ->
          new Options("RNN", List.of(rnn.activation()), List.of(Activation.TANH), 0, null);
      case Gru gru ->
          new Options(
              "GRU",
              gru.activations(),
              List.of(Activation.SIGMOID, Activation.TANH),
              0,
              gru.isResetAfter() ? Attribute.of("linear_before_reset", 1L) : null);
      case Lstm lstm ->
          new Options(
              "LSTM",
              lstm.activations(),
              List.of(Activation.SIGMOID, Activation.TANH, Activation.TANH),
              lstm.clip(),
              lstm.isCoupled() ? Attribute.of("input_forget", 1L) : null);
      case StepCell _ -> throw new IllegalArgumentException();
    };
  }

  /** Parameters are listed for the functions that have them, as ONNX Runtime reads the lists. */
  private static void activations(GraphBuilder.Call call, List<Activation> all) {
    call.with(
        new Attribute(
            "activations", Attribute.OfStrings.of(all.stream().map(Activation::name).toList())));
    for (String parameter : List.of("alpha", "beta")) {
      List<Float> values = new ArrayList<>();
      for (Activation activation : all) {
        for (Activation.Parameter p : activation.parameters()) {
          if (p.name().equals(parameter)) {
            values.add(p.value());
          }
        }
      }
      if (!values.isEmpty()) {
        call.with(new Attribute("activation_" + parameter, new Attribute.OfFloats(values)));
      }
    }
  }

  private @Nullable Tensor peepholes() {
    return peepholes(cells.getFirst()) == null
        ? null
        : stacked(cell -> java.util.Objects.requireNonNull(peepholes(cell)));
  }

  private static @Nullable Tensor peepholes(Cell cell) {
    return cell instanceof Lstm lstm ? lstm.peepholes() : null;
  }

  private static GateWeights gates(Cell cell) {
    return switch (cell) {
      case Rnn rnn -> rnn.weights();
      case Gru gru -> gru.weights();
      case Lstm lstm -> lstm.weights();
      case StepCell _ -> throw new IllegalArgumentException();
    };
  }

  /** Returns the weights of the directions, with an axis of directions before the others. */
  private Tensor stacked(Function<Cell, Tensor> which) {
    return Weights.stacked(
        cells.stream()
            .map(cell -> {
              Tensor tensor = which.apply(cell);
              int[] shape = new int[tensor.rank() + 1];
              System.arraycopy(tensor.shape(), 0, shape, 1, tensor.rank());
              shape[0] = 1;
              return tensor.reshaped(shape);
            })
            .toArray(Tensor[]::new));
  }
}
