package org.sardonyx.operators.image;

import java.util.Arrays;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * MaxRoiPool: the greatest elements in a grid over regions [n, 5] of batch index and corners, of
 * feature maps [N, C, H, W]: [n, C, pooled_shape]. A bin without elements is 0.
 *
 * @param pooledShape height and width of the grid
 * @param spatialScale what an element of the map is to the coordinates of the regions
 */
public record MaxRoiPool(long[] pooledShape, float spatialScale) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("MaxRoiPool")
          .version(1)
          .input("X", "T")
          .input("rois", "T")
          .output("Y", "T")
          .required("pooled_shape", Kind.INTS)
          .attribute("spatial_scale", 1.0f)
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .create(MaxRoiPool::of);

  static MaxRoiPool of(Attributes attributes) {
    long[] shape = attributes.getInts("pooled_shape");
    if (shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
      throw new InvalidModel("pooled_shape " + Arrays.toString(shape));
    }
    return new MaxRoiPool(shape, attributes.getFloat("spatial_scale"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Shape rois = in.shape(1);
    Dim n = rois.hasRank() && rois.rank() == 2 ? rois.dim(0) : Dim.UNKNOWN;
    Dim channels = x.hasRank() && x.rank() == 4 ? x.dim(1) : Dim.UNKNOWN;
    in.shape(0, Shape.of(n, channels, Dim.of(pooledShape[0]), Dim.of(pooledShape[1])));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor rois = in.tensor(1);
    if (x.rank() != 4 || rois.rank() != 2 || rois.dim(1) != 5) {
      throw new OperatorFailed("regions " + rois + " of " + x);
    }
    int n = rois.dim(0);
    int channels = x.dim(1);
    int rows = x.dim(2);
    int columns = x.dim(3);
    int[] shape = {n, channels, Axes.size(pooledShape[0]), Axes.size(pooledShape[1])};
    double[] from = x.toDoubles();
    Tensor y = in.output(0, x.dataType(), shape);
    int next = 0;
    for (int i = 0; i < n; i++) {
      int batch = (int) rois.getDouble(5 * i);
      if (batch < 0 || batch >= x.dim(0)) {
        throw new OperatorFailed("batch index " + batch + " for " + x);
      }
      int left = scaled(rois, 5 * i + 1);
      int top = scaled(rois, 5 * i + 2);
      float binW = (float) Math.max(scaled(rois, 5 * i + 3) - left + 1, 1) / shape[3];
      float binH = (float) Math.max(scaled(rois, 5 * i + 4) - top + 1, 1) / shape[2];
      for (int c = 0; c < channels; c++) {
        int map = (batch * channels + c) * rows * columns;
        for (int p = 0; p < shape[2]; p++) {
          int y0 = Math.clamp((long) Math.floor(p * binH) + top, 0, rows);
          int y1 = Math.clamp((long) Math.ceil((p + 1) * binH) + top, 0, rows);
          for (int q = 0; q < shape[3]; q++) {
            int x0 = Math.clamp((long) Math.floor(q * binW) + left, 0, columns);
            int x1 = Math.clamp((long) Math.ceil((q + 1) * binW) + left, 0, columns);
            in.checkpoint(1 + (y1 - y0) * (long) (x1 - x0));
            y.setDouble(next++, greatest(from, map, columns, y0, y1, x0, x1));
          }
        }
      }
    }
  }

  /** Returns a coordinate in elements, halves rounded away from zero. */
  private int scaled(Tensor rois, int at) {
    float value = (float) rois.getDouble(at) * spatialScale;
    return (int) (Math.signum(value) * Math.floor(Math.abs(value) + 0.5));
  }

  private static double greatest(double[] x, int map, int columns, int y0, int y1, int x0, int x1) {
    if (y1 <= y0 || x1 <= x0) {
      return 0;
    }
    double max = Double.NEGATIVE_INFINITY;
    for (int i = y0; i < y1; i++) {
      for (int j = x0; j < x1; j++) {
        max = Math.max(max, x[map + i * columns + j]);
      }
    }
    return max;
  }
}
