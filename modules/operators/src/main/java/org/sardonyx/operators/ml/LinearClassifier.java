package org.sardonyx.operators.ml;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
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
 * LinearClassifier: the class whose score {@code coefficients . x + intercept} is greatest, and the
 * scores. With two labels and one row of coefficients the scores are -s and s.
 *
 * @param labels the labels
 * @param coefficients [classes, C]
 * @param intercepts [classes]; null for 0
 * @param transform what is made of the scores
 */
public record LinearClassifier(
    Labels labels, float[] coefficients, float @Nullable [] intercepts, PostTransform transform)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LinearClassifier")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T1")
          .output("Y", "T2")
          .output("Z", "tensor(float)")
          .optional("classlabels_ints", Kind.INTS)
          .optional("classlabels_strings", Kind.STRINGS)
          .required("coefficients", Kind.FLOATS)
          .optional("intercepts", Kind.FLOATS)
          .attribute("multi_class", 0)
          .attribute("post_transform", "NONE")
          .type("T1", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .type("T2", DataType.INT64, DataType.STRING)
          .accuracy(Accuracy.ACCUMULATED)
          .create(LinearClassifier::of);

  static LinearClassifier of(Attributes attributes) {
    attributes.ignore("multi_class", "says how the coefficients were found");
    return new LinearClassifier(
        Labels.of(attributes, "classlabels_ints", "classlabels_strings"),
        attributes.getFloats("coefficients"),
        attributes.getFloatsOrNull("intercepts"),
        PostTransform.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Shape rows = Rows.shape(x, Dim.UNKNOWN);
    in.output(0, labels.type(), Shape.of(rows.dim(0)));
    in.output(1, DataType.FLOAT, Rows.shape(x, Dim.of(labels.size())));
  }

  @Override
  public void run(Invocation in) {
    Rows rows = Rows.of(in.tensor(0));
    int width = Math.max(1, rows.width());
    int classes = coefficients.length / width;
    boolean binary = classes == 1 && labels.size() == 2;
    boolean fits = classes * width == coefficients.length && rows.width() > 0;
    if (!fits
        || (!binary && classes != labels.size())
        || (intercepts != null && intercepts.length != classes)) {
      throw new OperatorFailed(
          coefficients.length
              + " coefficients for "
              + labels.size()
              + " labels and "
              + in.tensor(0));
    }
    int columns = labels.size();
    Tensor y = in.output(0, labels.type(), rows.count());
    float[] z = in.output(1, DataType.FLOAT, rows.count(), columns).floats();
    for (int n = 0; n < rows.count(); n++) {
      double[] scores = new double[columns];
      for (int k = 0; k < classes; k++) {
        double sum = intercepts == null ? 0 : intercepts[k];
        for (int c = 0; c < width; c++) {
          sum += coefficients[k * width + c] * rows.values()[n * width + c];
        }
        scores[binary ? 1 : k] = sum;
      }
      if (binary) {
        scores[0] = -scores[1];
      }
      transform.apply(scores);
      int best = 0;
      for (int k = 0; k < columns; k++) {
        z[n * columns + k] = (float) scores[k];
        best = scores[k] > scores[best] ? k : best;
      }
      double threshold = transform == PostTransform.NONE ? 0 : 0.5;
      labels.set(y, n, columns == 1 && !(scores[0] >= threshold) ? -1 : best);
    }
  }
}
