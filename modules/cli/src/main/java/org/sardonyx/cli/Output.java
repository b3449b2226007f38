package org.sardonyx.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.Text;
import org.sardonyx.onnx.ReadOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The options that every command has, and where it prints. */
final class Output {

  /** Made when it is first asked for: it is long in coming. */
  private static final class Json {
    private static final JsonMapper MAPPER =
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  }

  /** How results are printed. */
  enum Format {
    TEXT,
    JSON
  }

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  @Mixin LimitOptions limits;

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "Print ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Format format;

  @Option(names = "--quiet", description = "Print results only, no progress.")
  boolean quiet;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of whatever is random (default: ${DEFAULT-VALUE}).")
  long seed;

  /** What our own texts hold of control characters; those of a model are escaped, see Text. */
  private static final String LINES = "\n\t";

  private static final long SECOND = 1_000_000_000;

  private long lastBeat = System.nanoTime();

  Output() {}

  /** Returns how the command of {@code spec} reads models, whichever part of it asks. */
  static ReadOptions reading(CommandSpec spec) {
    return spec.mixins().values().stream()
        .map(CommandSpec::userObject)
        .filter(Output.class::isInstance)
        .map(mixin -> ((Output) mixin).limits.reading())
        .findFirst()
        .orElseThrow();
  }

  boolean isJson() {
    return format == Format.JSON;
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Prints a line of the result. */
  void line(String text) {
    out().println(Text.clean(text, LINES));
    out().flush();
  }

  /** Prints a line that holds texts of a model: whatever they are, it stays one. */
  void oneLine(String text) {
    line(Text.clean(text, ""));
  }

  /** Prints the result as JSON. */
  void json(Object result) {
    line(text(result));
  }

  /** Returns a result as JSON for people. */
  static String text(Object result) {
    return Json.MAPPER.writeValueAsString(result);
  }

  /** Says on the error stream what is going on. */
  void progress(String text) {
    if (!quiet) {
      spec.commandLine().getErr().println(Text.clean(text, LINES));
      spec.commandLine().getErr().flush();
    }
  }

  /** Says on the error stream what is going on, where it changes often: once a second. */
  void heartbeat(String text) {
    long now = System.nanoTime();
    if (now - lastBeat >= SECOND) {
      lastBeat = now;
      progress(text);
    }
  }

  /** Prints rows in columns as wide as their widest cell; the last column is not padded. */
  void table(List<List<String>> rows) {
    List<Integer> widths = new ArrayList<>();
    List<List<String>> safe =
        rows.stream().map(row -> row.stream().map(cell -> Text.clean(cell, "")).toList()).toList();
    for (List<String> row : safe) {
      for (int i = 0; i < row.size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    for (List<String> row : safe) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        text.append(row.get(i));
        if (i < row.size() - 1) {
          text.repeat(' ', widths.get(i) - row.get(i).length() + 2);
        }
      }
      line(text.toString());
    }
  }
}
