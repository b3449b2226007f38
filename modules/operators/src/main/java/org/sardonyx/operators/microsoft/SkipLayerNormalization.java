package org.sardonyx.operators.microsoft;

import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * SkipLayerNormalization: layer normalization of {@code input + skip + bias}.
 *
 * @param epsilon added to the variance
 */
public record SkipLayerNormalization(float epsilon) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("SkipLayerNormalization")
          .input("input", "T")
          .input("skip", "T")
          .input("gamma", "T")
          .optionalInput("beta", "T")
          .optionalInput("bias", "T")
          .output("output", "T")
          .optionalOutput("mean", "U")
          .optionalOutput("inv_std_var", "U")
          .optionalOutput("input_skip_bias_sum", "T")
          .attribute("epsilon", 1e-12f)
          .type("T", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("U", DataType.FLOAT)
          .accuracy(Accuracy.ACCUMULATED)
          .create(SkipLayerNormalization::of);

  static SkipLayerNormalization of(Attributes attributes) {
    return new SkipLayerNormalization(attributes.getFloat("epsilon"));
  }

  @Override
  public void infer(Inference in) {
    inferSkip(in);
  }

  /** States the shapes of normalized, mean, inverse deviation and sum. */
  static void inferSkip(Inference in) {
    Shape x = in.shape(0);
    for (int i = 0; i < in.outputs(); i++) {
      in.shape(i, i == 1 || i == 2 ? statistics(x) : x);
    }
  }

  static Shape statistics(Shape x) {
    if (!x.hasRank() || x.rank() == 0) {
      return Shape.UNKNOWN;
    }
    Dim[] dims = x.dims().toArray(new Dim[0]);
    dims[dims.length - 1] = Dim.of(1);
    return Shape.of(dims);
  }

  @Override
  public void run(Invocation in) {
    Tensor input = in.tensor(0);
    int width = width(input);
    Tensor beta = in.optional(3);
    Tensor bias = in.optional(4);
    new RowNorm(
            RowNorm.parameter("gamma", in.tensor(2), width),
            beta == null ? null : RowNorm.parameter("beta", beta, width),
            epsilon,
            false)
        .skip(
            in, input, in.tensor(1), bias == null ? null : RowNorm.parameter("bias", bias, width));
  }

  static int width(Tensor input) {
    if (input.rank() == 0) {
      throw new InvalidInput("input must have rank 2 or 3, got " + input);
    }
    return input.dim(-1);
  }
}
