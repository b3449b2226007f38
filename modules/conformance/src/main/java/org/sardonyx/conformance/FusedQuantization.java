package org.sardonyx.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/**
 * Products of dequantized values as the products of integers that ONNX Runtime makes of them:
 *
 * <pre>
 * MatMul of two DequantizeLinear   QLinearMatMul with a QuantizeLinear behind it, else MatMulIntegerToFloat
 * Gemm of two DequantizeLinear     QGemm
 * Conv of two DequantizeLinear     QLinearConv with a QuantizeLinear behind it, else as it is
 * </pre>
 */
final class FusedQuantization {

  private static final String MICROSOFT = "com.microsoft";

  private final Graph graph;
  private final Map<String, Type> types;
  private final Names names;
  private final Map<String, Node> makers = new HashMap<>();
  private final List<TensorData> zeros = new ArrayList<>();

  private FusedQuantization(Model model) {
    this.graph = model.graph();
    this.types = Infer.of(Operators.standard()).infer(model).types(graph);
    this.names = Names.of(model);
    graph.nodes().forEach(node -> node.outputs().forEach(name -> makers.put(name, node)));
  }

  static Model of(Model model) {
    FusedQuantization fused = new FusedQuantization(model);
    List<Node> nodes = new ArrayList<>();
    // What quantizes the result is where the product goes: its scale is there by then.
    IdentityHashMap<Node, Node> later = new IdentityHashMap<>();
    for (Node node : model.graph().nodes()) {
      Node behind = fused.quantizer(node);
      Node product = fused.product(node, behind);
      if (product != null && behind != null) {
        later.put(behind, product);
      } else {
        nodes.add(product != null ? product : later.getOrDefault(node, node));
      }
    }
    if (nodes.equals(model.graph().nodes())) {
      return model;
    }
    List<TensorData> constants = new ArrayList<>(model.graph().initializers());
    constants.addAll(fused.zeros);
    List<OpsetImport> opsets = new ArrayList<>(model.opsetImports());
    if (Opsets.of(model).version(MICROSOFT) < 1) {
      opsets.add(new OpsetImport(MICROSOFT, 1));
    }
    return model
        .withGraph(model.graph().withNodes(nodes).withInitializers(constants))
        .withOpsetImports(opsets);
  }

  /** Whether a node is a product of uint8 and int8 that is fused. */
  static boolean mayAddPairs(Model model, Node node) {
    FusedQuantization fused = new FusedQuantization(model);
    Node product = fused.product(node, fused.quantizer(node));
    return product != null
        && fused.type(fused.dequantizer(node, 0)) == DataType.UINT8
        && fused.type(fused.dequantizer(node, 1)) == DataType.INT8;
  }

  private @Nullable Node product(Node node, @Nullable Node behind) {
    Node a = dequantizer(node, 0);
    Node b = dequantizer(node, 1);
    Node bias = dequantizer(node, 2);
    boolean biased = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
    if (a == null
        || b == null
        || type(a) == null
        || type(b) == null
        || (biased && (bias == null || !isInt(bias)))) {
      return null;
    }
    List<String> inputs = new ArrayList<>();
    String out = (behind == null ? node : behind).outputs().getFirst();
    if (node.isOnnx("MatMul") && behind == null) {
      inputs.addAll(List.of(a.inputs().getFirst(), b.inputs().getFirst()));
      inputs.addAll(List.of(a.inputs().get(1), b.inputs().get(1), zero(a), zero(b)));
      return new Node("", MICROSOFT, "MatMulIntegerToFloat", inputs, List.of(out), List.of());
    }
    for (Node operand : List.of(a, b)) {
      inputs.addAll(List.of(operand.inputs().getFirst(), operand.inputs().get(1), zero(operand)));
    }
    String third = biased && bias != null ? bias.inputs().getFirst() : "";
    if (node.isOnnx("Gemm")) {
      inputs.add(third);
      if (behind != null) {
        inputs.addAll(List.of(behind.inputs().get(1), zero(behind)));
      }
      List<Attribute> attributes = new ArrayList<>(node.attributes());
      attributes.removeIf(attribute -> attribute.name().equals("beta"));
      return new Node("", MICROSOFT, "QGemm", inputs, List.of(out), attributes);
    }
    if (behind == null) {
      return null;
    }
    inputs.addAll(List.of(behind.inputs().get(1), zero(behind)));
    if (node.isOnnx("MatMul")) {
      return new Node("", "QLinearMatMul", inputs, List.of(out), List.of());
    }
    if (node.isOnnx("Conv")) {
      if (!third.isEmpty()) {
        inputs.add(third);
      }
      return new Node("", "QLinearConv", inputs, List.of(out), node.attributes());
    }
    return null;
  }

  private @Nullable Node dequantizer(Node node, int input) {
    Node maker = input < node.inputs().size() ? makers.get(node.inputs().get(input)) : null;
    return maker != null && maker.isOnnx("DequantizeLinear") ? maker : null;
  }

  /** Returns what quantizes the result of a node, where nobody else reads it. */
  private @Nullable Node quantizer(Node node) {
    if (!(node.isOnnx("MatMul") || node.isOnnx("Gemm") || node.isOnnx("Conv"))) {
      return null;
    }
    String out = node.outputs().getFirst();
    if (graph.outputs().stream().anyMatch(output -> output.name().equals(out))) {
      return null;
    }
    List<Node> readers =
        graph.nodes().stream().filter(other -> Graphs.reads(other).contains(out)).toList();
    return readers.size() == 1
            && readers.getFirst().isOnnx("QuantizeLinear")
            && readers.getFirst().inputs().getFirst().equals(out)
        ? readers.getFirst()
        : null;
  }

  /** Returns the type of 8 bits of what a node dequantizes; null for others. */
  private @Nullable DataType type(@Nullable Node dequantizer) {
    return dequantizer != null
            && types.get(dequantizer.inputs().getFirst()) instanceof Type.OfTensor(var type, var _)
            && (type == DataType.UINT8 || type == DataType.INT8)
        ? type
        : null;
  }

  private boolean isInt(Node dequantizer) {
    return types.get(dequantizer.inputs().getFirst()) instanceof Type.OfTensor(var type, var _)
        && type == DataType.INT32;
  }

  /**
   * Returns the zero point of a node that quantizes or dequantizes, which may be left out there.
   */
  private String zero(Node node) {
    if (node.inputs().size() > 2 && !node.inputs().get(2).isEmpty()) {
      return node.inputs().get(2);
    }
    String name = names.fresh("zero");
    DataType type = type(node);
    long[] nothing = {0};
    Tensor zero = Tensor.fromLongs(type == null ? DataType.UINT8 : type, nothing);
    zeros.add(TensorData.of(name, zero));
    return name;
  }
}
