package org.sardonyx.operators.loss;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * SoftmaxCrossEntropyLoss: the negative log likelihood of the softmax of scores along dimension 1,
 * and if wanted the logarithms of that softmax.
 */
public record SoftmaxCrossEntropyLoss(Likelihood likelihood) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SoftmaxCrossEntropyLoss")
          .version(12)
          .input("scores", "T")
          .input("labels", "Tind")
          .optionalInput("weights", "T")
          .output("output", "T")
          .optionalOutput("log_prob", "T")
          .optional("ignore_index", Kind.INT)
          .attribute("reduction", "mean")
          .type("T", Types.FLOATS)
          .type("Tind", DataType.INT32, DataType.INT64)
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(attributes -> new SoftmaxCrossEntropyLoss(Likelihood.of(attributes)));

  @Override
  public void infer(Inference in) {
    likelihood.infer(in);
    in.shape(1, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor scores = in.tensor(0);
    if (scores.rank() < 2) {
      throw new OperatorFailed(
          "scores have a dimension of samples and one of classes, not " + scores);
    }
    double[] logarithms = logSoftmax(in, scores);
    likelihood.run(in, logarithms);
    if (in.wants(1)) {
      Tensor y = in.output(1, scores.dataType(), scores.shape());
      Elementwise.round(in, logarithms, y);
    }
  }

  private static double[] logSoftmax(Invocation in, Tensor scores) {
    double[] x = scores.toDoubles();
    double[] y = new double[x.length];
    int classes = scores.dim(1);
    int inner = Axes.product(scores.shape(), 2, scores.rank());
    for (int n = 0; n < scores.dim(0); n++) {
      for (int d = 0; d < inner; d++) {
        int start = n * classes * inner + d;
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
          max = Math.max(max, x[start + c * inner]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
          in.checkpoint(32);
          sum += StrictMath.exp(x[start + c * inner] - max);
        }
        double log = StrictMath.log(sum);
        for (int c = 0; c < classes; c++) {
          y[start + c * inner] = x[start + c * inner] - max - log;
        }
      }
    }
    return y;
  }
}
