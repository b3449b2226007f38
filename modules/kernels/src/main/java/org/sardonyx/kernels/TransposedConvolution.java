package org.sardonyx.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transpose of a convolution over one or two axes with stride s, as s convolutions an axis with
 * stride 1: outputs {@code u * s + r - begin} for one r read the taps t with {@code t * dilation %
 * s == r}, and nothing else. Laid out for one shape of input; any number of threads may use one.
 */
public final class TransposedConvolution {

  private final Convolution shape;
  private final List<Phase> phases = new ArrayList<>();
  private final int in;
  private final int out;
  private final int width;

  /** The outputs of one r for each axis, every {@code step} from {@code first} on. */
  private record Phase(
      Axis rows, Axis columns, FloatConvolution convolution, ConvolutionWeights weights) {

    int size() {
      return rows.count * columns.count;
    }

    /** Whether these are all outputs. */
    boolean isAll() {
      return rows.step == 1 && columns.step == 1;
    }
  }

  /** Some outputs along one axis, and the taps they read, in the order of inputs. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Axis(int first, int step, int count, int[] taps, int dilation, int begin) {

    static final Axis NONE = new Axis(0, 1, 1, new int[1], 1, 0);

    static List<Axis> all(Window window, int axis) {
      List<Axis> axes = new ArrayList<>();
      int stride = window.stride()[axis];
      int dilation = window.dilation()[axis];
      int kernel = window.kernel()[axis];
      int begin = window.begin()[axis];
      for (int r = 0; r < stride; r++) {
        int[] taps = new int[kernel];
        int n = 0;
        for (int t = kernel - 1; t >= 0; t--) {
          if ((long) t * dilation % stride == r) {
            taps[n++] = t;
          }
        }
        int u = Math.max(0, Math.ceilDiv(begin - r, stride));
        int first = u * stride + r - begin;
        int count = Math.floorDiv(window.in()[axis] - 1 - first, stride) + 1;
        if (count > 0) {
          int last = n == 0 ? 0 : (taps[0] * dilation - r) / stride;
          int next = n < 2 ? last - 1 : (taps[1] * dilation - r) / stride;
          axes.add(new Axis(first, stride, count, Arrays.copyOf(taps, n), last - next, last - u));
        }
      }
      return axes;
    }
  }

  /** Whether a shape can be laid out: one or two axes, and of strides that are not absurd. */
  public static boolean suits(Convolution shape) {
    Window window = shape.window();
    int phases = 1;
    for (int stride : window.stride()) {
      phases = (int) Math.min(Integer.MAX_VALUE, (long) phases * stride);
    }
    boolean near = true;
    for (int a = 0; a < window.rank(); a++) {
      near &= (long) window.kernel()[a] * window.dilation()[a] < Integer.MAX_VALUE / 2;
      near &= window.begin()[a] < Integer.MAX_VALUE / 2;
    }
    return window.rank() <= 2
        && near
        && phases <= Math.max(16, 4 * window.taps())
        && window.outSize() > 0
        && window.inSize() > 0
        && shape.channels() > 0;
  }

  /**
   * Lays out the transpose of a convolution.
   *
   * @param shape the convolution whose inputs are our outputs y [batch, features, in] and whose
   *     outputs are our inputs x [batch, channels, out]
   * @param w [channels, features / group, taps]
   */
  public TransposedConvolution(Convolution shape, float[] w) {
    this.shape = shape;
    Window window = shape.window();
    in = window.inSize();
    out = window.outSize();
    width = window.in()[window.last()];
    List<Axis> rows = window.rank() == 1 ? List.of(Axis.NONE) : Axis.all(window, 0);
    for (Axis row : rows) {
      for (Axis column : Axis.all(window, window.last())) {
        phases.add(phase(row, column, w));
      }
    }
  }

  private Phase phase(Axis row, Axis column, float[] w) {
    Window window = shape.window();
    boolean plane = window.rank() == 2;
    int taps = row.taps.length * column.taps.length;
    int groupIn = shape.channels() / shape.group();
    int groupOut = shape.features() / shape.group();
    float[] own = new float[shape.features() * groupIn * taps];
    int kernelWidth = window.kernel()[window.last()];
    int all = window.taps();
    int to = 0;
    for (int m = 0; m < shape.features(); m++) {
      for (int c = 0; c < groupIn; c++) {
        int from = ((m / groupOut * groupIn + c) * groupOut + m % groupOut) * all;
        for (int t : row.taps) {
          for (int k : column.taps) {
            own[to++] = w[from + t * kernelWidth + k];
          }
        }
      }
    }
    Window reads =
        plane
            ? new Window(
                window.out(),
                new int[] {row.count, column.count},
                new int[] {row.taps.length, column.taps.length},
                new int[] {1, 1},
                new int[] {row.dilation, column.dilation},
                new int[] {row.begin, column.begin},
                new int[2])
            : new Window(
                window.out(),
                new int[] {column.count},
                new int[] {column.taps.length},
                new int[] {1},
                new int[] {column.dilation},
                new int[] {column.begin},
                new int[1]);
    FloatConvolution convolution =
        new FloatConvolution(
            new Convolution(reads, shape.group(), shape.channels(), shape.features()));
    ConvolutionWeights weights =
        new ConvolutionWeights(own, shape.group(), shape.features(), groupIn * taps);
    return new Phase(row, column, convolution, weights);
  }

  /** Returns the floats of scratch that {@link #run} needs. */
  public int scratch() {
    int most = 0;
    for (Phase phase : phases) {
      int sums = phase.isAll() ? 0 : shape.features() * phase.size();
      most = Math.max(most, Math.addExact(phase.convolution.scratch(), sums));
    }
    return most;
  }

  /**
   * Computes y [batch, features, in] from x [batch, channels, out].
   *
   * @param bias [features] or null
   * @param scratch at least {@link #scratch} floats
   */
  public void run(
      Kernels kernels, int batch, float[] x, float @Nullable [] bias, float[] y, float[] scratch) {
    for (Phase phase : phases) {
      if (phase.isAll()) {
        phase.convolution.run(kernels, batch, x, 0, phase.weights, bias, y, 0, scratch);
        continue;
      }
      int inner = phase.convolution.scratch();
      for (int n = 0; n < batch; n++) {
        int from = n * shape.channels() * out;
        phase.convolution.run(kernels, 1, x, from, phase.weights, bias, scratch, inner, scratch);
        int at = inner;
        for (int m = 0; m < shape.features(); m++) {
          int plane = (n * shape.features() + m) * in + phase.columns.first;
          for (int i = 0; i < phase.rows.count; i++) {
            int row = plane + (phase.rows.first + i * phase.rows.step) * width;
            deal(scratch, at, phase.columns.count, y, row, phase.columns.step);
            at += phase.columns.count;
          }
        }
      }
    }
  }

  private static void deal(float[] from, int at, int n, float[] to, int start, int step) {
    if (step == 1) {
      System.arraycopy(from, at, to, start, n);
      return;
    }
    for (int j = 0; j < n; j++) {
      to[start + j * step] = from[at + j];
    }
  }
}
