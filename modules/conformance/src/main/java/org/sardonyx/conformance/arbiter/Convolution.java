package org.sardonyx.conformance.arbiter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.Tensor;

/**
 * Conv: {@code Y[n, m, p] = B[m] + sum over c, k of X[n, c, p * stride - pad + k * dilation] W[m,
 * c, k]}, where c runs over the channels of m's group and p, k over any number of dimensions.
 */
final class Convolution implements Plain.Equations {

  private final String autoPad;
  private final long @Nullable [] dilations;
  private final long @Nullable [] strides;
  private final long @Nullable [] pads;
  final int group;

  Convolution(Attributes attributes) {
    autoPad = attributes.getString("auto_pad", "NOTSET");
    dilations = attributes.getIntsOrNull("dilations");
    strides = attributes.getIntsOrNull("strides");
    pads = attributes.getIntsOrNull("pads");
    group = (int) attributes.getInt("group");
    attributes.ignore("kernel_shape", "W has it");
  }

  static Plain.Equations of(Attributes attributes) {
    return new Convolution(attributes);
  }

  /** Where the kernel lies over an input of these sizes. */
  record Placed(int[] size, int[] kernel, int[] out, int[] before, int[] shape) {

    /** Returns the elements of a plane of the input. */
    int area() {
      return product(size);
    }

    /** Returns the elements of a plane of the kernel. */
    int cells() {
      return product(kernel);
    }

    /** Returns the elements of a plane of the output. */
    int places() {
      return product(out);
    }
  }

  Placed at(Tensor xs, Tensor ws) {
    int rank = xs.rank() - 2;
    int[] size = Arrays.copyOfRange(xs.shape(), 2, 2 + rank);
    int[] kernel = Arrays.copyOfRange(ws.shape(), 2, 2 + rank);
    int[] out = new int[rank];
    int[] before = new int[rank];
    for (int i = 0; i < rank; i++) {
      int reach = (kernel[i] - 1) * of(dilations, i) + 1;
      int stride = of(strides, i);
      switch (autoPad) {
        case "SAME_UPPER", "SAME_LOWER" -> {
          out[i] = (size[i] + stride - 1) / stride;
          int padding = Math.max(0, (out[i] - 1) * stride + reach - size[i]);
          before[i] = autoPad.equals("SAME_UPPER") ? padding / 2 : (padding + 1) / 2;
        }
        case "VALID" -> out[i] = Math.floorDiv(size[i] - reach, stride) + 1;
        default -> {
          before[i] = pads == null ? 0 : (int) pads[i];
          int after = pads == null ? 0 : (int) pads[rank + i];
          out[i] = Math.floorDiv(size[i] + before[i] + after - reach, stride) + 1;
        }
      }
      out[i] = Math.max(0, out[i]);
    }
    int[] shape = new int[rank + 2];
    shape[0] = xs.dim(0);
    shape[1] = ws.dim(0);
    System.arraycopy(out, 0, shape, 2, rank);
    return new Placed(size, kernel, out, before, shape);
  }

  @Override
  public void run(Invocation in) {
    Tensor xs = in.tensor(0);
    Tensor ws = in.tensor(1);
    Placed placed = at(xs, ws);
    int[] shape = placed.shape();
    double[] y = new double[Tensor.checkedSize(shape)];
    double[] x = xs.toDoubles();
    double[] w = ws.toDoubles();
    double[] b = in.has(2) ? in.tensor(2).toDoubles() : new double[ws.dim(0)];
    int channels = ws.dim(1);
    int area = placed.area();
    int cells = placed.cells();
    int places = placed.places();
    int[] inputs = new int[cells];
    for (int p = 0; p < places; p++) {
      for (int k = 0; k < cells; k++) {
        inputs[k] = input(placed, p, k);
      }
      for (int n = 0; n < shape[0]; n++) {
        for (int m = 0; m < shape[1]; m++) {
          int firstChannel = m / (shape[1] / group) * channels;
          Sum sum = new Sum(b[m]);
          for (int c = 0; c < channels; c++) {
            int plane = (n * xs.dim(1) + firstChannel + c) * area;
            int weights = (m * channels + c) * cells;
            for (int k = 0; k < cells; k++) {
              if (inputs[k] >= 0) {
                sum.addProduct(x[plane + inputs[k]], w[weights + k]);
              }
            }
          }
          y[(n * shape[1] + m) * places + p] = sum.value();
        }
      }
      in.checkpoint();
    }
    in.set(0, Tensor.fromDoubles(xs.dataType(), y, shape));
  }

  /** Where in a channel a cell of the kernel lies, at a place of the output; -1 in the padding. */
  int input(Placed placed, int place, int cell) {
    int[] size = placed.size();
    int p = place;
    int k = cell;
    int at = 0;
    int stride = 1;
    for (int i = size.length - 1; i >= 0; i--) {
      int index =
          p % placed.out()[i] * of(strides, i)
              - placed.before()[i]
              + k % placed.kernel()[i] * of(dilations, i);
      if (index < 0 || index >= size[i]) {
        return -1;
      }
      at += index * stride;
      stride *= size[i];
      p /= placed.out()[i];
      k /= placed.kernel()[i];
    }
    return at;
  }

  private static int of(long @Nullable [] values, int i) {
    return values == null || values.length == 0 ? 1 : (int) values[i];
  }

  private static int product(int[] sizes) {
    int product = 1;
    for (int size : sizes) {
      product *= size;
    }
    return product;
  }
}
