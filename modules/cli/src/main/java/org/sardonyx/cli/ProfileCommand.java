package org.sardonyx.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.imagedecoder.ImageDecoder;
import org.sardonyx.profile.Profile;
import org.sardonyx.profile.Profiler;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows where the time of a model goes. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a model natively for a while and shows where the time goes: by node and by operator, the"
          + " most expensive first, with the share of all runs, floating-point operations and bytes"
          + " of inputs, weights and outputs by second, and what computed it: which kernel, and what"
          + " kept the node from a faster one.",
      "Operations are those of the operator's formula, a multiplication and an addition being two; a"
          + " dash stands where nothing is computed or no formula is known.",
      "A node that holds graphs counts for itself alone; what it holds has lines of its own. What is"
          + " constant was computed before and takes no time."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx profile models/lstm/model.onnx --dim time=100 --dim batch=1")
final class ProfileCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;
  @Mixin ModelFile file;
  @Mixin InputOptions inputs;

  private static final double MOST_SECONDS = 86_400;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      description = "Measured time (default: ${DEFAULT-VALUE}).")
  double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description =
          "Most seconds that it runs until runs take the same time again and again; only then it is"
              + " measured (default: ${DEFAULT-VALUE}).")
  double warmUp;

  @Option(
      names = "--top",
      defaultValue = "30",
      description = "Nodes to show as text; 0 for all (default: ${DEFAULT-VALUE}).")
  int top;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write when each node of one more run began and ended, for trace viewers.")
  @Nullable Path trace;

  @Option(
      names = "--jfr",
      paramLabel = "FILE",
      description = "Write a recording of Java's flight recorder with an event for each node.")
  @Nullable Path jfr;

  ProfileCommand() {}

  @Override
  public Integer call() throws IOException {
    if (!(seconds > 0 && seconds < MOST_SECONDS)
        || !(warmUp >= 0 && warmUp < MOST_SECONDS)
        || top < 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--seconds is more than 0, --warm-up and --top are not negative, and nothing takes a day");
    }
    refuseMissingFolder("--trace", trace);
    refuseMissingFolder("--jfr", jfr);
    Model model = file.read();
    Map<String, Value> given = inputs.read(model, output.seed);
    SessionOptions options =
        SessionOptions.standard()
            .withOperators(ImageDecoder.DEF)
            .withLimits(output.limits.limits());
    Profiler profiler = new Profiler();
    Session session = Session.compile(model, options.withObserver(profiler));
    output.progress("warming up ...");
    session.run(given); // what is made once is no part of a run
    if (!session.warmUp(given, Duration.ofNanos((long) (warmUp * 1e9))) && warmUp > 0) {
      output.progress("not warm after " + warmUp + " s; --warm-up gives it longer");
    }
    profiler.reset();
    output.progress("measuring ...");
    repeat(session, given, seconds);
    Profile profile = profiler.profile();
    if (output.isJson()) {
      output.json(json(session, profile));
    } else {
      print(session, profile);
    }
    if (trace != null) {
      Files.writeString(trace, profiler.trace(() -> session.run(given)));
    }
    if (jfr != null) {
      Profiler.record(() -> session.run(given), jfr);
    }
    return Main.AGREED;
  }

  /** Before anything is measured for nothing. */
  private void refuseMissingFolder(String option, @Nullable Path path) {
    Path folder = path == null ? null : path.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": there is no folder " + Text.escape(String.valueOf(folder)));
    }
  }

  /** Runs at least once. */
  private static void repeat(Session session, Map<String, Value> given, double seconds) {
    long start = System.nanoTime();
    do {
      session.run(given);
    } while (System.nanoTime() - start < seconds * 1e9);
  }

  private void print(Session session, Profile profile) {
    output.line(
        String.format(
            Locale.ROOT,
            "%d runs of %.1f us, kernels %s",
            profile.runs(),
            perRun(profile, profile.nanos()),
            session.kernels()));
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("us/run", "share", "GFLOP/s", "GB/s", "bytes", "calls/run", "node", "by"));
    int shown = top == 0 ? profile.entries().size() : Math.min(top, profile.entries().size());
    for (Profile.Entry entry : profile.entries().subList(0, shown)) {
      rows.add(
          List.of(
              String.format(Locale.ROOT, "%.1f", perRun(profile, entry.ownNanos())),
              share(profile, entry.ownNanos()),
              rate(entry.gigaflops()),
              rate(entry.gigabytes()),
              bytes(profile, entry),
              String.format(Locale.ROOT, "%.4g", (double) entry.calls() / profile.runs()),
              Text.escape(entry.node()),
              entry.kernel()));
    }
    output.line("");
    output.table(rows);
    if (shown < profile.entries().size()) {
      output.line("and " + (profile.entries().size() - shown) + " more; --top 0 shows them");
    }
    rows.clear();
    rows.add(List.of("us/run", "share", "GFLOP/s", "GB/s", "bytes", "calls/run", "operator", ""));
    long sum = 0;
    for (Profile.Entry operator : profile.byOperator()) {
      sum += operator.ownNanos();
      rows.add(
          List.of(
              String.format(Locale.ROOT, "%.1f", perRun(profile, operator.ownNanos())),
              share(profile, operator.ownNanos()),
              rate(operator.gigaflops()),
              rate(operator.gigabytes()),
              bytes(profile, operator),
              String.format(Locale.ROOT, "%.4g", (double) operator.calls() / profile.runs()),
              operator.operator(),
              operator.node()));
    }
    long rest = Math.max(0, profile.nanos() - sum);
    rows.add(
        List.of(
            String.format(Locale.ROOT, "%.1f", perRun(profile, rest)),
            share(profile, rest),
            "-",
            "-",
            "-",
            "",
            "(between nodes)",
            ""));
    output.line("");
    output.table(rows);
  }

  private static String rate(double billions) {
    return billions == 0 ? "-" : String.format(Locale.ROOT, "%.2f", billions);
  }

  /** Returns what a run moves, by the formula: inputs, weights and outputs. */
  private static String bytes(Profile profile, Profile.Entry entry) {
    return String.format(Locale.ROOT, "%,d", entry.bytes() / Math.max(1, profile.runs()));
  }

  private static double perRun(Profile profile, long nanos) {
    return nanos / 1e3 / profile.runs();
  }

  private static String share(Profile profile, long nanos) {
    return String.format(Locale.ROOT, "%.1f%%", 100.0 * nanos / Math.max(1, profile.nanos()));
  }

  private static Map<String, Object> json(Session session, Profile profile) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kernels", session.kernels());
    json.put("runs", profile.runs());
    json.put("nanos", profile.nanos());
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (Profile.Entry entry : profile.entries()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("node", entry.node());
      row.put("operator", entry.operator());
      row.put("kernel", entry.kernel());
      row.put("calls", entry.calls());
      row.put("nanos", entry.nanos());
      row.put("own_nanos", entry.ownNanos());
      row.put("flops", entry.flops());
      row.put("bytes", entry.bytes());
      nodes.add(row);
    }
    json.put("nodes", nodes);
    json.put("own_nanos_by_operator", profile.nanosByOperator());
    return json;
  }
}
