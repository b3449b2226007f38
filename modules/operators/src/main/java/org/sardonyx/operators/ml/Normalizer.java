package org.sardonyx.operators.ml;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Normalizer: every row divided by its greatest element, the sum of its magnitudes, or its length;
 * rows for which that is 0 stay as they are.
 *
 * @param norm by what
 */
public record Normalizer(Norm norm) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Normalizer")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .output("Y", "tensor(float)")
          .attribute("norm", "MAX")
          .type("T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .accuracy(Accuracy.ROUNDED)
          .create(Normalizer::of);

  enum Norm {
    MAX,
    L1,
    L2
  }

  static Normalizer of(Attributes attributes) {
    String norm = attributes.getString("norm");
    return new Normalizer(
        switch (norm) {
          case "MAX" -> Norm.MAX;
          case "L1" -> Norm.L1;
          case "L2" -> Norm.L2;
          default -> throw new InvalidModel("norm \"" + norm + "\"");
        });
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.FLOAT, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Rows rows = Rows.of(x);
    float[] y = in.output(0, DataType.FLOAT, x.shape()).floats();
    for (int n = 0; n < rows.count(); n++) {
      double divisor = norm == Norm.MAX ? Double.NEGATIVE_INFINITY : 0;
      for (int c = n * rows.width(); c < (n + 1) * rows.width(); c++) {
        double value = rows.values()[c];
        divisor =
            switch (norm) {
              case MAX -> Math.max(divisor, value);
              case L1 -> divisor + Math.abs(value);
              case L2 -> divisor + value * value;
            };
      }
      divisor = norm == Norm.L2 ? Math.sqrt(divisor) : divisor;
      for (int c = n * rows.width(); c < (n + 1) * rows.width(); c++) {
        y[c] = (float) (divisor == 0 ? rows.values()[c] : rows.values()[c] / divisor);
      }
    }
  }
}
