package org.sardonyx.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.oracle.EngineFailed;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

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
      "  5  the given inputs do not fit or made an operator fail, or a file cannot be read or written",
      "  6  the reference engine is missing or crashed",
      "  7  a limit was reached",
      " 70  a fault of this program"
    })
public final class Main implements Runnable {

  static final int AGREED = 0;
  static final int DISAGREED = 1;
  static final int INVALID_MODEL = 3;
  static final int UNSUPPORTED = 4;
  static final int INVALID_INPUT = 5;
  static final int NO_REFERENCE = 6;
  static final int LIMIT = 7;
  static final int FAULT = 70;

  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          CompareCommand.class,
          ConformCommand.class,
          BisectCommand.class,
          ReduceCommand.class,
          FuzzCommand.class,
          GoldenCommand.class,
          BackendTestCommand.class,
          InspectCommand.class,
          CheckCommand.class,
          MetamorphicCommand.class,
          LintCommand.class,
          DiffCommand.class,
          InferCommand.class,
          ConvertCommand.class,
          OptimizeCommand.class,
          ExportCommand.class,
          EditCommand.class,
          ImportCommand.class,
          OperatorsCommand.class,
          LimitsCommand.class,
          MutateCommand.class,
          BenchCommand.class,
          ProfileCommand.class);

  @Spec CommandSpec spec;

  Main() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }

  /** Runs the command line {@code args} and ends the JVM with the command's exit code. */
  public static void main(String[] args) {
    System.exit(execute(commandLine(args), args));
  }

  /**
   * Returns the command line for these arguments. Where they name a command, it knows that one
   * alone: to look at all of them takes longer than most commands run.
   */
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(
                type -> args.length > 0 && type.getAnnotation(Command.class).name().equals(args[0]))
            .toList();
    (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((wrong, arguments) -> usage(wrong))
        .setExecutionExceptionHandler(
            (failure, commandLine, parsed) -> report(failure, commandLine));
  }

  /** Runs a command and returns its exit code, whatever happens. */
  static int execute(CommandLine commandLine, String... args) {
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      commandLine
          .getErr()
          .println(
              "sardonyx: limit memory: the heap of "
                  + (Runtime.getRuntime().maxMemory() >> 20)
                  + " MB is used up; SARDONYX_JAVA_OPTS=-Xmx8g gives more");
      return LIMIT;
    } catch (StackOverflowError e) {
      commandLine.getErr().println("sardonyx: limit stack: the model is nested too deep");
      return LIMIT;
    } catch (Error e) {
      return fault(e, commandLine.getErr());
    }
  }

  /** Says what is wrong with the arguments, and where help is. */
  private static int usage(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("sardonyx: " + wrong.getMessage());
    UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("  " + command.getCommandSpec().qualifiedName() + " --help explains the usage");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** Says what went wrong, in one line, and returns the exit code for it. */
  private static int report(Exception failure, CommandLine commandLine) {
    int code = exitCode(failure);
    if (code == FAULT) {
      return fault(failure, commandLine.getErr());
    }
    Throwable told =
        failure instanceof EngineFailed && failure.getCause() instanceof ModelException ours
            ? ours
            : failure;
    String message = text(told).strip().replaceAll("\\s*\\R\\s*", "; ");
    commandLine.getErr().println("sardonyx: " + message);
    return code;
  }

  /** Says what is wrong with a file, which some messages of Java only name. */
  private static String text(Throwable told) {
    Throwable cause =
        told instanceof UncheckedIOException && told.getCause() != null ? told.getCause() : told;
    return switch (cause) {
      case NoSuchFileException e -> Text.escape(e.getFile()) + ": no such file or folder";
      case AccessDeniedException e -> Text.escape(e.getFile()) + ": permission denied";
      default -> String.valueOf(told.getMessage());
    };
  }

  private static int fault(Throwable failure, PrintWriter err) {
    err.println("sardonyx: this is a fault of the program, please report it:");
    failure.printStackTrace(err);
    return FAULT;
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
      case UncheckedIOException _, IOException _ -> INVALID_INPUT;
      default -> FAULT;
    };
  }
}
