package org.sardonyx.operators.nn;

import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** LayerNormalization of the sum of two tensors, a row at a time. */
record LayerNormalizationOfSum(LayerNormalization meaning) implements Operator {

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor a = in.tensor(0);
    int[] shape = a.shape();
    int first = Axes.normalize(meaning.axis(), shape.length);
    int n = Axes.product(shape, first, shape.length);
    float[] sums = in.wants(1) ? in.outputLike(1, DataType.FLOAT, a).floats() : null;
    Tensor bias = in.optional(3);
    meaning.rows(
        in,
        a.floats(),
        in.tensor(1).floats(),
        sums,
        Axes.product(shape, 0, first),
        n,
        Normalized.spread(in.tensor(2), shape, first),
        bias == null ? null : Normalized.spread(bias, shape, first),
        null,
        null,
        in.outputLike(0, DataType.FLOAT, a).floats());
  }
}
