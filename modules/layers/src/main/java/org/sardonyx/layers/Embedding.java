package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Takes the row of a table for every token. */
public final class Embedding implements Layer<Tokens, Series> {

  private final Tensor table;

  private Embedding(Tensor table) {
    this.table = table;
  }

  /**
   * Makes one.
   *
   * @param table [tokens, features]
   * @throws org.sardonyx.error.InvalidInput where type or shape do not fit
   */
  public static Embedding of(Tensor table) {
    return new Embedding(Weights.require("embedding: table", table, 2, "[tokens,features]"));
  }

  @Override
  public Series on(Tokens input) {
    Network network = input.network();
    network.begin("embedding");
    Formula f = network.formula();
    Ref rows = f.node("Gather", f.weight("table", table), input.ref());
    return new Series(network, rows, Layout.BATCH_TIME_FEATURES, table.dim(1), input.steps());
  }
}
