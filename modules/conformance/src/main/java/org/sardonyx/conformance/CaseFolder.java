package org.sardonyx.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/**
 * A folder with a model and what it gives for which inputs, as the ONNX project lays it out: {@code
 * model.onnx} and {@code test_data_set_N/input_I.pb, output_I.pb}. Inputs are numbered by the graph
 * inputs that are not initializers, outputs by the graph outputs.
 *
 * @param folder the folder
 */
public record CaseFolder(Path folder) {

  private static final String DATA_SET = "test_data_set_";
  private static final Pattern NUMBERED = Pattern.compile("(input_|output_)([0-9]{1,9})\\.pb");

  /**
   * Returns the cases in {@code root}: itself where it is one, else its sub-folders that are, by
   * name.
   *
   * @throws InvalidInput where there is no such folder, or no case in it
   */
  public static List<CaseFolder> find(Path root) {
    if (!Files.isDirectory(root)) {
      throw new InvalidInput(
          Files.exists(root) ? root + " is no folder" : "there is no folder " + root);
    }
    if (isCase(root)) {
      return List.of(new CaseFolder(root));
    }
    List<CaseFolder> cases =
        children(root).stream()
            .filter(path -> Files.isDirectory(path) && isCase(path))
            .map(CaseFolder::new)
            .toList();
    if (cases.isEmpty()) {
      throw new InvalidInput(
          root + " holds no case: neither model.onnx nor test_data_set_0, nor folders with them");
    }
    return cases;
  }

  /** Returns the name of the case: that of its folder. */
  public String name() {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  /** Returns where the model is, if there is one. */
  public Path model() {
    return folder.resolve("model.onnx");
  }

  public boolean hasModel() {
    return Files.isRegularFile(model());
  }

  /** Returns the folders of the data sets, by number. */
  public List<Path> dataSets() {
    return children(folder).stream()
        .filter(path -> isDataSet(path) && Files.isDirectory(path))
        .sorted(Comparator.comparingInt(CaseFolder::number))
        .toList();
  }

  /** Reads the inputs of a data set for {@code graph}; those without a file are left out. */
  public static Map<String, Value> inputs(Path dataSet, Graph graph) {
    Set<String> initializers = new HashSet<>();
    for (TensorData initializer : graph.initializers()) {
      initializers.add(initializer.name());
    }
    return read(
        dataSet,
        "input_",
        graph.inputs().stream().filter(i -> !initializers.contains(i.name())).toList());
  }

  /**
   * Reads the expected outputs of a data set for {@code graph}; those without a file are left out.
   */
  public static Map<String, Value> outputs(Path dataSet, Graph graph) {
    return read(dataSet, "output_", graph.outputs());
  }

  private static Map<String, Value> read(Path dataSet, String prefix, List<ValueInfo> declared) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < declared.size(); i++) {
      Path file = dataSet.resolve(prefix + i + ".pb");
      if (Files.exists(file)) {
        values.put(declared.get(i).name(), TensorFiles.read(file, declared.get(i).type()));
      }
    }
    for (Path file : children(dataSet)) {
      Matcher name = NUMBERED.matcher(String.valueOf(file.getFileName()));
      if (name.matches()
          && name.group(1).equals(prefix)
          && Integer.parseInt(name.group(2)) >= declared.size()) {
        throw new InvalidInput(
            file.getFileName() + " belongs to nothing in the graph: it has " + declared.size());
      }
    }
    return values;
  }

  private static boolean isCase(Path path) {
    return Files.isRegularFile(path.resolve("model.onnx"))
        || children(path).stream().anyMatch(CaseFolder::isDataSet);
  }

  private static boolean isDataSet(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(DATA_SET) && name.substring(DATA_SET.length()).matches("[0-9]{1,9}");
  }

  private static int number(Path dataSet) {
    return Integer.parseInt(dataSet.getFileName().toString().substring(DATA_SET.length()));
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return new ArrayList<>(paths.sorted().toList());
    } catch (IOException e) {
      throw new InvalidInput("the folder " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }
}
