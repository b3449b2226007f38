package org.sardonyx.passes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.simplify.ConstantShapes;
import org.sardonyx.passes.simplify.DropZeroStates;
import org.sardonyx.passes.simplify.FoldBatchNormalization;
import org.sardonyx.passes.simplify.FoldConstants;
import org.sardonyx.passes.simplify.FuseGelu;
import org.sardonyx.passes.simplify.FuseLayerNormalization;
import org.sardonyx.passes.simplify.FuseRecurrentLoop;
import org.sardonyx.passes.simplify.FuseRmsNormalization;
import org.sardonyx.passes.simplify.InlineConstantIf;
import org.sardonyx.passes.simplify.MergeEqualInitializers;
import org.sardonyx.passes.simplify.MergeEqualNodes;
import org.sardonyx.passes.simplify.MergeTransposes;
import org.sardonyx.passes.simplify.RemoveDeadNodes;
import org.sardonyx.passes.simplify.RemoveIdentities;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.walk.Graphs;

/**
 * Makes a model smaller without changing what it computes. The result is valid ONNX, has the same
 * inputs and outputs, and relies on no declared shape but those of the inputs.
 */
public final class Simplify {

  private static final int MAX_ROUNDS = 20;
  private static final long MEBIBYTE = 1L << 20;

  private final Operators operators;
  private final List<Rule> rules;
  private final long eachFolded;
  private final long allFolded;

  private Simplify(Operators operators, List<Rule> rules, long eachFolded, long allFolded) {
    this.operators = operators;
    this.rules = List.copyOf(rules);
    this.eachFolded = eachFolded;
    this.allFolded = allFolded;
  }

  /** Returns the pass with every rule. */
  public static Simplify of(Operators operators) {
    return of(operators, 64 * MEBIBYTE, 256 * MEBIBYTE, Long.MAX_VALUE);
  }

  /**
   * Returns the pass as it serves a run: a large constant is read only where something is computed
   * of it, not to find another that is the same.
   *
   * @param eachFolded bytes that one node may give when it is computed here
   * @param allFolded the same, all nodes together
   */
  public static Simplify forRuns(Operators operators, long eachFolded, long allFolded) {
    return of(operators, eachFolded, allFolded, 4096);
  }

  private static Simplify of(
      Operators operators, long eachFolded, long allFolded, long mostCompared) {
    return new Simplify(
        operators,
        List.of(
            new InlineConstantIf(),
            new FoldConstants(Math.min(MEBIBYTE, eachFolded)),
            new FoldBatchNormalization(),
            new ConstantShapes(),
            new RemoveIdentities(),
            new MergeTransposes(),
            new MergeEqualInitializers(mostCompared),
            new MergeEqualNodes(),
            new FuseLayerNormalization(),
            new FuseRmsNormalization(),
            new FuseGelu(),
            new FuseRecurrentLoop(),
            new DropZeroStates(),
            new RemoveDeadNodes()),
        eachFolded,
        allFolded);
  }

  /** Returns the rules, in their order. */
  @SuppressWarnings("exports") // for the one module that the package of rules is exported to
  public List<Rule> rules() {
    return rules;
  }

  /** Returns the names of the rules, in their order. */
  public List<String> ruleNames() {
    return rules.stream().map(Rule::name).toList();
  }

  /** Returns the pass without some rules. */
  public Simplify without(String... names) {
    Set<String> left = new HashSet<>(List.of(names));
    List<Rule> kept = new ArrayList<>();
    for (Rule rule : rules) {
      if (!left.remove(rule.name())) {
        kept.add(rule);
      }
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException("there are no rules " + left);
    }
    return new Simplify(operators, kept, eachFolded, allFolded);
  }

  /**
   * What came of it.
   *
   * @param model the model
   * @param counts how often each rule did something
   * @param rounds how often all rules were gone through
   */
  public record Result(Model model, Map<String, Integer> counts, int rounds) {

    public boolean changed() {
      return counts.values().stream().anyMatch(count -> count > 0);
    }
  }

  /**
   * Applies every rule until none does anything any more.
   *
   * @throws UnsupportedModel where there is a Gradient, which names values that rules would rename
   */
  @SuppressWarnings("ReferenceEquality") // the model itself where nothing changed
  public Result apply(Model model) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Rule rule : rules) {
      counts.put(rule.name(), 0);
    }
    Site.Budget budget = new Site.Budget(eachFolded, allFolded);
    requireNoGradient(model.graph());
    Model current = model;
    Infer infer = Infer.of(operators).provedOnly().remembering();
    int round = 0;
    boolean changed = true;
    while (changed && round < MAX_ROUNDS) {
      round++;
      int before = sum(counts);
      Inferred inferred = infer.infer(current);
      Site site = Site.main(current, inferred, operators, Names.of(current), budget);
      current = current.withGraph(graph(current.graph(), site, counts));
      changed = sum(counts) > before;
    }
    return new Result(
        current == model ? model : current.withGraph(tidy(current.graph())), counts, round);
  }

  private static int sum(Map<String, Integer> counts) {
    int sum = 0;
    for (int count : counts.values()) {
      sum += count;
    }
    return sum;
  }

  private static void requireNoGradient(Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.opType().equals("Gradient") && node.domain().equals("ai.onnx.preview.training")) {
        throw new UnsupportedModel(
            node.label() + ": Differentiate of sardonyx-convert has to write it out first");
      }
      for (Graph body : Graphs.bodies(node)) {
        requireNoGradient(body);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // the node itself where nothing changed
  private Graph graph(Graph graph, Site site, Map<String, Integer> counts) {
    List<Node> nodes = new ArrayList<>(graph.nodes().size());
    boolean nested = false;
    for (Node node : graph.nodes()) {
      Node result =
          Graphs.hasBodies(node)
              ? Graphs.mapBodies(node, body -> graph(body, site.nested(body), counts))
              : node;
      nested |= result != node;
      nodes.add(result);
    }
    Graph current = nested ? graph.withNodes(nodes) : graph;
    for (Rule rule : rules) {
      current = rule.apply(current, site);
      counts.put(rule.name(), counts.getOrDefault(rule.name(), 0) + site.takeChanges());
    }
    return current;
  }

  /** Drops types that are declared for values that are gone. */
  private static Graph tidy(Graph graph) {
    Set<String> defined = Graphs.defined(graph);
    List<ValueInfo> values = new ArrayList<>();
    for (ValueInfo value : graph.valueInfo()) {
      if (defined.contains(value.name())) {
        values.add(value);
      }
    }
    List<Node> nodes = new ArrayList<>(graph.nodes().size());
    for (Node node : graph.nodes()) {
      nodes.add(Graphs.hasBodies(node) ? Graphs.mapBodies(node, Simplify::tidy) : node);
    }
    return graph.withNodes(nodes).withValueInfo(values);
  }
}
