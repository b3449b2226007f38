package org.sardonyx.layers;

import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * Makes one vector of a series. Steps that do not count have no part in it; of a member of the
 * batch without steps, LAST is not defined, MAX the lowest float, and the others 0.
 */
public enum Pooling implements Layer<Series, Features> {
  /** The largest of every feature. */
  MAX,
  AVERAGE,
  SUM,
  /** The square root of the sum of squares. */
  NORM2,
  /** The vector of the last step. */
  LAST;

  @Override
  public Features on(Series input) {
    Network network = input.network();
    Series x = input.steps() == null ? input : input.in(Layout.BATCH_TIME_FEATURES);
    network.begin("pooling");
    return new Features(network, write(network.formula(), x), x.size());
  }

  private Ref write(Formula f, Series x) {
    long time = x.layout().time();
    Steps steps = x.steps();
    if (steps == null) {
      return this == LAST ? f.at(x.ref(), -1, time) : f.reduce(operator(), x.ref(), false, time);
    }
    return switch (this) {
      case MAX -> f.reduce("ReduceMax", steps.elsewhere(x.ref(), -Float.MAX_VALUE), false, time);
      case SUM, NORM2 -> f.reduce(operator(), steps.elsewhere(x.ref(), 0), false, time);
      case AVERAGE -> {
        Ref sum = f.reduce("ReduceSum", steps.elsewhere(x.ref(), 0), false, time);
        Ref count = f.reduce("ReduceSum", steps.weights(), false, 1);
        yield f.node("Div", sum, f.node("Max", count, f.scalar(1f)));
      }
      case LAST -> last(f, x, steps);
    };
  }

  private String operator() {
    return switch (this) {
      case MAX -> "ReduceMax";
      case AVERAGE -> "ReduceMean";
      case SUM -> "ReduceSum";
      case NORM2 -> "ReduceL2";
      case LAST -> throw new IllegalArgumentException();
    };
  }

  private static Ref last(Formula f, Series x, Steps steps) {
    Ref lengths =
        f.cast(steps.lengths("pooling of the last step"), org.sardonyx.tensor.DataType.INT64);
    Ref index = f.unsqueeze(f.subtract(lengths, f.scalar(1L)), 1);
    return f.call("GatherND", x.ref(), index).with("batch_dims", 1L).output();
  }

  /** Returns the layer that takes the largest of every so many steps. */
  public static Layer<Series, Series> maxOf(int kernel, int stride, int before, int after) {
    return windowed("MaxPool", Window.of(kernel).stride(stride).padding(before, after));
  }

  /** Returns the layer that takes the average of every so many steps; padding does not count. */
  public static Layer<Series, Series> averageOf(int kernel, int stride, int before, int after) {
    return windowed("AveragePool", Window.of(kernel).stride(stride).padding(before, after));
  }

  private static Layer<Series, Series> windowed(String operator, Window window) {
    if (window.before() >= window.kernel() || window.after() >= window.kernel()) {
      throw new InvalidInput("pooling: padding is less than the window");
    }
    return input -> {
      if (input.steps() != null && !window.keepsTime()) {
        throw new UnsupportedModel(
            "pooling: lengths and masks do not follow a change of time; use whole() before it");
      }
      Series x = input.in(Layout.BATCH_FEATURES_TIME);
      x.network().begin("pooling");
      GraphBuilder.Call call = x.network().formula().call(operator, x.ref());
      return x.with(window.on(call, false).output(), x.size());
    };
  }
}
