package org.sardonyx.operators.loss;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/**
 * NegativeLogLikelihoodLoss: {@code -input[n, target] * weight[target]}, for each sample or in all.
 */
public record NegativeLogLikelihoodLoss(Likelihood likelihood) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("NegativeLogLikelihoodLoss")
          .version(12)
          .input("input", "T")
          .input("target", "Tind")
          .optionalInput("weight", "T")
          .output("loss", "T")
          .optional("ignore_index", Kind.INT)
          .attribute("reduction", "mean")
          .type("T", Types.FLOATS)
          .type("Tind", DataType.INT32, DataType.INT64)
          .version(13)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(attributes -> new NegativeLogLikelihoodLoss(Likelihood.of(attributes)));

  @Override
  public void infer(Inference in) {
    likelihood.infer(in);
  }

  @Override
  public void run(Invocation in) {
    likelihood.run(in, in.tensor(0).toDoubles());
  }
}
