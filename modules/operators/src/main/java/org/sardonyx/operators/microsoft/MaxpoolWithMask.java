package org.sardonyx.operators.microsoft;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Window;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Spatial;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * MaxpoolWithMask: the greatest of each window of x [N, C, D1, ..., Dn], n at most 3, where along
 * the last axis a window ends before the first element whose mask is 0. A window of nothing gives
 * the lowest finite number, and NaN is passed over. The mask has planes of the size of x's, any
 * number of them: plane i of x has plane i modulo that number.
 *
 * <p>ONNX Runtime, where alone it is defined, never looks at the mask of the first element of a
 * plane of more than one axis; neither is it looked at here.
 *
 * @param spatial where the windows lie
 */
public record MaxpoolWithMask(Spatial spatial) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("MaxpoolWithMask")
          .input("X", "T")
          .input("M", "tensor(int32)")
          .output("Y", "T")
          .attribute("auto_pad", "NOTSET")
          .optional("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .attribute("storage_order", 0)
          .optional("strides", Kind.INTS)
          .type("T", DataType.FLOAT)
          .accuracy(Accuracy.EXACT)
          .create(MaxpoolWithMask::of);

  static MaxpoolWithMask of(Attributes attributes) {
    attributes.ignore("storage_order", "it says how indices count, and none are given");
    return new MaxpoolWithMask(Spatial.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, QLinearAveragePool.inferPool(in, spatial, false));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor mask = in.tensor(1);
    int rank = x.rank();
    if (rank < 3 || rank > 5) {
      throw new OperatorFailed("input " + x + " must have one to three spatial axes");
    }
    int planes = Axes.product(x.shape(), 0, 2);
    boolean fits = mask.rank() == rank;
    for (int a = 2; fits && a < rank; a++) {
      fits = mask.dim(a) == x.dim(a);
    }
    int masks = fits ? Axes.product(mask.shape(), 0, 2) : 0;
    if (!fits || (masks == 0 && planes > 0)) {
      throw new OperatorFailed("mask " + mask + " does not fit input " + x);
    }
    Window window = spatial.pool(x.shape());
    int[] shape = x.shape();
    System.arraycopy(window.out(), 0, shape, 2, rank - 2);
    float[] y = in.output(0, DataType.FLOAT, shape).floats();
    for (int p = 0; p < planes; p++) {
      plane(
          window,
          x.floats(),
          p * window.inSize(),
          mask.ints(),
          p % masks * window.inSize(),
          y,
          p * window.outSize());
      in.checkpoint();
    }
  }

  private static void plane(
      Window w, float[] x, int from, int[] mask, int maskFrom, float[] y, int to) {
    int last = w.rank() - 1;
    int[] at = new int[w.rank()];
    for (int o = 0; o < w.outSize(); o++) {
      int[] begin = new int[w.rank()];
      int[] end = new int[w.rank()];
      boolean empty = false;
      for (int a = 0; a <= last; a++) {
        int start = at[a] * w.stride()[a] - w.begin()[a];
        begin[a] = Math.max(start, 0);
        end[a] = Math.min(start + w.kernel()[a], w.in()[a]);
        empty |= begin[a] >= end[a];
      }
      float greatest = -Float.MAX_VALUE;
      int @Nullable [] row = empty ? null : Arrays.copyOf(begin, last);
      while (row != null) {
        int base = 0;
        for (int a = 0; a < last; a++) {
          base = (base + row[a]) * w.in()[a + 1];
        }
        for (int i = base + begin[last]; i < base + end[last]; i++) {
          if (mask[maskFrom + i] == 0 && (i > 0 || last == 0)) {
            break;
          }
          if (x[from + i] > greatest) {
            greatest = x[from + i];
          }
        }
        row = next(row, begin, end);
      }
      y[to + o] = greatest;
      for (int a = last; a >= 0 && ++at[a] == w.out()[a]; a--) {
        at[a] = 0;
      }
    }
  }

  /** Moves to the next row of a window, in place; null after the last. */
  private static int @Nullable [] next(int[] row, int[] begin, int[] end) {
    for (int a = row.length - 1; a >= 0; a--) {
      if (++row[a] < end[a]) {
        return row;
      }
      row[a] = begin[a];
    }
    return null;
  }
}
