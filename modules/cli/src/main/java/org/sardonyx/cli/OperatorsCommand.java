package org.sardonyx.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the operators that are implemented. */
@Command(
    name = "operators",
    mixinStandardHelpOptions = true,
    description = "Lists the operators that run natively, with their versions, from their definitions.",
    footerHeading = "%nExample:%n",
    footer = "  sardonyx operators")
final class OperatorsCommand implements Callable<Integer> {

  @Mixin Output output;

  OperatorsCommand() {}

  @Override
  public Integer call() {
    List<OperatorDef> all =
        Operators.standard().all().stream()
            .sorted(Comparator.comparing(OperatorDef::domain).thenComparing(OperatorDef::name))
            .toList();
    if (output.isJson()) {
      output.json(all.stream().map(OperatorsCommand::json).toList());
      return Main.AGREED;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("domain", "operator", "versions", "accuracy"));
    for (OperatorDef def : all) {
      rows.add(
          List.of(
              domain(def),
              def.name(),
              def.versions().stream()
                  .map(v -> v.sinceVersion() + (v.deprecated() ? " (deprecated)" : ""))
                  .collect(Collectors.joining(", ")),
              def.accuracy().name().toLowerCase(Locale.ROOT)));
    }
    output.table(rows);
    return Main.AGREED;
  }

  private static String domain(OperatorDef def) {
    return def.domain().isEmpty() ? "ai.onnx" : def.domain();
  }

  private static Map<String, Object> json(OperatorDef def) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("domain", domain(def));
    row.put("operator", def.name());
    row.put("versions", def.versions().stream().map(Signature::sinceVersion).toList());
    row.put("accuracy", def.accuracy().name().toLowerCase(Locale.ROOT));
    return row;
  }
}
