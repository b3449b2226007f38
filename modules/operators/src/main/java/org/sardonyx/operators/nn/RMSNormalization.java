package org.sardonyx.operators.nn;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * RMSNormalization: {@code x / sqrt(mean(x^2) + epsilon) * scale} over the dimensions from an axis
 * on. Computed in float, for double in double, whatever stash_type asks.
 *
 * @param axis the first dimension to normalize, negative from the end
 * @param epsilon added to the mean square
 */
public record RMSNormalization(long axis, float epsilon) implements Operator {

  private static final float[] NONE = {};

  public static final OperatorDef DEF =
      OperatorDef.named("RMSNormalization")
          .version(23)
          .input("X", "T")
          .input("scale", "V")
          .output("Y", "V")
          .attribute("axis", -1)
          .attribute("epsilon", 1e-5f)
          .attribute("stash_type", 1)
          .type("T", Types.FLOATS_BF16)
          .type("V", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(RMSNormalization::of);

  static RMSNormalization of(Attributes attributes) {
    attributes.ignore("stash_type", "every type is computed in float or double");
    return new RMSNormalization(attributes.getInt("axis"), attributes.getFloat("epsilon"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank() && (axis < -x.rank() || axis >= x.rank())) {
      throw in.invalid("axis " + axis + " is out of range for " + x);
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int first = Axes.normalize(axis, shape.length);
    int rows = Axes.product(shape, 0, first);
    int n = Axes.product(shape, first, shape.length);
    Tensor scale = Normalized.spread(in.tensor(1), shape, first);
    DataType type = scale.dataType();
    if (x.dataType() == DataType.DOUBLE || type == DataType.DOUBLE) {
      double[] from = x.toDoubles();
      double[] scales = scale.toDoubles();
      double[] y = new double[from.length];
      for (int r = 0; r < rows; r++) {
        double inverse = 1 / Math.sqrt(Sums.squares(from, r * n, n, 0) / n + epsilon);
        for (int i = r * n; i < (r + 1) * n; i++) {
          y[i] = from[i] * inverse * scales[i % scales.length];
        }
      }
      in.set(0, Tensor.fromDoubles(type, y, shape));
      return;
    }
    float[] from = x.toFloats();
    float[] scales = scale.toFloats();
    float[] y =
        type == DataType.FLOAT ? in.output(0, type, shape).floats() : new float[from.length];
    for (int r = 0; r < rows; r++) {
      in.checkpoint(3L * n);
      double inverse = 1 / Math.sqrt(Sums.squares(in.kernels(), from, r * n, n) / n + epsilon);
      int parameters = scales.length == n ? 0 : r * n;
      in.kernels().affine(from, r * n, (float) inverse, scales, parameters, NONE, 0, y, r * n, n);
    }
    if (type != DataType.FLOAT) {
      in.set(0, Tensor.fromFloats(type, y, shape));
    }
  }
}
