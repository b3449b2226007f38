package org.sardonyx.operators.ml;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Scaler: {@code (x - offset) * scale}, column by column.
 *
 * @param offset one number or one for each column; null for 0
 * @param scale one number or one for each column; null for 1
 */
public record Scaler(float @Nullable [] offset, float @Nullable [] scale) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Scaler")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .output("Y", "tensor(float)")
          .optional("offset", Kind.FLOATS)
          .optional("scale", Kind.FLOATS)
          .type("T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .accuracy(Accuracy.ROUNDED)
          .create(Scaler::of);

  static Scaler of(Attributes attributes) {
    return new Scaler(attributes.getFloatsOrNull("offset"), attributes.getFloatsOrNull("scale"));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.FLOAT, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int width = x.rank() == 0 ? 1 : x.dim(-1);
    check(offset, width, x);
    check(scale, width, x);
    float[] y = in.output(0, DataType.FLOAT, x.shape()).floats();
    for (int i = 0; i < y.length; i++) {
      int column = i % width;
      y[i] = (float) ((x.getDouble(i) - at(offset, column, 0)) * at(scale, column, 1));
    }
  }

  private static void check(float @Nullable [] values, int width, Tensor x) {
    if (values != null && values.length != 1 && values.length != width) {
      throw new OperatorFailed(values.length + " factors or offsets for " + x);
    }
  }

  private static double at(float @Nullable [] values, int column, double otherwise) {
    return values == null ? otherwise : values[values.length == 1 ? 0 : column];
  }
}
