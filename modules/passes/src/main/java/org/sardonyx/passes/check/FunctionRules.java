package org.sardonyx.passes.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.passes.walk.Cycles;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Where;

/** The rules of functions: identity, attributes, versions, no recursion. */
final class FunctionRules {

  private final Model model;
  private final Operators operators;
  private final GraphRules graphRules;
  private final Facets facets;
  private final Report report;

  FunctionRules(
      Model model, Operators operators, GraphRules graphRules, Facets facets, Report report) {
    this.model = model;
    this.operators = operators;
    this.graphRules = graphRules;
    this.facets = facets;
    this.report = report;
  }

  void check() {
    Opsets opsets = Opsets.of(model);
    Map<Functions.Id, Integer> ids = new HashMap<>();
    for (int i = 0; i < model.functions().size(); i++) {
      Function function = model.functions().get(i);
      Where where = Where.MODEL.function(function.domain(), function.name());
      if (function.name().isEmpty()) {
        report.error("name", where, "a function has no name");
      }
      if (ids.putIfAbsent(Functions.Id.of(function), i) != null) {
        report.error("function", where, "the model has two functions of this domain and name");
      }
      one(function, opsets, where);
    }
    recursion(ids);
  }

  private void one(Function function, Opsets model, Where where) {
    ModelRules.imports(function.opsetImports(), where, report);
    facets.metadata(function.metadata(), where);
    if (!function.overload().isEmpty()) {
      facets.since(10, "an overload of a function", where);
    }
    if (!function.attributeDefaults().isEmpty()) {
      facets.since(9, "a default of a function's attribute", where);
    }
    Set<String> attributes = new HashSet<>();
    List<String> all = new ArrayList<>(function.attributes());
    function.attributeDefaults().stream().map(Attribute::name).forEach(all::add);
    for (String attribute : all) {
      if (!attributes.add(attribute)) {
        report.error(
            "function", where, "attribute " + Report.quote(attribute) + " is declared twice");
      }
    }
    Opsets own = Opsets.of(function.opsetImports());
    graphRules.function(function, new GraphRules.Surroundings(where, own, function, false));
    for (Node node : function.nodes()) {
      versions(node, own, model, where);
    }
  }

  /** Other tools take the model's version of an operator, whatever the function imports. */
  private void versions(Node node, Opsets own, Opsets model, Where where) {
    long inside = own.version(node.domain());
    long outside = model.version(node.domain());
    OperatorDef def = operators.find(node.domain(), node.opType());
    if (def == null || inside < 0 || outside < 0 || inside == outside) {
      return;
    }
    Signature a = def.signature(inside);
    Signature b = def.signature(outside);
    if (a == null || b == null || a.sinceVersion() != b.sinceVersion()) {
      report.warning(
          "function-opset",
          where.node(node),
          "the function imports version "
              + inside
              + " of the operator set, the model "
              + outside
              + ", and this operator differs between them");
    }
  }

  private void recursion(Map<Functions.Id, Integer> ids) {
    List<List<Integer>> calls = new ArrayList<>();
    for (Function function : model.functions()) {
      Set<Integer> called = new LinkedHashSet<>();
      collect(function.nodes(), ids, called, 0);
      calls.add(new ArrayList<>(called));
    }
    for (List<Integer> group : Cycles.of(calls)) {
      Function first = model.functions().get(group.getFirst());
      report.error(
          "recursion",
          Where.MODEL.function(first.domain(), first.name()),
          group.size() == 1
              ? "the function calls itself"
              : group.size()
                  + " functions call one another: "
                  + String.join(
                      ", ",
                      group.stream()
                          .limit(8)
                          .map(i -> Report.quote(model.functions().get(i).name()))
                          .toList()));
    }
  }

  private void collect(
      List<Node> nodes, Map<Functions.Id, Integer> ids, Set<Integer> called, int depth) {
    if (depth > Graphs.MAX_DEPTH) {
      return;
    }
    for (Node node : nodes) {
      Integer function = ids.get(Functions.Id.of(node));
      if (function != null) {
        called.add(function);
      }
      for (Graph body : Graphs.bodies(node)) {
        collect(body.nodes(), ids, called, depth + 1);
      }
    }
  }
}
