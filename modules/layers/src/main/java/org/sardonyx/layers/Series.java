package org.sardonyx.layers;

import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * A vector for every step of time: float, in one of the {@link Layout}s. Where lengths or a mask
 * belong to it, layers that look along time obey them: recurrent ones, attention, pooling.
 *
 * @param network what it belongs to
 * @param ref the value
 * @param layout how it lies in memory
 * @param size how many features
 * @param steps which steps count; null where all do
 */
public record Series(Network network, Ref ref, Layout layout, int size, @Nullable Steps steps)
    implements Flow {

  /** Makes a series all of whose steps count. */
  public Series(Network network, Ref ref, Layout layout, int size) {
    this(network, ref, layout, size, null);
  }

  /** Passes this through a layer. */
  public <O extends Flow> O then(Layer<? super Series, O> layer) {
    return layer.on(this);
  }

  /** Passes every step through a layer that treats every vector alone. */
  public Series then(Pointwise layer) {
    Series last = layout.features() == 2 ? this : in(Layout.BATCH_TIME_FEATURES);
    network.begin(layer.kind());
    Ref y = layer.on(network.formula(), last.ref, size);
    return new Series(network, y, last.layout, layer.size(size), steps);
  }

  /** Returns the same in a layout. */
  public Series in(Layout wanted) {
    return wanted == layout
        ? this
        : new Series(network, network.permuted(ref, layout.to(wanted)), wanted, size, steps);
  }

  /** Returns the same, of which each member of the batch has its own length. */
  public Series withLengths(Lengths lengths) {
    return new Series(network, ref, layout, size, Steps.of(this, lengths));
  }

  /** Returns the same, of which only steps count where the mask holds. */
  public Series withMask(Mask mask) {
    return new Series(network, ref, layout, size, Steps.of(mask));
  }

  /** Returns the same; every step counts, whatever was said before. */
  public Series whole() {
    return new Series(network, ref, layout, size);
  }

  /** Returns the sum; both have the same size, and this one's steps count. */
  public Series plus(Series other) {
    Weights.requireSame("sum", size, other.size);
    Ref sum = network.formula().node("Add", ref, other.in(layout).ref);
    return new Series(network, sum, layout, size, steps);
  }

  /** Returns the features of this and then those of the other; this one's steps count. */
  public Series beside(Series other) {
    Ref both = network.formula().concat(layout.features(), ref, other.in(layout).ref);
    return new Series(network, both, layout, Math.addExact(size, other.size), steps);
  }

  /** Returns another value with the same layout and steps. */
  Series with(Ref value, int features) {
    return new Series(network, value, layout, features, steps);
  }
}
