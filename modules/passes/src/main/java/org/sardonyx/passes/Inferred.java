package org.sardonyx.passes;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.passes.infer.Facts;
import org.sardonyx.passes.infer.GraphResult;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/** A model whose values have types; see {@link Infer}. */
public final class Inferred {

  private final Model model;
  private final List<Diagnostic> findings;
  private final IdentityHashMap<Graph, Map<String, Facts>> values = new IdentityHashMap<>();
  private final IdentityHashMap<Function, Map<String, @Nullable Type>> functions;

  Inferred(
      Model model,
      GraphResult main,
      IdentityHashMap<Function, Map<String, @Nullable Type>> functionTypes) {
    this.model = model;
    this.findings = List.copyOf(new LinkedHashSet<>(main.findings()));
    this.functions = functionTypes;
    Deque<GraphResult> open = new ArrayDeque<>();
    open.add(main);
    while (!open.isEmpty()) {
      GraphResult result = open.remove();
      values.put(result.graph(), result.values());
      // A graph that several nodes share: what holds in each.
      Map<String, Facts> other = values.get(result.source());
      values.put(result.source(), other == null ? result.values() : union(other, result.values()));
      open.addAll(result.nested());
    }
  }

  private static Map<String, Facts> union(Map<String, Facts> a, Map<String, Facts> b) {
    Map<String, Facts> both = new LinkedHashMap<>(a);
    b.forEach((name, facts) -> both.merge(name, facts, Facts::union));
    return both;
  }

  /**
   * Returns the model with the types in it: as {@code valueInfo} of each graph, and for inputs and
   * outputs of nested graphs in place. The graphs of this model, and those of the model as it was,
   * are the keys of the methods below.
   */
  public Model model() {
    return model;
  }

  /** Returns what contradicts itself, or cannot be computed, in the order of the model. */
  public List<Diagnostic> findings() {
    return findings;
  }

  /** Whether {@code graph} is one of this model, or of the model as it was. */
  public boolean knows(Graph graph) {
    return values.containsKey(graph);
  }

  /** Returns the names that {@code graph} defines: inputs, initializers, outputs of nodes. */
  public Iterable<String> names(Graph graph) {
    return Collections.unmodifiableSet(facts(graph).keySet());
  }

  /**
   * Returns the type of a value that {@code graph} itself defines, or null where it is not known.
   */
  public @Nullable Type type(Graph graph, String name) {
    Facts found = facts(graph).get(name);
    return found == null ? null : found.type();
  }

  /** Returns every type that is known of the values that {@code graph} itself defines. */
  public Map<String, Type> types(Graph graph) {
    Map<String, Type> types = new LinkedHashMap<>();
    facts(graph)
        .forEach((name, known) -> {
          if (known.type() != null) {
            types.put(name, known.type());
          }
        });
    return types;
  }

  /** Returns the elements of a small constant of {@code graph}, or null. */
  public @Nullable Tensor constant(Graph graph, String name) {
    Facts found = facts(graph).get(name);
    return found == null ? null : found.constant();
  }

  /** Returns the elements of a small integer tensor as far as they are known, or null. */
  public @Nullable List<Dim> elements(Graph graph, String name) {
    Facts found = facts(graph).get(name);
    return found == null ? null : found.elements();
  }

  /**
   * Returns what holds of the values of a function of the model in every call of it; empty where it
   * is not called.
   */
  public Map<String, Type> types(Function function) {
    Map<String, Type> types = new LinkedHashMap<>();
    functions
        .getOrDefault(function, Map.of())
        .forEach((name, type) -> {
          if (type != null) {
            types.put(name, type);
          }
        });
    return types;
  }

  private Map<String, Facts> facts(Graph graph) {
    Map<String, Facts> found = values.get(graph);
    if (found == null) {
      throw new IllegalArgumentException("the graph is not one of the inferred model");
    }
    return found;
  }
}
