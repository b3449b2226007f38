package org.sardonyx.operators;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Which scale and zero point hold for which elements of a quantized tensor, taken as [outer,
 * length, inner] around an axis: one for all, one for each place along the axis ([length]), or one
 * for each block along it ([outer, blocks, inner]).
 *
 * @param outer elements before the axis
 * @param length the size of the axis
 * @param inner elements behind the axis
 * @param block places along the axis that share a scale
 * @param granularity what has a scale of its own
 */
public record Scales(int outer, int length, int inner, int block, Granularity granularity) {

  /** What has a scale of its own. */
  public enum Granularity {
    TENSOR,
    AXIS,
    BLOCK
  }

  /**
   * Finds the granularity from the shapes, as the specification does.
   *
   * @param x the shape of the quantized tensor
   * @param axis the attribute axis
   * @param blockSize the attribute block_size; 0 where there are no blocks
   * @throws OperatorFailed where the shapes do not fit
   */
  public static Scales of(
      int[] x, Tensor scale, @Nullable Tensor zeroPoint, long axis, long blockSize) {
    if (zeroPoint != null
        && !zeroPoint.sameShape(scale)
        && !(zeroPoint.size() == 1 && scale.size() == 1)) {
      throw new OperatorFailed("zero point " + zeroPoint + " does not fit scale " + scale);
    }
    if (scale.size() == 1 && (blockSize == 0 || scale.rank() == 0)) {
      int size = Tensor.checkedSize(x);
      return new Scales(1, size, 1, Math.max(1, size), Granularity.TENSOR);
    }
    int a = Axes.normalize(axis, x.length);
    int outer = Axes.product(x, 0, a);
    int inner = Axes.product(x, a + 1, x.length);
    if (blockSize == 0) {
      if (scale.rank() != 1 || scale.size() != x[a]) {
        throw new OperatorFailed(
            "scale " + scale + " does not fit axis " + a + " of shape " + Arrays.toString(x));
      }
      return new Scales(outer, x[a], inner, 1, Granularity.AXIS);
    }
    if (blockSize < 0) {
      throw new InvalidModel("block_size " + blockSize + " must not be negative");
    }
    int[] expected = x.clone();
    expected[a] = Math.toIntExact((x[a] + blockSize - 1) / blockSize);
    if (!Arrays.equals(scale.shape(), expected)) {
      throw new OperatorFailed(
          "scale "
              + scale
              + " does not fit blocks of "
              + blockSize
              + " along axis "
              + a
              + " of shape "
              + Arrays.toString(x));
    }
    int block = (int) Math.min(blockSize, Math.max(1, x[a]));
    return new Scales(outer, x[a], inner, block, Granularity.BLOCK);
  }

  /** Refuses shapes that surely do not fit, as far as they are known; see {@link #of}. */
  public static void check(Shape x, Shape scale, long axis, long blockSize) {
    if (!x.hasRank() || !scale.hasRank() || scale.rank() == 0) {
      return;
    }
    boolean one = scale.elements().is(1) || (scale.rank() == 1 && !scale.dim(0).isKnown());
    if (one && (blockSize == 0 || scale.rank() == 0)) {
      return;
    }
    if (axis < -x.rank() || axis >= x.rank()) {
      throw new InvalidModel("axis " + axis + " is out of range for " + x);
    }
    boolean fits =
        blockSize != 0
            ? scale.rank() == x.rank()
            : scale.rank() == 1
                && !(scale.dim(0) instanceof Dim.Known(long size)
                    && x.dim((int) axis) instanceof Dim.Known(long length)
                    && size != length);
    if (!fits) {
      throw new InvalidModel("scale " + scale + " does not fit axis " + axis + " of " + x);
    }
  }

  /** Returns the number of runs of elements that lie side by side; see {@link #start}. */
  public int runs() {
    return switch (granularity) {
      case TENSOR -> 1;
      case AXIS -> inner == 1 ? outer : outer * length;
      case BLOCK -> inner == 1 ? outer * blocks() : outer * length;
    };
  }

  /** Returns the first element of run {@code r}. */
  public int start(int r) {
    if (inner > 1) {
      return r * inner;
    }
    return granularity == Granularity.BLOCK
        ? r / blocks() * length + r % blocks() * block
        : r * length;
  }

  /** Returns the elements of run {@code r}. */
  public int size(int r) {
    return switch (granularity) {
      case TENSOR -> length;
      case AXIS -> inner == 1 ? length : inner;
      case BLOCK -> inner == 1 ? Math.min(block, length - r % blocks() * block) : inner;
    };
  }

  /** Returns the scale of the first element of run {@code r}. */
  public int scale(int r) {
    return switch (granularity) {
      case TENSOR -> 0;
      case AXIS -> inner == 1 ? 0 : r % length;
      case BLOCK -> inner == 1 ? r : (r / length * blocks() + r % length / block) * inner;
    };
  }

  /** Returns how many scales each element of a run moves on: 0 or 1. */
  public int step() {
    return switch (granularity) {
      case TENSOR -> 0;
      case AXIS -> inner == 1 ? 1 : 0;
      case BLOCK -> inner > 1 ? 1 : 0;
    };
  }

  private int blocks() {
    return (length + block - 1) / block;
  }
}
