package org.sardonyx.operators.nn;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.tensor.Tensor;

/**
 * Convolution and pooling straight from their formulas, in double, one output and one tap at a
 * time.
 *
 * @param stride steps between outputs
 * @param dilation steps between taps
 * @param begin padding in front
 * @param end padding behind
 */
record NaiveWindows(int[] stride, int[] dilation, int[] begin, int[] end) {

  int rank() {
    return stride.length;
  }

  int[] outputs(int[] in, int[] kernel) {
    int[] out = new int[rank()];
    for (int a = 0; a < out.length; a++) {
      int extent = (kernel[a] - 1) * dilation[a] + 1;
      out[a] = (in[a] + begin[a] + end[a] - extent) / stride[a] + 1;
    }
    return out;
  }

  /** Returns the places that an output reads, tap by tap; null for padding. */
  List<int[]> reads(int[] in, int[] kernel, int[] output) {
    List<int[]> reads = new ArrayList<>();
    for (int[] tap : all(kernel)) {
      int[] place = new int[rank()];
      boolean inside = true;
      for (int a = 0; a < place.length; a++) {
        place[a] = output[a] * stride[a] + tap[a] * dilation[a] - begin[a];
        inside &= place[a] >= 0 && place[a] < in[a];
      }
      reads.add(inside ? place : null);
    }
    return reads;
  }

  double[] convolve(Tensor x, Tensor w, Tensor bias, int group) {
    int[] in = spatial(x);
    int[] kernel = spatial(w);
    int[] out = outputs(in, kernel);
    int features = w.dim(0);
    double[] y = new double[x.dim(0) * features * size(out)];
    int at = 0;
    for (int n = 0; n < x.dim(0); n++) {
      for (int m = 0; m < features; m++) {
        for (int[] o : all(out)) {
          double sum = bias == null ? 0 : bias.getDouble(m);
          for (int c = 0; c < w.dim(1); c++) {
            int channel = m / (features / group) * w.dim(1) + c;
            List<int[]> reads = reads(in, kernel, o);
            for (int t = 0; t < reads.size(); t++) {
              if (reads.get(t) != null) {
                int plane = n * x.dim(1) + channel;
                sum +=
                    x.getDouble(plane * size(in) + index(reads.get(t), in))
                        * w.getDouble((m * w.dim(1) + c) * size(kernel) + t);
              }
            }
          }
          y[at++] = sum;
        }
      }
    }
    return y;
  }

  /** Scatters x over an output whose spatial sizes are {@code to}. */
  double[] transpose(Tensor x, Tensor w, Tensor bias, int group, int[] to) {
    int[] from = spatial(x);
    int[] kernel = spatial(w);
    int perGroup = w.dim(1);
    int features = perGroup * group;
    double[] y = new double[x.dim(0) * features * size(to)];
    for (int i = 0; bias != null && i < y.length; i++) {
      y[i] = bias.getDouble(i / size(to) % features);
    }
    for (int n = 0; n < x.dim(0); n++) {
      for (int c = 0; c < x.dim(1); c++) {
        int first = c / (x.dim(1) / group) * perGroup;
        for (int m = 0; m < perGroup; m++) {
          int p = 0;
          for (int[] o : all(from)) {
            double v = x.getDouble((n * x.dim(1) + c) * size(from) + p++);
            List<int[]> reads = reads(to, kernel, o);
            for (int t = 0; t < reads.size(); t++) {
              if (reads.get(t) != null) {
                int plane = n * features + first + m;
                y[plane * size(to) + index(reads.get(t), to)] +=
                    v * w.getDouble((c * perGroup + m) * size(kernel) + t);
              }
            }
          }
        }
      }
    }
    return y;
  }

  static int[] spatial(Tensor x) {
    int[] sizes = new int[x.rank() - 2];
    for (int a = 0; a < sizes.length; a++) {
      sizes[a] = x.dim(a + 2);
    }
    return sizes;
  }

  static int size(int[] sizes) {
    int size = 1;
    for (int s : sizes) {
      size *= s;
    }
    return size;
  }

  static int index(int[] place, int[] sizes) {
    int index = 0;
    for (int a = 0; a < sizes.length; a++) {
      index = index * sizes[a] + place[a];
    }
    return index;
  }

  static List<int[]> all(int[] sizes) {
    List<int[]> places = new ArrayList<>();
    for (int i = 0; i < size(sizes); i++) {
      int[] place = new int[sizes.length];
      int rest = i;
      for (int a = sizes.length - 1; a >= 0; a--) {
        place[a] = rest % sizes[a];
        rest /= sizes[a];
      }
      places.add(place);
    }
    return places;
  }
}
