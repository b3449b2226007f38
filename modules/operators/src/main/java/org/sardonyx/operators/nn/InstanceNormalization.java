package org.sardonyx.operators.nn;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * InstanceNormalization: {@code (x - mean) / sqrt(variance + epsilon) * scale + B}, the statistics
 * over each channel of each instance of X [N, C, D1, ..., Dn]; scale and B are [C].
 *
 * @param epsilon added to the variance
 */
public record InstanceNormalization(float epsilon) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("InstanceNormalization")
          .version(1)
          .input("input", "T")
          .input("scale", "T")
          .input("B", "T")
          .output("output", "T")
          .optional("consumed_inputs", Kind.INTS)
          .attribute("epsilon", 1e-5f)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(InstanceNormalization::of);

  static InstanceNormalization of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "a hint for memory that nothing computes with");
    return new InstanceNormalization(attributes.getFloat("epsilon"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank() && x.rank() < 2) {
      throw in.invalid("input " + x + " has no channels");
    }
    for (int i = 1; i < 3; i++) {
      Shape given = in.shape(i);
      if (given.hasRank()
          && (given.rank() != 1
              || (x.hasRank()
                  && x.dim(1) instanceof Dim.Known(long channels)
                  && given.dim(0) instanceof Dim.Known(long size)
                  && size != channels))) {
        throw in.invalid("input " + i + " " + given + " does not fit the channels of " + x);
      }
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() < 2) {
      throw new OperatorFailed(x + " has no channels");
    }
    InstanceStatistics.run(in, x, x.dim(1), false, in.tensor(1), in.tensor(2), epsilon);
  }
}
