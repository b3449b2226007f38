package org.sardonyx.operators;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** A graph that is an attribute of a node, ready to run; sees the values around the node. */
public interface Body {

  /** Returns the number of inputs. */
  int inputs();

  /** Returns the number of outputs. */
  int outputs();

  /** Returns what is declared of an input, or null. */
  @Nullable Type inputType(int input);

  /** Returns what is known of an output before any run, or null. */
  @Nullable Type outputType(int output);

  /** Runs the graph once. */
  List<Value> run(List<Value> inputs);

  /**
   * Runs the graph once more in a loop. Tensors that it gives are lent: they stay as they are
   * through the next call, which may read them, and no longer, and not when the operator ends.
   *
   * @param outputs is filled
   */
  default void step(Value[] inputs, @Nullable Value[] outputs) {
    List<Value> given = run(List.of(inputs));
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = given.get(i);
    }
  }
}
