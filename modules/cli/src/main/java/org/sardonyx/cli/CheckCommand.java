package org.sardonyx.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.lint.Lint;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.passes.Check;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says everything that is wrong with a model. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Reports every violation of the rules of ONNX, each with its place in the model.",
      "Exits with 3 where there is an error; warnings name traps and do not count."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx check models/lstm/model.onnx --format json")
final class CheckCommand implements Callable<Integer> {

  @Mixin Output output;
  @Mixin ModelFile file;

  @Option(names = "--strict", description = "Let warnings count as errors.")
  boolean strict;

  @Option(
      names = "--sarif",
      paramLabel = "FILE",
      description = "Write the findings as SARIF 2.1.0.")
  @Nullable Path sarif;

  CheckCommand() {}

  @Override
  public Integer call() throws IOException {
    List<Diagnostic> findings = Check.of(WithImages.operators()).check(file.read());
    if (sarif != null) {
      SarifFile.write(file.path, new Lint.Result(findings, List.of(), List.of()), sarif);
    }
    long errors = findings.stream().filter(f -> f.severity() == Severity.ERROR).count();
    long warnings = findings.size() - errors;
    if (output.isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("errors", errors);
      json.put("warnings", warnings);
      json.put("findings", findings.stream().map(CheckCommand::json).toList());
      output.json(json);
    } else {
      findings.forEach(finding -> output.line(finding.toString()));
      output.line(errors + " errors, " + warnings + " warnings");
    }
    return errors > 0 || (strict && warnings > 0) ? Main.INVALID_MODEL : Main.AGREED;
  }

  static Map<String, Object> json(Diagnostic finding) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
    row.put("rule", finding.rule());
    row.put("path", finding.location().path());
    row.put("message", finding.message());
    return row;
  }
}
