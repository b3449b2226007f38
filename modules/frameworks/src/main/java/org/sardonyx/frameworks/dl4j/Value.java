package org.sardonyx.frameworks.dl4j;

import org.jspecify.annotations.Nullable;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Layout;
import org.sardonyx.layers.Mask;
import org.sardonyx.layers.Pointwise;
import org.sardonyx.layers.Series;

/** An array of DL4J. */
sealed interface Value {

  /** What messages call it. */
  String shown();

  /** Returns the steps that count; null where all do. */
  default @Nullable Mask mask() {
    return null;
  }

  /** Returns the same with other features of every vector. */
  Value then(Pointwise layer);

  /**
   * A series.
   *
   * @param format how DL4J keeps it
   */
  record Sequence(Series series, Format format, @Nullable Mask mask) implements Value {

    @Override
    public String shown() {
      return "a series in the format " + format;
    }

    @Override
    public Sequence then(Pointwise layer) {
      return with(series.then(layer));
    }

    Sequence with(Series other) {
      return new Sequence(other.whole(), format, mask);
    }

    /** Returns the layout that the array has in DL4J. */
    static Layout layout(Format format) {
      return format == Format.NCW ? Layout.BATCH_FEATURES_TIME : Layout.BATCH_TIME_FEATURES;
    }
  }

  /** The steps of a series one below the other, [time * batch, features], the batch fastest. */
  record Rows(Series series, @Nullable Mask mask) implements Value {

    @Override
    public String shown() {
      return "the rows of all steps";
    }

    @Override
    public Rows then(Pointwise layer) {
      return new Rows(series.then(layer).whole(), mask);
    }
  }

  /** A vector for each member of the batch. */
  record Vectors(Features features) implements Value {

    @Override
    public String shown() {
      return "vectors";
    }

    @Override
    public Vectors then(Pointwise layer) {
      return new Vectors(features.then(layer));
    }
  }

  /**
   * Rows of tables, as DL4J wants them: numbers of any type.
   *
   * @param ref int64 [batch, time]
   * @param series whether there is a time; otherwise one number for each member of the batch
   */
  record Indices(Ref ref, boolean series, @Nullable Mask mask) implements Value {

    @Override
    public String shown() {
      return "indices";
    }

    @Override
    public Value then(Pointwise layer) {
      throw new IllegalStateException();
    }
  }
}
