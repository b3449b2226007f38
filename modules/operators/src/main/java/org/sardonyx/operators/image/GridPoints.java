package org.sardonyx.operators.image;

import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** The neighbours of one point at a time, and their weights. */
final class GridPoints {

  private static final double A = -0.75;
  private static final int MOST_NEIGHBOURS = 1 << 16;

  private final GridSample operator;
  private final int[] dims;
  private final int each;
  private final int[] offsets;
  private final double[] weights;
  private final int[] index;
  private final double[] weight;

  GridPoints(GridSample operator, int[] dims) {
    this.operator = operator;
    this.dims = dims;
    each =
        switch (operator.mode()) {
          case NEAREST -> 1;
          case LINEAR -> 2;
          case CUBIC -> 4;
        };
    double all = Math.pow(each, dims.length);
    if (all > MOST_NEIGHBOURS) {
      throw new UnsupportedModel("GridSample with " + dims.length + " dimensions");
    }
    offsets = new int[(int) all];
    weights = new double[(int) all];
    index = new int[each];
    weight = new double[each];
  }

  /** Returns the neighbours of a point. */
  int count() {
    return offsets.length;
  }

  /** Returns the place of neighbour k in a channel; negative where there is 0. */
  int offset(int k) {
    return offsets[k];
  }

  /** Copies the neighbours of this point and their weights: {@code outside} where there is 0. */
  void copy(int[] toOffsets, double[] toWeights, int start, int outside) {
    for (int k = 0; k < offsets.length; k++) {
      toOffsets[start + k] = offsets[k] < 0 ? outside : offsets[k];
      toWeights[start + k] = weights[k];
    }
  }

  /** Goes to point {@code p} of the grid. */
  void set(Tensor grid, int p) {
    int r = dims.length;
    int count = 1;
    offsets[0] = 0;
    weights[0] = 1;
    for (int d = 0; d < r; d++) {
      neighbours(coordinate(grid, p * r + r - 1 - d, dims[d]), dims[d]);
      // The neighbours so far times those along this dimension, from the back as they grow in
      // place.
      for (int i = count - 1; i >= 0; i--) {
        int base = offsets[i];
        double factor = weights[i];
        for (int k = each - 1; k >= 0; k--) {
          boolean inside = base >= 0 && index[k] >= 0;
          offsets[i * each + k] = inside ? base * dims[d] + index[k] : -1;
          weights[i * each + k] = inside ? factor * weight[k] : 0;
        }
      }
      count *= each;
    }
  }

  /** Returns a coordinate in elements, computed in the precision of the grid. */
  private double coordinate(Tensor grid, int at, int size) {
    if (grid.dataType() == DataType.DOUBLE) {
      double value = grid.doubles()[at];
      return operator.alignCorners() ? (value + 1) / 2 * (size - 1) : ((value + 1) * size - 1) / 2;
    }
    float value = (float) grid.getDouble(at);
    return operator.alignCorners() ? (value + 1) / 2 * (size - 1) : ((value + 1) * size - 1) / 2;
  }

  private void neighbours(double at, int size) {
    double low = operator.alignCorners() ? 0 : -0.5;
    double high = operator.alignCorners() ? size - 1 : size - 0.5;
    double x = operator.mode() == Sampler.Mode.NEAREST ? Math.rint(at) : at;
    if (x < low || x > high) {
      x =
          switch (operator.padding()) {
            case ZEROS -> x;
            // Each of the four neighbours is clamped by itself.
            case BORDER -> each == 4 ? x : Math.clamp(x, 0, size - 1);
            case REFLECTION -> reflect(x, low, high);
          };
    }
    if (each == 1) {
      index[0] = inside(x, size, low, high);
      weight[0] = 1;
      return;
    }
    double floor = Math.floor(x);
    double t = x - floor;
    double first = each == 2 ? floor : floor - 1;
    for (int k = 0; k < each; k++) {
      index[k] = inside(first + k, size, low, high);
    }
    if (each == 2) {
      weight[0] = 1 - t;
      weight[1] = t;
    } else {
      weight[0] = outer(t + 1);
      weight[1] = inner(t);
      weight[2] = inner(1 - t);
      weight[3] = outer(2 - t);
    }
  }

  private int inside(double place, int size, double low, double high) {
    if (place >= 0 && place < size) {
      return (int) place;
    }
    return switch (operator.padding()) {
      case ZEROS -> -1;
      case BORDER -> (int) Math.clamp(place, 0, size - 1);
      case REFLECTION -> (int) Math.clamp(reflect(place, low, high), 0, size - 1);
    };
  }

  /** Mirrors a coordinate at the borders until it is between them. */
  private static double reflect(double x, double low, double high) {
    double range = high - low;
    if (range == 0) {
      return low;
    }
    double beyond = x < low ? low - x : x - high;
    if (x >= low && x <= high) {
      return x;
    }
    double turns = Math.floor(beyond / range);
    double rest = beyond - turns * range;
    boolean back = turns % 2 == 0;
    return x < low == back ? low + rest : high - rest;
  }

  private static double inner(double x) {
    return ((A + 2) * x - (A + 3)) * x * x + 1;
  }

  private static double outer(double x) {
    return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
  }
}
