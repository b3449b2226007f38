package org.sardonyx.frameworks.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.layers.Network;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** The inputs of a model: as many as the file notes, or the specification names. */
final class Entry {

  private Entry() {}

  static List<Array> inputs(Network net, Map<String, List<Long>> noted, Spec spec) {
    Block first = first(spec.block());
    List<List<Long>> shapes = new ArrayList<>(noted.values());
    List<String> names = new ArrayList<>(spec.inputs());
    if (names.isEmpty()) {
      names.addAll(shapes.size() == 1 ? List.of("x") : List.copyOf(noted.keySet()));
    }
    if (names.size() < shapes.size() || shapes.isEmpty()) {
      throw new InvalidInput(
          "the file notes " + shapes.size() + " inputs, the specification names " + names.size());
    }
    List<Array> inputs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      List<Dim> dims =
          i == 0
              ? main(spec, shapes.getFirst())
              : more(first, i, names.size(), i < shapes.size() ? shapes.get(i) : null);
      DataType type = i == 0 && first instanceof Block.Embedding ? DataType.INT64 : DataType.FLOAT;
      inputs.add(
          new Array(
              net.input(names.get(i), type, dims),
              dims.stream()
                  .map(dim -> dim instanceof Dim.Known known ? (int) known.size() : -1)
                  .toList()));
    }
    return inputs;
  }

  /** Returns the block that sees the inputs first. */
  private static Block first(Block block) {
    return switch (block) {
      case Block.Sequential(List<Block> blocks) when !blocks.isEmpty() -> first(blocks.getFirst());
      case Block.Parallel parallel when !parallel.blocks().isEmpty() ->
          first(parallel.blocks().getFirst());
      default -> block;
    };
  }

  private static List<Dim> main(Spec spec, List<Long> shape) {
    Block first = first(spec.block());
    Dim batch = Dim.named("batch");
    Dim time = Dim.named("time");
    if (spec.block() instanceof Block.Linear) {
      // A Linear alone notes the shape of its input without the last dimension.
      List<Long> whole = new ArrayList<>(shape);
      whole.add(-1L);
      return open(whole);
    }
    if (first instanceof Block.Embedding) {
      // Some embeddings note one open dimension, whatever they were given.
      return shape.size() == 2 || shape.size() == 1 ? List.of(batch, time) : open(shape);
    }
    if (shape.size() == 3) {
      if (first instanceof Block.Conv1d) {
        return List.of(batch, fixed(shape.get(1)), time);
      }
      boolean batchFirst = !(first instanceof Block.Recurrent recurrent) || recurrent.batchFirst();
      Dim features = fixed(shape.get(2));
      return batchFirst ? List.of(batch, time, features) : List.of(time, batch, features);
    }
    if (shape.size() == 2) {
      return List.of(batch, fixed(shape.get(1)));
    }
    return open(shape);
  }

  private static List<Dim> open(List<Long> shape) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < shape.size(); i++) {
      dims.add(i == 0 ? Dim.named("batch") : fixed(shape.get(i)));
    }
    return dims;
  }

  /** States, keys and values, or a mask. */
  private static List<Dim> more(Block first, int index, int count, @Nullable List<Long> shape) {
    Dim batch = Dim.named("batch");
    Dim time = Dim.named("time");
    if (first instanceof Block.Recurrent recurrent) {
      return List.of(
          Dim.of((long) recurrent.numLayers() * (recurrent.bidirectional() ? 2 : 1)),
          batch,
          Dim.of(recurrent.stateSize()));
    }
    boolean cross = count > 2;
    Dim queries = cross ? Dim.named("query_time") : time;
    if (count % 2 == 0 && index == count - 1) {
      return shape != null && shape.size() == 4
          ? List.of(batch, Dim.UNKNOWN, queries, time)
          : List.of(batch, queries, time);
    }
    Dim size = fixed(Objects.requireNonNull(shape).getLast());
    return List.of(batch, index == 1 ? queries : time, size);
  }

  private static Dim fixed(long size) {
    return size < 0 ? Dim.UNKNOWN : Dim.of(size);
  }
}
