package org.sardonyx.conformance.diff;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/**
 * Digests of nodes by what they compute: equal for nodes that have the same operator, attributes
 * and inputs, down to the inputs of the model and the values of its constants, whatever their
 * names.
 */
final class Digests {

  private final Origins origins;
  private final IdentityHashMap<Node, String> known = new IdentityHashMap<>();

  Digests(Origins origins) {
    this.origins = origins;
  }

  /** Returns the digest of a node and all it reads; nodes are asked for in topological order. */
  String whole(Node node) {
    String digest = known.get(node);
    if (digest == null) {
      String inputs =
          node.inputs().stream().map(this::value).collect(Collectors.joining(",", "(", ")"));
      digest = digest(alone(node) + inputs);
      known.put(node, digest);
    }
    return digest;
  }

  /** Returns the digest of a node without what it reads. */
  String alone(Node node) {
    String attributes =
        node.attributes().stream()
            .sorted(Comparator.comparing(Attribute::name))
            .map(attribute -> attribute.name() + "=" + value(attribute.value()))
            .collect(Collectors.joining(","));
    return GraphDiff.operator(node) + "<" + attributes + ">" + node.outputs().size();
  }

  /** Returns what tells a value apart. */
  String value(String name) {
    return switch (origins.of(name)) {
      case Origins.Given(int depth, int index) -> "in" + depth + "." + index;
      case Origins.Made(Node node, int index) -> known.getOrDefault(node, "later") + "#" + index;
      case Origins.Constant(TensorData tensor) -> of(tensor);
      case Origins.Sparse(SparseTensorData tensor) -> of(tensor.values()) + of(tensor.indices());
      case Origins.Nothing(String missing) -> "nothing " + missing;
    };
  }

  private String value(Attribute.Value value) {
    return switch (value) {
      case Attribute.OfTensor(TensorData tensor) -> of(tensor);
      case Attribute.OfTensors(List<TensorData> tensors) ->
          tensors.stream().map(Digests::of).collect(Collectors.joining(","));
      case Attribute.OfSparseTensor(SparseTensorData tensor) ->
          of(tensor.values()) + of(tensor.indices()) + tensor.shape();
      case Attribute.OfSparseTensors(List<SparseTensorData> tensors) ->
          tensors.stream()
              .map(tensor -> of(tensor.values()) + of(tensor.indices()) + tensor.shape())
              .collect(Collectors.joining(","));
      case Attribute.OfGraph(Graph graph) -> of(graph);
      case Attribute.OfGraphs(List<Graph> graphs) ->
          graphs.stream().map(this::of).collect(Collectors.joining(","));
      default -> value.toString();
    };
  }

  private String of(Graph graph) {
    Digests inner = new Digests(new Origins(graph, origins));
    inner.known.putAll(known);
    String nodes = graph.nodes().stream().map(inner::whole).collect(Collectors.joining(","));
    String outputs =
        graph.outputs().stream()
            .map(output -> inner.value(output.name()))
            .collect(Collectors.joining(","));
    return digest(GraphDiff.given(graph).size() + "{" + nodes + "}" + outputs);
  }

  private static String of(TensorData data) {
    Tensor tensor = data.load();
    MessageDigest sha = sha();
    sha.update(data.type().toString().getBytes(StandardCharsets.UTF_8));
    byte[] part = new byte[8];
    for (int i = 0; i < java.lang.reflect.Array.getLength(tensor.array()); i++) {
      long bits =
          switch (tensor.array()) {
            case float[] floats -> Float.floatToRawIntBits(floats[i]);
            case double[] doubles -> Double.doubleToRawLongBits(doubles[i]);
            case byte[] bytes -> bytes[i];
            case short[] shorts -> shorts[i];
            case int[] ints -> ints[i];
            case long[] longs -> longs[i];
            case String[] strings -> {
              sha.update(strings[i].getBytes(StandardCharsets.UTF_8));
              yield strings[i].length();
            }
            default -> throw new IllegalStateException("elements in " + tensor.array().getClass());
          };
      for (int k = 0; k < 8; k++) {
        part[k] = (byte) (bits >> (8 * k));
      }
      sha.update(part);
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static String digest(String text) {
    return HexFormat.of().formatHex(sha().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
