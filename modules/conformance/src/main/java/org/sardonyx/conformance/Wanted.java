package org.sardonyx.conformance;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What the nodes that read an input want its elements to be. */
sealed interface Wanted {

  /** Zeros and ones. */
  record Mask() implements Wanted {}

  /** Integers from {@code low} to {@code high}, both included. */
  record Integers(long low, long high) implements Wanted {}

  /** Integers from {@code low} up to a dimension less {@code less}. */
  record UpTo(long low, Dim dim, long less) implements Wanted {}

  default boolean isMask() {
    return this instanceof Mask;
  }

  /** Returns the bounds, where the sizes of named dimensions are known. */
  default Integers integers(Map<String, Long> sizes) {
    return switch (this) {
      case Mask _ -> new Integers(0, 1);
      case Integers integers -> integers;
      case UpTo(long low, Dim dim, long less) -> {
        long high = dim.evaluate(sizes).orElse(low + less) - less;
        yield new Integers(low, Math.max(low, high));
      }
    };
  }

  /** Operators whose first output holds the elements of their first input, moved. */
  Set<String> MOVES =
      Set.of(
          "Identity",
          "Cast",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Expand",
          "Slice",
          "Flatten",
          "Gather",
          "Concat",
          "Tile");

  /** Returns what is wanted of each graph input that something is known of. */
  static Map<String, Wanted> of(Model model) {
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    Graph graph = inferred.model().graph();
    Map<String, Wanted> wanted = new HashMap<>();
    Readers readers = new Readers();
    for (ValueInfo input : graph.inputs()) {
      Wanted found = trace(inferred, graph, input.name(), readers);
      if (found != null) {
        wanted.put(input.name(), found);
      } else if (input.name().toLowerCase(java.util.Locale.ROOT).contains("mask")) {
        wanted.put(input.name(), new Mask());
      }
    }
    return wanted;
  }

  /** Follows an input through nodes that only move its elements, until one says what it wants. */
  private static @Nullable Wanted trace(
      Inferred inferred, Graph main, String input, Readers readers) {
    record Place(Graph graph, String name) {}
    Deque<Place> open = new ArrayDeque<>();
    IdentityHashMap<Graph, Set<String>> seen = new IdentityHashMap<>();
    open.add(new Place(main, input));
    while (!open.isEmpty()) {
      Place place = open.remove();
      if (!seen.computeIfAbsent(place.graph(), _ -> new HashSet<>()).add(place.name())) {
        continue;
      }
      for (Graph body : readers.bodies(place.graph(), place.name())) {
        open.add(new Place(body, place.name()));
      }
      for (Readers.Reader reader : readers.of(place.graph(), place.name())) {
        Node node = reader.node();
        int i = reader.input();
        Wanted found = at(inferred, place.graph(), main, node, i);
        if (found != null) {
          return found;
        }
        if (MOVES.contains(node.opType())
            && (i == 0 || node.opType().equals("Concat"))
            && !node.outputs().isEmpty()) {
          open.add(new Place(place.graph(), node.outputs().getFirst()));
        }
      }
    }
    return null;
  }

  /** Returns what {@code node} wants of its input {@code i}, where that is known. */
  private static @Nullable Wanted at(Inferred inferred, Graph graph, Graph main, Node node, int i) {
    String key = node.opType() + "." + i;
    return switch (key) {
      case "Gather.1" -> ids(inferred, graph, main, node, axis(node, 0));
      case "GatherElements.1" -> ids(inferred, graph, main, node, axis(node, 0));
      case "EmbedLayerNormalization.0" -> rows(shape(inferred, graph, main, node, 2));
      case "EmbedLayerNormalization.1" -> rows(shape(inferred, graph, main, node, 4));
      case "EmbedLayerNormalization.7", "Attention.3" -> new Mask();
      case "LSTM.4", "GRU.4", "RNN.4", "ReverseSequence.1" -> {
        Shape x = shape(inferred, graph, main, node, 0);
        boolean batchFirst = node.opType().equals("ReverseSequence") && axis(node, 0) != 0;
        yield x.hasRank() && x.rank() > 1
            ? new UpTo(1, x.dim(layout(node) == 1 || batchFirst ? 1 : 0), 0)
            : new Integers(1, 1);
      }
      case "Where.0", "And.0", "And.1", "Or.0", "Or.1", "Not.0" -> new Mask();
      case "OneHot.0" -> depth(inferred, graph, node);
      case "Loop.0" -> new Integers(0, 8);
      case "TopK.1" -> new Integers(1, 1);
      case "Range.1", "Range.0", "Range.2" -> new Integers(1, i == 1 ? 8 : 1);
      case "Equal.0", "Equal.1" -> {
        Tensor constant = constant(inferred, graph, node, 1 - i);
        yield constant != null && constant.size() == 1 && constant.dataType().isInteger()
            ? new Integers(constant.getLong(0), constant.getLong(0))
            : null;
      }
      default -> null;
    };
  }

  private static @Nullable Wanted ids(
      Inferred inferred, Graph graph, Graph main, Node node, long axis) {
    Shape data = shape(inferred, graph, main, node, 0);
    if (!data.hasRank() || axis >= data.rank() || -axis > data.rank()) {
      return null;
    }
    return new UpTo(0, data.dim((int) axis), 1);
  }

  private static @Nullable Wanted rows(Shape table) {
    return table.hasRank() ? new UpTo(0, table.dim(0), 1) : null;
  }

  private static @Nullable Tensor constant(Inferred inferred, Graph graph, Node node, int i) {
    return i < node.inputs().size() ? inferred.constant(graph, node.inputs().get(i)) : null;
  }

  private static @Nullable Wanted depth(Inferred inferred, Graph graph, Node node) {
    Tensor depth = constant(inferred, graph, node, 1);
    return depth == null ? null : new Integers(0, (long) depth.getDouble(0) - 1);
  }

  private static Shape shape(Inferred inferred, Graph graph, Graph main, Node node, int i) {
    List<String> inputs = node.inputs();
    if (i >= inputs.size()) {
      return Shape.UNKNOWN;
    }
    Type type = inferred.type(graph, inputs.get(i));
    if (type == null) {
      type = inferred.type(main, inputs.get(i));
    }
    return type instanceof Type.OfTensor tensor ? tensor.shape() : Shape.UNKNOWN;
  }

  private static long axis(Node node, long otherwise) {
    Attribute axis = node.attribute(node.opType().equals("ReverseSequence") ? "time_axis" : "axis");
    return axis != null && axis.value() instanceof Attribute.OfInt(long value) ? value : otherwise;
  }

  private static long layout(Node node) {
    Attribute layout = node.attribute("layout");
    return layout != null && layout.value() instanceof Attribute.OfInt(long value) ? value : 0;
  }
}
