package org.sardonyx.operators.ml;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Binarizer: 1 where an element is above a threshold, else 0.
 *
 * @param threshold the threshold
 */
public record Binarizer(float threshold) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Binarizer")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("threshold", 0.0f)
          .type("T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .create(Binarizer::of);

  static Binarizer of(Attributes attributes) {
    return new Binarizer(attributes.getFloat("threshold"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor y = in.output(0, x.dataType(), x.shape());
    for (int i = 0; i < x.size(); i++) {
      int value = x.getDouble(i) > threshold ? 1 : 0;
      if (x.dataType().isFloat()) {
        y.setDouble(i, value);
      } else {
        y.setLong(i, value);
      }
    }
  }
}
