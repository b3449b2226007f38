package org.sardonyx.frameworks.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.frameworks.bytes.Fields;

/**
 * The graph of a network: a ComputationGraph as it is, a MultiLayerNetwork as the chain of its
 * layers.
 *
 * @param inputs the names of its inputs
 * @param outputs the vertices whose values come out, in order
 * @param vertices by name, in the order in which they have their part of the parameters
 * @param names the names of outputs, as the model has them
 */
record Configuration(
    List<String> inputs, List<String> outputs, Map<String, Place> vertices, List<String> names) {

  /** The name of the only input of a chain. */
  static final String INPUT = "x";

  /** The name of the only output of a chain. */
  static final String OUTPUT = "y";

  private static final int MAX_LAYERS = 10_000;
  private static final Set<String> OF_TRAINING =
      Set.of(
          "backpropType",
          "cacheMode",
          "dataType",
          "defaultConfiguration",
          "epochCount",
          "inferenceWorkspaceMode",
          "iterationCount",
          "legacyBatchScaledL2",
          "maxNumLineSearchIterations",
          "miniBatch",
          "minimize",
          "optimizationAlgo",
          "seed",
          "stepFunction",
          "tbpttBackLength",
          "tbpttFwdLength",
          "topologicalOrder",
          "trainingWorkspaceMode",
          "validateOutputLayerConfig",
          "variables");

  Configuration {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    names = List.copyOf(names);
  }

  /** A vertex and what goes into it. */
  record Place(Vertex vertex, List<String> inputs) {
    Place {
      inputs = List.copyOf(inputs);
    }
  }

  /** Reads {@code configuration.json}. */
  static Configuration read(Fields f) {
    f.ignore(OF_TRAINING);
    boolean chain = f.has("confs");
    if (!chain && !f.has("vertices")) {
      throw new MalformedModel(
          f.where()
              + " is neither of a MultiLayerNetwork (\"confs\") nor of a ComputationGraph"
              + " (\"vertices\")");
    }
    Configuration result = chain ? chain(f) : graph(f);
    f.requireAllRead();
    return result;
  }

  /** Reads what stands around a layer. */
  static LayerConf layer(Fields conf) {
    LayerConf layer = LayerReader.read(conf.object("layer"));
    conf.ignore(OF_TRAINING).requireAllRead();
    return layer;
  }

  private static Configuration chain(Fields f) {
    Map<String, List<Vertex.Change>> before = new HashMap<>();
    if (f.has("inputPreProcessors")) {
      Fields all = f.object("inputPreProcessors");
      all.names().forEach(index -> before.put(index, Vertex.changes(all.object(index))));
    }
    List<Fields> confs = f.objects("confs");
    requireSome(f, confs.size());
    Map<String, Place> vertices = new LinkedHashMap<>();
    String last = INPUT;
    for (int i = 0; i < confs.size(); i++) {
      String name = "layer " + i;
      List<Vertex.Change> changes = before.remove(String.valueOf(i));
      vertices.put(
          name,
          new Place(
              new Vertex.OfLayer(layer(confs.get(i)), changes == null ? List.of() : changes),
              List.of(last)));
      last = name;
    }
    if (!before.isEmpty()) {
      throw new MalformedModel(
          f.where() + ": preprocessors before layers " + before.keySet() + " of " + confs.size());
    }
    return new Configuration(List.of(INPUT), List.of(last), vertices, List.of(OUTPUT));
  }

  private static void requireSome(Fields f, int layers) {
    if (layers == 0 || layers > MAX_LAYERS) {
      throw new MalformedModel(f.where() + " has " + layers + " layers; most is " + MAX_LAYERS);
    }
  }

  private static Configuration graph(Fields f) {
    List<String> inputs = f.texts("networkInputs");
    List<String> outputs = f.texts("networkOutputs");
    Fields all = f.object("vertices");
    Fields edges = f.object("vertexInputs");
    requireSome(f, all.names().size());
    Map<String, Place> places = new LinkedHashMap<>();
    for (String name : all.names()) {
      Vertex vertex = Vertex.read(all.object(name).named("vertex \"" + Text.escape(name) + "\""));
      places.put(name, new Place(vertex, edges.texts(name)));
    }
    edges.requireAllRead();
    Set<String> known = new HashSet<>(inputs);
    known.addAll(places.keySet());
    if (known.size() != inputs.size() + places.size() || inputs.isEmpty()) {
      throw new MalformedModel(f.where() + ": inputs and vertices have the same names, or none");
    }
    places.forEach((name, place) ->
        requireKnown(known, "vertex \"" + Text.escape(name) + "\"", place.inputs()));
    requireKnown(places.keySet(), "the outputs", outputs);
    if (outputs.isEmpty() || new HashSet<>(outputs).size() != outputs.size()) {
      throw new MalformedModel(f.where() + ": outputs are missing or there twice");
    }
    List<String> order = order(inputs, places);
    if (f.has("topologicalOrderStr")) {
      order = stated(f.texts("topologicalOrderStr"), inputs, places);
    }
    Map<String, Place> sorted = new LinkedHashMap<>();
    order.forEach(name -> sorted.put(name, java.util.Objects.requireNonNull(places.get(name))));
    return new Configuration(inputs, outputs, sorted, outputs);
  }

  private static void requireKnown(Set<String> known, String who, List<String> names) {
    for (String name : names) {
      if (!known.contains(name)) {
        throw new MalformedModel(who + " name \"" + Text.escape(name) + "\", which is not there");
      }
    }
  }

  /** The order in which parameters lie, which the file states. */
  private static List<String> stated(
      List<String> stated, List<String> inputs, Map<String, Place> places) {
    Set<String> seen = new LinkedHashSet<>(inputs);
    List<String> order = new ArrayList<>(stated);
    order.removeAll(inputs);
    if (order.size() != places.size() || !new HashSet<>(order).equals(places.keySet())) {
      throw new MalformedModel("\"topologicalOrderStr\" does not name each vertex once");
    }
    for (String name : order) {
      Place place = java.util.Objects.requireNonNull(places.get(name));
      if (!seen.containsAll(place.inputs())) {
        throw new MalformedModel(
            "\"topologicalOrderStr\" has vertex \"" + Text.escape(name) + "\" before its inputs");
      }
      seen.add(name);
    }
    return order;
  }

  /** The order that DL4J finds where the file states none: first come, first served. */
  private static List<String> order(List<String> inputs, Map<String, Place> places) {
    List<String> all = new ArrayList<>(inputs);
    all.addAll(places.keySet());
    Map<String, Integer> number = new HashMap<>();
    all.forEach(name -> number.put(name, number.size()));
    Map<String, Set<String>> open = new HashMap<>();
    Map<String, Set<Integer>> users = new HashMap<>();
    places.forEach((name, place) -> {
      open.put(name, new HashSet<>(place.inputs()));
      for (String input : place.inputs()) {
        users.computeIfAbsent(input, _ -> new TreeSet<>()).add(number.get(name));
      }
    });
    List<String> sorted = new ArrayList<>();
    all.stream().filter(name -> open.getOrDefault(name, Set.of()).isEmpty()).forEach(sorted::add);
    for (int i = 0; i < sorted.size(); i++) {
      for (int user : users.getOrDefault(sorted.get(i), Set.of())) {
        Set<String> left = java.util.Objects.requireNonNull(open.get(all.get(user)));
        left.remove(sorted.get(i));
        if (left.isEmpty()) {
          sorted.add(all.get(user));
        }
      }
    }
    if (sorted.size() != all.size()) {
      throw new MalformedModel("the vertices form a circle");
    }
    sorted.removeAll(inputs);
    return sorted;
  }
}
