package org.sardonyx.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operator;
import org.sardonyx.type.Type;

/** A step of a session's plan, as an {@link Observer} sees it: the same object in every run. */
public final class Place {

  private final long key;
  private final String path;
  private final String operator;
  private final Operator runs;
  private final Node node;
  private final List<@Nullable Type> constants;

  Place(Step step, List<@Nullable Type> constants) {
    this.key = step.key();
    this.path = String.join(" > ", step.path().reversed());
    this.operator = step.def() + "-" + step.formals().signature().sinceVersion();
    this.runs = step.operator();
    this.node = step.node();
    this.constants = constants;
  }

  private Place(Place other, Operator runs) {
    this.key = other.key;
    this.path = other.path;
    this.operator = other.operator;
    this.runs = runs;
    this.node = other.node;
    this.constants = other.constants;
  }

  /** Returns the same place with what computes it now. */
  Place of(Operator newRuns) {
    return new Place(this, newRuns);
  }

  /** Returns a number that a node keeps however often the model is compiled. */
  public long key() {
    return key;
  }

  /** Returns where the node stands, with its operator and version. */
  public String path() {
    return path;
  }

  /**
   * Returns the operator and version: {@code LSTM-14}. Nodes that are computed together are joined
   * by plus signs.
   */
  public String operator() {
    return operator;
  }

  /** Returns what computes it, and what kept it from a faster form: {@link Operator#how}. */
  public String kernel() {
    return runs.how();
  }

  /** Returns the node that it came from: of several, the one that gives the result. */
  public Node node() {
    return node;
  }

  /** Returns by input the types of constants; null of inputs that runs bring. */
  public List<@Nullable Type> constants() {
    return constants;
  }
}
