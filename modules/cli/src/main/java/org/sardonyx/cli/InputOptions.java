package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.InputFiles;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.RandomInputs.Range;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what goes into a model; inputs that are not given are random. */
final class InputOptions {

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "NAME=FILE",
      description = "One input from a .pb, .npy or .json file.")
  Map<String, Path> files = new LinkedHashMap<>();

  @Option(
      names = "--inputs",
      paramLabel = "FILE",
      description = "Inputs by name from an .npz or .json file.")
  @Nullable Path bundle;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "A data set with input_0.pb and so on, or a folder of data sets.")
  @Nullable Path data;

  @Option(
      names = "--dim",
      paramLabel = "NAME=SIZE",
      description = "Size of a named dimension, or of INPUT.AXIS, for random inputs.")
  Map<String, Long> dims = new LinkedHashMap<>();

  @Option(
      names = "--range",
      paramLabel = "INPUT=LOW:HIGH",
      description = "What random elements of an input lie between.")
  Map<String, String> ranges = new LinkedHashMap<>();

  /** Inputs that are zeros where others are random. */
  final Set<String> zeros = new LinkedHashSet<>();

  InputOptions() {}

  /** Returns the folders of data sets that were asked for; empty where none were. */
  List<Path> dataSets() {
    if (data == null) {
      return List.of();
    }
    List<Path> sets = new CaseFolder(data).dataSets();
    return sets.isEmpty() ? List.of(data) : sets;
  }

  /** Says what inputs those are that {@link #read} gives where there is no data set. */
  String label(long seed) {
    return bundle == null && files.isEmpty() ? "random inputs, seed " + seed : "given inputs";
  }

  /** Returns the inputs: of the first data set, from files, and random ones for what remains. */
  Map<String, Value> read(Model model, long seed) {
    Map<String, Value> given = new LinkedHashMap<>();
    List<Path> sets = dataSets();
    if (!sets.isEmpty()) {
      given.putAll(CaseFolder.inputs(sets.getFirst(), model.graph()));
      if (given.isEmpty()) {
        throw new InvalidInput("there is no input_0.pb in " + sets.getFirst());
      }
    }
    if (bundle != null) {
      given.putAll(InputFiles.readAll(model.graph(), bundle));
    }
    files.forEach((name, file) -> given.put(name, InputFiles.read(model.graph(), name, file)));
    if (sets.isEmpty()) {
      Map<String, Range> between = new LinkedHashMap<>();
      ranges.forEach((name, text) -> between.put(name, range(name, text)));
      RandomInputs.of(model, dims, between, seed)
          .forEach((name, value) ->
              given.putIfAbsent(
                  name,
                  zeros.contains(name) && value instanceof Tensor tensor
                      ? Tensor.zeros(tensor.dataType(), tensor.shape())
                      : value));
    }
    return given;
  }

  private Range range(String name, String text) {
    String[] parts = text.split(":", -1);
    if (parts.length == 2) {
      try {
        return new Range(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
      } catch (IllegalArgumentException e) {
        throw wrongRange(name, e);
      }
    }
    throw wrongRange(name, null);
  }

  private ParameterException wrongRange(String name, @Nullable Exception cause) {
    String problem = "the range of \"" + name + "\" is written LOW:HIGH";
    return new ParameterException(spec.commandLine(), problem, cause);
  }
}
