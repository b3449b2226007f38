package org.sardonyx.frameworks.djl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.Cell;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Gru;
import org.sardonyx.layers.Layout;
import org.sardonyx.layers.Lstm;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Recurrent;
import org.sardonyx.layers.Rnn;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.State;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.Tensor;

/** Writes LSTM, GRU and RNN of any number of layers. */
final class RecurrentWriter {

  private final Network net;
  private final Formula f;
  private final ParamsFile file;

  RecurrentWriter(Network net, ParamsFile file) {
    this.net = net;
    this.f = net.formula();
    this.file = file;
  }

  /**
   * Writes a block.
   *
   * @param in the series, and then the states to begin with, of all layers together
   */
  List<Array> on(Block.Recurrent block, List<Array> in) {
    int states = block.kind() == Block.Recurrent.Kind.LSTM ? 2 : 1;
    int directions = block.bidirectional() ? 2 : 1;
    String name = block.kind().name();
    if (in.isEmpty() || in.size() > 1 + states) {
      throw new UnsupportedModel("it takes a series and " + states + " states, not " + in.size());
    }
    Array x = in.getFirst().requireRank(name, 3);
    file.sinceTwo(name, 2);
    List<List<Cell>> layers = cells(block);
    int features = layers.getFirst().getFirst().inputSize();
    if (x.last() >= 0 && x.last() != features) {
      throw new UnsupportedModel(
          "it has weights for " + features + " features and is given " + x.dims());
    }
    Layout layout = block.batchFirst() ? Layout.BATCH_TIME_FEATURES : Layout.TIME_BATCH_FEATURES;
    Series series = new Series(net, x.ref(), layout, features);
    List<List<Ref>> after = new ArrayList<>();
    for (int layer = 0; layer < layers.size(); layer++) {
      List<State> initial = new ArrayList<>();
      for (int s = 0; s < states && in.size() > 1; s++) {
        initial.add(
            state(
                s + 1 < in.size() ? in.get(s + 1).ref() : null,
                in.get(1).ref(),
                layer * directions,
                directions,
                block.stateSize()));
      }
      List<Cell> cells = layers.get(layer);
      Recurrent recurrent =
          directions == 1
              ? Recurrent.of(cells.getFirst())
              : Recurrent.both(cells.getFirst(), cells.getLast());
      Recurrent.Output output = recurrent.run(series, initial.toArray(State[]::new));
      series = output.series();
      after.add(output.states().stream().map(State::ref).toList());
    }
    Array y = x.with(series.in(layout).ref(), directions * block.stateSize());
    if (!block.returnState()) {
      return List.of(y);
    }
    List<Array> all = new ArrayList<>(List.of(y));
    int batch = x.dims().get(layout.batch());
    for (int s = 0; s < states; s++) {
      int which = s;
      Ref[] parts = after.stream().map(one -> one.get(which)).toArray(Ref[]::new);
      Ref whole = parts.length == 1 ? parts[0] : f.concat(0, parts);
      all.add(new Array(whole, List.of(layers.size() * directions, batch, block.stateSize())));
    }
    return all;
  }

  /** The part of the states that is of one layer; where one is left out, zeros. */
  private State state(@Nullable Ref given, Ref like, int from, int directions, int size) {
    Ref part =
        f.node(
            "Slice",
            given == null ? f.multiply(like, f.scalar(0f)) : given,
            f.integers(from),
            f.integers((long) from + directions),
            f.integers(0));
    return new State(net, part, directions, size);
  }

  /** Reads the weights and then the biases of each layer, each of both directions. */
  private List<List<Cell>> cells(Block.Recurrent block) {
    String kind = block.kind().name();
    List<String> directions = block.bidirectional() ? List.of("l", "r") : List.of("l");
    List<String> types = block.hasBiases() ? List.of("WEIGHT", "BIAS") : List.of("WEIGHT");
    List<List<Cell>> layers = new ArrayList<>();
    for (int layer = 0; layer < block.numLayers(); layer++) {
      Map<String, Tensor> all = new HashMap<>();
      for (String type : types) {
        for (String direction : directions) {
          for (String gate : List.of("i2h", "h2h")) {
            String name = direction + "_" + layer + "_" + gate + "_" + type;
            all.put(direction + gate + type, file.parameter(kind, name));
          }
        }
      }
      List<Cell> cells = new ArrayList<>();
      for (String direction : directions) {
        Tensor[] biases =
            block.hasBiases()
                ? new Tensor[] {get(all, direction + "i2hBIAS"), get(all, direction + "h2hBIAS")}
                : new Tensor[0];
        Cell cell =
            cell(
                block,
                get(all, direction + "i2hWEIGHT"),
                get(all, direction + "h2hWEIGHT"),
                biases);
        if (cell.outputSize() != block.stateSize()) {
          throw new UnsupportedModel(
              "the specification says a stateSize of "
                  + block.stateSize()
                  + "; the weights are for "
                  + cell.outputSize());
        }
        cells.add(cell);
      }
      layers.add(cells);
    }
    return layers;
  }

  private static Tensor get(Map<String, Tensor> all, String name) {
    return Objects.requireNonNull(all.get(name));
  }

  private static Cell cell(Block.Recurrent block, Tensor w, Tensor r, Tensor... biases) {
    return switch (block.kind()) {
      case LSTM -> Lstm.of(WeightFormat.DJL, w, r, biases);
      case GRU -> Gru.of(WeightFormat.DJL, w, r, biases);
      case RNN ->
          Rnn.of(WeightFormat.DJL, w, r, biases)
              .withActivation((Activation) Objects.requireNonNull(block.activation()));
    };
  }
}
