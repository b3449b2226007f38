package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sardonyx.conformance.diff.Difference;
import org.sardonyx.conformance.diff.ModelDiff;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what two models have different. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Says what two models have different: signature, nodes, attributes, weights in units in the last"
          + " place.",
      "Exits with 1 where they differ in what they compute or how they are called; other names, another"
          + " order of nodes and descriptions are shown and do not count."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx diff before.onnx after.onnx --strict")
final class DiffCommand implements Callable<Integer> {

  @Mixin Output output;
  @Mixin ModelFile file;

  @Parameters(index = "1", paramLabel = "OTHER", description = "The model to compare with.")
  Path other;

  @Option(names = "--strict", description = "Let names, order and descriptions count.")
  boolean strict;

  DiffCommand() {}

  @Override
  public Integer call() {
    List<Difference> differences = ModelDiff.of(file.read(), file.beside(other).read());
    long counted = differences.stream().filter(found -> strict || found.kind().isMeaning()).count();
    if (output.isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("differ", counted > 0);
      json.put("differences", differences.stream().map(DiffCommand::json).toList());
      output.json(json);
    } else {
      differences.forEach(difference -> output.oneLine(difference.toString()));
      output.line(
          counted == 0
              ? "no difference that counts"
              : counted + (counted == 1 ? " difference" : " differences"));
    }
    return counted == 0 ? Main.AGREED : Main.DISAGREED;
  }

  private static Map<String, Object> json(Difference difference) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("kind", difference.kind().name().toLowerCase(Locale.ROOT));
    row.put("meaning", difference.kind().isMeaning());
    row.put("place", difference.place());
    row.put("before", difference.before());
    row.put("after", difference.after());
    return row;
  }
}
