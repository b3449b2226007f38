package org.sardonyx.conformance.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Npz;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder of inputs with the outputs that an engine gave for them, {@code test_data_set_N} of
 * {@code .pb} files as the ONNX project lays them out, or {@code set_N.npz}; and {@code
 * golden.json}, which says which engine that was and has a hash of everything, so that what has
 * changed since is told from what has drifted.
 */
public final class Golden {

  /** Counts up when keys of {@code golden.json} change their meaning or go. */
  public static final int VERSION = 1;

  private static final String RECORD = "golden.json";

  /** How values are stored. */
  public enum Format {
    /** {@code test_data_set_N/input_I.pb, output_I.pb}. */
    PB,
    /** {@code set_N.npz} with entries {@code input.NAME} and {@code output.NAME}; tensors only. */
    NPZ
  }

  /** What became of an output. */
  public enum Status {
    /** Bit for bit. */
    SAME,
    /** Not the same bits, within the budget. */
    DRIFTED,
    /** Outside the budget. */
    OFF,
    /** What is stored is not what was saved, or is not there. */
    DAMAGED,
    /** The engine gave nothing. */
    FAILED;

    /** Returns the word used in reports. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An output of one set.
   *
   * @param set the name of the set
   * @param output the output; empty where it did not come to outputs
   * @param status what became of it
   * @param message one line
   * @param comparison how far it is from what is stored; null where it was not compared
   */
  public record Finding(
      String set, String output, Status status, String message, @Nullable Comparison comparison) {}

  /**
   * What a check found.
   *
   * @param savedBy the engine that gave the stored outputs, with its version
   * @param checkedBy the engine that gave those of today
   * @param versions what else was used when they were saved, by name
   * @param modelChanged whether the file of the model is another one
   * @param findings one for each output of each set
   */
  public record Report(
      String savedBy,
      String checkedBy,
      Map<String, String> versions,
      boolean modelChanged,
      List<Finding> findings) {

    public Report {
      versions = new TreeMap<>(versions);
      findings = List.copyOf(findings);
    }

    public long count(Status status) {
      return findings.stream().filter(finding -> finding.status() == status).count();
    }

    /** Whether nothing is off, damaged or missing. */
    public boolean passes() {
      return count(Status.SAME) + count(Status.DRIFTED) == findings.size();
    }
  }

  private Golden() {}

  /**
   * Runs a model on each set of inputs and stores what it gives.
   *
   * @param folder is made where it is not there; one that holds goldens already is refused
   * @param versions what else to remember, by name
   * @return the names of the sets
   * @throws EngineFailed where the engine does not run the model
   */
  public static List<String> save(
      Path folder,
      Path model,
      List<Map<String, Value>> inputs,
      Engine engine,
      Engine.Options options,
      Format format,
      Map<String, String> versions)
      throws EngineFailed {
    if (Files.exists(folder.resolve(RECORD))) {
      throw new InvalidInput(folder + " holds goldens already; save to another folder");
    }
    Graph graph = Onnx.read(model, options.reading()).graph();
    List<Map<String, Object>> sets = new ArrayList<>();
    List<String> names = new ArrayList<>();
    try (Engine.Loaded loaded = engine.load(model, options)) {
      Files.createDirectories(folder);
      for (int i = 0; i < inputs.size(); i++) {
        Map<String, Value> outputs = loaded.run(inputs.get(i));
        String name = (format == Format.PB ? "test_data_set_" : "set_") + i;
        write(folder, name, format, graph, inputs.get(i), outputs);
        names.add(name);
        Map<String, Object> set = new LinkedHashMap<>();
        set.put("name", name);
        set.put("inputs", hashes(inputs.get(i)));
        set.put("outputs", hashes(outputs));
        sets.add(set);
      }
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("version", VERSION);
      json.put("engine", engine.name());
      json.put("versions", new TreeMap<>(versions));
      json.put("format", format.name().toLowerCase(Locale.ROOT));
      json.put("model", Hashes.of(model));
      json.put("sets", sets);
      Files.writeString(
          folder.resolve(RECORD),
          JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(json)
              + "\n");
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> hashes(Map<String, Value> values) {
    Map<String, String> hashes = new LinkedHashMap<>();
    values.forEach((name, value) -> hashes.put(name, Hashes.of(value)));
    return hashes;
  }

  private static void write(
      Path folder,
      String name,
      Format format,
      Graph graph,
      Map<String, Value> inputs,
      Map<String, Value> outputs)
      throws IOException {
    if (format == Format.NPZ) {
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      inputs.forEach((key, value) -> arrays.put("input." + key, tensor(key, value)));
      outputs.forEach((key, value) -> arrays.put("output." + key, tensor(key, value)));
      Npz.write(arrays, folder.resolve(name + ".npz"));
      return;
    }
    Path set = folder.resolve(name);
    Files.createDirectories(set);
    List<String> given = new ArrayList<>();
    graph.inputs().forEach(input -> given.add(input.name()));
    graph.initializers().forEach(data -> given.remove(data.name()));
    for (int i = 0; i < given.size(); i++) {
      Value value = inputs.get(given.get(i));
      if (value != null) {
        TensorFiles.write(given.get(i), value, set.resolve("input_" + i + ".pb"));
      }
    }
    for (int i = 0; i < graph.outputs().size(); i++) {
      ValueInfo output = graph.outputs().get(i);
      Value value = outputs.get(output.name());
      if (value != null) {
        TensorFiles.write(output.name(), value, set.resolve("output_" + i + ".pb"));
      }
    }
  }

  private static Tensor tensor(String name, Value value) {
    if (value instanceof Tensor tensor) {
      return tensor;
    }
    throw new InvalidInput("\"" + name + "\" is no tensor, which npz cannot hold");
  }

  /**
   * Runs a model again and compares.
   *
   * @throws InvalidInput where the folder holds no goldens that can be read
   * @throws EngineFailed where the engine is missing
   */
  public static Report check(
      Path folder, Path model, Engine engine, Engine.Options options, Budget budget)
      throws EngineFailed {
    JsonNode json = record(folder);
    Graph graph = Onnx.read(model, options.reading()).graph();
    List<Finding> findings = new ArrayList<>();
    try (Engine.Loaded loaded = engine.load(model, options)) {
      for (JsonNode set : json.path("sets")) {
        check(folder, json.path("format").asString(""), set, graph, loaded, budget, findings);
      }
    }
    Map<String, String> versions = new TreeMap<>();
    json.path("versions")
        .properties()
        .forEach(e -> versions.put(e.getKey(), e.getValue().asString("")));
    return new Report(
        json.path("engine").asString("unknown"),
        engine.name(),
        versions,
        !json.path("model").asString("").equals(Hashes.of(model)),
        findings);
  }

  private static JsonNode record(Path folder) {
    Path file = folder.resolve(RECORD);
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
      if (json.path("version").asInt(0) != VERSION) {
        throw new InvalidInput(
            file + " is of version " + json.path("version") + ", known is " + VERSION);
      }
      return json;
    } catch (JacksonException e) {
      throw new InvalidInput(file + " is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InvalidInput(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static void check(
      Path folder,
      String format,
      JsonNode set,
      Graph graph,
      Engine.Loaded loaded,
      Budget budget,
      List<Finding> findings) {
    String name = set.path("name").asString("");
    if (!name.matches("[A-Za-z0-9_]+")) {
      throw new InvalidInput(RECORD + " names a set \"" + name + "\"");
    }
    Map<String, Value> inputs;
    Map<String, Value> stored;
    try {
      inputs = read(folder, name, format, graph, true);
      stored = read(folder, name, format, graph, false);
    } catch (InvalidInput e) {
      findings.add(new Finding(name, "", Status.DAMAGED, String.valueOf(e.getMessage()), null));
      return;
    }
    String damaged = damaged("input", inputs, set.path("inputs"));
    damaged = damaged.isEmpty() ? damaged("output", stored, set.path("outputs")) : damaged;
    if (!damaged.isEmpty()) {
      findings.add(new Finding(name, "", Status.DAMAGED, damaged, null));
      return;
    }
    Map<String, Value> found;
    try {
      found = loaded.run(inputs);
    } catch (EngineFailed e) {
      findings.add(new Finding(name, "", Status.FAILED, e.kind() + ", " + e.getMessage(), null));
      return;
    }
    stored.forEach((output, expected) -> {
      Value value = found.get(output);
      if (value == null) {
        findings.add(new Finding(name, output, Status.FAILED, "it is not given any more", null));
        return;
      }
      Comparison comparison = Comparison.of(expected, value, budget.of(ThreeWay.type(expected)));
      Status status =
          Hashes.of(expected).equals(Hashes.of(value))
              ? Status.SAME
              : comparison.agrees() ? Status.DRIFTED : Status.OFF;
      findings.add(new Finding(name, output, status, comparison.summary(), comparison));
    });
  }

  private static String damaged(String what, Map<String, Value> values, JsonNode hashes) {
    for (Map.Entry<String, JsonNode> saved : hashes.properties()) {
      Value value = values.get(saved.getKey());
      if (value == null) {
        return what + " \"" + saved.getKey() + "\" is not stored any more";
      }
      if (!Hashes.of(value).equals(saved.getValue().asString(""))) {
        return what + " \"" + saved.getKey() + "\" is not what was saved";
      }
    }
    return values.size() > hashes.size() ? "there are " + what + "s that were not saved" : "";
  }

  private static Map<String, Value> read(
      Path folder, String name, String format, Graph graph, boolean inputs) {
    if (!format.equals("npz")) {
      Path set = folder.resolve(name);
      return inputs ? CaseFolder.inputs(set, graph) : CaseFolder.outputs(set, graph);
    }
    String prefix = inputs ? "input." : "output.";
    Map<String, Value> values = new LinkedHashMap<>();
    Npz.read(folder.resolve(name + ".npz"))
        .forEach((key, tensor) -> {
          if (key.startsWith(prefix)) {
            values.put(key.substring(prefix.length()), tensor);
          }
        });
    return values;
  }
}
