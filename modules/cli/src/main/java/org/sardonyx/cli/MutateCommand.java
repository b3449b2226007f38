package org.sardonyx.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.mutate.Mutants;
import org.sardonyx.conformance.mutate.Target;
import org.sardonyx.error.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives our readers broken files. */
@Command(
    name = "mutate",
    mixinStandardHelpOptions = true,
    description = {
      "Breaks files of every kind that is read here, and reads them.",
      "Whatever is neither read nor refused, or takes too long or too much memory, is a finding;"
          + " mutant N of a seed is always the same."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx mutate --count 100000",
      "  sardonyx mutate --only model --seed 7 --first 4200 --count 1"
    })
final class MutateCommand implements Callable<Integer> {

  @Mixin Output output;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      defaultValue = "models",
      description = "Models to begin with (default: ${DEFAULT-VALUE}).")
  Path models;

  @Option(
      names = "--corpus",
      paramLabel = "DIR",
      defaultValue = "modules/cli/src/test/corpus",
      description = "Files of other kinds to begin with (default: ${DEFAULT-VALUE}).")
  Path corpus;

  @Option(names = "--only", paramLabel = "KIND", description = "Files of these kinds only.")
  List<String> only = new ArrayList<>();

  @Option(
      names = "--first",
      paramLabel = "N",
      defaultValue = "0",
      description = "The first mutant.")
  long first;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Mutants of each kind (default: ${DEFAULT-VALUE}).")
  long count;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "3600",
      description = "Stop after so long (default: ${DEFAULT-VALUE}).")
  long seconds;

  @Option(
      names = "--most-millis",
      paramLabel = "N",
      defaultValue = "2000",
      description =
          "Processor time for one file, which also ends what does not (default:"
              + " ${DEFAULT-VALUE}).")
  long mostMillis;

  @Option(
      names = "--most-megabytes",
      paramLabel = "N",
      defaultValue = "256",
      description = "Memory allocated for one file (default: ${DEFAULT-VALUE}).")
  long mostMegabytes;

  @Option(names = "--save", paramLabel = "DIR", description = "Write what was found there.")
  @Nullable Path save;

  MutateCommand() {}

  @Override
  public Integer call() throws IOException {
    long until = System.nanoTime() + seconds * 1_000_000_000L;
    Path folder = Files.createTempDirectory("mutants");
    List<Mutants.Report> reports = new ArrayList<>();
    try {
      for (Target target : new Targets(models, corpus, folder).all()) {
        if (only.isEmpty() || only.contains(target.name())) {
          reports.add(run(target, until));
        }
      }
    } finally {
      try (Stream<Path> left = Files.list(folder)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
    boolean clean = reports.stream().allMatch(report -> report.findings().isEmpty());
    if (output.isJson()) {
      output.json(reports.stream().map(MutateCommand::json).toList());
    }
    return clean ? Main.AGREED : Main.DISAGREED;
  }

  private Mutants.Report run(Target target, long until) throws IOException {
    Mutants mutants = new Mutants(target, output.seed, mostMillis, mostMegabytes << 20);
    Mutants.Report report = mutants.run(first, count, until);
    if (!output.isJson()) {
      output.line(
          target.name()
              + ": "
              + report.tried()
              + " tried in "
              + report.nanos() / 1_000_000_000
              + " s, "
              + report.refused()
              + " refused, slowest "
              + report.slowestMillis()
              + " ms, largest "
              + report.largestBytes() / 1024
              + " KiB, "
              + report.findings().size()
              + " findings");
    }
    for (Mutants.Finding finding : report.findings()) {
      if (!output.isJson()) {
        output.line("  mutant " + finding.index() + ": " + finding.what());
      }
      if (save != null) {
        Files.createDirectories(save);
        Files.write(save.resolve(target.name() + "-" + finding.index()), finding.bytes());
      }
    }
    return report;
  }

  private static Map<String, Object> json(Mutants.Report report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", report.target());
    json.put("tried", report.tried());
    json.put("refused", report.refused());
    json.put("seconds", report.nanos() / 1e9);
    json.put("slowest_millis", report.slowestMillis());
    json.put("largest_bytes", report.largestBytes());
    json.put(
        "findings",
        report.findings().stream()
            .map(finding -> Map.of("mutant", finding.index(), "what", Text.escape(finding.what())))
            .toList());
    return json;
  }
}
