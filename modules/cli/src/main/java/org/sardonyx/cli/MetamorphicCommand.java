package org.sardonyx.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.metamorphic.Metamorphic;
import org.sardonyx.conformance.metamorphic.Metamorphic.Outcome;
import org.sardonyx.conformance.metamorphic.Metamorphic.Status;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks what must hold of a model without a reference. */
@Command(
    name = "metamorphic",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a model in ways that must give the same: rows in another order, a stream in two parts, steps"
          + " decoded one by one, loops unrolled, hidden units permuted, other versions, kernels and threads. Needs no reference.",
      "Says of each relation whether it holds, is broken, or why it does not apply. Exits with 1 where one is"
          + " broken."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx metamorphic models/lstm/model.onnx --seed 3")
final class MetamorphicCommand implements Callable<Integer> {

  @Mixin Output output;
  @Mixin ModelFile file;
  @Mixin InputOptions inputs;

  MetamorphicCommand() {}

  @Override
  public Integer call() {
    Model model = file.readWhole();
    List<Outcome> outcomes =
        Metamorphic.check(
            model,
            inputs.read(model, output.seed),
            WithImages.options().withLimits(output.limits.limits()),
            Budget.STANDARD);
    if (output.isJson()) {
      output.json(outcomes.stream().map(MetamorphicCommand::json).toList());
    } else {
      List<List<String>> rows = new ArrayList<>();
      for (Outcome outcome : outcomes) {
        rows.add(
            List.of(outcome.relation().word(), word(outcome.status()), Text.escape(outcome.why())));
      }
      output.table(rows);
    }
    return outcomes.stream().anyMatch(outcome -> outcome.status() == Status.BROKEN)
        ? Main.DISAGREED
        : Main.AGREED;
  }

  private static String word(Status status) {
    return status.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Map<String, Object> json(Outcome outcome) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("relation", outcome.relation().word());
    json.put("says", outcome.relation().says());
    json.put("status", word(outcome.status()));
    json.put("why", outcome.why());
    return json;
  }
}
