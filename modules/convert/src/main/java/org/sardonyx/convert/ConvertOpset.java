package org.sardonyx.convert;

import org.sardonyx.convert.opset.Conversion;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Inline;
import org.sardonyx.passes.walk.Opsets;

/**
 * Writes a model in the operators of another version of ai.onnx, newer or older: the main graph,
 * the graphs in its nodes, and the model's functions. Names and types of inputs and outputs stay.
 * The version of the format rises where the operators need it.
 *
 * <pre>{@code
 * Model newer = ConvertOpset.of(Operators.standard()).to(28).apply(model);
 * }</pre>
 *
 * <p>Nodes are taken from version to version: kept, where what changes has no effect; written anew,
 * where attributes became inputs or operators replaced one another; and where an operator is not in
 * the older version, written in those that are. Where a number rounds otherwise then, it is in the
 * last place of what the specification calls the body of the function. What cannot be written is
 * refused; so is a node that can be, were an input constant that is not.
 *
 * <p>Operators of other domains stay as they are.
 */
public final class ConvertOpset {

  /** The oldest version of ai.onnx. */
  public static final int OLDEST = 1;

  /** The newest version of ai.onnx that is known. */
  public static final int NEWEST = 28;

  private final Operators operators;
  private final int version;

  private ConvertOpset(Operators operators, int version) {
    this.operators = operators;
    this.version = version;
  }

  /** Returns the pass that makes the newest version. */
  public static ConvertOpset of(Operators operators) {
    return new ConvertOpset(operators, NEWEST);
  }

  /**
   * Returns the pass that makes a version of ai.onnx.
   *
   * @throws IllegalArgumentException where there is no such version
   */
  public ConvertOpset to(int newVersion) {
    if (newVersion < OLDEST || newVersion > NEWEST) {
      throw new IllegalArgumentException(
          "ai.onnx " + newVersion + ", must be " + OLDEST + " to " + NEWEST);
    }
    return new ConvertOpset(operators, newVersion);
  }

  /**
   * Returns the model in the version.
   *
   * @throws UnsupportedModel where a node cannot be written in it: the message has its place and
   *     the reason
   */
  public Model apply(Model model) {
    long from = Opsets.of(model).version("");
    if (from > NEWEST || (from >= 0 && from < OLDEST)) {
      throw new UnsupportedModel(
          "the model imports ai.onnx " + from + "; " + NEWEST + " is the newest that is known");
    }
    return withFormat(converted(model));
  }

  /** Functions stay functions where their bodies can be converted for every call at once. */
  private Model converted(Model model) {
    try {
      return new Conversion(operators, version).apply(model);
    } catch (UnsupportedModel refusal) {
      if (model.functions().isEmpty()) {
        throw refusal;
      }
      return new Conversion(operators, version).apply(inlined(model, refusal));
    }
  }

  private Model inlined(Model model, UnsupportedModel refusal) {
    try {
      return Inline.of(operators).apply(model);
    } catch (UnsupportedModel second) {
      refusal.addSuppressed(second);
      throw refusal;
    }
  }

  private Model withFormat(Model model) {
    long needed = IrVersion.oldestFor(version);
    return model.irVersion() >= needed ? model : IrVersion.to(needed).apply(model);
  }
}
