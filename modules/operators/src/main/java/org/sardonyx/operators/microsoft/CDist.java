package org.sardonyx.operators.microsoft;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
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
 * com.microsoft.CDist: the distance of each row of a [m, d] from each row of b [n, d].
 *
 * @param squared whether the square of the Euclidean distance is meant
 */
public record CDist(boolean squared) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("CDist")
          .domain("com.microsoft")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T")
          .attribute("metric", "sqeuclidean")
          .type("T", DataType.FLOAT, DataType.DOUBLE)
          .accuracy(Accuracy.ACCUMULATED)
          .create(CDist::of);

  static CDist of(Attributes attributes) {
    String metric = attributes.getString("metric");
    return switch (metric) {
      case "euclidean" -> new CDist(false);
      case "sqeuclidean" -> new CDist(true);
      default -> throw new UnsupportedModel("metric " + Text.escape(metric) + " of CDist");
    };
  }

  @Override
  public void infer(Inference in) {
    Shape a = in.shape(0);
    Shape b = in.shape(1);
    if ((a.hasRank() && a.rank() != 2) || (b.hasRank() && b.rank() != 2)) {
      throw in.invalid("CDist needs matrices, got " + a + " and " + b);
    }
    in.shape(
        0, Shape.of(a.hasRank() ? a.dim(0) : Dim.UNKNOWN, b.hasRank() ? b.dim(0) : Dim.UNKNOWN));
  }

  @Override
  public void run(Invocation in) {
    Tensor a = in.tensor(0);
    Tensor b = in.tensor(1);
    if (a.rank() != 2 || b.rank() != 2 || a.dim(1) != b.dim(1)) {
      throw new OperatorFailed("CDist needs matrices of as many columns, got " + a + " and " + b);
    }
    int m = a.dim(0);
    int n = b.dim(0);
    int d = a.dim(1);
    Tensor y = in.output(0, a.dataType(), m, n);
    // Differences, not |a|^2 - 2ab + |b|^2: what is near keeps its digits.
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        if (y.array() instanceof float[]) {
          sum = distance(a.floats(), i * d, b.floats(), j * d, d);
        } else {
          sum = distance(a.doubles(), i * d, b.doubles(), j * d, d);
        }
        y.setDouble(i * n + j, squared ? sum : Math.sqrt(sum));
      }
    }
  }

  private static double distance(float[] a, int aOffset, float[] b, int bOffset, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double difference = (double) a[aOffset + i] - b[bOffset + i];
      sum += difference * difference;
    }
    return sum;
  }

  private static double distance(double[] a, int aOffset, double[] b, int bOffset, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double difference = a[aOffset + i] - b[bOffset + i];
      sum += difference * difference;
    }
    return sum;
  }
}
