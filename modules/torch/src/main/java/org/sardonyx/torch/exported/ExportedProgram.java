package org.sardonyx.torch.exported;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.torch.TorchOptions;
import org.sardonyx.torch.TorchTensor;
import org.sardonyx.torch.aten.Emit;
import org.sardonyx.torch.aten.Several;
import org.sardonyx.torch.aten.Ten;
import org.sardonyx.torch.script.Ports;
import org.sardonyx.type.Dim;

/**
 * A program of torch.export: its signature says which values of the graph are inputs, weights and
 * outputs. A buffer that the program changes becomes an input, with what was saved as its default,
 * and an output.
 */
public final class ExportedProgram {

  private static final int OLDEST = 5;
  private static final int NEWEST = 8;

  private final Json module;
  private final Json graph;
  private final @Nullable Json ranges;
  private final Map<String, TorchTensor> weights;
  private final Map<String, TorchTensor> constants;
  private final TorchOptions options;

  /**
   * @param program the document
   * @param weights parameters and buffers by name
   * @param constants other tensors by name
   */
  public ExportedProgram(
      Json program,
      Map<String, TorchTensor> weights,
      Map<String, TorchTensor> constants,
      TorchOptions options) {
    long major = program.get("schema_version").get("major").integer();
    if (major < OLDEST || major > NEWEST) {
      throw new UnsupportedModel(
          "version "
              + major
              + " of the schema of torch.export; "
              + OLDEST
              + " to "
              + NEWEST
              + " are read");
    }
    if (!options.inputs().isEmpty()) {
      throw new InvalidInput(
          "the archive says what its inputs are: --input is for programs of torch.jit.save, --dim"
              + " names sizes");
    }
    this.module = program.get("graph_module");
    this.graph = module.get("graph");
    this.ranges = program.optional("range_constraints");
    this.weights = weights;
    this.constants = constants;
    this.options = options;
  }

  /** Follows the graph, and gives its results as outputs. */
  public void follow(Emit emit, Ports ports) {
    Json signature = module.get("signature");
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    Map<String, String> names = symbols(signature);
    Set<String> changed = changed(signature);
    Map<List<Object>, Ten> byPlace = new LinkedHashMap<>();
    for (Json spec : signature.get("input_specs").list()) {
      Map.Entry<String, Json> one = spec.only();
      Json kind = one.getValue();
      switch (one.getKey()) {
        case "user_input" -> input(kind.get("arg"), emit, ports, names, values);
        case "parameter" ->
            values.put(name(kind), weight(kind.get("parameter_name").text(), kind, emit, byPlace));
        case "buffer" -> {
          String buffer = kind.get("buffer_name").text();
          values.put(
              name(kind),
              changed.contains(buffer)
                  ? state(buffer, kind, emit, ports)
                  : weight(buffer, kind, emit, byPlace));
        }
        case "tensor_constant" ->
            values.put(
                name(kind), weight(kind.get("tensor_constant_name").text(), kind, emit, byPlace));
        case "constant_input" -> {
          Map.Entry<String, Json> constant = kind.get("value").only();
          values.put(
              kind.get("name").text(),
              constant.getKey().equals("as_none") ? null : constant.getValue().value());
        }
        case "token" -> values.put(name(kind), null);
        default ->
            throw new UnsupportedModel(
                kind.path() + ": an input of the kind " + Text.escape(one.getKey()));
      }
    }
    noteRanges(emit, names);
    ExportedGraph.Results results =
        new ExportedGraph(emit).follow(graph, values, ExportedGraph.MAIN);
    outputs(signature, results, emit, ports);
  }

  private static String name(Json spec) {
    return spec.get("arg").get("name").text();
  }

  private void input(
      Json argument,
      Emit emit,
      Ports ports,
      Map<String, String> names,
      Map<String, @Nullable Object> values) {
    Map.Entry<String, Json> one = argument.only();
    switch (one.getKey()) {
      case "as_tensor" -> {
        String name = one.getValue().get("name").text();
        Json meta = graph.get("tensor_values").get(name);
        List<Dim> dims = new ArrayList<>();
        for (Object size : Meta.sizes(meta)) {
          dims.add(
              switch (size) {
                case Long known -> Dim.of(known);
                case String symbol when !symbol.isEmpty() ->
                    dim(names.getOrDefault(symbol, symbol));
                default -> emit.freshDims(1).getFirst();
              });
        }
        values.put(name, ports.tensor(name, Meta.type(meta.get("dtype")), dims));
      }
      case "as_sym_int" -> {
        String name = one.getValue().get("as_name").text();
        values.put(name, ports.number(name, DataType.INT64));
      }
      default ->
          throw new UnsupportedModel(
              argument.path() + ": an input that is " + Text.escape(one.getKey().substring(3)));
    }
  }

  private static Dim dim(String name) {
    return !name.isEmpty() && name.chars().allMatch(Character::isDigit)
        ? Dim.of(Long.parseLong(name))
        : Dim.named(name);
  }

  /** Returns what symbols are called: as the options say of a size that is one. */
  private Map<String, String> symbols(Json signature) {
    Map<String, String> names = new LinkedHashMap<>();
    for (Json spec : signature.get("input_specs").list()) {
      Json user = spec.optional("user_input");
      Json tensor = user == null ? null : user.get("arg").optional("as_tensor");
      if (tensor == null) {
        continue;
      }
      String name = tensor.get("name").text();
      List<Object> sizes = Meta.sizes(graph.get("tensor_values").get(name));
      for (int axis = 0; axis < sizes.size(); axis++) {
        String wanted = options.dims().get(name + "." + axis);
        if (wanted != null && sizes.get(axis) instanceof String symbol && !symbol.isEmpty()) {
          names.put(symbol, wanted);
        }
      }
    }
    return names;
  }

  /** What the exporter found a size to be bound to is noted: PyTorch would refuse others. */
  private void noteRanges(Emit emit, Map<String, String> names) {
    if (ranges == null) {
      return;
    }
    ranges
        .entries()
        .forEach((symbol, range) -> {
          Json least = range.optional("min_val");
          Json most = range.optional("max_val");
          boolean bound = most != null && most.value() instanceof Long n && n < Integer.MAX_VALUE;
          boolean high = least != null && least.value() instanceof Long n && n > 2;
          if (bound || high) {
            emit.note(
                "the size "
                    + names.getOrDefault(symbol, symbol)
                    + " was exported for "
                    + (least == null ? "any" : String.valueOf(least.value()))
                    + " to "
                    + (bound && most != null ? String.valueOf(most.value()) : "any"));
          }
        });
  }

  private TorchTensor stored(String name, Json where) {
    TorchTensor tensor = weights.containsKey(name) ? weights.get(name) : constants.get(name);
    if (tensor == null) {
      throw new MalformedModel(
          where.path() + ": the archive has no tensor \"" + Text.escape(name) + "\"");
    }
    return tensor;
  }

  /** The same elements, by whatever name, are one constant: tied weights stay tied. */
  private Ten weight(String name, Json where, Emit emit, Map<List<Object>, Ten> byPlace) {
    TorchTensor tensor = stored(name, where);
    List<Object> place =
        List.of(
            tensor.fileOffset(),
            tensor.fileOffset() < 0 ? name : "",
            tensor.storageKey(),
            tensor.offset(),
            tensor.shape(),
            tensor.strides(),
            tensor.dataType());
    return byPlace.computeIfAbsent(place, _ -> emit.constant(tensor));
  }

  /** A buffer that changes: an input that has a default. */
  private Ten state(String name, Json where, Emit emit, Ports ports) {
    TorchTensor tensor = stored(name, where);
    emit.addWeight(tensor.named(name));
    emit.note(
        "the buffer "
            + name
            + " changes: it is an input, with what was saved as its default, and an output");
    return ports.tensor(name, tensor.dataType(), tensor.shape().dims());
  }

  private static Set<String> changed(Json signature) {
    Set<String> changed = new TreeSet<>();
    for (Json spec : signature.get("output_specs").list()) {
      Json mutation = spec.optional("buffer_mutation");
      if (mutation != null) {
        changed.add(mutation.get("buffer_name").text());
      }
    }
    return changed;
  }

  private static void outputs(
      Json signature, ExportedGraph.Results results, Emit emit, Ports ports) {
    List<@Nullable Object> given = new ArrayList<>();
    Map<String, @Nullable Object> states = new LinkedHashMap<>();
    List<Json> specs = signature.get("output_specs").list();
    if (specs.size() != results.items().size()) {
      throw new MalformedModel(
          "the signature has " + specs.size() + " outputs, the graph " + results.items().size());
    }
    for (int i = 0; i < specs.size(); i++) {
      Map.Entry<String, Json> one = specs.get(i).only();
      @Nullable Object value = results.items().get(i);
      switch (one.getKey()) {
        case "user_output", "loss_output" -> given.add(value);
        case "buffer_mutation" -> states.put(one.getValue().get("buffer_name").text(), value);
        case "user_input_mutation" -> {
          String name = one.getValue().get("user_input_name").text();
          emit.note("the input " + name + " is changed in place: what it becomes is an output");
          states.put(name, value);
        }
        case "token" -> {}
        default ->
            throw new UnsupportedModel(
                specs.get(i).path() + ": an output of the kind " + Text.escape(one.getKey()));
      }
    }
    ports.outputs(given.size() == 1 ? given.getFirst() : new Several(given, List.of()), states);
  }
}
