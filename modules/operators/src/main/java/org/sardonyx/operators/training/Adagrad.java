package org.sardonyx.operators.training;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;

/**
 * Adagrad: a step against the gradient, divided by the root of the sum of its squares so far.
 *
 * @param decayFactor how the rate falls with the update count
 * @param epsilon added to the root
 * @param normCoefficient of the squared norm that is added to what is minimized
 */
public record Adagrad(double decayFactor, double epsilon, double normCoefficient)
    implements Operator {

  private static final int GROUPS = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("Adagrad")
          .domain("ai.onnx.preview.training")
          .version(1)
          .input("R", "T1")
          .input("T", "T2")
          .mixedInput("inputs", "T3", 1)
          .mixedOutput("outputs", "T3", 1)
          .attribute("decay_factor", 0.0f)
          .attribute("epsilon", 1e-6f)
          .attribute("norm_coefficient", 0.0f)
          .type("T1", DataType.DOUBLE, DataType.FLOAT)
          .type("T2", DataType.INT64)
          .type("T3", DataType.DOUBLE, DataType.FLOAT)
          .accuracy(Accuracy.ROUNDED)
          .create(Adagrad::of);

  static Adagrad of(Attributes attributes) {
    return new Adagrad(
        attributes.getFloat("decay_factor"),
        attributes.getFloat("epsilon"),
        attributes.getFloat("norm_coefficient"));
  }

  @Override
  public void infer(Inference in) {
    Steps.infer(in, GROUPS);
  }

  @Override
  public void run(Invocation in) {
    double rate = Steps.rate(in) / (1 + Steps.count(in) * decayFactor);
    Steps.run(
        in,
        GROUPS,
        values -> {
          double x = values[0];
          double gradient = normCoefficient * x + values[1];
          double squares = values[2] + gradient * gradient;
          values[0] = x - rate * gradient / (Math.sqrt(squares) + epsilon);
          values[2] = squares;
        });
  }
}
