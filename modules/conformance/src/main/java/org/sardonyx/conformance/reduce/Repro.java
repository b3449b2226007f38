package org.sardonyx.conformance.reduce;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;

/**
 * Writes a folder that shows a failure to others: the model in binary and text form, inputs and
 * exact outputs as a data set, and what to type for each engine.
 */
public final class Repro {

  /** Above this the text form helps nobody. */
  private static final long MOST_TEXT = 100_000;

  private Repro() {}

  /**
   * Writes the folder, which is made where it is not there.
   *
   * @param versions what was used: engines, the JVM, the machine
   * @return the files, in the folder's terms
   */
  public static List<String> write(
      Path folder, Reduce.Result result, String engine, List<String> versions) {
    Specimen specimen = result.specimen();
    Graph graph = specimen.model().graph();
    List<String> files = new ArrayList<>();
    try {
      Path set = folder.resolve("test_data_set_0");
      Files.createDirectories(set);
      Onnx.write(specimen.model(), folder.resolve("model.onnx"));
      files.add("model.onnx");
      boolean text = specimen.elements() <= MOST_TEXT;
      if (text) {
        OnnxText.write(specimen.model(), folder.resolve("model.onnxtxt"));
        files.add("model.onnxtxt");
      }
      for (int i = 0; i < graph.inputs().size(); i++) {
        String name = graph.inputs().get(i).name();
        Value value = specimen.inputs().get(name);
        if (value != null) {
          TensorFiles.write(name, value, set.resolve("input_" + i + ".pb"));
          files.add("test_data_set_0/input_" + i + ".pb");
        }
      }
      Map<String, Value> exact = exact(specimen);
      for (int i = 0; i < graph.outputs().size(); i++) {
        String name = graph.outputs().get(i).name();
        Value value = exact.get(name);
        if (value != null) {
          TensorFiles.write(name, value, set.resolve("output_" + i + ".pb"));
          files.add("test_data_set_0/output_" + i + ".pb");
        }
      }
      Files.writeString(folder.resolve("run_onnxruntime.py"), PYTHON);
      files.add("run_onnxruntime.py");
      Files.writeString(
          folder.resolve("README.md"),
          readme(result, engine, versions, exact, text ? OnnxText.print(specimen.model()) : ""));
      files.add("README.md");
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Value> exact(Specimen specimen) {
    ThreeWay.Side side = Symptom.truth(new ArbiterEngine().rounded(), specimen);
    return side.outputs();
  }

  private static final int MOST_SHOWN = 64;
  private static final int MOST_LINES = 60;

  private static String readme(
      Reduce.Result result,
      String engine,
      List<String> versions,
      Map<String, Value> exact,
      String model) {
    StringBuilder text = new StringBuilder("# " + engine + ": " + result.symptom() + "\n\n");
    text.append("Versions: ").append(String.join("; ", versions)).append(".\n\n");
    if (!model.isEmpty() && model.lines().count() <= MOST_LINES) {
      text.append("```\n").append(model.strip()).append("\n```\n\n");
    }
    for (ValueInfo input : result.specimen().model().graph().inputs()) {
      show(text, "input", input.name(), result.specimen().inputs().get(input.name()));
    }
    exact.forEach((name, value) -> show(text, "expected", name, value));
    text.append(
        """

        ```
        sardonyx compare model.onnx --data test_data_set_0
        sardonyx run model.onnx --data test_data_set_0
        sardonyx run model.onnx --data test_data_set_0 --engine onnxruntime
        sardonyx run model.onnx --data test_data_set_0 --engine arbiter
        python3 run_onnxruntime.py
        ```

        `output_N.pb` holds what the float64 arbiter gives, rounded to the declared types.
        """);
    return text.toString();
  }

  private static void show(StringBuilder to, String what, String name, @Nullable Object value) {
    if (value instanceof Tensor tensor
        && tensor.size() <= MOST_SHOWN
        && (tensor.dataType().isFloat()
            || tensor.dataType().isInteger()
            || tensor.dataType() == DataType.BOOL)) {
      List<String> numbers = new ArrayList<>();
      for (int i = 0; i < tensor.size(); i++) {
        numbers.add(
            tensor.dataType().isFloat()
                ? tensor.dataType() == DataType.DOUBLE
                    ? Double.toString(tensor.getDouble(i))
                    : Float.toString((float) tensor.getDouble(i))
                : Long.toString(tensor.getLong(i)));
      }
      to.append("- ").append(what).append(" `").append(name.replace('`', '\'')).append("` ");
      to.append(tensor).append(": ").append(String.join(", ", numbers)).append("\n");
    }
  }

  private static final String PYTHON =
      """
      # Needs the packages onnx and onnxruntime.
      import os

      import numpy
      import onnx
      import onnxruntime
      from onnx import numpy_helper

      here = os.path.dirname(os.path.abspath(__file__))
      session = onnxruntime.InferenceSession(
          os.path.join(here, "model.onnx"), providers=["CPUExecutionProvider"])


      def load(path, kind):
          if kind.startswith("seq("):
              proto, convert = onnx.SequenceProto(), numpy_helper.to_list
          elif kind.startswith("optional("):
              proto, convert = onnx.OptionalProto(), numpy_helper.to_optional
          else:
              proto, convert = onnx.TensorProto(), numpy_helper.to_array
          with open(path, "rb") as file:
              proto.ParseFromString(file.read())
          return convert(proto)


      def read(prefix, infos):
          values = {}
          for number, info in enumerate(infos):
              path = os.path.join(here, "test_data_set_0", f"{prefix}_{number}.pb")
              if os.path.exists(path):
                  values[info.name] = load(path, info.type)
          return values


      def difference(found, expected):
          if found is None or expected is None:
              return 0 if found is expected else float("inf")
          if isinstance(expected, list):
              if len(found) != len(expected):
                  return float("inf")
              return max((difference(f, e) for f, e in zip(found, expected)), default=0)
          found, expected = numpy.asarray(found), numpy.asarray(expected)
          if found.shape != expected.shape or expected.dtype.kind in "OSU":
              return 0 if numpy.array_equal(found, expected) else float("inf")
          with numpy.errstate(invalid="ignore"):
              off = numpy.abs(found.astype("f8") - expected.astype("f8"))
          alike = (found == expected) | ((found != found) & (expected != expected))
          return numpy.where(alike, 0, off).max(initial=0)


      inputs = read("input", session.get_inputs())
      expected = read("output", session.get_outputs())
      for output, found in zip(session.get_outputs(), session.run(None, inputs)):
          print(output.name, found)
          if output.name in expected:
              print("expected", expected[output.name])
              print("largest difference", difference(found, expected[output.name]))
      """;
}
