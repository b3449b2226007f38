package org.sardonyx.operators.ml;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
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
 * SVMClassifier: pairs of classes decide between themselves, the class with the most votes wins;
 * the scores are those of the pairs, or probabilities of the classes where coefficients for them
 * are given. Without vectors every class has a score of its own.
 *
 * @param kernel the kernel
 * @param labels the labels
 * @param coefficients [classes - 1, n], or [classes, C] without vectors
 * @param vectors [n, C], class by class
 * @param perClass how many vectors each class has; null without vectors
 * @param rho the offset of each pair
 * @param probA factors of the probabilities of the pairs; null where scores are wanted
 * @param probB offsets of the same
 * @param transform what is made of the scores
 */
public record SVMClassifier(
    Kernel kernel,
    Labels labels,
    float[] coefficients,
    float[] vectors,
    long @Nullable [] perClass,
    float[] rho,
    float @Nullable [] probA,
    float @Nullable [] probB,
    PostTransform transform)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SVMClassifier")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T1")
          .output("Y", "T2")
          .output("Z", "tensor(float)")
          .optional("classlabels_ints", Kind.INTS)
          .optional("classlabels_strings", Kind.STRINGS)
          .optional("coefficients", Kind.FLOATS)
          .optional("kernel_params", Kind.FLOATS)
          .attribute("kernel_type", "LINEAR")
          .attribute("post_transform", "NONE")
          .optional("prob_a", Kind.FLOATS)
          .optional("prob_b", Kind.FLOATS)
          .optional("rho", Kind.FLOATS)
          .optional("support_vectors", Kind.FLOATS)
          .optional("vectors_per_class", Kind.INTS)
          .type("T1", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .type("T2", DataType.INT64, DataType.STRING)
          .accuracy(Accuracy.ACCUMULATED)
          .create(SVMClassifier::of);

  static SVMClassifier of(Attributes attributes) {
    long[] perClass = attributes.getIntsOrNull("vectors_per_class");
    if (perClass != null && Arrays.stream(perClass).sum() == 0) {
      perClass = null;
    }
    Labels labels = Labels.of(attributes, "classlabels_ints", "classlabels_strings");
    float[] vectors = attributes.getFloatsOrNull("support_vectors");
    float[] coefficients = attributes.getFloatsOrNull("coefficients");
    float[] rho = attributes.getFloatsOrNull("rho");
    float[] probA = given(attributes, "prob_a");
    float[] probB = given(attributes, "prob_b");
    int pairs = labels.size() * (labels.size() - 1) / 2;
    if (coefficients == null
        || rho == null
        || rho.length < (perClass == null ? 1 : pairs)
        || (perClass != null && (vectors == null || perClass.length != labels.size()))
        || (probA != null && (probB == null || Math.min(probA.length, probB.length) < pairs))) {
      throw new InvalidModel("the attributes do not fit " + labels.size() + " classes");
    }
    return new SVMClassifier(
        Kernel.of(attributes),
        labels,
        coefficients,
        vectors == null ? new float[0] : vectors,
        perClass,
        rho,
        perClass != null ? probA : null,
        probB,
        PostTransform.of(attributes));
  }

  /** Returns the attribute, or null where it is absent or empty. */
  private static float @Nullable [] given(Attributes attributes, String name) {
    float[] values = attributes.getFloatsOrNull(name);
    return values == null || values.length == 0 ? null : values;
  }

  private int columns() {
    int classes = labels.size();
    return perClass == null || probA != null || classes == 2
        ? classes
        : classes * (classes - 1) / 2;
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    in.output(0, labels.type(), Shape.of(Rows.shape(x, Dim.UNKNOWN).dim(0)));
    in.output(1, DataType.FLOAT, Rows.shape(x, Dim.of(columns())));
  }

  @Override
  public void run(Invocation in) {
    Rows rows = Rows.of(in.tensor(0));
    int classes = labels.size();
    int n = perClass == null ? 0 : (int) Arrays.stream(perClass).sum();
    boolean fits =
        n == 0
            ? coefficients.length == classes * rows.width()
            : vectors.length == n * rows.width() && coefficients.length == n * (classes - 1);
    if (!fits) {
      throw new OperatorFailed("the support vectors do not fit " + in.tensor(0));
    }
    int columns = columns();
    Tensor y = in.output(0, labels.type(), rows.count());
    float[] z = in.output(1, DataType.FLOAT, rows.count(), columns).floats();
    for (int i = 0; i < rows.count(); i++) {
      double[] x = rows.row(i);
      double[] scores = n == 0 ? linear(x, classes) : pairs(x, n, classes);
      int winner = n == 0 ? Votes.best(scores) : Votes.best(Votes.of(scores, classes));
      if (probA != null && probB != null) {
        scores = Votes.probabilities(scores, probA, probB, classes);
      } else if (n > 0 && classes == 2) {
        scores = new double[] {-scores[0], scores[0]};
      }
      labels.set(y, i, winner);
      transform.apply(scores);
      for (int k = 0; k < columns; k++) {
        z[i * columns + k] = (float) scores[k];
      }
    }
  }

  private double[] linear(double[] x, int classes) {
    Kernel dot = new Kernel(Kernel.Kind.LINEAR, 0, 0, 0);
    double[] scores = new double[classes];
    for (int k = 0; k < classes; k++) {
      scores[k] = rho[0] + dot.of(x, coefficients, k * x.length);
    }
    return scores;
  }

  /** Returns the decision of every pair of classes; positive for the first of the two. */
  private double[] pairs(double[] x, int n, int classes) {
    double[] kernels = new double[n];
    for (int k = 0; k < n; k++) {
      kernels[k] = kernel.of(x, vectors, k * x.length);
    }
    int[] start = new int[classes + 1];
    for (int c = 0; c < classes && perClass != null; c++) {
      start[c + 1] = start[c] + (int) perClass[c];
    }
    double[] scores = new double[classes * (classes - 1) / 2];
    int pair = 0;
    for (int a = 0; a < classes; a++) {
      for (int b = a + 1; b < classes; b++) {
        double sum = rho[pair];
        for (int k = start[a]; k < start[a + 1]; k++) {
          sum += coefficients[(b - 1) * n + k] * kernels[k];
        }
        for (int k = start[b]; k < start[b + 1]; k++) {
          sum += coefficients[a * n + k] * kernels[k];
        }
        scores[pair++] = sum;
      }
    }
    return scores;
  }
}
