package org.sardonyx.frameworks.dl4j;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.BatchNorm;
import org.sardonyx.layers.Cell;
import org.sardonyx.layers.Dense;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.LayerNorm;
import org.sardonyx.layers.Layout;
import org.sardonyx.layers.Lengths;
import org.sardonyx.layers.Mask;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Pooling;
import org.sardonyx.layers.Recurrent;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Writes layers, each of which takes its part of the parameters.
 *
 * <p>What masks do differs from layer to layer in DL4J: LSTM and GravesLSTM have no regard to them,
 * also inside Bidirectional, unless LastTimeStep stands around them; GravesBidirectionalLSTM and
 * SimpleRnn set outputs and states to 0 where a step does not count. Lengths do the same where the
 * steps that count are the first ones.
 */
final class LayerWriter {

  private final Network net;
  private final Formula f;
  private final Parameters parameters;
  private final WindowWriter windows;
  private final AttentionWriter attention;
  private final boolean lengths;

  /**
   * @param lengths whether the steps that count are the first ones
   */
  LayerWriter(Network net, Parameters parameters, boolean lengths) {
    this.net = net;
    this.f = net.formula();
    this.parameters = parameters;
    this.windows = new WindowWriter(net, parameters);
    this.attention = new AttentionWriter(net, parameters);
    this.lengths = lengths;
  }

  /** Writes a layer. */
  Value on(LayerConf layer, Value value) {
    try {
      net.naming(layer.name());
      return write(layer, value);
    } catch (ModelException e) {
      throw e.within(layer.getClass().getSimpleName() + " \"" + Text.escape(layer.name()) + "\"");
    }
  }

  private Value write(LayerConf layer, Value value) {
    return switch (layer) {
      case LayerConf.Recurrent recurrent -> {
        Value.Sequence x = sequence(value, recurrent.format());
        boolean masked = recurrent.kind() == LayerConf.Recurrent.Kind.SIMPLE;
        yield x.with(recurrent(recurrent, x.series(), masked ? x.mask() : null));
      }
      case LayerConf.Both both -> {
        Value.Sequence x = sequence(value, both.layer().format());
        yield x.with(both(both, x.series(), both.masked() ? x.mask() : null));
      }
      case LayerConf.MaskZero(_, LayerConf inner, float zero) -> maskZero(inner, zero, value);
      case LayerConf.LastStep(_, LayerConf inner) -> lastStep(inner, value);
      case LayerConf.EachStep(_, LayerConf inner, Format format) -> eachStep(inner, format, value);
      case LayerConf.Dense dense -> dense(dense, value);
      case LayerConf.Act act -> act(act, value);
      case LayerConf.Nothing _ -> value;
      case LayerConf.Masking _ -> masked(value);
      case LayerConf.Embedding embedding -> embedding(embedding, value);
      case LayerConf.Convolution convolution -> windows.convolution(convolution, value);
      case LayerConf.Subsampling subsampling -> windows.subsampling(subsampling, value);
      case LayerConf.Padding(_, int before, int after) -> windows.padded(value, before, after);
      case LayerConf.Cropping(_, int before, int after) -> windows.cropped(value, before, after);
      case LayerConf.Upsampling(_, int times) -> windows.repeated(value, times);
      case LayerConf.BatchNorm norm -> batchNorm(norm, value);
      case LayerConf.GlobalPool pool -> pool(pool, value);
      case LayerConf.SelfAttention heads -> attention.attention(heads, value);
      case LayerConf.PRelu(_, int size) -> prelu(size, value);
      case LayerConf.ElementWise elementWise -> elementWise(elementWise, value);
      case LayerConf.Repeat(_, int times, Format format) -> repeat(times, format, value);
    };
  }

  static Value.Sequence sequence(Value value, Format format) {
    if (value instanceof Value.Sequence sequence && sequence.format() == format) {
      return sequence;
    }
    throw new UnsupportedModel(
        "it takes a series in the format " + format + ", not " + value.shown());
  }

  /** Writes a layer of one direction, which obeys a mask. */
  private Series recurrent(LayerConf.Recurrent layer, Series x, @Nullable Mask mask) {
    if (mask == null) {
      return Recurrent.of(Cells.of(layer, parameters)).on(x.whole());
    }
    return lengths
        ? Recurrent.of(Cells.of(layer, parameters)).on(x.withLengths(mask.lengths()))
        : Recurrent.of(Cells.zeroed(layer, parameters)).on(beside(x, mask));
  }

  /** Writes a layer of both directions, which obeys a mask. */
  private Series both(LayerConf.Both both, Series x, @Nullable Mask mask) {
    LayerConf.Recurrent layer = both.layer();
    boolean loop = mask != null && !lengths;
    Cell forward = loop ? Cells.zeroed(layer, parameters) : Cells.of(layer, parameters);
    Cell backward = loop ? Cells.zeroed(layer, parameters) : Cells.of(layer, parameters);
    Series given =
        mask == null ? x.whole() : loop ? beside(x, mask) : x.withLengths(mask.lengths());
    return Recurrent.both(forward, backward).merge(both.merge()).on(given);
  }

  /** Returns the features and then one more, which is 0 where a step does not count. */
  private Series beside(Series x, Mask mask) {
    Ref column = f.unsqueeze(f.cast(mask.ref(), DataType.FLOAT), 2);
    return x.whole().beside(new Series(net, column, Layout.BATCH_TIME_FEATURES, 1));
  }

  private Value lastStep(LayerConf inner, Value value) {
    return switch (inner) {
      case LayerConf.Recurrent layer -> {
        Value.Sequence x = sequence(value, layer.format());
        Mask mask = x.mask();
        if (mask != null && !lengths) {
          yield new Value.Vectors(last(recurrent(layer, x.series(), mask), mask));
        }
        Series given = mask == null ? x.series() : x.series().withLengths(mask.lengths());
        yield new Value.Vectors(Recurrent.of(Cells.of(layer, parameters)).last().on(given));
      }
      case LayerConf.Both both -> {
        // The last step of both directions, not the last states: the backward one has read one
        // step.
        Value.Sequence x = sequence(value, both.layer().format());
        yield new Value.Vectors(last(both(both, x.series(), x.mask()), x.mask()));
      }
      default ->
          throw new UnsupportedModel("LastTimeStep around " + inner.getClass().getSimpleName());
    };
  }

  private Value maskZero(LayerConf inner, float zero, Value value) {
    if (!(inner instanceof LayerConf.Recurrent layer)) {
      throw new UnsupportedModel("MaskZeroLayer around " + inner.getClass().getSimpleName());
    }
    Value.Sequence x = sequence(value, layer.format());
    Series s = x.series().in(Layout.BATCH_TIME_FEATURES);
    Ref other = f.cast(f.node("Equal", s.ref(), f.scalar(zero)), DataType.FLOAT);
    Ref counts = f.node("Less", f.reduce("ReduceMin", other, false, 2), f.scalar(0.5f));
    Series y = Recurrent.of(Cells.zeroed(layer, parameters)).on(beside(s, new Mask(net, counts)));
    return new Value.Sequence(y.whole(), x.format(), null);
  }

  /** Returns the last step that counts. */
  Features last(Series series, @Nullable Mask mask) {
    if (mask == null) {
      return series.whole().then(Pooling.LAST);
    }
    Ref steps = f.node("Range", f.scalar(1L), f.add(time(mask), f.scalar(1L)), f.scalar(1L));
    Ref counted = f.multiply(f.cast(mask.ref(), DataType.INT64), steps);
    Lengths ends = new Lengths(net, f.reduce("ReduceMax", counted, false, 1));
    return series.withLengths(ends).then(Pooling.LAST);
  }

  private Ref time(Mask mask) {
    return f.squeeze(f.sizeOf(mask.ref(), 1), 0);
  }

  /** Returns a [batch, time, features] with zeros where steps do not count. */
  Ref zeroed(Ref x, Mask mask) {
    return f.node("Where", f.unsqueeze(mask.ref(), 2), x, f.scalar(0f));
  }

  private Value masked(Value value) {
    Mask mask = value.mask();
    if (mask == null) {
      return value;
    }
    return switch (value) {
      case Value.Sequence s -> s.with(masked(s.series(), mask));
      case Value.Rows(Series series, _) -> new Value.Rows(masked(series, mask), mask);
      case Value.Vectors _, Value.Indices _ -> value;
    };
  }

  private Series masked(Series series, Mask mask) {
    Series s = series.in(Layout.BATCH_TIME_FEATURES);
    return new Series(net, zeroed(s.ref(), mask), s.layout(), s.size());
  }

  private Value eachStep(LayerConf inner, Format format, Value value) {
    Value.Sequence x = sequence(value, format);
    if (!(write(inner, new Value.Rows(x.series(), x.mask())) instanceof Value.Rows rows)) {
      throw new UnsupportedModel("TimeDistributed around " + inner.getClass().getSimpleName());
    }
    return new Value.Sequence(rows.series(), format, x.mask());
  }

  private Value dense(LayerConf.Dense layer, Value value) {
    boolean fits =
        layer.series() == null
            ? value instanceof Value.Vectors || value instanceof Value.Rows
            : value instanceof Value.Sequence s && s.format() == layer.series();
    if (!fits) {
      throw new UnsupportedModel(
          "it takes "
              + (layer.series() == null ? "vectors" : "a series in the format " + layer.series())
              + ", not "
              + value.shown());
    }
    Tensor weight = parameters.matrix("W", layer.in(), layer.out());
    Tensor bias = layer.bias() ? parameters.vector("b", layer.out()) : null;
    Value y;
    if (layer.norm()) {
      Tensor gain = parameters.vector("g", layer.out());
      Tensor shift = bias == null ? Tensor.of(new float[layer.out()], layer.out()) : bias;
      y = value.then(Dense.of(WeightFormat.DL4J, weight)).then(LayerNorm.of(gain, shift, 0));
    } else {
      y =
          value.then(
              bias == null
                  ? Dense.of(WeightFormat.DL4J, weight)
                  : Dense.of(WeightFormat.DL4J, weight, bias));
    }
    parameters.vector("weights of training", layer.visible());
    Value activated = activated(y, layer.activation());
    return activated instanceof Value.Rows ? masked(activated) : activated;
  }

  static Value activated(Value value, org.sardonyx.layers.Pointwise activation) {
    return activation.equals(Activation.IDENTITY) ? value : value.then(activation);
  }

  private Value act(LayerConf.Act layer, Value value) {
    if (value instanceof Value.Indices) {
      throw new UnsupportedModel("it takes no indices");
    }
    if (layer.series() != null) {
      return activated(sequence(value, layer.series()), layer.activation());
    }
    boolean alongTime =
        layer.activation().equals(Activation.SOFTMAX)
            && value instanceof Value.Sequence s
            && s.format() == Format.NCW;
    if (!alongTime) {
      return activated(value, layer.activation());
    }
    if (layer.overFeatures()) {
      throw new UnsupportedModel("it takes vectors, not " + value.shown());
    }
    // Softmax goes over the last axis, which is time here.
    Value.Sequence s = (Value.Sequence) value;
    Ref y = f.softmax(s.series().ref(), s.series().layout().time());
    return s.with(new Series(net, y, s.series().layout(), s.series().size()));
  }

  private Value embedding(LayerConf.Embedding layer, Value value) {
    boolean sequence = layer.sequence() != null;
    if (!(value instanceof Value.Indices(Ref tokens, boolean timed, Mask mask))
        || timed != sequence) {
      throw new UnsupportedModel("it takes indices, not " + value.shown());
    }
    Tensor table = parameters.matrix("W", layer.in(), layer.out());
    if (layer.bias()) {
      Tensor bias = parameters.vector("b", layer.out());
      float[] shifted = table.floats().clone();
      for (int i = 0; i < shifted.length; i++) {
        shifted[i] += bias.floats()[i % layer.out()];
      }
      table = Tensor.of(shifted, layer.in(), layer.out());
    }
    Ref index = sequence ? tokens : f.squeeze(tokens, 1);
    Ref rows = f.node("Gather", f.constant(table), index);
    Value y =
        layer.sequence() == null
            ? new Value.Vectors(new Features(net, rows, layer.out()))
            : new Value.Sequence(
                new Series(net, rows, Layout.BATCH_TIME_FEATURES, layer.out()),
                layer.sequence(),
                mask);
    return masked(activated(y, layer.activation()));
  }

  private Value batchNorm(LayerConf.BatchNorm layer, Value value) {
    int size = layer.in();
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    Tensor scale = Tensor.of(ones, size);
    Tensor bias = Tensor.of(new float[size], size);
    if (!layer.locked()) {
      scale = parameters.vector("gamma", size);
      bias = parameters.vector("beta", size);
    } else if (layer.gamma() != 1 && layer.beta() != 0) {
      // Where only one of the two differs, DL4J applies neither.
      Arrays.fill(scale.floats(), layer.gamma());
      Arrays.fill(bias.floats(), layer.beta());
    }
    Tensor mean = parameters.vector("mean", size);
    Tensor variance = parameters.vector(layer.logStd() ? "log10stdev" : "var", size);
    if (layer.logStd()) {
      float[] powers = new float[size];
      for (int i = 0; i < size; i++) {
        powers[i] = (float) Math.pow(10, 2 * variance.floats()[i]);
      }
      variance = Tensor.of(powers, size);
    }
    BatchNorm norm = BatchNorm.of(scale, bias, mean, variance, layer.epsilon());
    return switch (value) {
      case Value.Vectors(Features x) -> new Value.Vectors(x.then(norm.onFeatures()));
      case Value.Rows(Series series, Mask mask) -> new Value.Rows(norm.on(series).whole(), mask);
      case Value.Sequence _, Value.Indices _ ->
          throw new UnsupportedModel(
              "it takes vectors, not " + value.shown() + ", of which DL4J takes the wrong axis");
    };
  }

  private Value pool(LayerConf.GlobalPool layer, Value value) {
    if (!(value instanceof Value.Sequence x)) {
      throw new UnsupportedModel("it takes a series, not " + value.shown());
    }
    int time = Value.Sequence.layout(x.format()).time();
    if (!(layer.axes().isEmpty() ? List.of(2) : layer.axes()).equals(List.of(time))) {
      throw new UnsupportedModel(
          "it pools along another axis than time, since the series has the format " + x.format());
    }
    if (x.mask() != null && x.format() == Format.NWC) {
      throw new UnsupportedModel("with a mask and the format NWC, with which DL4J itself fails");
    }
    Series all = x.mask() == null ? x.series() : x.series().withMask(x.mask());
    Features y =
        switch (layer.type()) {
          case MAX -> all.then(Pooling.MAX);
          case AVG -> all.then(Pooling.AVERAGE);
          case SUM -> all.then(Pooling.SUM);
          case PNORM -> norm(x, layer.norm());
        };
    return layer.collapse()
        ? new Value.Vectors(y)
        : new Value.Sequence(
            new Series(net, f.unsqueeze(y.ref(), 0), Layout.TIME_BATCH_FEATURES, y.size()),
            x.format(),
            null);
  }

  /** (sum |x|^p)^(1/p). */
  private Features norm(Value.Sequence x, int p) {
    if (p < 1) {
      throw new UnsupportedModel("the norm of exponent " + p);
    }
    Mask mask = x.mask();
    Series s = mask == null ? x.series() : masked(x.series(), mask);
    if (p == 2) {
      return s.then(Pooling.NORM2);
    }
    Ref power = f.node("Pow", f.node("Abs", s.ref()), f.scalar((float) p));
    Ref sum = f.reduce("ReduceSum", power, false, s.layout().time());
    return new Features(net, f.node("Pow", sum, f.scalar(1f / p)), s.size());
  }

  private Value prelu(int size, Value value) {
    if (!(value instanceof Value.Vectors(Features x)) || x.size() != size) {
      throw new UnsupportedModel("it takes vectors of " + size + ", not " + value.shown());
    }
    Ref slope = f.constant(parameters.vector("W", size));
    return new Value.Vectors(new Features(net, f.node("PRelu", x.ref(), slope), size));
  }

  private Value elementWise(LayerConf.ElementWise layer, Value value) {
    if (!(value instanceof Value.Vectors(Features x)) || x.size() != layer.in()) {
      throw new UnsupportedModel("it takes vectors of " + layer.in() + ", not " + value.shown());
    }
    Ref weight = f.constant(parameters.vector("W", layer.in()));
    Ref bias = f.constant(parameters.vector("b", layer.in()));
    Ref y = f.add(f.multiply(x.ref(), weight), bias);
    return activated(new Value.Vectors(new Features(net, y, x.size())), layer.activation());
  }

  private Value repeat(int times, Format format, Value value) {
    if (!(value instanceof Value.Vectors(Features x))) {
      throw new UnsupportedModel("it takes vectors, not " + value.shown());
    }
    Ref all = f.node("Tile", f.unsqueeze(x.ref(), 0), f.integers(times, 1, 1));
    return new Value.Sequence(
        new Series(net, all, Layout.TIME_BATCH_FEATURES, x.size()), format, null);
  }
}
