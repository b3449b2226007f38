package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Who makes and who reads the values of a graph, for rules that look for a pattern. */
public final class Wiring {

  private static final Set<String> OF_TWO = Set.of("Add", "Sub", "Mul", "Div", "Pow");

  private final Graph graph;
  private final Site site;
  private final Map<String, Node> makers = new HashMap<>();
  private final Map<String, List<Node>> readers = new HashMap<>();

  /** Outputs of the graph, and what nested graphs read. */
  private final Set<String> seenElsewhere = new HashSet<>();

  public Wiring(Graph graph, Site site) {
    this.graph = graph;
    this.site = site;
    for (ValueInfo output : graph.outputs()) {
      seenElsewhere.add(output.name());
    }
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        makers.put(output, node);
      }
      for (String input : node.inputs()) {
        List<Node> known = readers.get(input);
        if (known == null) {
          known = new ArrayList<>(1);
          readers.put(input, known);
        }
        known.add(node);
      }
      for (Graph body : Graphs.bodies(node)) {
        seenElsewhere.addAll(Graphs.captured(body));
      }
    }
  }

  /** Returns the graph that this is of. */
  Graph graph() {
    return graph;
  }

  /** Returns the graph with other nodes in place of some. */
  Graph replacing(IdentityHashMap<Node, Node> replaced) {
    if (replaced.isEmpty()) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>(graph.nodes().size());
    for (Node node : graph.nodes()) {
      nodes.add(replaced.getOrDefault(node, node));
    }
    return graph.withNodes(nodes);
  }

  /**
   * Returns the node of ai.onnx and this name that makes a value, else null; the first inputs of
   * what is returned are there, two where the operator computes of two.
   */
  public @Nullable Node maker(String value, String opType) {
    Node node = makers.get(value);
    return node != null
            && node.isOnnx(opType)
            && node.outputs().getFirst().equals(value)
            && !node.inputs().isEmpty()
            && (node.inputs().size() == 2 || !OF_TWO.contains(opType))
        ? node
        : null;
  }

  /** Returns the node that makes a value; null where it is an input or constant. */
  public @Nullable Node maker(String value) {
    return makers.get(value);
  }

  /** As {@link #maker(String, String)}, of a value that only one node reads. */
  public @Nullable Node onlyMaker(String value, String opType) {
    return hasOneReader(value) ? maker(value, opType) : null;
  }

  public boolean hasOneReader(String value) {
    return !seenElsewhere.contains(value) && readers.getOrDefault(value, List.of()).size() == 1;
  }

  /** Returns the node of this name that alone reads a value, else null. */
  public @Nullable Node onlyReader(String value, String opType) {
    if (!hasOneReader(value)) {
      return null;
    }
    Node reader = readers.getOrDefault(value, List.of()).getFirst();
    return reader.isOnnx(opType) && !reader.outputs().isEmpty() ? reader : null;
  }

  /** Returns the other of two inputs; null where {@code value} is none of them. */
  public static @Nullable String other(Node node, String value) {
    if (node.inputs().size() != 2) {
      return null;
    }
    if (node.inputs().get(0).equals(value)) {
      return node.inputs().get(1);
    }
    return node.inputs().get(1).equals(value) ? node.inputs().get(0) : null;
  }

  /** Returns the one number of a constant of floats, NaN where it is none. */
  public double number(String value) {
    Tensor constant = site.constant(value);
    return constant != null
            && constant.size() == 1
            && constant.rank() <= 1
            && constant.dataType().isFloat()
        ? constant.getDouble(0)
        : Double.NaN;
  }

  /** Whether a value is the constant {@code wanted}, as far as a float tells. */
  public boolean is(String value, double wanted) {
    return Math.abs(number(value) - wanted) <= 2e-7 * Math.abs(wanted);
  }

  /** Whether a node raises to this power. */
  public boolean isPower(Node node, double exponent) {
    return node.inputs().size() == 2 && is(node.inputs().get(1), exponent);
  }

  public boolean isFloat(String value) {
    return site.type(value) instanceof Type.OfTensor(DataType type, Shape _)
        && type == DataType.FLOAT;
  }

  /** Returns the size of the last dimension where it is known, else -1. */
  public long width(String value) {
    return site.type(value) instanceof Type.OfTensor(var _, Shape shape)
            && shape.hasRank()
            && shape.rank() > 0
            && shape.dim(shape.rank() - 1) instanceof Dim.Known(long size)
        ? size
        : -1;
  }

  /** Returns the rank, -1 where it is not known. */
  public int rank(String value) {
    return site.type(value) instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()
        ? shape.rank()
        : -1;
  }

  public static long attribute(Node node, String name, long otherwise) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfInt(long value)
        ? value
        : otherwise;
  }
}
