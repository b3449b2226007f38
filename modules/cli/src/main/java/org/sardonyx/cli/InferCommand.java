package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the type and the symbolic shape of every value. */
@Command(
    name = "infer",
    mixinStandardHelpOptions = true,
    description =
        "Infers the type and the symbolic shape of every value, through nested graphs; prints them, or"
            + " writes the model with them in it.",
    footerHeading = "%nExample:%n",
    footer = "  sardonyx infer models/attention_encoder/model.onnx")
final class InferCommand implements Callable<Integer> {

  @Mixin Output output;
  @Mixin ModelFile file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the model with what was inferred.")
  @Nullable Path to;

  InferCommand() {}

  @Override
  public Integer call() {
    Inferred inferred = Infer.of(WithImages.operators()).infer(file.read());
    List<Map<String, Object>> rows = new ArrayList<>();
    collect(inferred, inferred.model().graph(), "", rows);
    if (to != null) {
      ModelFile.write(inferred.model(), to, WriteOptions.DEFAULT);
    }
    if (output.isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("values", rows);
      json.put("findings", inferred.findings().stream().map(Diagnostic::toString).toList());
      output.json(json);
    } else {
      output.table(
          rows.stream()
              .map(r -> List.of((String) r.get("graph") + r.get("name"), (String) r.get("type")))
              .toList());
      inferred.findings().forEach(finding -> output.line(finding.toString()));
    }
    return Main.AGREED;
  }

  private static void collect(
      Inferred inferred, Graph graph, String path, List<Map<String, Object>> rows) {
    for (String name : inferred.names(graph)) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("graph", path);
      row.put("name", Text.escape(name));
      row.put("type", String.valueOf(inferred.type(graph, name)));
      rows.add(row);
    }
    for (Node node : graph.nodes()) {
      for (Attribute attribute : node.attributes()) {
        if (attribute.value() instanceof Attribute.OfGraph(Graph body)) {
          String inner = node.label() + "." + Text.escape(attribute.name());
          collect(inferred, body, path + inner + " > ", rows);
        }
      }
    }
  }
}
