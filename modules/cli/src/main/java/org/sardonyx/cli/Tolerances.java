package org.sardonyx.cli;

import org.sardonyx.oracle.Tolerance;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how far two outputs may be apart. */
final class Tolerances {

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  @Option(
      names = "--rtol",
      defaultValue = "1e-3",
      description = "Relative tolerance: |a-e| <= atol + rtol*|e| (default: ${DEFAULT-VALUE}).")
  double rtol;

  @Option(
      names = "--atol",
      defaultValue = "1e-7",
      description = "Absolute tolerance (default: ${DEFAULT-VALUE}).")
  double atol;

  @Option(
      names = "--rel-to-max",
      defaultValue = "0",
      description = "Also accept |a-e| <= this times the largest |e| of the output (default: off).")
  double relToMax;

  @Option(
      names = "--min-cosine",
      defaultValue = "0",
      description = "Also ask for this cosine between the outputs as vectors (default: off).")
  double minCosine;

  Tolerances() {}

  Tolerance tolerance() {
    try {
      return new Tolerance(rtol, atol, relToMax, minCosine);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
