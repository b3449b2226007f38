package org.sardonyx.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.bisect.Bisect;
import org.sardonyx.conformance.bisect.Bisection;
import org.sardonyx.conformance.bisect.NonFinite;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Finds the node at which an engine departs from the truth, or a NaN begins. */
@Command(
    name = "bisect",
    mixinStandardHelpOptions = true,
    description = {
      "Finds the first node at which an engine departs from the float64 arbiter: each node is run on exact"
          + " inputs (isolated error) and in the whole model (accumulated error), into the graphs of If,"
          + " Loop and Scan and into functions, down to the time step and the rows of the batch.",
      "Says where NaN and infinities come from, too. Exits with 1 where something is off."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx bisect model.onnx --engine onnxruntime",
      "  sardonyx bisect model.onnx --data case/test_data_set_0 --byte-cap 64 --first",
      "  sardonyx bisect model.onnx --not-finite"
    })
final class BisectCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;
  @Mixin ModelFile file;
  @Mixin InputOptions inputs;
  @Mixin EngineChoice engine;
  @Mixin BudgetOption budget;

  @Option(
      names = "--byte-cap",
      paramLabel = "MIB",
      defaultValue = "256",
      description = "How much one run may give in values between (default: ${DEFAULT-VALUE}).")
  long cap;

  @Option(names = "--first", description = "Stop at the first node that is off.")
  boolean first;

  @Option(names = "--all", description = "List all nodes, not only the worst.")
  boolean all;

  @Option(names = "--not-finite", description = "Look for the origin of NaN and infinities only.")
  boolean notFinite;

  BisectCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    if (cap < 1) {
      throw new ParameterException(spec.commandLine(), "--byte-cap is at least 1");
    }
    Model model = file.readWhole();
    Map<String, Value> given = inputs.read(model, output.seed);
    try (Engine looked = engine.open(Duration.ofMinutes(10))) {
      Bisection found = null;
      if (!notFinite) {
        Bisect bisect =
            new Bisect(engine.suspect(looked, budget.budget(), output)).withByteCap(cap << 20);
        found = (first ? bisect.stoppingAtFirst() : bisect).of(model, given);
      }
      List<NonFinite.Origin> origins = List.of();
      if (found == null || found.failure().isEmpty()) {
        origins = NonFinite.of(model, given, looked, engine.options(), cap << 20);
      }
      if (output.isJson()) {
        output.json(json(found, origins));
      } else {
        if (found != null) {
          print(found);
        }
        print(origins);
      }
      boolean clear = found == null ? origins.isEmpty() : found.clear();
      return clear ? Main.AGREED : Main.DISAGREED;
    }
  }

  private static final int FEW = 10;

  private void print(Bisection found) {
    List<Bisection.Row> rows = new ArrayList<>(found.rows());
    if (!all) {
      rows.removeIf(row -> !row.off());
      rows = rows.subList(0, Math.min(FEW, rows.size()));
    }
    if (!rows.isEmpty()) {
      List<List<String>> table = new ArrayList<>();
      table.add(List.of("node", "output", "accumulated", "isolated", ""));
      for (Bisection.Row row : rows) {
        table.add(
            List.of(
                Text.escape(where(row.place()) + row.node()),
                Text.escape(row.output()),
                figure(row.accumulated()),
                figure(row.isolated()),
                row.off() ? "off" : ""));
      }
      output.table(table);
    }
    found.skipped().forEach(one -> output.line("not compared: " + Text.escape(one)));
    if (!found.failure().isEmpty()) {
      output.line(found.engine() + " gave nothing: " + Text.escape(found.failure()));
    }
    if (!found.off().isEmpty()) {
      output.line("off in " + found.engine() + ": " + Text.escape(String.join(", ", found.off())));
    }
    Bisection.Culprit culprit = found.culprit();
    if (culprit != null && found.off().isEmpty() && found.failure().isEmpty()) {
      output.line(
          first
              ? "off in " + found.engine() + ": not looked at, the search ended at the first node"
              : "off in " + found.engine() + ": no output, the error is lost on the way to them");
    }
    if (culprit != null) {
      output.line(
          "first: "
              + Text.escape(where(culprit.place()) + culprit.node() + ", " + culprit.output())
              + steps(culprit));
      output.line("  " + Text.escape(culprit.message()));
    } else if (!found.healing().isEmpty()) {
      output.line(
          "no node is off alone; the model is right when one of these is tapped, so look at what is"
              + " fused across it: "
              + Text.escape(String.join(", ", found.healing())));
    } else if (!found.off().isEmpty()) {
      output.line("no node is off alone: errors within the budgets add up");
    } else if (found.failure().isEmpty()) {
      output.line("nothing is off");
    }
  }

  private static String steps(Bisection.Culprit culprit) {
    StringBuilder text = new StringBuilder();
    if (culprit.step() >= 0) {
      text.append(", from step ").append(culprit.step()).append(' ').append(culprit.direction());
    }
    if (culprit.batch() > 1) {
      text.append(
          culprit.batchRows().size() == culprit.batch()
              ? ", all rows"
              : ", rows " + culprit.batchRows() + " of " + culprit.batch());
    }
    return text.toString();
  }

  private void print(List<NonFinite.Origin> origins) {
    for (NonFinite.Origin origin : origins) {
      output.line(
          String.format(
              Locale.ROOT,
              "not finite: begins at %s, %s: %d NaN, %d infinite, first at %s%s",
              Text.escape(where(origin.place()) + origin.node()),
              Text.escape(origin.output()),
              origin.nan(),
              origin.infinite(),
              origin.first(),
              origin.given().isEmpty()
                  ? ""
                  : "; given " + Text.escape(String.join(", ", origin.given()))));
    }
    if (notFinite && origins.isEmpty()) {
      output.line("all is finite");
    }
  }

  private static String where(List<String> place) {
    return place.isEmpty() ? "" : String.join(" > ", place) + " > ";
  }

  private static String figure(@Nullable Comparison comparison) {
    return comparison == null ? "-" : String.format(Locale.ROOT, "%.3g", comparison.maxAbs());
  }

  private static Map<String, Object> json(
      @Nullable Bisection found, List<NonFinite.Origin> origins) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (found != null) {
      json.put("engine", found.engine());
      json.put("failure", found.failure());
      json.put("off", found.off());
      json.put("rows", found.rows());
      Bisection.Culprit culprit = found.culprit();
      if (culprit == null) {
        json.put("first", null);
      } else {
        Map<String, Object> first = new LinkedHashMap<>();
        first.put("place", culprit.place());
        first.put("node", culprit.node());
        first.put("output", culprit.output());
        first.put("message", culprit.message());
        first.put("step", culprit.step());
        first.put("direction", culprit.direction());
        first.put("rows", culprit.batchRows());
        first.put("batch", culprit.batch());
        json.put("first", first);
      }
      json.put("healing", found.healing());
      json.put("skipped", found.skipped());
    }
    json.put("not_finite", origins);
    return json;
  }
}
