package org.sardonyx.cli;

import org.sardonyx.conformance.Budget;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that says how far outputs may be from the truth. */
final class BudgetOption {

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  private double factor = 1;

  BudgetOption() {}

  @Option(
      names = "--budget",
      paramLabel = "FACTOR",
      defaultValue = "1",
      description = "Multiply the tolerances by this (default: ${DEFAULT-VALUE}).")
  void factor(double newFactor) {
    if (!(newFactor > 0)) {
      throw new ParameterException(spec.commandLine(), "--budget is greater than 0");
    }
    factor = newFactor;
  }

  double factor() {
    return factor;
  }

  Budget budget() {
    return new Budget(factor);
  }
}
