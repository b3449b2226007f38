package org.sardonyx.operators.generator;

import java.util.random.RandomGenerator;
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
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Multinomial: for every row of logarithms of weights, numbers of columns drawn with those weights.
 *
 * @param dtype int32 or int64
 * @param sampleSize how many for each row
 * @param seed where every run begins; null for the session's seed
 */
public record Multinomial(DataType dtype, long sampleSize, @Nullable Float seed)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Multinomial")
          .version(7)
          .input("input", "T1")
          .output("output", "T2")
          .attribute("dtype", 6)
          .attribute("sample_size", 1)
          .optional("seed", Kind.FLOAT)
          .type("T1", Types.FLOATS)
          .type("T2", DataType.INT32, DataType.INT64)
          .version(22)
          .type("T1", Types.FLOATS_BF16)
          .accuracy(Accuracy.RANDOM)
          .create(Multinomial::of);

  static Multinomial of(Attributes attributes) {
    DataType dtype = DataType.of(attributes.getInt("dtype"));
    if (dtype != DataType.INT32 && dtype != DataType.INT64) {
      throw new InvalidModel("Multinomial of type " + dtype.specName());
    }
    return new Multinomial(dtype, attributes.getInt("sample_size"), Draws.seed(attributes));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    in.output(
        0,
        dtype,
        Shape.of(x.hasRank() && x.rank() == 2 ? x.dim(0) : Dim.UNKNOWN, Dim.of(sampleSize)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() != 2 || (x.dim(1) == 0 && x.dim(0) > 0)) {
      throw new OperatorFailed("Multinomial of " + x);
    }
    int classes = x.dim(1);
    int samples = Axes.size(sampleSize);
    RandomGenerator random = Draws.source(in, seed);
    Tensor y = in.output(0, dtype, x.dim(0), samples);
    double[] sums = new double[classes];
    for (int row = 0; row < x.dim(0); row++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < classes; i++) {
        max = Math.max(max, x.getDouble(row * classes + i));
      }
      double sum = 0;
      for (int i = 0; i < classes; i++) {
        in.checkpoint(16);
        sum += StrictMath.exp(x.getDouble(row * classes + i) - max);
        sums[i] = sum;
      }
      if (!(sum > 0)) {
        throw new OperatorFailed("row " + row + " of " + x + " gives no class a weight");
      }
      for (int i = 0; i < samples; i++) {
        in.checkpoint(16);
        y.setLong(row * samples + i, find(sums, random.nextDouble() * sum));
      }
    }
  }

  /** Returns the first index whose sum is above {@code value}. */
  private static int find(double[] sums, double value) {
    int low = 0;
    int high = sums.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sums[middle] > value) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
