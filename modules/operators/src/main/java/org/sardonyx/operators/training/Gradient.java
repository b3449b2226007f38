package org.sardonyx.operators.training;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.type.Type;

/**
 * Gradient: the derivatives of the sum of the elements of the value y by the values xs. It speaks
 * of the graph around it, so that it cannot run by itself: Differentiate of sardonyx-convert writes
 * it in other operators.
 *
 * @param xs how many values are differentiated by
 */
public record Gradient(int xs) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Gradient")
          .domain("ai.onnx.preview.training")
          .version(1)
          .mixedInput("Inputs", "T1", 1)
          .mixedOutput("Outputs", "T2", 1)
          .required("xs", Kind.STRINGS)
          .required("y", Kind.STRING)
          .optional("zs", Kind.STRINGS)
          .type("T1", Types.ALL)
          .type("T2", Types.FLOATS)
          .accuracy(Accuracy.EXACT)
          .create(Gradient::of);

  static Gradient of(Attributes attributes) {
    int xs = attributes.getStrings("xs").size();
    int zs = attributes.has("zs") ? attributes.getStrings("zs").size() : 0;
    attributes.ignore("y", "it is the name of a value, which the pass reads");
    if (attributes.inputs() != xs + zs || attributes.outputs() > xs) {
      throw new InvalidModel(
          "Gradient has "
              + attributes.inputs()
              + " inputs and "
              + attributes.outputs()
              + " outputs, xs has "
              + xs
              + " names and zs "
              + zs);
    }
    return new Gradient(xs);
  }

  /** A derivative is like what is differentiated by. */
  @Override
  public void infer(Inference in) {
    for (int i = 0; i < in.outputs() && i < xs; i++) {
      Type type = in.type(i);
      if (type != null) {
        in.output(i, type);
      }
    }
  }

  @Override
  public void run(Invocation in) {
    throw new UnsupportedModel(
        "Gradient: Differentiate of sardonyx-convert has to write it out first");
  }
}
