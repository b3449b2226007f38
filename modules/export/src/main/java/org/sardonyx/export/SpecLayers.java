package org.sardonyx.export;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.sardonyx.conformance.yaml.Section;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.Attention;
import org.sardonyx.layers.CandidateLstm;
import org.sardonyx.layers.Cell;
import org.sardonyx.layers.CellLstm;
import org.sardonyx.layers.Conv1d;
import org.sardonyx.layers.DecoderBlock;
import org.sardonyx.layers.Dropout;
import org.sardonyx.layers.Embedding;
import org.sardonyx.layers.EncoderBlock;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Flow;
import org.sardonyx.layers.Gru;
import org.sardonyx.layers.Layer;
import org.sardonyx.layers.Lstm;
import org.sardonyx.layers.Merge;
import org.sardonyx.layers.MultiHeadAttention;
import org.sardonyx.layers.NormalizedLstm;
import org.sardonyx.layers.Pointwise;
import org.sardonyx.layers.Pooling;
import org.sardonyx.layers.ProjectedLstm;
import org.sardonyx.layers.Recurrent;
import org.sardonyx.layers.Rnn;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.Tokens;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.Tensor;

/** Adds one layer of a specification. */
final class SpecLayers {

  private final Section section;
  private final Flow from;
  private final Function<String, Flow> others;
  private final Named named;

  SpecLayers(
      Section section,
      StoredWeights weights,
      WeightFormat format,
      Flow from,
      Function<String, Flow> others) {
    this.section = section;
    this.from = from;
    this.others = others;
    WeightFormat own = section.has("format") ? WeightFormat.of(section.text("format")) : format;
    String prefix = section.text("weights", section.text("name", ""));
    this.named = new Named(weights, own, section.place(), prefix);
  }

  Flow add() {
    String kind = section.text("layer");
    Flow result =
        switch (kind) {
          case "embedding" -> tokens().then(Embedding.of(named.table()));
          case "rnn", "lstm", "gru" -> recurrent(kind);
          case "dense" -> pointwise(named.dense());
          case "layer_norm" -> pointwise(named.layerNorm(number("epsilon", 1e-5f)));
          case "batch_norm" -> batchNorm();
          case "dropout" -> pointwise(new Dropout(number("ratio", 0.5f)));
          case "activation" -> pointwise(activation(section.text("kind")));
          case "conv1d" -> series().then(conv());
          case "pooling" ->
              series()
                  .then(
                      (Layer<Series, Features>) section.choice("kind", Pooling.class, Pooling.MAX));
          case "attention" -> attention();
          case "encoder" -> series().then(encoder());
          case "decoder" ->
              series().then(decoder().over(series(others.apply(section.text("memory")))));
          case "add" -> series().plus(series(others.apply(section.text("with"))));
          case "concat" -> series().beside(series(others.apply(section.text("with"))));
          default ->
              throw new UnsupportedModel(
                  section.place() + ": no layer \"" + Text.escape(kind) + "\" is known");
        };
    return kind.equals("activation")
            || !section.has("activation")
            || kind.equals("encoder")
            || kind.equals("decoder")
            || kind.equals("rnn")
        ? result
        : activated(result, activation(section.text("activation")));
  }

  private Series series() {
    return series(from);
  }

  private Series series(Flow flow) {
    if (flow instanceof Series series) {
      return series;
    }
    throw section.wrong(
        "takes a series, not " + flow.getClass().getSimpleName().toLowerCase(Locale.ROOT));
  }

  private Tokens tokens() {
    if (from instanceof Tokens tokens) {
      return tokens;
    }
    throw section.wrong(
        "takes tokens, not " + from.getClass().getSimpleName().toLowerCase(Locale.ROOT));
  }

  private Flow pointwise(Pointwise layer) {
    return activated(from, layer);
  }

  private Flow activated(Flow flow, Pointwise layer) {
    return flow instanceof Features features ? features.then(layer) : series(flow).then(layer);
  }

  private Flow batchNorm() {
    var layer = named.batchNorm(number("epsilon", 1e-5f));
    return from instanceof Features features
        ? features.then(layer.onFeatures())
        : series().then(layer);
  }

  private Activation activation(String name) {
    float alpha = number("alpha", Float.NaN);
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "sigmoid" -> Activation.SIGMOID;
      case "tanh" -> Activation.TANH;
      case "relu" -> Activation.RELU;
      case "relu6" -> Activation.RELU6;
      case "softsign" -> Activation.SOFTSIGN;
      case "softplus" -> Activation.SOFTPLUS;
      case "identity" -> Activation.IDENTITY;
      case "hard_sigmoid" -> Activation.HARD_SIGMOID;
      case "hard_tanh" -> Activation.HARD_TANH;
      case "selu" -> Activation.SELU;
      case "gelu" -> Activation.GELU;
      case "swish" -> Activation.SWISH;
      case "mish" -> Activation.MISH;
      case "cube" -> Activation.CUBE;
      case "softmax" -> Activation.SOFTMAX;
      case "log_softmax" -> Activation.LOG_SOFTMAX;
      case "leaky_relu" -> Activation.leakyRelu(Float.isNaN(alpha) ? 0.01f : alpha);
      case "elu" -> Activation.elu(Float.isNaN(alpha) ? 1 : alpha);
      default -> throw section.wrong("no activation \"" + Text.escape(name) + "\" is known");
    };
  }

  /** The forms of LSTM. */
  private enum Form {
    STANDARD,
    PEEPHOLE,
    COUPLED,
    PROJECTED,
    NORMALIZED,
    CANDIDATE_RECURRENT,
    CELL_RECURRENT
  }

  private Flow recurrent(String kind) {
    int layers = section.integer("layers", 1);
    boolean both = section.flag("bidirectional", false);
    boolean backwards = section.flag("backwards", false);
    Merge merge = section.choice("merge", Merge.class, Merge.CONCAT);
    boolean last = section.flag("last", false);
    if (layers < 1 || (both && backwards)) {
      throw section.wrong("one layer or more, and bidirectional or backwards, not both");
    }
    Series x = series();
    for (int i = 0; i < layers; i++) {
      Cell forward = cell(kind, i, both, backwards);
      Recurrent layer =
          both
              ? Recurrent.both(forward, cell(kind, i, true, true)).merge(merge)
              : backwards ? Recurrent.backwards(forward) : Recurrent.of(forward);
      if (section.has("unrolled")) {
        layer = layer.unrolled(section.integer("unrolled"));
      }
      if (last && i == layers - 1) {
        return x.then(layer.last());
      }
      x = x.then(layer);
    }
    return x;
  }

  private Cell cell(String kind, int layer, boolean both, boolean backward) {
    List<Tensor> all = named.recurrent(layer, both, backward && both);
    Tensor[] biases = all.subList(2, all.size()).toArray(Tensor[]::new);
    WeightFormat format = named.format();
    return switch (kind) {
      case "rnn" -> {
        Rnn rnn = Rnn.of(format, all.get(0), all.get(1), biases);
        yield section.has("activation")
            ? rnn.withActivation(activation(section.text("activation")))
            : rnn;
      }
      case "gru" -> {
        Gru gru = Gru.of(format, all.get(0), all.get(1), biases);
        yield section.has("reset_after")
            ? section.flag("reset_after", false) ? gru.resetAfter() : gru.resetBefore()
            : gru;
      }
      default -> lstm(all.get(0), all.get(1), layer, backward && both, biases);
    };
  }

  private Cell lstm(Tensor w, Tensor r, int layer, boolean backward, Tensor... biases) {
    WeightFormat format = named.format();
    String end = "_l" + layer + (backward ? "_reverse" : "");
    return switch (section.choice("form", Form.class, Form.STANDARD)) {
      case STANDARD -> clipped(Lstm.of(format, w, r, biases));
      case PEEPHOLE ->
          clipped(
              Lstm.of(format, w, r, biases)
                  .withPeepholes(WeightFormat.ONNX, named.take("weight_p" + end)));
      case COUPLED -> clipped(Lstm.of(format, w, r, biases).coupled());
      case PROJECTED -> ProjectedLstm.of(format, w, r, named.take("weight_hr" + end), biases);
      case CANDIDATE_RECURRENT -> CandidateLstm.of(format, w, r, biases);
      case CELL_RECURRENT -> CellLstm.of(format, w, r, biases);
      case NORMALIZED ->
          NormalizedLstm.of(
              format,
              w,
              r,
              new NormalizedLstm.Scales(
                  named.take("scale_ih" + end),
                  named.take("scale_hh" + end),
                  named.take("scale_c" + end),
                  named.take("bias_c" + end)),
              number("epsilon", 1e-5f),
              biases);
    };
  }

  private Lstm clipped(Lstm lstm) {
    return section.has("clip") ? lstm.withClip(number("clip", 0)) : lstm;
  }

  private Conv1d conv() {
    Conv1d conv =
        Conv1d.of(named.format(), named.kernel(), named.bias())
            .groups(section.integer("groups", 1))
            .stride(section.integer("stride", 1))
            .dilation(section.integer("dilation", 1));
    return switch (section.text("padding", "valid")) {
      case "valid" -> conv;
      case "same" -> conv.same();
      case "causal" -> conv.causal();
      default -> throw section.wrong("\"padding\" is valid, same or causal");
    };
  }

  private Flow attention() {
    String kind = section.text("kind");
    if (kind.equals("pooled")) {
      return series().then(Attention.pooled(vector("w"), number("b")));
    }
    Series keys = section.has("memory") ? series(others.apply(section.text("memory"))) : series();
    if (kind.equals("multi_head")) {
      MultiHeadAttention heads = named.heads(section.integer("heads"));
      return (section.flag("causal", false) ? heads.causal() : heads).between(series(), keys);
    }
    Attention attention =
        switch (kind) {
          case "dot" -> Attention.dot();
          case "general" -> Attention.general(named.take("W"));
          case "additive" ->
              Attention.additive(
                  named.format(), named.take("W"), named.take("U"), vector("b"), vector("v"));
          case "pairwise" -> Attention.pairwise(vector("a"), number("b"));
          default ->
              throw section.wrong(
                  "\"kind\" is pairwise, pooled, additive, dot, general or multi_head");
        };
    return attention.between(series(), keys);
  }

  private Tensor vector(String part) {
    Tensor tensor = named.take(part);
    return tensor.reshaped(tensor.size());
  }

  private float number(String part) {
    Tensor tensor = named.take(part);
    if (tensor.size() != 1) {
      throw section.wrong("\"" + part + "\" is one number, not " + tensor);
    }
    return tensor.floats()[0];
  }

  private EncoderBlock encoder() {
    EncoderBlock block =
        EncoderBlock.of(
            named.under("self_attn").heads(section.integer("heads")),
            norm("norm1"),
            forward(),
            norm("norm2"));
    return section.flag("norm_first", false) ? block.normalizedBefore() : block;
  }

  private DecoderBlock decoder() {
    DecoderBlock block =
        DecoderBlock.of(
            named.under("self_attn").heads(section.integer("heads")),
            norm("norm1"),
            named.under("multihead_attn").heads(section.integer("heads")),
            norm("norm2"),
            forward(),
            norm("norm3"));
    return section.flag("norm_first", false) ? block.normalizedBefore() : block;
  }

  private org.sardonyx.layers.LayerNorm norm(String part) {
    return named.under(part).layerNorm(number("epsilon", 1e-5f));
  }

  private EncoderBlock.FeedForward forward() {
    return new EncoderBlock.FeedForward(
        named.under("linear1").dense(),
        activation(section.text("activation", "relu")),
        named.under("linear2").dense());
  }

  private float number(String key, float otherwise) {
    return (float) section.number(key, otherwise);
  }
}
