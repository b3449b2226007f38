package org.sardonyx.operators.image;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * RoiAlign: regions [n, 4] of feature maps [N, C, H, W], each as a grid of pooled samples: [n, C,
 * output_height, output_width].
 *
 * @param halfPixel whether coordinates are shifted by half an element
 * @param max whether to take the greatest sample, of which each neighbour counts for itself; else
 *     the mean of interpolated samples
 * @param height output_height
 * @param width output_width
 * @param samplingRatio samples along a bin; 0 for as many as it has elements
 * @param spatialScale what an element of the map is to the coordinates of the regions
 */
public record RoiAlign(
    boolean halfPixel, boolean max, long height, long width, long samplingRatio, float spatialScale)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("RoiAlign")
          .version(10)
          .input("X", "T1")
          .input("rois", "T1")
          .input("batch_indices", "T2")
          .output("Y", "T1")
          .attribute("mode", "avg")
          .attribute("output_height", 1)
          .attribute("output_width", 1)
          .attribute("sampling_ratio", 0)
          .attribute("spatial_scale", 1.0f)
          .type("T1", Types.FLOATS)
          .type("T2", DataType.INT64)
          .version(16)
          .attribute("coordinate_transformation_mode", "half_pixel")
          .version(22)
          .type("T1", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(RoiAlign::of);

  private static final int MOST_SAMPLES = 1 << 24;

  static RoiAlign of(Attributes attributes) {
    String shift = attributes.getString("coordinate_transformation_mode", "output_half_pixel");
    String mode = attributes.getString("mode");
    if (!shift.equals("half_pixel") && !shift.equals("output_half_pixel")) {
      throw new InvalidModel("coordinate_transformation_mode \"" + shift + "\"");
    }
    if (!mode.equals("avg") && !mode.equals("max")) {
      throw new InvalidModel("mode \"" + mode + "\"");
    }
    return new RoiAlign(
        shift.equals("half_pixel"),
        mode.equals("max"),
        attributes.getInt("output_height"),
        attributes.getInt("output_width"),
        attributes.getInt("sampling_ratio"),
        attributes.getFloat("spatial_scale"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Shape rois = in.shape(1);
    Dim n = rois.hasRank() && rois.rank() == 2 ? rois.dim(0) : Dim.UNKNOWN;
    Dim channels = x.hasRank() && x.rank() == 4 ? x.dim(1) : Dim.UNKNOWN;
    in.shape(0, Shape.of(n, channels, Dim.of(height), Dim.of(width)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor rois = in.tensor(1);
    Tensor batches = in.tensor(2);
    int n = batches.size();
    if (x.rank() != 4 || !rois.hasShape(n, 4) || batches.rank() != 1) {
      throw new OperatorFailed("regions " + rois + " with batches " + batches + " of " + x);
    }
    int channels = x.dim(1);
    int[] shape = {n, channels, Axes.size(height), Axes.size(width)};
    double[] from = x.toDoubles();
    double[] regions = rois.toDoubles();
    Tensor y = in.output(0, x.dataType(), shape);
    int bins = shape[2] * shape[3];
    int plane = x.dim(2) * x.dim(3);
    for (int i = 0; i < n; i++) {
      long batch = batches.getLong(i);
      if (batch < 0 || batch >= x.dim(0)) {
        throw new OperatorFailed("batch index " + batch + " for " + x);
      }
      Samples samples = samples(regions, 4 * i, x.dim(2), x.dim(3), shape);
      for (int c = 0; c < channels; c++) {
        int map = ((int) batch * channels + c) * plane;
        for (int bin = 0; bin < bins; bin++) {
          y.setDouble((i * channels + c) * bins + bin, pool(from, map, samples, bin));
        }
      }
      in.checkpoint();
    }
  }

  /** Four neighbours and their weights for every sample of every bin. */
  private record Samples(int perBin, int[] offsets, double[] weights) {}

  private Samples samples(double[] rois, int at, int rows, int columns, int[] shape) {
    double shift = halfPixel ? 0.5 : 0;
    double left = rois[at] * spatialScale - shift;
    double top = rois[at + 1] * spatialScale - shift;
    double w = rois[at + 2] * spatialScale - shift - left;
    double h = rois[at + 3] * spatialScale - shift - top;
    if (!halfPixel) {
      w = Math.max(w, 1);
      h = Math.max(h, 1);
    }
    double binW = w / shape[3];
    double binH = h / shape[2];
    int gridW = samplingRatio > 0 ? Axes.size(samplingRatio) : (int) Math.max(0, Math.ceil(binW));
    int gridH = samplingRatio > 0 ? Axes.size(samplingRatio) : (int) Math.max(0, Math.ceil(binH));
    double count = 4.0 * gridW * gridH * shape[2] * shape[3];
    if (count > MOST_SAMPLES) {
      throw new LimitExceeded("samples", "a region of more than " + MOST_SAMPLES + " samples");
    }
    int perBin = gridW * gridH;
    int all = (int) count;
    int[] offsets = new int[all];
    double[] weights = new double[all];
    int next = 0;
    for (int i = 0; i < shape[2]; i++) {
      for (int j = 0; j < shape[3]; j++) {
        for (int k = 0; k < perBin; k++) {
          int row = k / gridW;
          double py = top + i * binH + (row + 0.5) * binH / gridH;
          double px = left + j * binW + (k % gridW + 0.5) * binW / gridW;
          if (py >= -1 && py <= rows && px >= -1 && px <= columns) {
            double cy = Math.clamp(py, 0, rows - 1);
            double cx = Math.clamp(px, 0, columns - 1);
            int y0 = (int) cy;
            int x0 = (int) cx;
            int y1 = Math.min(y0 + 1, rows - 1);
            int x1 = Math.min(x0 + 1, columns - 1);
            double ly = cy - y0;
            double lx = cx - x0;
            offsets[next] = y0 * columns + x0;
            offsets[next + 1] = y0 * columns + x1;
            offsets[next + 2] = y1 * columns + x0;
            offsets[next + 3] = y1 * columns + x1;
            weights[next] = (1 - ly) * (1 - lx);
            weights[next + 1] = (1 - ly) * lx;
            weights[next + 2] = ly * (1 - lx);
            weights[next + 3] = ly * lx;
          }
          next += 4;
        }
      }
    }
    return new Samples(perBin, offsets, weights);
  }

  private double pool(double[] from, int map, Samples samples, int bin) {
    int first = bin * samples.perBin() * 4;
    int end = first + samples.perBin() * 4;
    double result = 0;
    for (int k = first; k < end; k++) {
      double value = samples.weights()[k] * from[map + samples.offsets()[k]];
      result = !max ? result + value : k == first ? value : Math.max(result, value);
    }
    return max ? result : result / Math.max(1, samples.perBin());
  }
}
