package org.sardonyx.operators.ml;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Imputer: other values in place of one that stands for a missing one.
 *
 * @param floats what to put in place in inputs of floats, one or one for each column; null where
 *     none is given
 * @param int64s the same for inputs of integers
 * @param missingFloat what stands for a missing float
 * @param missingInt64 what stands for a missing integer
 */
public record Imputer(
    float @Nullable [] floats, long @Nullable [] int64s, float missingFloat, long missingInt64)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Imputer")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .optional("imputed_value_floats", Kind.FLOATS)
          .optional("imputed_value_int64s", Kind.INTS)
          .attribute("replaced_value_float", 0.0f)
          .attribute("replaced_value_int64", 0)
          .type("T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .create(Imputer::of);

  static Imputer of(Attributes attributes) {
    return new Imputer(
        attributes.getFloatsOrNull("imputed_value_floats"),
        attributes.getIntsOrNull("imputed_value_int64s"),
        attributes.getFloat("replaced_value_float"),
        attributes.getInt("replaced_value_int64"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    boolean real = x.dataType().isFloat();
    int width = x.rank() == 0 ? 1 : x.dim(-1);
    int given = real ? (floats == null ? 0 : floats.length) : int64s == null ? 0 : int64s.length;
    if (given != 1 && given != width) {
      throw new OperatorFailed(given + " values to put into " + x);
    }
    Tensor y = in.output(0, x.dataType(), x.shape());
    Moves.copy(in, x, y);
    for (int i = 0; i < x.size(); i++) {
      int column = given == 1 ? 0 : i % width;
      if (real && floats != null) {
        double value = x.getDouble(i);
        if (value == missingFloat || (Double.isNaN(value) && Float.isNaN(missingFloat))) {
          y.setDouble(i, floats[column]);
        }
      } else if (int64s != null && x.getLong(i) == missingInt64) {
        y.setLong(i, int64s[column]);
      }
    }
  }
}
