package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Takes the row of a table for every token. */
public final class Embedding implements Layer<Tokens, Series> {

  private final TensorData table;

  private Embedding(TensorData table) {
    this.table = table;
  }

  /**
   * Makes one.
   *
   * @param table [tokens, features]
   * @throws org.sardonyx.error.InvalidInput where type or shape do not fit
   */
  public static Embedding of(Tensor table) {
    return of(TensorData.of("", table));
  }

  /** As {@link #of(Tensor)}; the table is loaded when it is written. */
  public static Embedding of(TensorData table) {
    return new Embedding(Weights.require("embedding: table", table, 2, "[tokens,features]"));
  }

  @Override
  public Series on(Tokens input) {
    Network network = input.network();
    network.begin("embedding");
    Formula f = network.formula();
    Ref rows = f.node("Gather", f.weight("table", table), input.ref());
    return new Series(
        network, rows, Layout.BATCH_TIME_FEATURES, Weights.dim(table, 1), input.steps());
  }
}
