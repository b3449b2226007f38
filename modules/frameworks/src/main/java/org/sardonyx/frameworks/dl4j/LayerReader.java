package org.sardonyx.frameworks.dl4j;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Text;
import org.sardonyx.frameworks.bytes.Fields;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;
import org.sardonyx.frameworks.dl4j.LayerConf.Window;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.Merge;
import org.sardonyx.layers.Pointwise;

/** Reads the configuration of a layer. */
final class LayerReader {

  private static final String PACKAGE = "org.deeplearning4j.nn.conf.layers.";

  /** What only training asks for, or says again what other fields say. */
  private static final Set<String> OF_TRAINING =
      Set.of(
          "alpha",
          "biasInit",
          "biasUpdater",
          "constraints",
          "corruptionLevel",
          "cudnnAlgoMode",
          "cudnnAllowFallback",
          "cudnnBwdDataAlgo",
          "cudnnBwdFilterAlgo",
          "cudnnFwdAlgo",
          "decay",
          "forgetGateBiasInit",
          "gainInit",
          "gradientCheck",
          "gradientNormalization",
          "gradientNormalizationThreshold",
          "helperAllowFallback",
          "idropout",
          "iupdater",
          "lambda",
          "layerParams",
          "lossFn",
          "lossFunction",
          "minibatch",
          "paramWeightInit",
          "regularization",
          "regularizationBias",
          "sparsity",
          "timeDistributedFormat",
          "updater",
          "visibleBiasInit",
          "weightInit",
          "weightInitFn",
          "weightInitFnRecurrent",
          "weightNoise");

  private LayerReader() {}

  /**
   * Reads a layer.
   *
   * @throws org.sardonyx.error.UnsupportedModel for one that is not known, or has a field that is
   *     not
   */
  static LayerConf read(Fields f) {
    String type = f.text("@class");
    String name = f.text("layerName", "layer");
    if (!type.startsWith(PACKAGE)) {
      throw f.unsupported("a layer of class " + Text.escape(type));
    }
    Fields here =
        f.named(
                f.where()
                    + " ("
                    + type.substring(type.lastIndexOf('.') + 1)
                    + " \""
                    + Text.escape(name)
                    + "\")")
            .ignore(Set.of("@class", "layerName"));
    LayerConf layer = read(here.ignore(OF_TRAINING), name, type.substring(PACKAGE.length()));
    here.requireAllRead();
    return layer;
  }

  private static LayerConf read(Fields f, String name, String type) {
    return switch (type) {
      case "LSTM" -> recurrent(f, name, LayerConf.Recurrent.Kind.LSTM);
      case "GravesLSTM" -> recurrent(f, name, LayerConf.Recurrent.Kind.GRAVES);
      case "recurrent.SimpleRnn" -> recurrent(f, name, LayerConf.Recurrent.Kind.SIMPLE);
      case "GravesBidirectionalLSTM" ->
          new LayerConf.Both(
              name, recurrent(f, name, LayerConf.Recurrent.Kind.GRAVES), Merge.SUM, true);
      case "recurrent.Bidirectional" -> both(f, name);
      case "recurrent.LastTimeStep" -> new LayerConf.LastStep(name, read(f.object("underlying")));
      case "util.MaskZeroLayer" ->
          new LayerConf.MaskZero(name, read(f.object("underlying")), f.number("maskingValue", 0));
      case "recurrent.TimeDistributed" ->
          new LayerConf.EachStep(name, read(f.object("underlying")), format(f, "rnnDataFormat"));
      case "misc.FrozenLayer" -> read(f.object("layer"));
      case "misc.FrozenLayerWithBackprop" -> read(f.object("underlying"));
      case "DenseLayer" -> dense(f, name, f.flag("hasLayerNorm", false), 0, null);
      case "OutputLayer" -> dense(f, name, false, 0, null);
      case "AutoEncoder" -> dense(f, name, false, f.integer("nin", 1), null);
      case "CenterLossOutputLayer" ->
          dense(
              f, name, false, Math.multiplyExact(f.integer("nin", 1), f.integer("nout", 1)), null);
      case "RnnOutputLayer" -> dense(f, name, false, 0, format(f, "rnnDataFormat"));
      case "LossLayer" -> act(f, name, true, null);
      case "RnnLossLayer" -> act(f, name, true, format(f, "rnnDataFormat"));
      case "ActivationLayer" -> act(f, name, false, null);
      case "DropoutLayer" -> {
        f.ignore(Set.of("activationFn", "nin", "nout"));
        yield new LayerConf.Nothing(name);
      }
      case "util.MaskLayer" -> new LayerConf.Masking(name);
      case "EmbeddingLayer" -> embedding(f, name, null);
      case "EmbeddingSequenceLayer" -> {
        f.ignore(Set.of("inferInputLength", "inputLength"));
        yield embedding(f, name, format(f, "outputFormat"));
      }
      case "Convolution1D", "Convolution1DLayer" ->
          new LayerConf.Convolution(
              name,
              f.integer("nin", 1),
              f.integer("nout", 1),
              Functions.of(f, "activationFn"),
              f.flag("hasBias", true),
              window(f),
              format(f, "rnnDataFormat"));
      case "Subsampling1DLayer", "Pooling1D" -> subsampling(f, name);
      case "ZeroPadding1DLayer" -> {
        List<Integer> sizes = two(f, "padding");
        yield new LayerConf.Padding(name, sizes.get(0), sizes.get(1));
      }
      case "convolutional.Cropping1D" -> {
        List<Integer> sizes = two(f, "cropping");
        yield new LayerConf.Cropping(name, sizes.get(0), sizes.get(1));
      }
      case "Upsampling1D" -> new LayerConf.Upsampling(name, two(f, "size").getFirst());
      case "BatchNormalization" -> batchNorm(f, name);
      case "GlobalPoolingLayer" ->
          new LayerConf.GlobalPool(
              name,
              f.choice("poolingType", LayerConf.GlobalPool.Type.class),
              f.integer("pnorm", 0, 2),
              f.flag("collapseDimensions", true),
              f.integers("poolingDimensions"));
      case "SelfAttentionLayer" ->
          new LayerConf.SelfAttention(
              name,
              f.integer("nin", 1),
              f.integer("nout", 1),
              f.integer("nheads", 1),
              f.integer("headSize", 1),
              f.flag("projectInput", false));
      case "PReLULayer" -> prelu(f, name);
      case "misc.ElementWiseMultiplicationLayer" -> {
        f.ignore(Set.of("nout"));
        yield new LayerConf.ElementWise(name, f.integer("nin", 1), Functions.of(f, "activationFn"));
      }
      case "misc.RepeatVector" -> {
        f.ignore(Set.of("activationFn", "nin", "nout"));
        yield new LayerConf.Repeat(name, f.integer("n", 1), format(f, "dataFormat"));
      }
      default -> throw f.unsupported("this kind of layer is not known");
    };
  }

  private static Format format(Fields f, String field) {
    return f.choice(field, Format.class, Format.NCW);
  }

  private static LayerConf.Recurrent recurrent(
      Fields f, String name, LayerConf.Recurrent.Kind kind) {
    boolean simple = kind == LayerConf.Recurrent.Kind.SIMPLE;
    if (simple && f.flag("hasLayerNorm", false)) {
      throw f.unsupported("hasLayerNorm, with which DL4J itself fails");
    }
    Pointwise activation = Functions.of(f, "activationFn");
    if (activation.equals(Activation.SOFTMAX)) {
      throw f.unsupported("softmax inside a recurrent layer");
    }
    return new LayerConf.Recurrent(
        name,
        kind,
        f.integer("nin", 1),
        f.integer("nout", 1),
        activation,
        simple ? Activation.IDENTITY : Functions.of(f, "gateActivationFn"),
        format(f, "rnnDataFormat"));
  }

  private enum Mode {
    CONCAT,
    ADD,
    MUL,
    AVERAGE
  }

  private static LayerConf both(Fields f, String name) {
    f.ignore(Set.of("nin", "nout", "rnndataFormat"));
    LayerConf forward = read(f.object("fwd"));
    LayerConf backward = read(f.object("bwd"));
    if (!(forward instanceof LayerConf.Recurrent layer)) {
      throw f.unsupported("around another layer than LSTM, GravesLSTM or SimpleRnn");
    }
    if (!layer.equals(backward)) {
      throw f.unsupported("\"fwd\" and \"bwd\" differ");
    }
    Merge merge =
        switch (f.choice("mode", Mode.class)) {
          case CONCAT -> Merge.CONCAT;
          case ADD -> Merge.SUM;
          case MUL -> Merge.MUL;
          case AVERAGE -> Merge.AVERAGE;
        };
    return new LayerConf.Both(name, layer, merge, layer.kind() == LayerConf.Recurrent.Kind.SIMPLE);
  }

  private static LayerConf dense(
      Fields f, String name, boolean norm, int visible, @Nullable Format series) {
    boolean bias = f.flag("hasBias", true);
    if (!bias && series != null) {
      throw f.unsupported("hasBias false, with which DL4J itself fails");
    }
    return new LayerConf.Dense(
        name,
        f.integer("nin", 1),
        f.integer("nout", 1),
        Functions.of(f, "activationFn"),
        bias,
        norm,
        visible,
        series);
  }

  private static LayerConf act(
      Fields f, String name, boolean overFeatures, @Nullable Format series) {
    f.ignore(Set.of("nin", "nout"));
    return new LayerConf.Act(name, Functions.of(f, "activationFn"), overFeatures, series);
  }

  private static LayerConf embedding(Fields f, String name, @Nullable Format sequence) {
    return new LayerConf.Embedding(
        name,
        f.integer("nin", 1),
        f.integer("nout", 1),
        Functions.of(f, "activationFn"),
        f.flag("hasBias", false),
        sequence);
  }

  /** The sizes are given for two dimensions, of which the first is time. */
  private static Window window(Fields f) {
    f.ignore(Set.of("cnn2dDataFormat"));
    List<Integer> kernel = two(f, "kernelSize");
    List<Integer> stride = two(f, "stride");
    List<Integer> padding = two(f, "padding");
    List<Integer> dilation = f.has("dilation") ? two(f, "dilation") : List.of(1, 1);
    if (kernel.getFirst() < 1 || stride.getFirst() < 1 || dilation.getFirst() < 1) {
      throw f.unsupported(
          "a window of " + kernel + ", stride " + stride + ", dilation " + dilation);
    }
    return new Window(
        kernel.getFirst(),
        stride.getFirst(),
        padding.getFirst(),
        dilation.getFirst(),
        f.choice("convolutionMode", Window.Mode.class, Window.Mode.TRUNCATE));
  }

  private static List<Integer> two(Fields f, String field) {
    List<Integer> sizes = f.integers(field);
    if (sizes.isEmpty() || sizes.size() > 2 || sizes.stream().anyMatch(size -> size < 0)) {
      throw f.unsupported("\"" + field + "\" is " + sizes);
    }
    return sizes.size() == 2 ? sizes : List.of(sizes.getFirst(), sizes.getFirst());
  }

  private enum PoolingType {
    MAX,
    AVG
  }

  private static LayerConf subsampling(Fields f, String name) {
    f.ignore(Set.of("eps", "pnorm"));
    return new LayerConf.Subsampling(
        name,
        f.choice("poolingType", PoolingType.class) == PoolingType.MAX,
        window(f),
        f.flag("avgPoolIncludePadInDivisor", false));
  }

  private static LayerConf batchNorm(Fields f, String name) {
    f.ignore(Set.of("nin", "cnn2DFormat"));
    // DL4J has an activation here and never computes it.
    f.ignore(Set.of("activationFn"));
    return new LayerConf.BatchNorm(
        name,
        f.integer("nout", 1),
        f.number("eps", 1e-5f),
        f.flag("useLogStd", false),
        f.flag("lockGammaBeta", false),
        f.number("gamma", 1),
        f.number("beta", 0));
  }

  private static LayerConf prelu(Fields f, String name) {
    f.ignore(Set.of("activationFn", "nin", "nout"));
    List<Integer> shape = f.integers("inputShape");
    if (shape.size() != 1 || shape.getFirst() < 1 || !f.integers("sharedAxes").isEmpty()) {
      throw f.unsupported("other than a slope for every feature of vectors");
    }
    return new LayerConf.PRelu(name, shape.getFirst());
  }
}
