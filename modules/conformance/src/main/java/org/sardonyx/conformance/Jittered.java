package org.sardonyx.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.arbiter.Jitter;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.Inline;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Type;

/**
 * A model whose values are moved by a last place of their types wherever an operator rounds, in
 * bodies too. Recurrent operators round within, at each step: {@link #cells} is for them.
 *
 * @param model the model with nodes of {@link Jitter#DEF} in it
 * @param cells what the states of recurrent operators are moved by
 */
record Jittered(Model model, Jitter cells) {

  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");

  static Jittered of(Model model, long seed) {
    Operators operators = Operators.standard();
    Model inlined = Inline.of(operators).apply(model);
    Inserting inserting =
        new Inserting(operators, Infer.of(operators).infer(inlined), Names.of(inlined), seed);
    Graph graph = inserting.graph(inlined.graph());
    List<OpsetImport> opsets = new ArrayList<>(inlined.opsetImports());
    opsets.add(new OpsetImport(Jitter.DOMAIN, 1));
    return new Jittered(
        inlined.withGraph(graph).withOpsetImports(opsets), new Jitter(inserting.cells, seed));
  }

  /** Returns the unit roundoff of a type; 0 where its numbers are not moved. */
  private static double unit(@Nullable Type type) {
    return switch (type instanceof Type.OfTensor(DataType element, var _) ? element : null) {
      case FLOAT -> 0x1p-24;
      case DOUBLE -> 0x1p-53;
      case FLOAT16 -> 0x1p-11;
      case BFLOAT16 -> 0x1p-8;
      case null, default -> 0;
    };
  }

  private static final class Inserting {
    private final Operators operators;
    private final Inferred inferred;
    private final Names names;
    private long seed;
    private double cells;

    Inserting(Operators operators, Inferred inferred, Names names, long seed) {
      this.operators = operators;
      this.inferred = inferred;
      this.names = names;
      this.seed = seed;
    }

    Graph graph(Graph graph) {
      List<Node> nodes = new ArrayList<>();
      for (Node node : graph.nodes()) {
        OperatorDef def = operators.find(node.domain(), node.opType());
        boolean rounds =
            def != null
                && (def.accuracy() == Accuracy.ROUNDED || def.accuracy() == Accuracy.ACCUMULATED);
        Node inner = Graphs.mapBodies(node, this::graph);
        List<String> outputs = new ArrayList<>(node.outputs());
        List<Node> moves = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
          String name = outputs.get(i);
          double unit = name.isEmpty() ? 0 : unit(inferred.type(graph, name));
          if (!rounds || unit == 0) {
            continue;
          }
          if (node.isOnnx() && RECURRENT.contains(node.opType())) {
            cells = Math.max(cells, unit);
            continue;
          }
          outputs.set(i, names.fresh(name));
          moves.add(move(outputs.get(i), name, unit));
        }
        nodes.add(moves.isEmpty() ? inner : inner.withOutputs(outputs));
        nodes.addAll(moves);
      }
      return graph.withNodes(nodes);
    }

    private Node move(String from, String to, double unit) {
      return new Node(
          "",
          Jitter.DOMAIN,
          "Jitter",
          List.of(from),
          List.of(to),
          List.of(Attribute.of("unit", (float) unit), Attribute.of("seed", seed++)));
    }
  }
}
