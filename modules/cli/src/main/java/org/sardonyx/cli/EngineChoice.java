package org.sardonyx.cli;

import java.time.Duration;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.bisect.Suspect;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.DataType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what runs a model. */
final class EngineChoice {

  /** The engines there are. */
  enum Name {
    /** This library. */
    NATIVE,
    /** ONNX Runtime, in a process of its own. */
    ONNXRUNTIME,
    /** This library's slow engine that computes every float in double. */
    ARBITER
  }

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  @Option(
      names = "--engine",
      defaultValue = "native",
      description = "What runs the model: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Name engine;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Threads that an engine computes in (default: ${DEFAULT-VALUE}).")
  int threads;

  @Option(
      names = "--ort-level",
      defaultValue = "all",
      description =
          "How far ONNX Runtime may rewrite the graph: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}).")
  Engine.Optimization level;

  @Mixin WeightsOption weights;

  EngineChoice() {}

  Engine open(Duration timeout) {
    return switch (engine) {
      case NATIVE -> WithImages.engine(Output.reading(spec)).withWeights(weights.type());
      case ONNXRUNTIME -> ProcessEngine.onnxRuntime(timeout);
      case ARBITER -> WithImages.arbiter(Output.reading(spec)).rounded();
    };
  }

  Engine.Options options() {
    if (threads < 1) {
      throw new ParameterException(spec.commandLine(), "--threads is at least 1");
    }
    if (engine != Name.NATIVE && weights.type() != DataType.FLOAT) {
      throw new ParameterException(spec.commandLine(), "--weights is for --engine native");
    }
    return new Engine.Options(threads, level, Output.reading(spec));
  }

  /** Returns an engine that was opened, to be held against the arbiter. */
  Suspect suspect(Engine opened, Budget budget, Output output) {
    return new Suspect(
        opened, options(), WithImages.arbiter(Output.reading(spec)), budget, output::heartbeat);
  }
}
