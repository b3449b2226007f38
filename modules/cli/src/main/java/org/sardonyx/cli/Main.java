package org.sardonyx.cli;

import java.io.PrintWriter;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.oracle.EngineFailed;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point: finds the command, runs it, and exits with its code. */
@Command(
    name = "sardonyx",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "ONNX models, natively in Java.",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  done, everything agreed",
      "  1  a comparison failed",
      "  2  wrong usage",
      "  3  malformed or invalid model",
      "  4  valid model that is not supported",
      "  5  the given inputs do not fit, or made an operator fail",
      "  6  the reference engine is missing or crashed",
      "  7  a limit was reached",
      " 70  a fault of this program"
    },
    subcommands = {
      RunCommand.class,
      CompareCommand.class,
      BackendTestCommand.class,
      InspectCommand.class,
      CheckCommand.class,
      InferCommand.class,
      ConvertCommand.class,
      OperatorsCommand.class,
      BenchCommand.class,
    })
public final class Main implements Runnable {

  static final int AGREED = 0;
  static final int DISAGREED = 1;
  static final int INVALID_MODEL = 3;
  static final int UNSUPPORTED = 4;
  static final int INVALID_INPUT = 5;
  static final int NO_REFERENCE = 6;
  static final int LIMIT = 7;
  private static final int FAULT = 70;

  @Spec CommandSpec spec;

  Main() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }

  /** Runs the command line {@code args} and ends the JVM with the command's exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, commandLine, parsed) -> report(failure, commandLine.getErr()));
  }

  /** Says on {@code err} what went wrong and returns the exit code for it. */
  private static int report(Exception failure, PrintWriter err) {
    int code = exitCode(failure);
    if (code == FAULT) {
      err.println("sardonyx: this is a fault of the program, please report it:");
      failure.printStackTrace(err);
    } else {
      String message =
          failure.getCause() instanceof ModelException ours
              ? ours.getMessage()
              : failure.getMessage();
      err.println("sardonyx: " + message);
    }
    err.flush();
    return code;
  }

  static int exitCode(Exception failure) {
    return switch (failure) {
      case ModelException e ->
          switch (e) {
            case MalformedModel _, InvalidModel _ -> INVALID_MODEL;
            case UnsupportedModel _ -> UNSUPPORTED;
            case InvalidInput _, OperatorFailed _ -> INVALID_INPUT;
            case LimitExceeded _ -> LIMIT;
          };
      case EngineFailed e ->
          switch (e.getCause()) {
            case ModelException ours -> exitCode(ours);
            case RuntimeException _, Error _ -> FAULT;
            case null, default ->
                e.isEngineLost()
                    ? NO_REFERENCE
                    : e.kind() == EngineFailed.Kind.REFUSED ? UNSUPPORTED : INVALID_INPUT;
          };
      default -> FAULT;
    };
  }
}
