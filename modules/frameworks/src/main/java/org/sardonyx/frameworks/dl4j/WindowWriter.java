package org.sardonyx.frameworks.dl4j;

import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;
import org.sardonyx.frameworks.dl4j.LayerConf.Window;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Conv1d;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Layout;
import org.sardonyx.layers.Mask;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Writes layers that look at several steps at once, or change how many there are. */
final class WindowWriter {

  private final Network net;
  private final Formula f;
  private final Parameters parameters;

  WindowWriter(Network net, Parameters parameters) {
    this.net = net;
    this.f = net.formula();
    this.parameters = parameters;
  }

  Value convolution(LayerConf.Convolution layer, Value value) {
    Value.Sequence x = LayerWriter.sequence(value, layer.format());
    Window w = layer.window();
    Tensor bias = layer.bias() ? parameters.vector("b", layer.out()) : null;
    // DL4J says [output, input, kernel] and computes with the same numbers as [kernel, input,
    // output].
    Tensor weight = parameters.rowMajor("W", w.kernel(), layer.in(), layer.out());
    Conv1d plain =
        Conv1d.of(WeightFormat.KERAS, weight, bias).stride(w.stride()).dilation(w.dilation());
    Conv1d conv =
        switch (w.mode()) {
          case STRICT, TRUNCATE -> plain.padding(w.padding(), w.padding());
          case SAME -> plain.same();
          case CAUSAL -> plain.causal();
        };
    Mask mask = x.mask() == null ? null : windowed(x.mask(), w);
    return LayerWriter.activated(
        new Value.Sequence(conv.on(x.series()), layer.format(), mask), layer.activation());
  }

  /** A step counts where one does that its window sees. */
  private Mask windowed(Mask mask, Window w) {
    if (w.stride() == 1 && (w.mode() == Window.Mode.SAME || w.mode() == Window.Mode.CAUSAL)) {
      return mask;
    }
    Ref numbers = f.unsqueeze(f.cast(mask.ref(), DataType.FLOAT), 1);
    GraphBuilder.Call call = f.call("MaxPool", numbers).withInts("dilations", w.dilation());
    Ref reduced = f.squeeze(moved(call, w).output(), 1);
    return new Mask(net, f.cast(reduced, DataType.BOOL));
  }

  private static GraphBuilder.Call moved(GraphBuilder.Call call, Window w) {
    call.withInts("kernel_shape", w.kernel()).withInts("strides", w.stride());
    return switch (w.mode()) {
      case STRICT, TRUNCATE -> call.withInts("pads", w.padding(), w.padding());
      case SAME -> call.with("auto_pad", "SAME_UPPER");
      case CAUSAL -> call.withInts("pads", (w.kernel() - 1L) * w.dilation(), 0);
    };
  }

  Value subsampling(LayerConf.Subsampling layer, Value value) {
    Value.Sequence x = LayerWriter.sequence(value, Format.NCW);
    Window w = layer.window();
    if (w.mode() == Window.Mode.CAUSAL || w.dilation() != 1) {
      throw new UnsupportedModel("pooling that is causal or dilated");
    }
    Series series = x.series().in(Layout.BATCH_FEATURES_TIME);
    GraphBuilder.Call call = f.call(layer.max() ? "MaxPool" : "AveragePool", series.ref());
    if (!layer.max() && layer.countPadding()) {
      call.with("count_include_pad", 1);
    }
    Mask mask = x.mask() == null ? null : windowed(x.mask(), w);
    Ref y = moved(call, w).output();
    return new Value.Sequence(new Series(net, y, series.layout(), series.size()), Format.NCW, mask);
  }

  /** A series without a mask, which these layers do not change in DL4J. */
  private static Series unmasked(Value value) {
    Value.Sequence x = LayerWriter.sequence(value, Format.NCW);
    if (x.mask() != null) {
      throw new UnsupportedModel("with a mask, which does not follow the change of time");
    }
    return x.series().in(Layout.BATCH_FEATURES_TIME);
  }

  Value padded(Value value, int before, int after) {
    Series x = unmasked(value);
    return again(x, f.node("Pad", x.ref(), f.integers(0, 0, before, 0, 0, after)));
  }

  Value cropped(Value value, int before, int after) {
    Series x = unmasked(value);
    long to = after == 0 ? Long.MAX_VALUE : -after;
    return again(x, f.node("Slice", x.ref(), f.integers(before), f.integers(to), f.integers(2)));
  }

  Value repeated(Value value, int times) {
    Series x = unmasked(value);
    Ref each = f.node("Tile", f.unsqueeze(x.ref(), 3), f.integers(1, 1, 1, times));
    return again(x, f.reshape(each, 0, x.size(), -1));
  }

  private Value again(Series like, Ref ref) {
    return new Value.Sequence(new Series(net, ref, like.layout(), like.size()), Format.NCW, null);
  }
}
