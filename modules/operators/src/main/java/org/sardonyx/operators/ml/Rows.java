package org.sardonyx.operators.ml;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * An input [N, C], or [C] for one row, as numbers.
 *
 * @param count N
 * @param width C
 * @param values the elements
 */
record Rows(int count, int width, double[] values) {

  static Rows of(Tensor x) {
    if (x.rank() < 1 || x.rank() > 2) {
      throw new OperatorFailed("rows of features are wanted, given is " + x);
    }
    return new Rows(x.rank() == 1 ? 1 : x.dim(0), x.dim(-1), x.toDoubles());
  }

  /** Returns the shape [N, columns] as far as it is known before a run. */
  static Shape shape(Shape x, Dim columns) {
    Dim rows = !x.hasRank() || x.rank() == 0 ? Dim.UNKNOWN : x.rank() == 1 ? Dim.of(1) : x.dim(0);
    return Shape.of(rows, columns);
  }

  double[] row(int i) {
    return Arrays.copyOfRange(values, i * width, (i + 1) * width);
  }
}
