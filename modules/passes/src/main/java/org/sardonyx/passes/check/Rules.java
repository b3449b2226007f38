package org.sardonyx.passes.check;

import java.util.List;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.TrainingInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Where;

/** Every rule that needs no inference, applied to one model. */
public final class Rules {

  private final Model model;
  private final Report report = new Report();
  private final Facets facets;
  private final GraphRules graphRules;
  private final FunctionRules functionRules;
  private final NameStyle style = new NameStyle();

  public Rules(Model model, Operators operators) {
    this.model = model;
    this.facets = new Facets(model.irVersion(), report);
    NodeRules nodeRules = new NodeRules(operators, Functions.of(model), report);
    this.graphRules = new GraphRules(facets, nodeRules, style, report);
    this.functionRules = new FunctionRules(model, operators, graphRules, facets, report);
  }

  /** Returns what was found, in the order of the model. */
  public List<Diagnostic> check() {
    new ModelRules(model, facets, report).check();
    Opsets opsets = Opsets.of(model);
    graphRules.graph(
        model.graph(), null, new GraphRules.Surroundings(Where.MODEL, opsets, null, true));
    functionRules.check();
    for (int i = 0; i < model.trainingInfo().size(); i++) {
      training(model.trainingInfo().get(i), opsets, Where.MODEL.part("training_info " + i));
    }
    traps(model.graph(), Where.MODEL, new TrapRules(model, report), new MaskRules(report));
    style.report(report);
    return report.diagnostics();
  }

  private void training(TrainingInfo info, Opsets opsets, Where where) {
    if (info.initialization() != null) {
      Where at = where.part("initialization");
      graphRules.graph(
          info.initialization(), null, new GraphRules.Surroundings(at, opsets, null, false));
    }
    if (info.algorithm() != null) {
      // The algorithm sees the variables: the initializers of the main graph.
      GraphRules.Visible variables = new GraphRules.Visible(null);
      model.graph().initializers().forEach(initializer -> variables.define(initializer.name()));
      Where at = where.part("algorithm");
      graphRules.graph(
          info.algorithm(), variables, new GraphRules.Surroundings(at, opsets, null, false));
    }
  }

  private static void traps(Graph graph, Where where, TrapRules nodes, MaskRules masks) {
    if (where.depth() > Graphs.MAX_DEPTH) {
      return;
    }
    masks.check(graph, where);
    for (Node node : graph.nodes()) {
      Where at = where.node(node);
      nodes.check(node, at);
      for (Graph body : Graphs.bodies(node)) {
        traps(body, at.body(body.name()), nodes, masks);
      }
    }
  }
}
