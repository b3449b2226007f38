package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;

/**
 * Puts a BatchNormalization that does not train into the weights of the Conv or ConvTranspose
 * before it: {@code W' = W s}, {@code B' = (B - mean) s + bias}, with {@code s = scale / sqrt(var +
 * epsilon)} by output channel.
 */
public final class FoldBatchNormalization implements Rule {

  /** Before it, whether a node trains is an attribute; from it on, not until version 14. */
  private static final int SINCE = 7;

  @Override
  public String name() {
    return "batch-normalization";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (site.opsets().version("") < SINCE || !site.hasFreeInitializers()) {
      return graph;
    }
    Wiring wiring = site.wiring(graph);
    IdentityHashMap<Node, Node> replaced = new IdentityHashMap<>();
    List<TensorData> made = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.isOnnx("BatchNormalization") && isPlain(node)) {
        String from = node.inputs().getFirst();
        Node conv = wiring.onlyMaker(from, "Conv");
        boolean transposed = conv == null;
        conv = transposed ? wiring.onlyMaker(from, "ConvTranspose") : conv;
        Node folded = conv == null ? null : folded(conv, transposed, node, site, made);
        if (conv != null && folded != null) {
          replaced.put(conv, folded);
          replaced.put(node, folded);
          site.changed();
        }
      }
    }
    if (replaced.isEmpty()) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node folded = replaced.get(node);
      if (folded == null) {
        nodes.add(node);
      } else if (!node.isOnnx("BatchNormalization")) {
        nodes.add(folded);
      }
    }
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    initializers.addAll(made);
    return graph.withNodes(nodes).withInitializers(initializers);
  }

  private static boolean isPlain(Node node) {
    return node.inputs().size() == 5
        && node.outputs().size() == 1
        && Wiring.attribute(node, "training_mode", 0) == 0
        && Wiring.attribute(node, "spatial", 1) == 1;
  }

  /** Returns the Conv that gives what both nodes gave; null where something is no constant. */
  private static @Nullable Node folded(
      Node conv, boolean transposed, Node batch, Site site, List<TensorData> made) {
    if (conv.inputs().size() < 2) {
      return null;
    }
    boolean biased = conv.inputs().size() > 2 && !conv.inputs().get(2).isEmpty();
    TensorData weights = site.initializer(conv.inputs().get(1));
    Tensor scale = floats(batch.inputs().get(1), site);
    Tensor shift = floats(batch.inputs().get(2), site);
    Tensor mean = floats(batch.inputs().get(3), site);
    Tensor variance = floats(batch.inputs().get(4), site);
    Tensor bias = biased ? floats(conv.inputs().get(2), site) : null;
    if (weights == null
        || weights.dataType() != DataType.FLOAT
        || scale == null
        || shift == null
        || mean == null
        || variance == null
        || (biased && bias == null)
        || weights.shape().rank() < 3
        || !(weights.shape().elements() instanceof Dim.Known(long size))
        || size == 0
        || size > Integer.MAX_VALUE) {
      return null;
    }
    int group = (int) Wiring.attribute(conv, "group", 1);
    long[] dims = weights.shape().sizes();
    if (group < 1 || dims[0] % group != 0) {
      return null;
    }
    int channels = (int) (transposed ? dims[1] * group : dims[0]);
    for (Tensor tensor : List.of(scale, shift, mean, variance)) {
      if (!tensor.hasShape(channels)) {
        return null;
      }
    }
    if (bias != null && !bias.hasShape(channels)) {
      return null;
    }
    Attribute given = batch.attribute("epsilon");
    double epsilon =
        given != null && given.value() instanceof Attribute.OfFloat(float value) ? value : 1e-5f;
    double[] factors = new double[channels];
    Tensor newBias = Tensor.zeros(DataType.FLOAT, channels);
    for (int c = 0; c < channels; c++) {
      factors[c] = scale.getDouble(c) / Math.sqrt(variance.getDouble(c) + epsilon);
      double before = bias == null ? 0 : bias.getDouble(c);
      newBias.setDouble(c, (before - mean.getDouble(c)) * factors[c] + shift.getDouble(c));
    }
    Tensor scaled = floats(conv.inputs().get(1), site, TensorData::copy);
    if (scaled == null) {
      return null;
    }
    scale(scaled, factors, transposed ? group : 0);
    String weightName = site.names().fresh(conv.inputs().get(1) + "_folded");
    String biasName = site.names().fresh(conv.inputs().get(biased ? 2 : 1) + "_folded");
    made.add(TensorData.of(weightName, scaled));
    made.add(TensorData.of(biasName, newBias));
    return conv.withInputs(List.of(conv.inputs().getFirst(), weightName, biasName))
        .withOutputs(batch.outputs());
  }

  /**
   * Multiplies weights with the factor of their output channel.
   *
   * @param groups 0 where output channels are dimension 0; else the groups of dimension 0, each of
   *     which has its own channels in dimension 1
   */
  private static void scale(Tensor weights, double[] factors, int groups) {
    int inner = Math.max(1, groups == 0 ? weights.dim(0) : weights.dim(0) * weights.dim(1));
    int block = weights.size() / inner;
    float[] values = weights.floats();
    for (int row = 0; block > 0 && row < inner; row++) {
      int channel =
          groups == 0
              ? row
              : row / weights.dim(1) / (weights.dim(0) / groups) * weights.dim(1)
                  + row % weights.dim(1);
      double factor = factors[channel];
      for (int i = row * block; i < (row + 1) * block; i++) {
        values[i] = (float) (values[i] * factor);
      }
    }
  }

  private static @Nullable Tensor floats(String name, Site site) {
    return floats(name, site, TensorData::load);
  }

  private static @Nullable Tensor floats(
      String name, Site site, Function<TensorData, Tensor> loading) {
    TensorData data = site.initializer(name);
    if (data == null || data.dataType() != DataType.FLOAT) {
      return null;
    }
    try {
      return loading.apply(data);
    } catch (ModelException _) {
      return null; // data that is not there
    }
  }
}
