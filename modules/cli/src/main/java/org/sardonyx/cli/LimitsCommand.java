package org.sardonyx.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the limits. */
@Command(
    name = "limits",
    mixinStandardHelpOptions = true,
    description = {
      "Lists how much a model may use of everything, and when that is looked at.",
      "Every verb takes --limit NAME=N and --untrusted; this one shows what they make."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx limits",
      "  sardonyx limits --untrusted --limit loopTrips=1000 --format json"
    })
final class LimitsCommand implements Callable<Integer> {

  @Mixin Output output;

  LimitsCommand() {}

  @Override
  public Integer call() {
    Limits limits = output.limits.limits();
    if (output.isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      for (Limit limit : Limit.values()) {
        json.put(limit.label(), limits.most(limit));
      }
      output.json(json);
      return Main.AGREED;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("limit", "looked at", "most"));
    for (Limit limit : Limit.values()) {
      long most = limits.most(limit);
      rows.add(
          List.of(
              limit.label(),
              limit.stage().name().toLowerCase(Locale.ROOT),
              most == Long.MAX_VALUE ? "-" : String.valueOf(most)));
    }
    output.table(rows);
    return Main.AGREED;
  }
}
