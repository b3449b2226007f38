package org.sardonyx.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Npy;
import org.sardonyx.onnx.Npz;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads inputs of a model from files: {@code .pb} (the messages of ONNX), {@code .npy}, {@code
 * .npz} with an entry an input, and {@code .json} with nested arrays, whose element type is the
 * declared one. An array of another element type than the declared one is refused, not converted.
 */
public final class InputFiles {

  private static final long MAX_JSON_BYTES = 256L << 20;

  private InputFiles() {}

  /** Reads one value for the input {@code name} of {@code graph}. */
  public static Value read(Graph graph, String name, Path file) {
    ValueInfo input = input(graph, name);
    return switch (extension(file)) {
      case "pb" -> TensorFiles.read(file, input.type());
      case "npy" -> Npy.read(file);
      case "json" -> fromJson(input, json(file));
      default ->
          throw new InvalidInput(
              "the file " + file + " for input \"" + name + "\" is none of .pb, .npy, .json");
    };
  }

  /** Reads a file of several inputs: {@code .npz}, or {@code .json} with an object by input. */
  public static Map<String, Value> readAll(Graph graph, Path file) {
    Map<String, Value> values = new LinkedHashMap<>();
    switch (extension(file)) {
      case "npz" -> Npz.read(file).forEach((name, array) -> values.put(name, array));
      case "json" -> {
        for (Map.Entry<String, JsonNode> entry : json(file).properties()) {
          values.put(entry.getKey(), fromJson(input(graph, entry.getKey()), entry.getValue()));
        }
      }
      default -> throw new InvalidInput("the file " + file + " is none of .npz, .json");
    }
    return values;
  }

  private static ValueInfo input(Graph graph, String name) {
    for (ValueInfo input : graph.inputs()) {
      if (input.name().equals(name)) {
        return input;
      }
    }
    throw new InvalidInput(
        "the model has no input \""
            + name
            + "\"; it has "
            + graph.inputs().stream().map(ValueInfo::name).toList());
  }

  private static String extension(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static JsonNode json(Path file) {
    try {
      if (Files.size(file) > MAX_JSON_BYTES) {
        throw new InvalidInput("the file " + file + " is larger than " + MAX_JSON_BYTES + " bytes");
      }
      return JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new InvalidInput("the file " + file + " cannot be read: " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new InvalidInput("the file " + file + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Tensor fromJson(ValueInfo input, JsonNode json) {
    if (!(input.type() instanceof Type.OfTensor(DataType type, Shape _))) {
      throw new InvalidInput(
          "input \"" + input.name() + "\" is no tensor and cannot be given as JSON");
    }
    List<Integer> shape = new ArrayList<>();
    JsonNode inner = json;
    while (inner != null && inner.isArray()) {
      shape.add(inner.size());
      inner = inner.get(0);
    }
    Tensor tensor = Tensor.zeros(type, shape.stream().mapToInt(Integer::intValue).toArray());
    if (fill(input.name(), tensor, shape, json, 0, 0) != tensor.size()) {
      throw new InvalidInput("the arrays for input \"" + input.name() + "\" are not regular");
    }
    return tensor;
  }

  private static int fill(
      String name, Tensor tensor, List<Integer> shape, @Nullable JsonNode json, int depth, int at) {
    if (json == null || json.isArray() != depth < shape.size()) {
      throw new InvalidInput("the arrays for input \"" + name + "\" are not regular");
    }
    if (depth < shape.size()) {
      if (json.size() != shape.get(depth)) {
        throw new InvalidInput("the arrays for input \"" + name + "\" are not regular");
      }
      int next = at;
      for (JsonNode element : json) {
        next = fill(name, tensor, shape, element, depth + 1, next);
      }
      return next;
    }
    DataType type = tensor.dataType();
    boolean fits =
        switch (type.kind()) {
          case STRING -> json.isString();
          case BOOL -> json.isBoolean();
          case FLOAT -> json.isNumber() || (json.isString() && isNotFinite(json.stringValue()));
          case SIGNED, UNSIGNED -> json.isIntegralNumber() && json.canConvertToLong();
          case COMPLEX -> false;
        };
    if (!fits) {
      throw new InvalidInput("an element for input \"" + name + "\" is no " + type.specName());
    }
    switch (type.kind()) {
      case STRING -> tensor.strings()[at] = json.stringValue();
      case BOOL -> tensor.setLong(at, json.booleanValue() ? 1 : 0);
      case FLOAT ->
          tensor.setDouble(
              at, json.isString() ? Double.parseDouble(json.stringValue()) : json.doubleValue());
      default -> {
        tensor.setLong(at, json.longValue());
        if (type != DataType.UINT64 && tensor.getLong(at) != json.longValue()) {
          throw new InvalidInput(
              "an element for input \"" + name + "\" does not fit " + type.specName());
        }
      }
    }
    return at + 1;
  }

  private static boolean isNotFinite(String text) {
    return text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
  }
}
