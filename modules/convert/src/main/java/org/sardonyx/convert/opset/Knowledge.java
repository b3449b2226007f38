package org.sardonyx.convert.opset;

import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;

/** The inferred types of a model, found when they are first asked for: most steps need none. */
final class Knowledge {

  private final Operators operators;
  private final Model model;
  private @Nullable Inferred inferred;

  Knowledge(Operators operators, Model model) {
    this.operators = operators;
    this.model = model;
  }

  Inferred inferred() {
    Inferred found = inferred;
    if (found == null) {
      found = Infer.of(operators).infer(model);
      inferred = found;
    }
    return found;
  }
}
