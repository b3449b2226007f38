package org.sardonyx.convert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.TensorData;

/**
 * Gives a model another version of the format, and moves what the two versions keep in different
 * places: before IR 4 every initializer is listed among the inputs, from then on only those that a
 * caller may override. The inputs of a graph in a node are those that the node gives; its
 * initializers go to the main graph then.
 */
public final class IrVersion {

  /** The newest version that is known. */
  public static final int NEWEST = 14;

  /** The newest ai.onnx operator set that was published with each version of the format. */
  private static final int[] OPSETS = {1, 1, 1, 8, 9, 10, 11, 14, 18, 20, 22, 23, 24, 27, 28};

  private final long version;

  private IrVersion(long version) {
    this.version = version;
  }

  /** Returns the pass that makes models of {@code version}, from 3 on. */
  public static IrVersion to(long version) {
    if (version < 3 || version > NEWEST) {
      throw new IllegalArgumentException("IR version " + version + ", must be 3 to " + NEWEST);
    }
    return new IrVersion(version);
  }

  /** Returns the newest ai.onnx operator set of the time of {@code irVersion}. */
  public static int newestOpset(long irVersion) {
    return OPSETS[(int) Math.clamp(irVersion, 0L, (long) NEWEST)];
  }

  /** Returns the oldest IR version under which an operator set was published. */
  public static int oldestFor(long opset) {
    for (int ir = 3; ir < OPSETS.length; ir++) {
      if (OPSETS[ir] >= opset) {
        return ir;
      }
    }
    return NEWEST;
  }

  /**
   * Returns the model in this version.
   *
   * @throws UnsupportedModel where it has what the version cannot express: functions before 8,
   *     sparse constants before 6, training before 7, overloads before 10
   */
  public Model apply(Model model) {
    refuse(version < 8 && !model.functions().isEmpty(), "functions", 8);
    refuse(version < 7 && !model.trainingInfo().isEmpty(), "training information", 7);
    for (Function function : model.functions()) {
      refuse(version < 10 && !function.overload().isEmpty(), "overloads of functions", 10);
      refuse(version < 9 && !function.attributeDefaults().isEmpty(), "attribute defaults", 9);
    }
    Graph graph = model.graph();
    if (version < 4) {
      graph = listed(new Hoist(Names.of(model)).apply(graph));
    } else if (model.irVersion() < 4) {
      graph = unlisted(graph);
    }
    return model.withGraph(plain(graph)).withIrVersion(version);
  }

  private void refuse(boolean broken, String what, int since) {
    if (broken) {
      throw new UnsupportedModel(
          "IR version "
              + version
              + " has no "
              + what
              + "; they exist from version "
              + since
              + " on");
    }
  }

  /** Lists every initializer as an input, after the inputs that there are. */
  private static Graph listed(Graph graph) {
    Map<String, ValueInfo> inputs = new LinkedHashMap<>();
    graph.inputs().forEach(input -> inputs.put(input.name(), input));
    for (TensorData initializer : graph.initializers()) {
      inputs.putIfAbsent(initializer.name(), new ValueInfo(initializer.name(), initializer.type()));
    }
    return graph.withInputs(List.copyOf(inputs.values()));
  }

  /** Takes every initializer off the inputs: before IR 4 being listed did not mean anything. */
  private static Graph unlisted(Graph graph) {
    Set<String> initialized = new HashSet<>();
    graph.initializers().forEach(initializer -> initialized.add(initializer.name()));
    List<ValueInfo> inputs = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      if (!initialized.contains(input.name())) {
        inputs.add(input);
      }
    }
    return nested(graph.withInputs(inputs), IrVersion::unlisted);
  }

  private static Graph nested(Graph graph, java.util.function.UnaryOperator<Graph> change) {
    List<Node> nodes = graph.nodes().stream().map(n -> Graphs.mapBodies(n, change)).toList();
    return graph.withNodes(nodes);
  }

  /** Drops what the version has no field for and nobody computes with: metadata of parts. */
  private Graph plain(Graph graph) {
    if (version < 6) {
      refuse(!graph.sparseInitializers().isEmpty(), "sparse constants", 6);
    }
    if (version >= 10) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>(graph.nodes().size());
    for (Node node : graph.nodes()) {
      refuse(!node.overload().isEmpty(), "overloads of functions", 10);
      Node bare =
          node.metadata().isEmpty()
              ? node
              : new Node(
                  node.name(),
                  node.domain(),
                  node.opType(),
                  node.overload(),
                  node.inputs(),
                  node.outputs(),
                  node.attributes(),
                  node.docString(),
                  List.<Entry>of(),
                  node.extra());
      nodes.add(Graphs.mapBodies(bare, this::plain));
    }
    return new Graph(
        graph.name(),
        nodes,
        graph.inputs(),
        graph.outputs(),
        graph.valueInfo(),
        graph.initializers(),
        graph.sparseInitializers(),
        graph.docString(),
        List.of(),
        graph.extra());
  }
}
