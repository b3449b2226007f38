package org.sardonyx.passes.simplify;

import org.sardonyx.graph.Graph;

/** One way to make a graph smaller. */
public interface Rule {

  /** Returns the name of the rule, for reports and to leave it out. */
  String name();

  /** Returns the graph changed, or the graph itself; graphs nested in it are done before. */
  Graph apply(Graph graph, Site site);
}
