package org.sardonyx.operators.training;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;

/**
 * Momentum: a step along a sum of gradients of which the older count less.
 *
 * @param alpha how much of the sum stays
 * @param beta how much of a gradient is added after the first update
 * @param normCoefficient of the squared norm that is added to what is minimized
 * @param nesterov whether the gradient counts once more, as Nesterov has it
 */
public record Momentum(double alpha, double beta, double normCoefficient, boolean nesterov)
    implements Operator {

  private static final int GROUPS = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("Momentum")
          .domain("ai.onnx.preview.training")
          .version(1)
          .input("R", "T1")
          .input("T", "T2")
          .mixedInput("inputs", "T3", 1)
          .mixedOutput("outputs", "T3", 1)
          .required("alpha", Kind.FLOAT)
          .required("beta", Kind.FLOAT)
          .required("mode", Kind.STRING)
          .required("norm_coefficient", Kind.FLOAT)
          .type("T1", DataType.DOUBLE, DataType.FLOAT)
          .type("T2", DataType.INT64)
          .type("T3", DataType.DOUBLE, DataType.FLOAT)
          .accuracy(Accuracy.ROUNDED)
          .create(Momentum::of);

  static Momentum of(Attributes attributes) {
    boolean nesterov =
        switch (attributes.getString("mode")) {
          case "nesterov" -> true;
          case "standard" -> false;
          default -> throw new InvalidModel("mode must be nesterov or standard");
        };
    return new Momentum(
        attributes.getFloat("alpha"),
        attributes.getFloat("beta"),
        attributes.getFloat("norm_coefficient"),
        nesterov);
  }

  @Override
  public void infer(Inference in) {
    Steps.infer(in, GROUPS);
  }

  @Override
  public void run(Invocation in) {
    double rate = Steps.rate(in);
    double factor = Steps.count(in) > 0 ? beta : 1;
    Steps.run(
        in,
        GROUPS,
        values -> {
          double x = values[0];
          double gradient = normCoefficient * x + values[1];
          double momentum = alpha * values[2] + factor * gradient;
          values[0] = x - rate * (nesterov ? gradient + alpha * momentum : momentum);
          values[2] = momentum;
        });
  }
}
