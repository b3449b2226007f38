package org.sardonyx.export;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.layers.BatchNorm;
import org.sardonyx.layers.Dense;
import org.sardonyx.layers.LayerNorm;
import org.sardonyx.layers.MultiHeadAttention;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/**
 * Takes the weights of a layer by the names that its framework gives them.
 *
 * @param layer for messages
 * @param prefix what the names begin with
 */
record Named(StoredWeights weights, WeightFormat format, String layer, String prefix) {

  Named under(String part) {
    return new Named(weights, format, layer, name(part));
  }

  private boolean is(WeightFormat other) {
    return format.name().equals(other.name());
  }

  /**
   * Puts a name behind the prefix as the framework does: {@code a.b}, {@code a/b}, {@code a_b}.
   * Names in npz files have no slash; there Keras' have dots.
   */
  String name(String part) {
    boolean joined = prefix.isEmpty() || prefix.endsWith("_") || prefix.endsWith(".");
    String between = is(WeightFormat.DL4J) || is(WeightFormat.DJL) ? "_" : ".";
    String name = joined ? prefix + part : prefix + between + part;
    if (!is(WeightFormat.KERAS)) {
      return name;
    }
    String dotted = name.replace('/', '.');
    return weights.has(dotted) ? dotted : (joined ? prefix : prefix + "/") + part;
  }

  Tensor take(String part) {
    return weights.take(layer, name(part));
  }

  @Nullable Tensor optional(String part) {
    return weights.optional(layer, name(part));
  }

  private String pick(String usual, String keras, String dl4j) {
    return is(WeightFormat.KERAS) ? keras : is(WeightFormat.DL4J) ? dl4j : usual;
  }

  /**
   * The weights of one direction of one recurrent layer: input, recurrent, and up to two biases.
   */
  List<Tensor> recurrent(int layerNumber, boolean both, boolean backward) {
    List<String> names;
    if (is(WeightFormat.KERAS)) {
      String in = !both ? "" : backward ? "backward/" : "forward/";
      names = List.of(in + "kernel", in + "recurrent_kernel", in + "bias");
    } else if (is(WeightFormat.DL4J)) {
      String in = !both ? "" : backward ? "b" : "f";
      names = List.of(in + "W", in + "RW", in + "b");
    } else if (is(WeightFormat.DJL)) {
      String in = (backward ? "r_" : "l_") + layerNumber + "_";
      names = List.of(in + "i2h_WEIGHT", in + "h2h_WEIGHT", in + "i2h_BIAS", in + "h2h_BIAS");
    } else if (is(WeightFormat.ONNX)) {
      String end = backward ? "_reverse" : "";
      names = List.of("W" + end, "R" + end, "B" + end);
    } else {
      String end = "_l" + layerNumber + (backward ? "_reverse" : "");
      names = List.of("weight_ih" + end, "weight_hh" + end, "bias_ih" + end, "bias_hh" + end);
    }
    List<Tensor> all = new ArrayList<>(List.of(take(names.get(0)), take(names.get(1))));
    for (String bias : names.subList(2, names.size())) {
      Tensor tensor = optional(bias);
      if (tensor != null) {
        all.add(tensor);
      }
    }
    return all;
  }

  Dense dense() {
    TensorData weight = weights.data(layer, name(pick("weight", "kernel", "W")));
    Tensor bias = optional(pick("bias", "bias", "b"));
    return bias == null ? Dense.of(format, weight) : Dense.of(format, weight, bias);
  }

  TensorData table() {
    return weights.data(layer, name(pick("weight", "embeddings", "W")));
  }

  Tensor kernel() {
    return take(pick("weight", "kernel", "W"));
  }

  @Nullable Tensor bias() {
    return optional(pick("bias", "bias", "b"));
  }

  LayerNorm layerNorm(float epsilon) {
    return LayerNorm.of(
        take(pick("weight", "gamma", "gain")), take(pick("bias", "beta", "b")), epsilon);
  }

  BatchNorm batchNorm(float epsilon) {
    weights.ignore(name("num_batches_tracked"));
    return BatchNorm.of(
        take(pick("weight", "gamma", "gamma")),
        take(pick("bias", "beta", "beta")),
        take(pick("running_mean", "moving_mean", "mean")),
        take(pick("running_var", "moving_variance", "var")),
        epsilon);
  }

  /** PyTorch's names for what it keeps of heads, in one block or in four. */
  MultiHeadAttention heads(int count) {
    if (weights.has(name("in_proj_weight"))) {
      return MultiHeadAttention.ofPyTorch(
          count,
          take("in_proj_weight"),
          take("in_proj_bias"),
          take("out_proj.weight"),
          take("out_proj.bias"));
    }
    return MultiHeadAttention.of(
        format,
        count,
        projection("query"),
        projection("key"),
        projection("value"),
        projection("result"));
  }

  private MultiHeadAttention.Projection projection(String part) {
    Named own = under(part);
    return new MultiHeadAttention.Projection(own.kernel(), own.bias());
  }
}
