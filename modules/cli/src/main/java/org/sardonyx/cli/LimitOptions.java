package org.sardonyx.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.onnx.ReadOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how much a model may use. */
final class LimitOptions {

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  @Option(
      names = "--limit",
      paramLabel = "NAME=N",
      description = "Another limit; sardonyx limits lists them.")
  Map<String, Long> numbers = new LinkedHashMap<>();

  @Option(
      names = "--untrusted",
      description = "Narrower limits, a minute for a run, and no file but the model itself.")
  boolean untrusted;

  @Option(
      names = "--external",
      description = "With --untrusted: open the model's external data nevertheless.")
  boolean external;

  LimitOptions() {}

  /** Returns how much a model may use. */
  Limits limits() {
    Limits limits = untrusted ? Limits.untrusted() : Limits.standard();
    for (Map.Entry<String, Long> number : numbers.entrySet()) {
      Limit limit = Limit.of(number.getKey());
      if (limit == null) {
        throw new ParameterException(
            spec.commandLine(),
            "there is no limit " + number.getKey() + "; sardonyx limits lists them");
      }
      try {
        limits = limits.with(limit, number.getValue());
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage(), e);
      }
    }
    return limits;
  }

  /** Returns what a reader may do. */
  ReadOptions reading() {
    ReadOptions options = untrusted ? ReadOptions.UNTRUSTED : ReadOptions.DEFAULT;
    return options.withExternalData(!untrusted || external).withLimits(limits());
  }
}
