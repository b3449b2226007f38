package org.sardonyx.operators.microsoft;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * SkipSimplifiedLayerNormalization: {@code s / sqrt(mean(s^2) + epsilon) * gamma} of {@code s =
 * input + skip + bias}.
 *
 * @param epsilon added to the mean square
 */
public record SkipSimplifiedLayerNormalization(float epsilon) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("SkipSimplifiedLayerNormalization")
          .input("input", "T")
          .input("skip", "T")
          .input("gamma", "T")
          .optionalInput("bias", "T")
          .output("output", "T")
          .optionalOutput("mean", "U")
          .optionalOutput("inv_std_var", "U")
          .optionalOutput("input_skip_bias_sum", "T")
          .attribute("epsilon", 1e-12f)
          .type("T", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("U", DataType.FLOAT)
          .accuracy(Accuracy.ACCUMULATED)
          .create(SkipSimplifiedLayerNormalization::of);

  static SkipSimplifiedLayerNormalization of(Attributes attributes) {
    return new SkipSimplifiedLayerNormalization(attributes.getFloat("epsilon"));
  }

  @Override
  public void infer(Inference in) {
    SkipLayerNormalization.inferSkip(in);
  }

  @Override
  public void run(Invocation in) {
    Tensor input = in.tensor(0);
    int width = SkipLayerNormalization.width(input);
    Tensor bias = in.optional(3);
    new RowNorm(RowNorm.parameter("gamma", in.tensor(2), width), null, epsilon, true)
        .skip(
            in, input, in.tensor(1), bias == null ? null : RowNorm.parameter("bias", bias, width));
  }
}
