package org.sardonyx.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes archives of torch.export by the published schema, from lines such as {@code y =
 * aten.linear.default(input=x, weight=w)}: {@code name!=value} is a keyword, {@code $n} an integer
 * of the graph, {@code @g} a graph that was defined before.
 */
final class ExportedWriter {

  private final Map<String, String> metas = new LinkedHashMap<>();
  private final List<String> specs = new ArrayList<>();
  private final List<String> graphInputs = new ArrayList<>();
  private final List<String> outputSpecs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private final List<String> nodes = new ArrayList<>();
  private final Map<String, String> graphs = new LinkedHashMap<>();
  final Map<String, float[]> weights = new LinkedHashMap<>();
  final Map<String, long[]> shapes = new LinkedHashMap<>();
  boolean kinds = true;
  int version = 8;

  static String meta(Object... sizes) {
    StringBuilder all = new StringBuilder();
    StringBuilder strides = new StringBuilder();
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides.insert(0, (i > 0 ? "," : "") + "{\"as_int\":" + stride + "}");
      stride *= sizes[i] instanceof Number n ? n.longValue() : 1;
    }
    for (Object size : sizes) {
      all.append(all.isEmpty() ? "" : ",")
          .append(
              size instanceof String name
                  ? "{\"as_expr\":{\"expr_str\":\"Symbol('"
                      + name
                      + "', positive=True, integer=True)\",\"hint\":{\"as_int\":4}}}"
                  : "{\"as_int\":" + size + "}");
    }
    return "{\"dtype\":7,\"sizes\":["
        + all
        + "],\"requires_grad\":false,\"device\":{\"type\":\"cpu\",\"index\":null},\"strides\":["
        + strides
        + "],\"storage_offset\":{\"as_int\":0},\"layout\":7}";
  }

  private static String tensor(String name) {
    return "{\"as_tensor\":{\"name\":\"" + name + "\"}}";
  }

  ExportedWriter input(String name, Object... sizes) {
    metas.put(name, meta(sizes));
    graphInputs.add(tensor(name));
    specs.add("{\"user_input\":{\"arg\":" + tensor(name) + "}}");
    return this;
  }

  ExportedWriter weight(String kind, String name, String stored, float[] values, long... shape) {
    Object[] sizes = new Object[shape.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape[i];
    }
    metas.put(name, meta(sizes));
    graphInputs.add(tensor(name));
    specs.add(
        "{\"%s\":{\"arg\":{\"name\":\"%s\"},\"%s_name\":\"%s\"%s}}"
            .formatted(
                kind, name, kind, stored, kind.equals("buffer") ? ",\"persistent\":true" : ""));
    weights.put(stored, values);
    shapes.put(stored, shape);
    return this;
  }

  /** Adds nodes, one a line. */
  ExportedWriter nodes(String lines) {
    lines.lines().map(String::strip).filter(l -> !l.isEmpty()).forEach(l -> nodes.add(node(l)));
    return this;
  }

  /** Defines a graph with inputs by name; the last line is {@code return a, b}. */
  ExportedWriter graph(String name, String inputs, String lines) {
    List<String> body = new ArrayList<>();
    List<String> results = new ArrayList<>();
    for (String line : lines.lines().map(String::strip).filter(l -> !l.isEmpty()).toList()) {
      if (line.startsWith("return ")) {
        for (String result : line.substring(7).split(", ", -1)) {
          results.add(tensor(result));
        }
      } else {
        body.add(node(line));
      }
    }
    List<String> formals = new ArrayList<>();
    for (String input : inputs.split(", ", -1)) {
      formals.add(tensor(input));
    }
    graphs.put(name, graphText(formals, results, body, Map.of()));
    return this;
  }

  ExportedWriter output(String name) {
    outputs.add(tensor(name));
    outputSpecs.add("{\"user_output\":{\"arg\":" + tensor(name) + "}}");
    return this;
  }

  ExportedWriter changed(String name, String buffer) {
    outputs.add(tensor(name));
    outputSpecs.add(
        "{\"buffer_mutation\":{\"arg\":{\"name\":\"%s\"},\"buffer_name\":\"%s\"}}"
            .formatted(name, buffer));
    return this;
  }

  private String node(String line) {
    String[] sides = line.split(" = ", 2);
    int open = sides[1].indexOf('(');
    String target = sides[1].substring(0, open);
    if (target.startsWith("aten.") || target.startsWith("higher_order.")) {
      target = "torch.ops." + target;
    }
    List<String> inputs = new ArrayList<>();
    String inside = sides[1].substring(open + 1, sides[1].length() - 1);
    for (String argument : inside.isEmpty() ? new String[0] : inside.split("; ", -1)) {
      int equals = argument.indexOf('=');
      boolean keyword = equals > 0 && argument.charAt(equals - 1) == '!';
      String name = equals < 0 ? "" : argument.substring(0, keyword ? equals - 1 : equals);
      inputs.add(
          "{\"name\":\"%s\",\"arg\":%s%s}"
              .formatted(
                  name,
                  value(argument.substring(equals + 1)),
                  kinds ? ",\"kind\":" + (keyword ? 2 : 1) : ""));
    }
    List<String> results = new ArrayList<>();
    if (sides[0].startsWith("[")) {
      List<String> names = new ArrayList<>();
      for (String name : sides[0].substring(1, sides[0].length() - 1).split(", ", -1)) {
        names.add("{\"name\":\"" + name + "\"}");
      }
      results.add("{\"as_tensors\":[" + String.join(",", names) + "]}");
    } else {
      for (String name : sides[0].split(", ", -1)) {
        results.add(value(name));
      }
    }
    return "{\"target\":\"%s\",\"inputs\":[%s],\"outputs\":[%s],\"metadata\":{}}"
        .formatted(target, String.join(",", inputs), String.join(",", results));
  }

  private String value(String text) {
    if (text.startsWith("@")) {
      return "{\"as_graph\":{\"name\":\"%s\",\"graph\":%s}}"
          .formatted(text.substring(1), graphs.get(text.substring(1)));
    }
    if (text.startsWith("$")) {
      String of = text.matches("\\$b.*") ? "as_sym_bool" : "as_sym_int";
      return "{\"" + of + "\":{\"as_name\":\"" + text.substring(1) + "\"}}";
    }
    if (text.startsWith("[")) {
      String inside = text.substring(1, text.length() - 1);
      String[] items = inside.isEmpty() ? new String[0] : inside.split(", ", -1);
      List<String> parts = new ArrayList<>();
      boolean numbers = inside.isEmpty() || inside.matches("[-0-9, ]*");
      boolean symbols = inside.contains("$");
      boolean optional = inside.contains("None");
      for (String item : items) {
        parts.add(
            numbers
                ? item
                : symbols
                    ? item.startsWith("$")
                        ? "{\"as_name\":\"" + item.substring(1) + "\"}"
                        : "{\"as_int\":" + item + "}"
                    : optional ? value(item) : "{\"name\":\"" + item + "\"}");
      }
      String kind =
          numbers
              ? "as_ints"
              : symbols ? "as_sym_ints" : optional ? "as_optional_tensors" : "as_tensors";
      return "{\"" + kind + "\":[" + String.join(",", parts) + "]}";
    }
    return switch (text) {
      case "None" -> "{\"as_none\":true}";
      case "True", "False" -> "{\"as_bool\":" + text.toLowerCase(java.util.Locale.ROOT) + "}";
      case "float32" -> "{\"as_scalar_type\":7}";
      case "int64" -> "{\"as_scalar_type\":5}";
      case "-inf" -> "{\"as_float\":\"-Infinity\"}";
      case "cpu" -> "{\"as_device\":{\"type\":\"cpu\",\"index\":null}}";
      case "strided" -> "{\"as_layout\":7}";
      default ->
          text.matches("-?[0-9]+")
              ? "{\"as_int\":" + text + "}"
              : text.matches("-?[0-9.e-]+")
                  ? "{\"as_float\":" + text + "}"
                  : text.startsWith("'")
                      ? "{\"as_string\":\"" + text.substring(1, text.length() - 1) + "\"}"
                      : tensor(text);
    };
  }

  private static String graphText(
      List<String> in, List<String> out, List<String> body, Map<String, String> metas) {
    StringBuilder values = new StringBuilder();
    metas.forEach((name, meta) ->
        values.append(values.isEmpty() ? "" : ",").append("\"" + name + "\":" + meta));
    return "{\"inputs\":[%s],\"outputs\":[%s],\"nodes\":[%s],\"tensor_values\":{%s},\"sym_int_values\":{},\"sym_bool_values\":{},\"is_single_tensor_return\":false,\"custom_obj_values\":{},\"sym_float_values\":{}}"
        .formatted(String.join(",", in), String.join(",", out), String.join(",", body), values);
  }

  String json() {
    return "{\"graph_module\":{\"graph\":%s,\"signature\":{\"input_specs\":[%s],\"output_specs\":[%s]},\"module_call_graph\":[],\"metadata\":{},\"treespec_namedtuple_fields\":{}},\"opset_version\":{\"aten\":10},\"range_constraints\":{\"s0\":{\"min_val\":2,\"max_val\":64}},\"schema_version\":{\"major\":%d,\"minor\":2},\"verifiers\":[\"TRAINING\"],\"torch_version\":\"2.9.0\",\"guards_code\":[]}"
        .formatted(
            graphText(graphInputs, outputs, nodes, metas),
            String.join(",", specs),
            String.join(",", outputSpecs),
            version);
  }

  private byte[] saved(Path folder, String stem) throws IOException {
    Map<String, Object> dict = new LinkedHashMap<>();
    Map<String, byte[]> storages = new LinkedHashMap<>();
    weights.forEach((name, values) -> {
      String key = String.valueOf(dict.size());
      dict.put(name, new PickleWriter.Stored("FloatStorage", key, values.length, shapes.get(name)));
      storages.put(key, Archives.floats(values));
    });
    Path file = Files.createTempFile(folder, stem, ".pt");
    return Files.readAllBytes(Archives.saved(file, PickleWriter.of(dict), storages));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** PyTorch 2.5 to 2.7: no folder, files of torch.save inside. */
  Path old(Path folder) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("serialized_exported_program.json", utf8(json()));
    entries.put("serialized_state_dict.pt", saved(folder, "w"));
    entries.put("serialized_constants.pt", new byte[0]);
    entries.put("serialized_example_inputs.pt", new byte[0]);
    entries.put("version", utf8("8.2"));
    return Archives.zip(Files.createTempFile(folder, "old", ".pt2"), entries);
  }

  /** The archive of PyTorch 2.8: one file of torch.save for all weights. */
  Path middle(Path folder) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("m/data/weights/model.pt", saved(folder, "w"));
    entries.put("m/data/constants/model.pt", new byte[0]);
    entries.put("m/models/model.json", utf8(json()));
    entries.put("m/archive_format", utf8("pt2"));
    entries.put("m/archive_version", utf8("0"));
    return Archives.zip(Files.createTempFile(folder, "mid", ".pt2"), entries);
  }

  /** The newest archive: bytes of weights and a table of them. */
  Path fresh(Path folder) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    StringBuilder config = new StringBuilder();
    int number = 0;
    for (Map.Entry<String, float[]> weight : weights.entrySet()) {
      entries.put("m/data/weights/weight_" + number, Archives.floats(weight.getValue()));
      long[] shape = shapes.getOrDefault(weight.getKey(), new long[0]);
      Object[] sizes = java.util.Arrays.stream(shape).boxed().toArray();
      config
          .append(number == 0 ? "" : ",")
          .append(
              "\"%s\":{\"path_name\":\"weight_%d\",\"is_param\":true,\"use_pickle\":false,\"tensor_meta\":%s}"
                  .formatted(weight.getKey(), number++, meta(sizes)));
    }
    entries.put("m/data/weights/model_weights_config.json", utf8("{\"config\":{" + config + "}}"));
    entries.put("m/data/constants/model_constants_config.json", utf8("{\"config\":{}}"));
    entries.put("m/models/model.json", utf8(json()));
    entries.put("m/data/sample_inputs/model.pt", new byte[0]);
    entries.put("m/archive_format", utf8("pt2"));
    entries.put("m/archive_version", utf8("0"));
    ByteArrayOutputStream none = new ByteArrayOutputStream();
    entries.put("m/.data/serialization_id", none.toByteArray());
    return Archives.zip(Files.createTempFile(folder, "new", ".pt2"), entries);
  }
}
