package org.sardonyx.frameworks.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.frameworks.bytes.Fields;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Pointwise;

/**
 * The architecture of a model, which a file of parameters does not hold: the block, written with
 * DJL's own names of classes and settings, in YAML or JSON.
 *
 * <pre>{@code
 * block:
 *   SequentialBlock:
 *     - GRU: {stateSize: 6, numLayers: 1}
 *     - Linear: {units: 2}
 * }</pre>
 *
 * @param block what was saved
 * @param inputs names of the inputs; empty for {@code x}, or those of the file where there are more
 * @param outputs names of the outputs; empty for {@code y}, or {@code y0} and so on
 */
record Spec(Block block, List<String> inputs, List<String> outputs) {

  private static final int MAX_DEPTH = 64;

  Spec {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Reads a specification. */
  static Spec read(Fields f) {
    List<String> inputs = f.has("inputs") ? f.texts("inputs") : List.of();
    List<String> outputs = f.has("outputs") ? f.texts("outputs") : List.of();
    Fields only = f.object("block");
    f.requireAllRead();
    return new Spec(block(only, 0), inputs, outputs);
  }

  /** A block is an object of one field: the name of its class, and its settings. */
  private static Block block(Fields f, int depth) {
    if (f.names().size() != 1) {
      throw new MalformedModel(
          f.where() + " is one block: {NameOfTheClass: {its settings}}, not " + f.names().size());
    }
    if (depth > MAX_DEPTH) {
      throw new MalformedModel(f.where() + ": blocks are nested deeper than " + MAX_DEPTH);
    }
    String name = f.names().getFirst();
    if (name.equals("SequentialBlock")) {
      return new Block.Sequential(blocks(f.objects(name), depth));
    }
    Fields settings = f.object(name);
    Block block = block(f, name, settings, depth);
    settings.requireAllRead();
    return block;
  }

  private static List<Block> blocks(List<Fields> all, int depth) {
    List<Block> blocks = new ArrayList<>();
    all.forEach(one -> blocks.add(block(one, depth + 1)));
    return blocks;
  }

  private static Block block(Fields f, String name, Fields s, int depth) {
    return switch (name) {
      case "ParallelBlock" ->
          new Block.Parallel(
              blocks(s.objects("blocks"), depth), s.choice("join", Block.Parallel.Join.class));
      case "LSTM", "GRU", "RNN" -> recurrent(Block.Recurrent.Kind.valueOf(name), s);
      case "Linear" -> new Block.Linear(s.integer("units", 1), s.flag("bias", true));
      case "LayerNorm" -> {
        s.flag("scale", true);
        s.flag("center", true);
        yield new Block.LayerNorm(s.integers("axis"), s.number("epsilon", 1e-5f));
      }
      case "BatchNorm" -> {
        s.flag("scale", true);
        s.flag("center", true);
        s.number("momentum", 0.9f);
        yield new Block.BatchNorm(s.integer("axis", -8, 1), s.number("epsilon", 1e-5f));
      }
      case "Dropout" -> {
        s.number("rate", 0.5f);
        yield new Block.Dropout();
      }
      case "IdEmbedding" -> embedding(s, true, "dictionarySize");
      case "TrainableWordEmbedding", "TrainableTextEmbedding", "Embedding" ->
          embedding(s, false, "numEmbeddings");
      case "Conv1d" ->
          new Block.Conv1d(
              s.integer("kernelShape", 1),
              s.integer("filters", 1),
              s.integer("stride", 1, 1),
              s.integer("padding", 0, 0),
              s.integer("dilation", 1, 1),
              s.integer("groups", 1, 1),
              s.flag("bias", true));
      case "ScaledDotProductAttentionBlock" -> {
        s.number("attentionProbsDropoutProb", 0);
        yield attention(s);
      }
      case "TransformerEncoderBlock" -> {
        s.number("dropoutProbability", 0);
        Block.Attention attention = attention(s);
        yield new Block.Encoder(
            attention.embeddingSize(),
            attention.headCount(),
            s.integer("hiddenSize", 1),
            function(s, s.text("activationFunction"), s));
      }
      case "PointwiseFeedForwardBlock" ->
          new Block.FeedForward(
              s.integers("hiddenSizes"),
              s.integer("outputSize", 1),
              function(s, s.text("activationFunction"), s));
      case "lastStep" -> new Block.Lambda.LastStep();
      case "meanOverTime" -> new Block.Lambda.MeanOverTime();
      case "batchFlatten" -> new Block.Lambda.BatchFlatten();
      default -> new Block.Lambda.Each(function(f, name, s));
    };
  }

  private static Block recurrent(Block.Recurrent.Kind kind, Fields s) {
    s.number("dropRate", 0);
    Pointwise activation = null;
    if (kind == Block.Recurrent.Kind.RNN) {
      activation =
          switch (s.text("activation").toUpperCase(Locale.ROOT)) {
            case "TANH" -> Activation.TANH;
            case "RELU" -> Activation.RELU;
            default -> throw s.unsupported("the activation of an RNN is TANH or RELU");
          };
    }
    return new Block.Recurrent(
        kind,
        s.integer("stateSize", 1),
        s.integer("numLayers", 1),
        s.flag("bidirectional", false),
        s.flag("hasBiases", true),
        s.flag("batchFirst", true),
        s.flag("returnState", false),
        activation);
  }

  /** The sizes are in the file; here they only repeat it. */
  private static Block embedding(Fields s, boolean id, String count) {
    s.integer(count, 1, 1);
    s.integer("embeddingSize", 1, 1);
    return new Block.Embedding(id);
  }

  private static Block.Attention attention(Fields s) {
    int size = s.integer("embeddingSize", 1);
    int heads = s.integer("headCount", 1);
    if (size % heads != 0) {
      throw s.unsupported(
          "an embeddingSize of " + size + " cannot be cut into " + heads + " heads");
    }
    return new Block.Attention(size, heads);
  }

  /** x sigmoid(beta x). */
  private record Swish(float beta) implements Pointwise {
    @Override
    public String kind() {
      return "swish";
    }

    @Override
    public int size(int features) {
      return features;
    }

    @Override
    public Ref on(Formula f, Ref x, int features) {
      return f.multiply(x, f.sigmoid(f.multiply(f.scalar(beta), x)));
    }
  }

  /**
   * x tanh(log2(1 + exp(x))): DJL takes the logarithm of base 2, where others take the natural one.
   */
  private record Mish() implements Pointwise {
    @Override
    public String kind() {
      return "mish";
    }

    @Override
    public int size(int features) {
      return features;
    }

    @Override
    public Ref on(Formula f, Ref x, int features) {
      Ref log2 = f.multiply(f.node("Softplus", x), f.scalar((float) (1 / Math.log(2))));
      return f.multiply(x, f.tanh(log2));
    }
  }

  private static final Map<String, Pointwise> FUNCTIONS =
      Map.ofEntries(
          Map.entry("identity", Activation.IDENTITY),
          Map.entry("relu", Activation.RELU),
          Map.entry("relu6", Activation.RELU6),
          Map.entry("sigmoid", Activation.SIGMOID),
          Map.entry("tanh", Activation.TANH),
          Map.entry("softplus", Activation.SOFTPLUS),
          Map.entry("softsign", Activation.SOFTSIGN),
          Map.entry("selu", Activation.SELU),
          Map.entry("gelu", Activation.GELU),
          Map.entry("mish", new Mish()),
          Map.entry("softmax", Activation.SOFTMAX),
          Map.entry("logsoftmax", Activation.LOG_SOFTMAX));

  /** Returns the activation of that name; those with a number have it among the settings. */
  private static Pointwise function(Fields where, String name, Fields s) {
    String lower = name.toLowerCase(Locale.ROOT);
    Pointwise plain = FUNCTIONS.get(lower);
    if (plain != null) {
      return plain;
    }
    return switch (lower) {
      case "leakyrelu" -> Activation.leakyRelu(s.number("alpha"));
      case "elu" -> Activation.elu(s.number("alpha"));
      case "swish" -> new Swish(s.number("beta"));
      default ->
          throw where.unsupported(
              "no block or function \""
                  + Text.escape(name)
                  + "\" is known; functions are "
                  + FUNCTIONS.keySet().stream().sorted().toList()
                  + ", leakyrelu, elu, swish, lastStep, meanOverTime, batchFlatten");
    };
  }
}
