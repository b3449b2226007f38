package org.sardonyx.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point: finds the command, runs it, and exits with its code. */
@Command(
    name = "sardonyx",
    mixinStandardHelpOptions = true,
    version = "sardonyx 0.1.0-SNAPSHOT",
    description = "ONNX models, natively in Java.")
public final class Main implements Runnable {
  @Spec CommandSpec spec;

  Main() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }

  /** Runs the command line {@code args} and ends the JVM with the command's exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
