package org.sardonyx.convert;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.convert.promote.GraphPromotion;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.Inline;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Opsets;

/**
 * Makes every float, float16 and bfloat16 of a model double: constants, types, casts, attributes
 * that name a type, nested graphs. The result computes what the model means with far less rounding;
 * it is the arbiter where two engines disagree.
 *
 * <p>What stays smaller, with casts around it: inputs and outputs that the operator's version does
 * not declare for double (scales of quantization, {@code scales} of Resize, Celu, stash outputs of
 * normalizations and the like); ai.onnx.ml operators, whose thresholds are floats; random
 * operators, so that they draw the same numbers; BitCast, and Cast to string. There the value is
 * rounded to float, as it was before. Functions are inlined. Float attributes keep their float
 * values.
 */
public final class Promote {

  private final Operators operators;
  private final boolean keepInterface;

  private Promote(Operators operators, boolean keepInterface) {
    this.operators = operators;
    this.keepInterface = keepInterface;
  }

  /** Returns the pass that makes inputs and outputs double too. */
  public static Promote of(Operators operators) {
    return new Promote(operators, false);
  }

  /** Returns the pass that leaves the types of inputs and outputs and casts just inside. */
  public Promote keepInterface() {
    return new Promote(operators, true);
  }

  /**
   * Returns the promoted model.
   *
   * @throws org.sardonyx.error.UnsupportedModel where the type of a value cannot be found, or a
   *     value that is no tensor would have to be cast
   */
  public Model apply(Model model) {
    Model written = Differentiate.of(operators).apply(model);
    Model whole = withCasts(Inline.of(operators).apply(written));
    Inferred inferred = Infer.of(operators).infer(whole);
    Names names = Names.of(whole);
    GraphPromotion promotion =
        new GraphPromotion(operators, Opsets.of(whole), names::fresh, inferred::type);
    return whole.withGraph(promotion.main(inferred.model().graph(), keepInterface));
  }

  /** Imports ai.onnx where the model does not, in a version of its time. */
  private static Model withCasts(Model model) {
    if (Opsets.of(model).version("") >= 0) {
      return model;
    }
    List<OpsetImport> imports = new ArrayList<>(model.opsetImports());
    imports.add(new OpsetImport("", IrVersion.newestOpset(model.irVersion())));
    return model.withOpsetImports(imports);
  }
}
