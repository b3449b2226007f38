package org.sardonyx.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.html.HtmlReport;
import org.sardonyx.conformance.html.Pictures;
import org.sardonyx.conformance.suite.CodeQuality;
import org.sardonyx.conformance.suite.JsonReport;
import org.sardonyx.conformance.suite.JunitXml;
import org.sardonyx.conformance.suite.Markdown;
import org.sardonyx.conformance.suite.Suite;
import org.sardonyx.conformance.suite.SuiteResult;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.conformance.suite.SuiteRun;
import org.sardonyx.conformance.sweep.RegisterCheck;
import org.sardonyx.error.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a suite of models and says whether they conform. */
@Command(
    name = "conform",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the models of a suite file natively, in ONNX Runtime and in the float64 arbiter, and says of"
          + " every output whether it agrees or is off as the suite expects.",
      "A suite file is YAML or JSON; docs/suite.schema.json has its keys, models/suite.yaml is one."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx conform models/suite.yaml --junit conform.xml --markdown summary.md")
final class ConformCommand implements Callable<Integer> {

  /** For the errors and times of nodes in a page, those of all models together. */
  static final Duration MEASURING = Duration.ofMinutes(1);

  @Mixin Output output;

  @Parameters(index = "0", paramLabel = "SUITE", description = "A suite file.")
  Path suite;

  @Option(names = "--junit", paramLabel = "FILE", description = "Write JUnit XML.")
  @Nullable Path junit;

  @Option(names = "--markdown", paramLabel = "FILE", description = "Write a summary in Markdown.")
  @Nullable Path markdown;

  @Option(
      names = "--gitlab",
      paramLabel = "FILE",
      description = "Write failures as a code quality report of GitLab.")
  @Nullable Path gitlab;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page with curves and graphs, which opens offline.")
  @Nullable Path html;

  @Option(
      names = "--annotate",
      description = "Print failures as annotations of GitHub Actions, too.")
  boolean annotate;

  ConformCommand() {}

  @Override
  public Integer call() throws IOException {
    Suite read = Suite.read(suite);
    SuiteResult result;
    try (NativeEngine ours = WithImages.engine(output.limits.reading());
        SuiteRun run = SuiteRun.of(ours)) {
      result = run.run(read, this::progress);
    }
    if (junit != null) {
      try (Writer writer = Files.newBufferedWriter(junit)) {
        JunitXml.write(result, writer);
      }
    }
    if (markdown != null) {
      Files.writeString(markdown, Markdown.of(result));
    }
    if (gitlab != null) {
      Files.writeString(gitlab, Output.text(CodeQuality.of(result)));
    }
    if (html != null) {
      Pictures pictures = new Pictures(WithImages.options(), output.limits.reading(), MEASURING);
      pictures.add(read, result);
      Files.writeString(html, HtmlReport.of(result, pictures));
    }
    if (output.isJson()) {
      output.json(JsonReport.of(result));
    } else {
      result.checks().stream()
          .filter(check -> check.status() != Status.PASSED)
          .forEach(check -> output.line(line(check)));
      result.register().stream()
          .filter(outcome -> outcome.state() == RegisterCheck.State.GONE)
          .forEach(outcome ->
              output.line(
                  "gone from the reference: "
                      + outcome.deviation()
                      + ": "
                      + Text.escape(outcome.message())));
      output.line(result.summary());
    }
    if (annotate) {
      Markdown.annotations(result).forEach(output.isJson() ? output::progress : output::line);
    }
    return result.passes() ? Main.AGREED : Main.DISAGREED;
  }

  private void progress(Check check) {
    output.progress(
        check.status().word() + "  " + Text.escape(check.model()) + "  " + where(check));
  }

  private static String line(Check check) {
    return check.status().word()
        + "  "
        + Text.escape(check.model())
        + "  "
        + where(check)
        + (check.verdict() == null ? "" : "  " + check.verdict().word())
        + ": "
        + Text.escape(check.message());
  }

  private static String where(Check check) {
    return Text.escape(
        check.output().isEmpty() ? check.inputs() : check.inputs() + ", " + check.output());
  }
}
