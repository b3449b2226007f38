package org.sardonyx.conformance.lint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Nodes that are legal and likely not meant so; each rule with what it needs to be sure. */
final class NodeTraps {

  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");
  private static final int MOST_DEPTH = 64;
  private static final long MOST_ELEMENTS = 1 << 26;

  /** Forget gates start at 1, and are trained from there; no other gate is. */
  private static final double FORGETTING = 0.8;

  private static final double NOT_FORGETTING = 0.3;

  private final Inferred inferred;
  private final List<Diagnostic> findings = new ArrayList<>();

  NodeTraps(Inferred inferred) {
    this.inferred = inferred;
  }

  List<Diagnostic> findings() {
    graph(inferred.model().graph(), Where.MODEL, 0);
    return findings;
  }

  private void graph(Graph graph, Where where, int depth) {
    Map<String, Node> makers = new HashMap<>();
    Map<String, TensorData> weights = new HashMap<>();
    for (TensorData data : graph.initializers()) {
      weights.put(data.name(), data);
      finite(data, where);
    }
    for (Node node : graph.nodes()) {
      Where at = where.node(node);
      if (node.isOnnx()) {
        switch (node.opType()) {
          case "Reshape" -> {
            frozen(node, graph, at);
            bidirectional(node, makers, at);
          }
          case "LSTM" -> {
            state(node, graph, weights, at);
            gates(node, weights, at);
          }
          case "GRU" -> {
            state(node, graph, weights, at);
            biases(node, weights, at);
          }
          case "RNN" -> state(node, graph, weights, at);
          case "Attention" -> causal(node, graph, at);
          case "Softmax" -> softmax(node, makers, at);
          case "Dropout", "BatchNormalization" -> training(node, graph, at);
          default -> {}
        }
      }
      node.outputs().forEach(output -> makers.put(output, node));
      if (depth < MOST_DEPTH) {
        for (Graph body : Graphs.bodies(node)) {
          graph(body, at.body(body.name()), depth + 1);
        }
      }
    }
  }

  private void finite(TensorData data, Where where) {
    if (!data.dataType().isFloat()
        || !(data.shape().elements() instanceof Dim.Known(long count))
        || count > MOST_ELEMENTS) {
      return;
    }
    try {
      Tensor tensor = data.load();
      long not = 0;
      for (int i = 0; i < tensor.size(); i++) {
        not += Double.isFinite(tensor.getDouble(i)) ? 0 : 1;
      }
      // A mask of minus infinity is one number, or holds zeros beside them and nothing else.
      if (not > 0 && !isMask(tensor)) {
        add(
            "not-finite-weight",
            where,
            "initializer "
                + UseRules.quote(data.name())
                + " has "
                + not
                + " elements that are not finite");
      }
    } catch (ModelException _) {
      // A weight that cannot be read is an error of another kind.
    }
  }

  private static boolean isMask(Tensor tensor) {
    for (int i = 0; i < tensor.size(); i++) {
      double x = tensor.getDouble(i);
      if (x != 0 && x != 1 && !Double.isInfinite(x)) {
        return false;
      }
    }
    return true;
  }

  private void frozen(Node node, Graph graph, Where at) {
    if (node.inputs().size() < 2) {
      return;
    }
    Tensor sizes = inferred.constant(graph, node.inputs().get(1));
    Shape given = shape(graph, node.inputs().getFirst());
    if (sizes == null || given == null || given.rank() == 0 || sizes.size() == 0) {
      return;
    }
    boolean free = given.dim(0) instanceof Dim.Named;
    if (!free) {
      return;
    }
    for (int i = 0; i < sizes.size(); i++) {
      if (sizes.getLong(i) <= 0) {
        return;
      }
    }
    add("frozen-batch", at, "the sizes are constant and the data have " + given);
  }

  private void state(Node node, Graph graph, Map<String, TensorData> weights, Where at) {
    Shape x = shape(graph, input(node, 0));
    boolean batchFirst = integer(node, "layout") == 1;
    if (x == null || x.rank() != 3 || x.dim(batchFirst ? 0 : 1) instanceof Dim.Known) {
      return;
    }
    for (int i = 5; i < Math.min(node.opType().equals("LSTM") ? 7 : 6, node.inputs().size()); i++) {
      TensorData data = weights.get(node.inputs().get(i));
      if (data != null) {
        add(
            "frozen-state",
            at,
            "the initial state "
                + UseRules.quote(data.name())
                + " is a constant "
                + data.shape()
                + ", and the batch of X is free");
      }
    }
  }

  /** The forget gate's bias in the output gate's place, and none in its own. */
  private void gates(Node node, Map<String, TensorData> weights, Where at) {
    double[] bias = bias(node, weights, 4);
    if (bias == null) {
      return;
    }
    int hidden = bias.length / 8;
    double output = mean(bias, hidden, hidden) + mean(bias, 5 * hidden, hidden);
    double forget = mean(bias, 2 * hidden, hidden) + mean(bias, 6 * hidden, hidden);
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < hidden; i++) {
      least = Math.min(least, bias[hidden + i] + bias[5 * hidden + i]);
    }
    if (output > FORGETTING && forget < NOT_FORGETTING && least > NOT_FORGETTING) {
      add(
          "gate-order",
          at,
          String.format(
              Locale.ROOT, "the mean bias of o is %.2f and that of f %.2f", output, forget));
    }
  }

  private void biases(Node node, Map<String, TensorData> weights, Where at) {
    double[] bias = bias(node, weights, 3);
    if (bias == null || integer(node, "linear_before_reset") != 0) {
      return;
    }
    int hidden = bias.length / 6;
    boolean input = false;
    boolean recurrent = false;
    for (int i = 0; i < hidden; i++) {
      input |= bias[2 * hidden + i] != 0;
      recurrent |= bias[5 * hidden + i] != 0;
    }
    if (input && recurrent) {
      add("gru-two-biases", at, "both biases of the candidate are there");
    }
  }

  /** The bias of the first direction, as doubles. */
  private static double @Nullable [] bias(Node node, Map<String, TensorData> weights, int gates) {
    TensorData data = weights.get(input(node, 3));
    if (data == null
        || data.shape().rank() != 2
        || !(data.shape().dim(1) instanceof Dim.Known(long size))
        || size % (2L * gates) != 0
        || size == 0) {
      return null;
    }
    try {
      double[] all = data.load().toDoubles();
      return Arrays.copyOf(all, (int) size);
    } catch (ModelException _) {
      return null;
    }
  }

  private static double mean(double[] values, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i];
    }
    return sum / count;
  }

  private void bidirectional(Node node, Map<String, Node> makers, Where at) {
    Node maker = makers.get(input(node, 0));
    if (maker != null
        && maker.isOnnx()
        && RECURRENT.contains(maker.opType())
        && maker.outputs().getFirst().equals(node.inputs().getFirst())
        && integer(maker, "layout") == 0
        && maker.value("direction") instanceof Attribute.OfString text
        && text.text().equals("bidirectional")) {
      add("bidirectional-reshape", at, "it reads Y of " + maker.label() + " as it is");
    }
  }

  private void causal(Node node, Graph graph, Where at) {
    if (integer(node, "is_causal") == 0 || !input(node, 4).isEmpty() || !input(node, 6).isEmpty()) {
      return;
    }
    Shape q = shape(graph, input(node, 0));
    Shape k = shape(graph, input(node, 1));
    if (q != null
        && k != null
        && q.rank() == k.rank()
        && q.rank() >= 3
        && q.dim(q.rank() - 2) instanceof Dim.Known(long queries)
        && k.dim(k.rank() - 2) instanceof Dim.Known(long keys)
        && queries < keys) {
      add("causal-alignment", at, queries + " queries and " + keys + " keys");
    }
  }

  private void softmax(Node node, Map<String, Node> makers, Where at) {
    Node maker = makers.get(input(node, 0));
    if (maker != null && maker.isOnnx("Softmax")) {
      add("softmax-of-softmax", at, "it reads " + maker.label());
    }
  }

  private void training(Node node, Graph graph, Where at) {
    Tensor mode = inferred.constant(graph, input(node, 2));
    boolean dropout =
        node.opType().equals("Dropout")
            && mode != null
            && mode.size() == 1
            && mode.dataType() == DataType.BOOL
            && mode.getBoolean(0);
    if (dropout || integer(node, "training_mode") != 0) {
      add("training-mode", at, "training_mode is set");
    }
  }

  private @Nullable Shape shape(Graph graph, String name) {
    return inferred.type(graph, name) instanceof Type.OfTensor(var _, Shape shape)
            && shape.hasRank()
        ? shape
        : null;
  }

  private static String input(Node node, int index) {
    return index < node.inputs().size() ? node.inputs().get(index) : "";
  }

  private static long integer(Node node, String name) {
    return node.value(name) instanceof Attribute.OfInt(long value) ? value : 0;
  }

  private void add(String rule, Where at, String message) {
    String fix = LintRule.named(rule).map(LintRule::fix).orElse("");
    findings.add(new Diagnostic(Severity.WARNING, rule, at.location(), message + "; " + fix));
  }
}
