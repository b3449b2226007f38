package org.sardonyx.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Renaming;

/**
 * Replaces every call of a function of the model by the function's nodes, in nested graphs and in
 * what functions call too. The result has no functions.
 */
public final class Inline {

  private static final int MAX_NODES = 1_000_000;

  private final Operators operators;
  private final int maxNodes;

  private Inline(Operators operators, int maxNodes) {
    this.operators = operators;
    this.maxNodes = maxNodes;
  }

  /**
   * Returns the pass.
   *
   * @param operators tell whether an operator means the same under two versions of its set
   */
  public static Inline of(Operators operators) {
    return new Inline(operators, MAX_NODES);
  }

  /** Returns the pass with another limit for the nodes that it makes. */
  public Inline withMaxNodes(int limit) {
    return new Inline(operators, limit);
  }

  /**
   * Returns the model without functions; the model itself where it has none.
   *
   * @throws LimitExceeded where the result would be too large, or functions call one another
   *     without end
   * @throws UnsupportedModel where a function uses an operator of another version than the model
   *     imports, and the two differ
   */
  public Model apply(Model model) {
    return model.functions().isEmpty() ? model : new Run(model).run();
  }

  private final class Run {

    private final Model model;
    private final Functions functions;
    private final Names names;
    private final Opsets opsets;
    private final Map<String, Long> imports = new LinkedHashMap<>();
    private int made;

    Run(Model model) {
      this.model = model;
      this.functions = Functions.of(model);
      this.names = Names.of(model);
      this.opsets = Opsets.of(model);
    }

    Model run() {
      Graph graph = graph(model.graph(), opsets, 0);
      List<OpsetImport> all = new ArrayList<>(model.opsetImports());
      imports.forEach((domain, version) -> all.add(new OpsetImport(domain, version)));
      return model.withGraph(graph).withFunctions(List.of()).withOpsetImports(all);
    }

    private Graph graph(Graph graph, Opsets in, int depth) {
      return graph.withNodes(nodes(graph.nodes(), in, depth));
    }

    private List<Node> nodes(List<Node> nodes, Opsets in, int depth) {
      if (depth > Graphs.MAX_DEPTH) {
        throw new LimitExceeded(
            "nesting",
            "graphs and functions within one another more than " + Graphs.MAX_DEPTH + " deep");
      }
      List<Node> result = new ArrayList<>(nodes.size());
      for (Node node : nodes) {
        Function function = functions.find(node);
        if (function == null) {
          require(node, in);
          count(1);
          result.add(Graphs.mapBodies(node, body -> graph(body, in, depth + 1)));
        } else {
          count(1);
          Opsets inside = Opsets.of(function, opsets);
          result.addAll(nodes(body(function, node), inside, depth + 1));
        }
      }
      return result;
    }

    private List<Node> body(Function function, Node call) {
      Map<String, String> renamed = new HashMap<>();
      List<Node> passed = new ArrayList<>();
      for (int i = 0; i < function.inputs().size(); i++) {
        renamed.put(function.inputs().get(i), i < call.inputs().size() ? call.inputs().get(i) : "");
      }
      Map<String, String> given = new HashMap<>();
      for (int i = 0; i < function.outputs().size() && i < call.outputs().size(); i++) {
        String inner = function.outputs().get(i);
        String outer = call.outputs().get(i);
        if (outer.isEmpty()) {
          continue;
        }
        String source = renamed.containsKey(inner) ? renamed.get(inner) : given.get(inner);
        if (source != null && source.isEmpty()) {
          continue;
        }
        if (source != null) {
          // An input handed through, or one value under two names.
          passed.add(new Node("", "Identity", List.of(source), List.of(outer), List.of()));
        } else {
          given.put(inner, outer);
        }
      }
      renamed.putAll(given);
      String prefix = call.name().isEmpty() ? function.name() : call.name();
      List<Node> bound = Functions.bind(function, call);
      for (Node node : bound) {
        for (String output : node.outputs()) {
          if (!output.isEmpty() && !renamed.containsKey(output)) {
            renamed.put(output, names.fresh(prefix + "/" + output));
          }
        }
      }
      Renaming renaming = Renaming.deep(renamed, name -> names.fresh(prefix + "/" + name));
      List<Node> result = new ArrayList<>(bound.size());
      for (Node node : bound) {
        result.add(
            renaming.apply(node).withName(node.name().isEmpty() ? "" : prefix + "/" + node.name()));
      }
      result.addAll(passed);
      return result;
    }

    private void count(int nodes) {
      made += nodes;
      if (made > maxNodes) {
        throw new LimitExceeded(
            "inlining", "the functions of the model make more than " + maxNodes + " nodes");
      }
    }

    /** Refuses an operator that would change its meaning in the main graph. */
    private void require(Node node, Opsets in) {
      long inside = in.version(node.domain());
      long outside = opsets.version(node.domain());
      if (inside == outside || inside < 0) {
        return;
      }
      if (outside < 0) {
        Long before = imports.putIfAbsent(Opsets.domain(node.domain()), inside);
        outside = before == null ? inside : before;
      }
      OperatorDef def = operators.find(node.domain(), node.opType());
      Signature wanted = def == null ? null : def.signature(inside);
      Signature found = def == null ? null : def.signature(outside);
      if (inside != outside && !same(wanted, found)) {
        throw new UnsupportedModel(
            "a function uses "
                + node.label()
                + " of operator set version "
                + inside
                + ", the model imports "
                + outside
                + ": converting between them is not implemented");
      }
    }

    private boolean same(@Nullable Signature a, @Nullable Signature b) {
      return a != null && b != null && a.sinceVersion() == b.sinceVersion();
    }
  }
}
