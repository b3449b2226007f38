package org.sardonyx.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.convert.IrVersion;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.Target;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.passes.Inline;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/**
 * Writes a model that runs: the file is first written beside its place, runs natively and in ONNX
 * Runtime on inputs of several sizes, and appears under its name when both agree with the arbiter.
 *
 * <pre>{@code
 * Export.of(net.model()).write(Path.of("model.onnx"));
 * }</pre>
 *
 * @param model what is written
 * @param inputs what it runs on; empty for random inputs of several sizes
 * @param options where weights go
 * @param evenIfWrong whether the file is written whatever the engines say
 * @param seed of random inputs
 */
public record Export(
    Model model,
    List<Map<String, Value>> inputs,
    WriteOptions options,
    boolean evenIfWrong,
    long seed) {

  public Export {
    inputs = List.copyOf(inputs);
  }

  /** Begins an export that is checked on random inputs. */
  public static Export of(Model model) {
    return new Export(
        model, List.of(), WriteOptions.DEFAULT.withWeights(WriteOptions.Weights.INSIDE), false, 1);
  }

  /** Returns the same, checked on inputs of the caller. */
  public Export checkedOn(List<Map<String, Value>> given) {
    return new Export(model, given, options, evenIfWrong, seed);
  }

  public Export with(WriteOptions newOptions) {
    return new Export(model, inputs, newOptions, evenIfWrong, seed);
  }

  public Export withSeed(long newSeed) {
    return new Export(model, inputs, options, evenIfWrong, newSeed);
  }

  /** Returns the export that writes the file whatever the engines say, and tells what they said. */
  public Export evenIfWrong(boolean write) {
    return new Export(model, inputs, options, write, seed);
  }

  /**
   * Returns the same in the versions of a target.
   *
   * @throws org.sardonyx.error.UnsupportedModel where a node cannot be written in them
   */
  public Export to(Target target) {
    Model converted = ConvertOpset.of(Operators.standard()).to(target.opset()).apply(model);
    Model whole =
        converted.irVersion() == target.irVersion()
            ? converted
            : IrVersion.to(target.irVersion()).apply(converted);
    return new Export(whole, inputs, options, evenIfWrong, seed);
  }

  /** Returns the same without functions, for runtimes that know none. */
  public Export inlined() {
    Model whole = Inline.of(Operators.standard()).apply(model);
    return new Export(whole, inputs, options, evenIfWrong, seed);
  }

  /**
   * What the engines said.
   *
   * @param file the file
   * @param written whether it is there now
   * @param runs what became of the model on each set of inputs
   * @param unchecked why it was not run; empty where it was
   */
  public record Report(Path file, boolean written, List<ThreeWay> runs, String unchecked) {

    public Report {
      runs = List.copyOf(runs);
    }

    /** Whether both engines agreed with the arbiter on all inputs; false where it was not run. */
    public boolean agreed() {
      return unchecked.isEmpty() && runs.stream().allMatch(Export::agrees);
    }

    /** Returns what is wrong, a line each. */
    public List<String> complaints() {
      List<String> lines = new ArrayList<>();
      for (ThreeWay run : runs) {
        for (ThreeWay.Side side : sides(run)) {
          ThreeWay.Failure failure = side.failure();
          if (failure != null) {
            lines.add(side.engine() + " gave nothing: " + failure.message());
          }
        }
        for (ThreeWay.Output output : run.outputs()) {
          switch (output.verdict()) {
            case AGREE, ILL_CONDITIONED, DIVERGENT -> {}
            default ->
                lines.add(
                    "output \""
                        + org.sardonyx.error.Text.escape(output.name())
                        + "\": "
                        + output.verdict().word()
                        + ", "
                        + output.reason());
          }
        }
      }
      return lines.stream().distinct().toList();
    }
  }

  private static List<ThreeWay.Side> sides(ThreeWay run) {
    List<ThreeWay.Side> sides = new ArrayList<>();
    sides.add(run.ours());
    for (ThreeWay.@Nullable Side side :
        new ThreeWay.@Nullable Side[] {run.reference(), run.truth()}) {
      if (side != null) {
        sides.add(side);
      }
    }
    return sides;
  }

  /** A listed deviation of the reference is no agreement: who runs the file there is served ill. */
  private static boolean agrees(ThreeWay run) {
    return sides(run).stream().allMatch(side -> side.failure() == null)
        && run.outputs().stream()
            .allMatch(output ->
                switch (output.verdict()) {
                  case AGREE, ILL_CONDITIONED, DIVERGENT -> true;
                  default -> false;
                });
  }

  /**
   * Runs the model and writes it.
   *
   * @return what the engines said; the file is there where {@link Report#written}
   * @throws EngineFailed where ONNX Runtime does not start, and the file is not wanted whatever
   *     happens
   */
  public Report write(Path file) throws EngineFailed {
    if (!fits()) {
      return unchecked(file);
    }
    try (ProcessEngine reference = ProcessEngine.onnxRuntime(Duration.ofMinutes(10))) {
      return write(file, reference);
    }
  }

  /**
   * Whether the heap has room for running the model: the arbiter alone holds the weights twice as
   * large as they are.
   */
  private boolean fits() {
    long bytes = 0;
    for (TensorData weight : model.graph().initializers()) {
      long elements = Arrays.stream(weight.shape().sizes()).reduce(1, Math::multiplyExact);
      bytes += weight.dataType().byteSize(elements);
    }
    return bytes < Runtime.getRuntime().maxMemory() / 4;
  }

  private Report unchecked(Path file) {
    Onnx.write(model, file, options);
    String why =
        "not run: the heap of "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MB has no room for the weights in three engines; compare runs it in a larger one";
    return new Report(file, true, List.of(), why);
  }

  /** As {@link #write(Path)}, with another engine in the place of ONNX Runtime. */
  public Report write(Path file, Engine reference) throws EngineFailed {
    Path whole = file.toAbsolutePath();
    Path name = whole.getFileName();
    Path folder = whole.getParent();
    if (name == null || folder == null || !Files.isDirectory(folder)) {
      throw new InvalidInput("no folder to write " + file + " in");
    }
    try {
      Path beside = Files.createTempDirectory(folder, ".export");
      try {
        Path draft = beside.resolve(name);
        Onnx.write(model, draft, options);
        List<ThreeWay> runs = check(draft, reference);
        Report report = new Report(file, false, runs, "");
        if (!report.agreed() && !evenIfWrong) {
          return report;
        }
        move(beside, draft, folder);
        return new Report(file, true, runs, "");
      } finally {
        delete(beside);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<ThreeWay> check(Path draft, Engine reference) throws EngineFailed {
    List<ThreeWay> runs = new ArrayList<>();
    try (NativeEngine ours = new NativeEngine();
        ArbiterEngine arbiter = new ArbiterEngine()) {
      List<Map<String, Value>> sets =
          inputs.isEmpty() ? new CheckInputs(model, seed).sets() : inputs;
      for (Map<String, Value> set : sets) {
        ThreeWay run =
            ThreeWay.of(
                draft,
                new LinkedHashMap<>(set),
                ours,
                reference,
                arbiter,
                Engine.Options.DEFAULT,
                Budget.STANDARD,
                Deviations.onnxRuntime());
        runs.add(run);
        ThreeWay.Side side = run.reference();
        if (side != null && side.failure() != null && !evenIfWrong) {
          switch (side.failure().kind()) {
            case MISSING, CRASHED, TIMED_OUT ->
                throw new EngineFailed(side.failure().kind(), side.failure().message());
            case REFUSED, FAILED -> {}
          }
        }
      }
    }
    return runs;
  }

  /** Weights first, so that a model never lies there without them. */
  private static void move(Path from, Path draft, Path to) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        if (!file.equals(draft)) {
          Files.move(file, to.resolve(from.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    Files.move(draft, to.resolve(from.relativize(draft)), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
