package org.sardonyx.operators.nn;

import java.util.Arrays;
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
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * LRN: {@code x / (bias + alpha / size * s)^beta} with s the sum of squares at the same place of
 * the channels from {@code c - floor((size - 1) / 2)} to {@code c + ceil((size - 1) / 2)}; in
 * double.
 *
 * @param alpha a factor
 * @param beta the exponent
 * @param bias what is added
 * @param size the number of channels
 */
public record LRN(float alpha, float beta, float bias, long size) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LRN")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 0.0001f)
          .attribute("beta", 0.75f)
          .attribute("bias", 1f)
          .required("size", Kind.INT)
          .type("T", Types.FLOATS)
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(LRN::of);

  static LRN of(Attributes attributes) {
    long size = attributes.getInt("size");
    if (size < 1) {
      throw new InvalidModel("size " + size + " must be positive");
    }
    return new LRN(
        attributes.getFloat("alpha"),
        attributes.getFloat("beta"),
        attributes.getFloat("bias"),
        size);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank() && x.rank() < 2) {
      throw in.invalid("input " + x + " has no channels");
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    if (shape.length < 2) {
      throw new OperatorFailed(x + " has no channels");
    }
    int channels = shape[1];
    int plane = Axes.product(shape, 2, shape.length);
    double[] values = x.toDoubles();
    double[] y = new double[values.length];
    double[] sums = new double[plane];
    for (int n = 0; n < shape[0]; n++) {
      for (int c = 0; c < channels; c++) {
        Arrays.fill(sums, 0);
        long from = Math.max(0, c - (size - 1) / 2);
        long to = Math.min(channels - 1L, c + size / 2);
        for (int k = (int) from; k <= to; k++) {
          in.checkpoint(plane);
          int offset = (n * channels + k) * plane;
          for (int i = 0; i < plane; i++) {
            sums[i] += values[offset + i] * values[offset + i];
          }
        }
        in.checkpoint(64L * plane); // a power is that many products
        int offset = (n * channels + c) * plane;
        for (int i = 0; i < plane; i++) {
          double base = bias + (double) alpha / size * sums[i];
          // The power that nearly all models have takes a tenth of the time by roots.
          double root = Math.sqrt(base);
          y[offset + i] =
              values[offset + i]
                  / (beta == 0.75f ? root * Math.sqrt(root) : StrictMath.pow(base, beta));
        }
      }
    }
    in.set(0, Tensor.fromDoubles(x.dataType(), y, shape));
  }
}
