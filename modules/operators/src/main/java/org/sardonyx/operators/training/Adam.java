package org.sardonyx.operators.training;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;

/**
 * Adam: a step along the mean of the gradients so far, divided by the root of the mean of their
 * squares.
 *
 * @param alpha how much of the mean of gradients stays
 * @param beta how much of the mean of squares stays
 * @param epsilon added to the root
 * @param normCoefficient of the squared norm that is added to what is minimized
 * @param normCoefficientPost by how much the result is shortened
 */
public record Adam(
    double alpha, double beta, double epsilon, double normCoefficient, double normCoefficientPost)
    implements Operator {

  private static final int GROUPS = 4;

  public static final OperatorDef DEF =
      OperatorDef.named("Adam")
          .domain("ai.onnx.preview.training")
          .version(1)
          .input("R", "T1")
          .input("T", "T2")
          .mixedInput("inputs", "T3", 1)
          .mixedOutput("outputs", "T3", 1)
          .attribute("alpha", 0.9f)
          .attribute("beta", 0.999f)
          .attribute("epsilon", 1e-6f)
          .attribute("norm_coefficient", 0.0f)
          .attribute("norm_coefficient_post", 0.0f)
          .type("T1", DataType.DOUBLE, DataType.FLOAT)
          .type("T2", DataType.INT64)
          .type("T3", DataType.DOUBLE, DataType.FLOAT)
          .accuracy(Accuracy.ROUNDED)
          .create(Adam::of);

  static Adam of(Attributes attributes) {
    return new Adam(
        attributes.getFloat("alpha"),
        attributes.getFloat("beta"),
        attributes.getFloat("epsilon"),
        attributes.getFloat("norm_coefficient"),
        attributes.getFloat("norm_coefficient_post"));
  }

  @Override
  public void infer(Inference in) {
    Steps.infer(in, GROUPS);
  }

  @Override
  public void run(Invocation in) {
    long count = Steps.count(in);
    // The means begin at 0; after the first update that is corrected for.
    double updates = count;
    double correction =
        count > 0
            ? Math.sqrt(1 - StrictMath.pow(beta, updates)) / (1 - StrictMath.pow(alpha, updates))
            : 1;
    double rate = Steps.rate(in) * correction;
    Steps.run(
        in,
        GROUPS,
        values -> {
          double x = values[0];
          double gradient = normCoefficient * x + values[1];
          values[2] = alpha * values[2] + (1 - alpha) * gradient;
          values[3] = beta * values[3] + (1 - beta) * gradient * gradient;
          double next = x - rate * values[2] / (Math.sqrt(values[3]) + epsilon);
          values[0] = (1 - normCoefficientPost) * next;
        });
  }
}
