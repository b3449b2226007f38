package org.sardonyx.operators.ml;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * LinearRegressor: {@code coefficients . x + intercept} for every target.
 *
 * @param coefficients [targets, C]
 * @param intercepts [targets]; null for 0
 * @param targets how many
 * @param transform what is made of the results
 */
public record LinearRegressor(
    float[] coefficients, float @Nullable [] intercepts, long targets, PostTransform transform)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LinearRegressor")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .output("Y", "tensor(float)")
          .optional("coefficients", Kind.FLOATS)
          .optional("intercepts", Kind.FLOATS)
          .attribute("post_transform", "NONE")
          .attribute("targets", 1)
          .type("T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .accuracy(Accuracy.ACCUMULATED)
          .create(LinearRegressor::of);

  static LinearRegressor of(Attributes attributes) {
    long targets = attributes.getInt("targets");
    float[] coefficients = attributes.getFloats("coefficients");
    float[] intercepts = attributes.getFloatsOrNull("intercepts");
    if (targets < 1
        || coefficients.length % targets != 0
        || (intercepts != null && intercepts.length != targets)) {
      throw new InvalidModel(coefficients.length + " coefficients for " + targets + " targets");
    }
    return new LinearRegressor(coefficients, intercepts, targets, PostTransform.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.FLOAT, Rows.shape(in.shape(0), Dim.of(targets)));
  }

  @Override
  public void run(Invocation in) {
    Rows rows = Rows.of(in.tensor(0));
    int columns = Axes.size(targets);
    int width = rows.width();
    if (coefficients.length != width * columns) {
      throw new OperatorFailed(coefficients.length + " coefficients for " + in.tensor(0));
    }
    float[] y = in.output(0, DataType.FLOAT, rows.count(), columns).floats();
    double[] scores = new double[columns];
    for (int n = 0; n < rows.count(); n++) {
      for (int k = 0; k < columns; k++) {
        scores[k] = intercepts == null ? 0 : intercepts[k];
        for (int c = 0; c < width; c++) {
          scores[k] += coefficients[k * width + c] * rows.values()[n * width + c];
        }
      }
      transform.apply(scores);
      for (int k = 0; k < columns; k++) {
        y[n * columns + k] = (float) scores[k];
      }
    }
  }
}
