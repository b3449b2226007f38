package org.sardonyx.operators.image;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * CropAndResize of com.microsoft: regions [n, 4], each y1, x1, y2, x2 from 0 to 1, of images [N, C,
 * H, W] resized to one size: [n, C, height, width].
 *
 * @param nearest whether to take the nearest element, else to interpolate
 * @param extrapolation the result for points outside of the image
 */
public record CropAndResize(boolean nearest, float extrapolation) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("CropAndResize")
          .domain("com.microsoft")
          .version(1)
          .input("X", "T1")
          .input("rois", "T1")
          .input("batch_indices", "T2")
          .input("crop_size", "T2")
          .output("Y", "T1")
          .attribute("mode", "bilinear")
          .attribute("extrapolation_value", 0.0f)
          .type("T1", Types.FLOATS)
          .type("T2", DataType.INT32)
          .accuracy(Accuracy.ROUNDED)
          .create(CropAndResize::of);

  /** How a region is interpolated. */
  private enum Mode {
    BILINEAR,
    NEAREST
  }

  static CropAndResize of(Attributes attributes) {
    Mode mode = Resize.choice(Mode.class, "mode", attributes.getString("mode"));
    return new CropAndResize(mode == Mode.NEAREST, attributes.getFloat("extrapolation_value"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Shape rois = in.shape(1);
    long[] size = Sizes.known(in.dims(3));
    boolean known = size != null && size.length == 2;
    in.shape(
        0,
        Shape.of(
            rois.hasRank() && rois.rank() == 2 ? rois.dim(0) : Dim.UNKNOWN,
            x.hasRank() && x.rank() == 4 ? x.dim(1) : Dim.UNKNOWN,
            known && size != null ? Dim.of(size[0]) : Dim.UNKNOWN,
            known && size != null ? Dim.of(size[1]) : Dim.UNKNOWN));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor rois = in.tensor(1);
    Tensor batches = in.tensor(2);
    Tensor size = in.tensor(3);
    int n = rois.rank() == 2 ? rois.dim(0) : -1;
    if (x.rank() != 4 || !rois.hasShape(n, 4) || !batches.hasShape(n) || !size.hasShape(2)) {
      throw new OperatorFailed("regions " + rois + " with batches " + batches + " of " + x);
    }
    int channels = x.dim(1);
    int rows = x.dim(2);
    int columns = x.dim(3);
    int height = Axes.size(size.getLong(0));
    int width = Axes.size(size.getLong(1));
    double[] from = x.toDoubles();
    Tensor y = in.output(0, x.dataType(), n, channels, height, width);
    for (int i = 0; i < n; i++) {
      long batch = batches.getLong(i);
      if (batch < 0 || batch >= x.dim(0)) {
        throw new OperatorFailed("batch index " + batch + " for " + x);
      }
      for (int p = 0; p < height * width; p++) {
        double py = point(rois, 4 * i, p / width, height, rows);
        double px = point(rois, 4 * i + 1, p % width, width, columns);
        boolean inside = py >= 0 && py <= rows - 1 && px >= 0 && px <= columns - 1;
        for (int c = 0; c < channels; c++) {
          int map = ((int) batch * channels + c) * rows * columns;
          y.setDouble(
              (i * channels + c) * height * width + p,
              inside ? at(from, map, py, px, columns, rows) : extrapolation);
        }
      }
    }
  }

  /** Returns a coordinate in elements. */
  private static double point(Tensor rois, int at, int i, int count, int size) {
    float start = (float) rois.getDouble(at);
    float end = (float) rois.getDouble(at + 2);
    return count > 1
        ? start * (size - 1) + i * ((end - start) * (size - 1) / (count - 1))
        : 0.5f * (start + end) * (size - 1);
  }

  private double at(double[] x, int map, double py, double px, int columns, int rows) {
    if (nearest) {
      return x[map + (int) Math.floor(py + 0.5) * columns + (int) Math.floor(px + 0.5)];
    }
    int top = (int) py;
    int left = (int) px;
    int bottom = Math.min(top + 1, rows - 1);
    int right = Math.min(left + 1, columns - 1);
    double ly = py - top;
    double lx = px - left;
    double above = x[map + top * columns + left] * (1 - lx) + x[map + top * columns + right] * lx;
    double below =
        x[map + bottom * columns + left] * (1 - lx) + x[map + bottom * columns + right] * lx;
    return above * (1 - ly) + below * ly;
  }
}
