package org.sardonyx.layers;

import java.util.List;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.UnsupportedModel;

/**
 * A recurrent layer: one cell over time in one direction, or two cells in both. Lengths of the
 * series are obeyed: states stop, outputs are 0, and the backward direction begins at the last step
 * that counts.
 *
 * <pre>{@code
 * series.then(Recurrent.of(cell))
 *     .then(Recurrent.both(forward, backward).merge(Merge.SUM))
 * }</pre>
 */
public final class Recurrent implements Layer<Series, Series> {

  private final List<Cell> cells;
  private final boolean backwards;
  private final Merge merge;
  private final int unrolled;

  private Recurrent(List<Cell> cells, boolean backwards, Merge merge, int unrolled) {
    this.cells = cells;
    this.backwards = backwards;
    this.merge = merge;
    this.unrolled = unrolled;
  }

  /** Returns the layer that reads from the first step to the last. */
  public static Recurrent of(Cell cell) {
    return new Recurrent(List.of(cell), false, Merge.CONCAT, 0);
  }

  /** Returns the layer that reads from the last step to the first. */
  public static Recurrent backwards(Cell cell) {
    return new Recurrent(List.of(cell), true, Merge.CONCAT, 0);
  }

  /**
   * Returns the layer that reads in both directions; their features are put side by side.
   *
   * @throws InvalidInput where the cells are of different kinds or sizes
   */
  public static Recurrent both(Cell forward, Cell backward) {
    if (!forward.kind().equals(backward.kind())
        || forward.inputSize() != backward.inputSize()
        || forward.outputSize() != backward.outputSize()) {
      throw new InvalidInput(
          "two directions of one layer are cells of one kind and size: "
              + describe(forward)
              + " and "
              + describe(backward));
    }
    return new Recurrent(List.of(forward, backward), false, Merge.CONCAT, 0);
  }

  private static String describe(Cell cell) {
    return cell.kind() + " of " + cell.inputSize() + " to " + cell.outputSize() + " features";
  }

  /** Returns the same with another way to put the two directions together. */
  public Recurrent merge(Merge how) {
    return new Recurrent(cells, backwards, how, unrolled);
  }

  /**
   * Returns the same for series of exactly this many steps, written one after another instead of as
   * a loop.
   *
   * @throws UnsupportedModel for cells that ONNX has an operator for
   */
  public Recurrent unrolled(int times) {
    if (!(cells.getFirst() instanceof StepCell)) {
      throw new UnsupportedModel(
          cells.getFirst().kind() + " has an operator of its own and is not unrolled");
    }
    if (times < 1) {
      throw new InvalidInput("a loop is unrolled for one step or more, not " + times);
    }
    return new Recurrent(cells, backwards, merge, times);
  }

  /**
   * What a layer gives.
   *
   * @param series the outputs of all steps, the directions merged
   * @param states what each direction carried out of its last step: h, and C where there is one
   */
  public record Output(Series series, List<State> states) {

    public Output {
      states = List.copyOf(states);
    }

    /** Returns the state h after the last step of each direction. */
    public State last() {
      return states.getFirst();
    }
  }

  @Override
  public Series on(Series input) {
    return run(input, List.of()).series();
  }

  /** Returns the layer that gives the state after the last step of each direction, merged. */
  public Layer<Series, Features> last() {
    return input -> {
      State state = run(input, List.of()).last();
      Network network = input.network();
      Formula f = network.formula();
      if (state.directions() == 1) {
        return new Features(network, f.squeeze(state.ref(), 0), state.size());
      }
      return switch (merge) {
        case CONCAT ->
            new Features(
                network,
                f.reshape(f.transpose(state.ref(), 1, 0, 2), 0, 2L * state.size()),
                2 * state.size());
        case SUM, AVERAGE, MUL ->
            new Features(network, f.reduce(reduction(merge), state.ref(), false, 0), state.size());
      };
    };
  }

  /** Returns the operator that merges along an axis of directions. */
  static String reduction(Merge merge) {
    return switch (merge) {
      case SUM -> "ReduceSum";
      case AVERAGE -> "ReduceMean";
      case MUL -> "ReduceProd";
      case CONCAT -> throw new IllegalArgumentException();
    };
  }

  /** Adds the layer, with states that come from elsewhere; none stands for zeros. */
  public Output run(Series input, State... initial) {
    return run(input, List.of(initial));
  }

  private Output run(Series input, List<State> initial) {
    Cell first = cells.getFirst();
    Weights.requireInput(first.kind(), first.inputSize(), input.size());
    input.network().begin(first.kind().toLowerCase(java.util.Locale.ROOT));
    return switch (first) {
      case StepCell _ -> {
        List<StepCell> steps = cells.stream().map(StepCell.class::cast).toList();
        yield new StepLayer(steps, backwards, merge, unrolled).on(input, initial);
      }
      case Lstm _, Gru _, Rnn _ -> new OperatorLayer(cells, backwards, merge).on(input, initial);
    };
  }

  /** Refuses states of other numbers or sizes than a layer has. */
  static void requireStates(
      String layer, int directions, List<StepCell.Carried> wanted, List<State> given) {
    if (given.isEmpty()) {
      return;
    }
    boolean fits = given.size() == wanted.size();
    for (int i = 0; fits && i < given.size(); i++) {
      fits = given.get(i).directions() == directions && given.get(i).size() == wanted.get(i).size();
    }
    if (!fits) {
      throw new InvalidInput(
          layer
              + " begins with states of "
              + directions
              + (directions == 1 ? " direction: " : " directions: ")
              + wanted
              + "; given are "
              + given.stream()
                  .map(s -> "[" + s.directions() + ",batch," + s.size() + "]")
                  .toList());
    }
  }
}
