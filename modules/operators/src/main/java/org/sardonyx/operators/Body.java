package org.sardonyx.operators;

import java.util.List;
import org.sardonyx.tensor.Value;

/** A graph that is an attribute of a node, ready to run; sees the values around the node. */
public interface Body {

  /** Returns the number of inputs. */
  int inputs();

  /** Returns the number of outputs. */
  int outputs();

  /** Runs the graph once. */
  List<Value> run(List<Value> inputs);
}
