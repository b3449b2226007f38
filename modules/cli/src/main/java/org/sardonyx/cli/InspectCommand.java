package org.sardonyx.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.LayerView;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Summary;
import org.sardonyx.torch.TorchFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a model is: signature, symbols, operators, size. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Shows inputs and outputs with symbolic dimensions, where each symbol gets its size, the"
            + " operators used and whether they run here, weights, provenance, and a line to run it;"
            + " of a file of PyTorch, its tensors.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx inspect models/attention_cache/model.onnx",
      "  sardonyx inspect models/lstm_bidirectional_lengths/model.onnx --layers"
    })
final class InspectCommand implements Callable<Integer> {

  @Mixin Output output;
  @Mixin ModelFile file;

  @Option(
      names = "--layers",
      description =
          "Show the layers instead: recurrent ones with gates, directions and states, and what lies"
              + " around them.")
  boolean layers;

  InspectCommand() {}

  @Override
  public Integer call() {
    if (TorchFile.recognise(file.path)) {
      TorchImport.list(output, TorchFile.read(file.path));
      return Main.AGREED;
    }
    Model model = file.read();
    if (layers) {
      layers(LayerView.of(model));
      return Main.AGREED;
    }
    Operators operators = WithImages.operators();
    Summary summary = Summary.of(Infer.of(operators).infer(model), operators);
    if (output.isJson()) {
      output.json(json(model, summary));
    } else {
      print(model, summary);
    }
    return Main.AGREED;
  }

  private void layers(List<LayerView> views) {
    if (output.isJson()) {
      output.json(views);
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (LayerView view : views) {
      List<String> details = new ArrayList<>();
      view.details().forEach((what, value) -> details.add(what + " " + Text.escape(value)));
      rows.add(
          List.of(Text.escape(view.name()), Text.escape(view.kind()), String.join("; ", details)));
    }
    output.table(rows);
  }

  private void print(Model model, Summary summary) {
    output.line(
        "IR version "
            + model.irVersion()
            + ", "
            + opsets(summary)
            + (summary.minimumOpset() > 0
                ? " (would do with ai.onnx " + summary.minimumOpset() + ")"
                : ""));
    if (!model.producerName().isEmpty()) {
      output.line("producer " + Text.escape(model.producerName() + " " + model.producerVersion()));
    }
    if (!model.docString().isEmpty()) {
      output.line(Text.escape(model.docString()));
    }
    output.line("");
    List<List<String>> rows = new ArrayList<>();
    summary.inputs().forEach(port -> rows.add(row("input", port)));
    summary.outputs().forEach(port -> rows.add(row("output", port)));
    output.table(rows);
    for (Summary.Symbol symbol : summary.symbols()) {
      output.line(
          "  "
              + Text.escape(symbol.name())
              + (symbol.places().isEmpty()
                  ? " is known when it runs"
                  : " = " + Text.escape(String.join(", ", symbol.places()))));
    }
    output.line("");
    output.line(
        summary.nodes()
            + " nodes in "
            + summary.graphs()
            + " graphs, "
            + summary.functions()
            + " functions; parameters "
            + summary.parameters()
            + ", "
            + summary.parameterBytes()
            + " bytes");
    List<List<String>> used = new ArrayList<>();
    for (Summary.Usage usage : summary.operators()) {
      used.add(
          List.of(
              "  " + usage.count(),
              name(usage) + (usage.version() > 0 ? "-" + usage.version() : ""),
              usage.known() ? "" : "NOT SUPPORTED"));
    }
    output.table(used);
    for (Entry entry : model.metadata()) {
      output.line("metadata " + Text.escape(entry.key()) + " = " + Text.escape(entry.value()));
    }
    output.line("");
    output.line("sardonyx run " + file.path + dims(summary));
  }

  private static List<String> row(String kind, Summary.Port port) {
    return List.of(
        kind,
        Text.escape(port.name()),
        String.valueOf(port.type()) + (port.hasDefault() ? " (has a default)" : ""));
  }

  private static String dims(Summary summary) {
    StringBuilder line = new StringBuilder();
    for (Summary.Symbol symbol : summary.symbols()) {
      if (!symbol.places().isEmpty()) {
        line.append(" --dim ").append(Text.escape(symbol.name())).append("=2");
      }
    }
    return line.toString();
  }

  private static String opsets(Summary summary) {
    List<String> texts = new ArrayList<>();
    summary
        .opsets()
        .forEach((domain, version) ->
            texts.add((domain.isEmpty() ? "ai.onnx" : Text.escape(domain)) + " " + version));
    return String.join(", ", texts);
  }

  private static String name(Summary.Usage usage) {
    return usage.domain().isEmpty() ? usage.operator() : usage.domain() + "." + usage.operator();
  }

  private Map<String, Object> json(Model model, Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ir_version", model.irVersion());
    json.put("opsets", summary.opsets());
    json.put("minimum_opset", summary.minimumOpset());
    json.put("producer_name", model.producerName());
    json.put("producer_version", model.producerVersion());
    json.put("doc_string", model.docString());
    json.put("inputs", summary.inputs().stream().map(InspectCommand::json).toList());
    json.put("outputs", summary.outputs().stream().map(InspectCommand::json).toList());
    json.put("symbols", summary.symbols());
    json.put("nodes", summary.nodes());
    json.put("graphs", summary.graphs());
    json.put("functions", summary.functions());
    json.put("parameters", summary.parameters());
    json.put("parameter_bytes", summary.parameterBytes());
    json.put("operators", summary.operators());
    json.put("metadata", model.metadata());
    return json;
  }

  private static Map<String, Object> json(Summary.Port port) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", port.name());
    json.put("type", String.valueOf(port.type()));
    json.put("has_default", port.hasDefault());
    return json;
  }
}
