package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.tensor.DataType;
import org.sardonyx.torch.TorchFile;
import org.sardonyx.torch.TorchOptions;
import org.sardonyx.torch.TorchScript;
import org.sardonyx.torch.TorchTensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Files of PyTorch on the command line. */
final class TorchImport {

  private TorchImport() {}

  /** Converts a program, checks the model against the rules of ONNX, and writes it. */
  static int convert(Output output, Path from, Path to, TorchOptions options) {
    TorchScript.Result result = TorchScript.convert(TorchFile.read(from), options);
    Model model = result.model();
    Check.of(Operators.standard()).requireValid(model);
    Onnx.write(model, to);
    if (output.isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", to.toString());
      json.put("nodes", model.graph().nodes().size());
      json.put("inputs", ports(model.graph().inputs()));
      json.put("outputs", ports(model.graph().outputs()));
      json.put("notes", result.notes());
      output.json(json);
      return Main.AGREED;
    }
    List<List<String>> rows = new ArrayList<>();
    model
        .graph()
        .inputs()
        .forEach(i -> rows.add(List.of("input", Text.escape(i.name()), String.valueOf(i.type()))));
    model
        .graph()
        .outputs()
        .forEach(o -> rows.add(List.of("output", Text.escape(o.name()), String.valueOf(o.type()))));
    output.table(rows);
    result.notes().forEach(note -> output.line("note: " + Text.escape(note)));
    output.line("wrote " + to + ": " + model.graph().nodes().size() + " nodes");
    return Main.AGREED;
  }

  private static List<Map<String, String>> ports(List<org.sardonyx.graph.ValueInfo> ports) {
    return ports.stream()
        .map(p -> Map.of("name", p.name(), "type", String.valueOf(p.type())))
        .toList();
  }

  /** Lists the tensors of a file. */
  static void list(Output output, TorchFile file) {
    Map<String, List<String>> byStorage = new LinkedHashMap<>();
    file.tensors()
        .forEach((name, tensor) ->
            byStorage.computeIfAbsent(tensor.storageKey(), _ -> new ArrayList<>()).add(name));
    if (output.isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("kind", file.kind().name().toLowerCase(Locale.ROOT));
      List<Map<String, Object>> tensors = new ArrayList<>();
      file.tensors().forEach((name, tensor) -> tensors.add(json(name, tensor)));
      json.put("tensors", tensors);
      output.json(json);
      return;
    }
    output.line(
        "PyTorch, "
            + file.kind().name().toLowerCase(Locale.ROOT)
            + ", "
            + file.tensors().size()
            + " tensors");
    List<List<String>> rows = new ArrayList<>();
    file.tensors()
        .forEach((name, tensor) -> {
          List<String> sharing = byStorage.getOrDefault(tensor.storageKey(), List.of());
          String shared =
              sharing.size() < 2 || sharing.getFirst().equals(name)
                  ? ""
                  : "shares " + Text.escape(sharing.getFirst());
          String scheme = tensor.scheme() == null ? "" : tensor.scheme();
          String strides =
              isPlain(tensor) ? "" : "strides " + tensor.strides() + " offset " + tensor.offset();
          rows.add(
              List.of(
                  Text.escape(name),
                  tensor.toString(),
                  String.join(" ", strides, scheme, shared).strip()));
        });
    output.table(rows);
  }

  private static boolean isPlain(TorchTensor tensor) {
    long expected = 1;
    long[] sizes = tensor.shape().sizes();
    for (int i = sizes.length - 1; i >= 0; i--) {
      if (sizes[i] != 1 && tensor.strides().get(i) != expected) {
        return false;
      }
      expected *= sizes[i];
    }
    return tensor.offset() == 0;
  }

  private static Map<String, Object> json(String name, TorchTensor tensor) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("type", tensor.dataType().specName());
    json.put("shape", tensor.shape().sizes());
    json.put("strides", tensor.strides());
    json.put("offset", tensor.offset());
    json.put("storage", tensor.storageKey());
    if (tensor.scheme() != null) {
      json.put("quantized", tensor.scheme());
      json.put("scales", tensor.scales());
      json.put("zero_points", tensor.zeroPoints());
    }
    return json;
  }

  /** Reads {@code float[batch,time,8]}. */
  static Type.OfTensor type(String text) {
    int bracket = text.indexOf('[');
    String element = bracket < 0 ? text : text.substring(0, bracket);
    DataType type = null;
    for (DataType known : DataType.values()) {
      type = known.specName().equals(element.strip()) ? known : type;
    }
    if (type == null || (bracket >= 0 && !text.endsWith("]"))) {
      throw new InvalidInput(
          "a type is written as float[batch,time,8] or int64[], not " + Text.escape(text));
    }
    if (bracket < 0) {
      return new Type.OfTensor(type, Shape.UNKNOWN);
    }
    List<Dim> dims = new ArrayList<>();
    String inside = text.substring(bracket + 1, text.length() - 1).strip();
    for (String part : inside.isEmpty() ? new String[0] : inside.split(",", -1)) {
      String dim = part.strip();
      dims.add(
          dim.equals("?") || dim.isEmpty()
              ? Dim.UNKNOWN
              : dim.chars().allMatch(Character::isDigit)
                  ? Dim.of(Long.parseLong(dim))
                  : Dim.named(dim));
    }
    return new Type.OfTensor(type, Shape.of(dims));
  }
}
