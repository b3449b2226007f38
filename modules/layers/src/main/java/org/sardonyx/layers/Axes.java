package org.sardonyx.layers;

import org.sardonyx.type.Dim;

/**
 * How an input lies in memory, and its batch and time: names for what is dynamic, numbers for what
 * is fixed. Inputs whose times may differ need different names.
 */
public record Axes(Layout layout, Dim batch, Dim time) {

  /** [batch, time, features], both dynamic. */
  public static final Axes BATCH_FIRST = of(Layout.BATCH_TIME_FEATURES);

  /** [time, batch, features], both dynamic. */
  public static final Axes TIME_FIRST = of(Layout.TIME_BATCH_FEATURES);

  /** [batch, features, time], both dynamic. */
  public static final Axes FEATURES_FIRST = of(Layout.BATCH_FEATURES_TIME);

  /** Returns axes of a layout whose batch and time are dynamic and called so. */
  public static Axes of(Layout layout) {
    return new Axes(layout, Dim.named("batch"), Dim.named("time"));
  }

  public Axes withTime(String name) {
    return new Axes(layout, batch, Dim.named(name));
  }

  public Axes withTime(long size) {
    return new Axes(layout, batch, Dim.of(size));
  }

  public Axes withBatch(String name) {
    return new Axes(layout, Dim.named(name), time);
  }

  public Axes withBatch(long size) {
    return new Axes(layout, Dim.of(size), time);
  }

  Dim[] dims(int features) {
    Dim[] dims = new Dim[3];
    dims[layout.batch()] = batch;
    dims[layout.time()] = time;
    dims[layout.features()] = Dim.of(features);
    return dims;
  }
}
