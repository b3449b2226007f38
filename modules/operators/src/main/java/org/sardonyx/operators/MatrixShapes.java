package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** The shapes of products of matrices, as far as they are known. */
public final class MatrixShapes {

  private MatrixShapes() {}

  /** Returns the shape with its last two dimensions exchanged; a vector stays what it is. */
  public static Shape transposed(Shape shape) {
    if (!shape.hasRank() || shape.rank() < 2) {
      return shape;
    }
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.add(dims.remove(dims.size() - 2));
    return Shape.of(dims);
  }

  /** Returns the shape with its first dimension moved to the last but one place. */
  public static Shape batchTransposed(Shape shape) {
    if (!shape.hasRank() || shape.rank() < 3) {
      return shape;
    }
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.add(dims.size() - 2, dims.removeFirst());
    return Shape.of(dims);
  }

  /**
   * Returns the shape of the product of two tensors.
   *
   * @throws org.sardonyx.error.InvalidModel where there surely is none
   */
  public static Shape product(Inference in, Shape a, Shape b) {
    if (!a.hasRank() || !b.hasRank()) {
      return Shape.UNKNOWN;
    }
    if (a.rank() == 0 || b.rank() == 0) {
      throw in.invalid("shapes " + a + " and " + b + " have no product of matrices");
    }
    Dim columns = a.dim(-1);
    Dim rows = b.dim(b.rank() == 1 ? 0 : -2);
    if (columns.isKnown() && rows.isKnown() && !columns.equals(rows)) {
      throw in.invalid("shapes " + a + " and " + b + " have no product of matrices");
    }
    List<Dim> dims = new ArrayList<>();
    Shape batch = Broadcast.shape(batch(a), batch(b));
    dims.addAll(batch.dims());
    if (a.rank() > 1) {
      dims.add(a.dim(-2));
    }
    if (b.rank() > 1) {
      dims.add(b.dim(-1));
    }
    return Shape.of(dims);
  }

  private static Shape batch(Shape shape) {
    return Shape.of(shape.dims().subList(0, Math.max(0, shape.rank() - 2)));
  }
}
