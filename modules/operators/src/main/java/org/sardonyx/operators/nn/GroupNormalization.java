package org.sardonyx.operators.nn;

import org.sardonyx.error.InvalidModel;
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
 * GroupNormalization: {@code (x - mean) / sqrt(variance + epsilon) * scale + bias}, the statistics
 * over each group of channels of each instance of X [N, C, D1, ..., Dn]. Scale and bias are [C], in
 * version 18 [num_groups]. Computed in float, for double in double, whatever stash_type asks.
 *
 * @param groups the number of groups
 * @param epsilon added to the variance
 * @param perGroup whether scale and bias are one a group, not one a channel
 */
public record GroupNormalization(long groups, float epsilon, boolean perGroup) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("GroupNormalization")
          .version(18)
          .deprecated()
          .input("X", "T")
          .input("scale", "T")
          .input("bias", "T")
          .output("Y", "T")
          .attribute("epsilon", 1e-5f)
          .required("num_groups", Kind.INT)
          .type("T", Types.FLOATS_BF16)
          .version(21)
          .attribute("stash_type", 1)
          .accuracy(Accuracy.ACCUMULATED)
          .create(GroupNormalization::of);

  static GroupNormalization of(Attributes attributes) {
    attributes.ignore("stash_type", "every type is computed in float or double");
    long groups = attributes.getInt("num_groups");
    if (groups < 1) {
      throw new InvalidModel("num_groups " + groups + " must be positive");
    }
    return new GroupNormalization(
        groups, attributes.getFloat("epsilon"), attributes.version() < 21);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank()) {
      if (x.rank() < 2) {
        throw in.invalid("input " + x + " has no channels");
      }
      if (x.dim(1) instanceof Dim.Known(long channels) && channels % groups != 0) {
        throw in.invalid("channels of " + x + " do not split into " + groups + " groups");
      }
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() < 2 || x.dim(1) % groups != 0) {
      throw new OperatorFailed(x + " does not split into " + groups + " groups of channels");
    }
    InstanceStatistics.run(
        in, x, Math.toIntExact(groups), perGroup, in.tensor(1), in.tensor(2), epsilon);
  }
}
