package org.sardonyx.benchmarks;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.text.OnnxText;

/**
 * Functions of every element, softmax, layer norm, and chains of functions: {@code
 * what,rows,columns}.
 */
public class ElementwiseBenchmark extends EngineBenchmark {

  @Param({
    "Relu,128,1536",
    "Sigmoid,128,1536",
    "Tanh,128,1536",
    "Erf,128,1536",
    "Gelu,128,1536",
    "Softmax,128,1536",
    "Softmax,1536,128",
    "LayerNormalization,128,1536",
    "GeluTanhChain,128,1536",
    "MixedChain,128,1536"
  })
  String row = "";

  @Override
  List<Floor.Part> work(String of) {
    return List.of(Floor.Part.copying(0, 8 * Floor.product(Subject.sizes(of))));
  }

  @Override
  Subject subject() {
    int[] sizes = Subject.sizes(row);
    Map<String, Tensor> inputs = Map.of("x", Subject.normal(1, 1, sizes));
    String what = row.substring(0, row.indexOf(','));
    return switch (what) {
      case "GeluTanhChain" ->
          chain(
              """
              s = Mul(x, x)
              c = Mul(s, x)
              d = Mul(a, c)
              e = Add(x, d)
              f = Mul(b, e)
              t = Tanh(f)
              u = Add(one, t)
              v = Mul(x, u)
              y = Mul(half, v)
              """,
              "float a = {0.044715}, float b = {0.7978846}, float one = {1}, float half = {0.5}",
              inputs);
      case "MixedChain" ->
          chain(
              """
              s = Sigmoid(x)
              p = Mul(s, x)
              t = Tanh(x)
              u = Mul(a, t)
              v = Add(p, u)
              w = Mul(x, x)
              z = Mul(b, w)
              y = Sub(v, z)
              """,
              "float a = {0.3}, float b = {0.1}",
              inputs);
      case "LayerNormalization" ->
          Subject.of(
              20,
              new Node("node", what, List.of("x", "scale", "bias"), List.of("y"), List.of()),
              inputs,
              Subject.weights("scale", new int[] {sizes[1]}, "bias", new int[] {sizes[1]}));
      default ->
          Subject.of(
              20, new Node("node", what, List.of("x"), List.of("y"), List.of()), inputs, Map.of());
    };
  }

  private static Subject chain(String nodes, String constants, Map<String, Tensor> inputs) {
    return new Subject(
        OnnxText.parse(
            "<ir_version: 8, opset_import: [\"\" : 20]>\nchain (float[rows, columns] x) => "
                + "(float[rows, columns] y) <"
                + constants
                + "> {\n"
                + nodes
                + "}\n"),
        inputs);
  }
}
