package org.sardonyx.passes.check;

import java.util.HashSet;
import java.util.Set;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.TrainingInfo;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Where;

/** The rules of the model as a whole: versions, imports, metadata, bindings of training. */
final class ModelRules {

  private static final int NEWEST_IR = 14;

  private final Model model;
  private final Facets facets;
  private final Report report;

  ModelRules(Model model, Facets facets, Report report) {
    this.model = model;
    this.facets = facets;
    this.report = report;
  }

  void check() {
    long ir = model.irVersion();
    if (ir <= 0) {
      report.error("ir-version", Where.MODEL, "ir_version is missing");
    } else if (ir > NEWEST_IR) {
      report.error(
          "unsupported-ir-version",
          Where.MODEL,
          "IR version " + ir + " is newer than " + NEWEST_IR + ", the newest that is known");
    }
    imports();
    facets.keys(model.metadata(), Where.MODEL);
    if (!model.functions().isEmpty()) {
      facets.since(8, "a function", Where.MODEL);
    }
    if (!model.trainingInfo().isEmpty()) {
      facets.since(7, "training information", Where.MODEL);
    }
    for (int i = 0; i < model.trainingInfo().size(); i++) {
      training(model.trainingInfo().get(i), Where.MODEL.part("training_info " + i));
    }
  }

  private void imports() {
    if (model.irVersion() >= 3 && model.opsetImports().isEmpty()) {
      report.error(
          "opset-import", Where.MODEL, "opset_import is missing; it is required from IR 3 on");
    }
    if (model.irVersion() > 0 && model.irVersion() < 3 && !model.opsetImports().isEmpty()) {
      report.error("opset-import", Where.MODEL, "opset_import does not exist before IR version 3");
    }
    imports(model.opsetImports(), Where.MODEL, report);
  }

  /** Checks the imports of a model or function. */
  static void imports(Iterable<OpsetImport> imports, Where where, Report report) {
    Set<String> domains = new HashSet<>();
    for (OpsetImport imported : imports) {
      String domain = Opsets.domain(imported.domain());
      String shown = domain.isEmpty() ? "ai.onnx" : Report.quote(domain);
      if (!domains.add(domain)) {
        report.error("opset-import", where, "domain " + shown + " is imported twice");
      }
      Integer newest = Opsets.newest(domain);
      if (imported.version() < 1) {
        report.error(
            "opset-import", where, "domain " + shown + " has version " + imported.version());
      } else if (newest != null && imported.version() > newest) {
        report.error(
            "unsupported-opset",
            where,
            "version "
                + imported.version()
                + " of "
                + shown
                + " is newer than "
                + newest
                + ", the newest that is known");
      }
    }
  }

  private void training(TrainingInfo info, Where where) {
    Set<String> variables = new HashSet<>();
    model.graph().initializers().forEach(initializer -> variables.add(initializer.name()));
    if (info.algorithm() != null) {
      info.algorithm().initializers().forEach(initializer -> variables.add(initializer.name()));
    }
    bindings(
        info.initializationBinding(),
        variables,
        outputs(info.initialization()),
        "initialization",
        where);
    bindings(info.updateBinding(), variables, outputs(info.algorithm()), "algorithm", where);
  }

  private static Set<String> outputs(
      org.sardonyx.graph.@org.jspecify.annotations.Nullable Graph graph) {
    Set<String> names = new HashSet<>();
    if (graph != null) {
      graph.outputs().forEach(output -> names.add(output.name()));
    }
    return names;
  }

  private void bindings(
      Iterable<Entry> bindings,
      Set<String> variables,
      Set<String> outputs,
      String graph,
      Where where) {
    Set<String> keys = new HashSet<>();
    for (Entry binding : bindings) {
      if (!keys.add(binding.key())) {
        report.error(
            "training-binding", where, Report.quote(binding.key()) + " is bound twice by " + graph);
      }
      if (!variables.contains(binding.key())) {
        report.error("training-binding", where, Report.quote(binding.key()) + " is no initializer");
      }
      if (!outputs.contains(binding.value())) {
        report.error(
            "training-binding",
            where,
            Report.quote(binding.value()) + " is no output of the graph " + graph);
      }
    }
  }

  /** Reports a graph that lies too deep to be looked at; returns whether that is so. */
  static boolean tooDeep(Where where, Report report) {
    if (where.depth() <= Graphs.MAX_DEPTH) {
      return false;
    }
    report.error(
        "unsupported-nesting",
        where,
        "graphs lie within one another more than " + Graphs.MAX_DEPTH + " deep");
    return true;
  }
}
