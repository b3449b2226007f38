package org.sardonyx.passes;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.infer.Engine;
import org.sardonyx.passes.infer.GraphResult;
import org.sardonyx.passes.infer.Memory;

/**
 * Finds the type of every value of a model, with shapes in known, named and computed dimensions,
 * and small constants: through graphs in nodes, sequences, optionals and the model's own functions.
 *
 * <p>Declared types of the main graph's inputs hold. Of other values, what is proved wins over what
 * is declared; declared shapes fill gaps in the main graph only, since exporters declare wrong ones
 * in loop bodies. A model that contradicts itself is inferred as far as it goes, and says so in
 * {@link Inferred#findings}.
 */
public final class Infer {

  private final Operators operators;
  private final boolean trusting;
  private final @Nullable Memory memory;

  private Infer(Operators operators, boolean trusting, @Nullable Memory memory) {
    this.operators = operators;
    this.trusting = trusting;
    this.memory = memory;
  }

  public static Infer of(Operators operators) {
    return new Infer(operators, true, null);
  }

  /** Returns inference that believes no declared shape but those of the main graph's inputs. */
  public Infer provedOnly() {
    return new Infer(operators, false, memory);
  }

  /**
   * Returns inference for one thread and for models that are made of one another by rewriting,
   * where a value keeps its name and the operators their versions: what it has found of a node
   * holds as long as the node is there and its inputs are what they were.
   */
  Infer remembering() {
    return new Infer(operators, trusting, new Memory());
  }

  /**
   * Infers {@code model}.
   *
   * @throws LimitExceeded where graphs and functions nest too deep, or functions call one another
   *     too often, or memory ends
   */
  public Inferred infer(Model model) {
    try {
      return inferred(model);
    } catch (OutOfMemoryError e) {
      throw LimitExceeded.heap();
    }
  }

  /** As {@link #infer}, but the end of memory stays what it is. */
  Inferred inferred(Model model) {
    Engine engine = new Engine(operators, model, trusting, memory == null ? new Memory() : memory);
    GraphResult result = engine.run();
    return new Inferred(model.withGraph(result.graph()), result, engine.functionTypes());
  }
}
