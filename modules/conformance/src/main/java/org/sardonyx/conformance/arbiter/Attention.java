package org.sardonyx.conformance.arbiter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * ai.onnx Attention, one query at a time: {@code Y = softmax(cap(scale Q K^T) + mask) V}.
 *
 * <p>A key is seen by query i where the mask allows it, it is no padding, {@code j <= i + offset}
 * where causal, and it is within the window. A query that sees none gives zeros.
 */
final class Attention implements Plain.Equations {

  private final boolean causal;
  private final int qHeads;
  private final int kvHeads;
  private final double scale;
  private final double softcap;
  private final int mode;
  private final long left;
  private final long right;
  private final boolean pads;

  private Attention(Attributes attributes) {
    causal = attributes.getFlag("is_causal");
    qHeads = (int) attributes.getInt("q_num_heads", 0);
    kvHeads = (int) attributes.getInt("kv_num_heads", 0);
    scale = attributes.getFloat("scale", Float.NaN);
    softcap = attributes.getFloat("softcap");
    mode = (int) attributes.getInt("qk_matmul_output_mode");
    left = attributes.getInt("left_window_size", -1);
    right = attributes.getInt("right_window_size", -1);
    // From version 24 on a last axis of 1 is a short one, before it broadcasts.
    pads = attributes.version() >= 24;
    attributes.ignore("softmax_precision", "nothing is more precise than what is done here");
  }

  static Plain.Equations of(Attributes attributes) {
    return new Attention(attributes);
  }

  /** A tensor seen as [N, heads, S, head], whichever way it lies. */
  private record Heads(double[] data, int batch, int heads, int length, int size, boolean flat) {

    static Heads of(Tensor tensor, int heads) {
      double[] data = tensor.toDoubles();
      if (tensor.rank() == 4) {
        return new Heads(data, tensor.dim(0), tensor.dim(1), tensor.dim(2), tensor.dim(3), false);
      }
      if (heads == 0) {
        throw new InvalidModel("3D inputs need the numbers of heads");
      }
      return new Heads(data, tensor.dim(0), heads, tensor.dim(1), tensor.dim(2) / heads, true);
    }

    int at(int n, int head, int s) {
      return (flat ? (n * length + s) * heads + head : (n * heads + head) * length + s) * size;
    }

    /** This after {@code past}, as [N, heads, S, head]. */
    Heads after(@Nullable Tensor past) {
      int before = past == null ? 0 : past.dim(2);
      double[] old = past == null ? new double[0] : past.toDoubles();
      int all = before + length;
      double[] joined = new double[batch * heads * all * size];
      for (int n = 0; n < batch; n++) {
        for (int head = 0; head < heads; head++) {
          int to = (n * heads + head) * all * size;
          System.arraycopy(old, (n * heads + head) * before * size, joined, to, before * size);
          for (int s = 0; s < length; s++) {
            System.arraycopy(data, at(n, head, s), joined, to + (before + s) * size, size);
          }
        }
      }
      return new Heads(joined, batch, heads, all, size, false);
    }

    int[] shape() {
      return new int[] {batch, heads, length, size};
    }
  }

  @Override
  public void run(Invocation in) {
    Heads q = Heads.of(in.tensor(0), qHeads);
    int past = in.has(4) ? in.tensor(4).dim(2) : 0;
    Heads k = Heads.of(in.tensor(1), kvHeads).after(in.optional(4));
    Heads v = Heads.of(in.tensor(2), kvHeads).after(in.optional(5));
    Tensor mask = in.optional(3);
    double[] maskValues = mask == null ? new double[0] : mask.toDoubles();
    Tensor nonpad = in.optional(6);
    int total = k.length();
    int group = q.heads() / k.heads();
    double factor = Double.isNaN(scale) ? 1 / Math.sqrt(q.size()) : scale;
    double[] y = new double[q.batch() * q.heads() * q.length() * v.size()];
    double[] stages = new double[q.batch() * q.heads() * q.length() * total];
    Heads out = new Heads(y, q.batch(), q.heads(), q.length(), v.size(), q.flat());
    for (int n = 0; n < q.batch(); n++) {
      long keys = nonpad == null ? total : nonpad.getLong(n);
      long offset = nonpad == null ? past : keys - q.length();
      for (int head = 0; head < q.heads(); head++) {
        int shared = head / group;
        for (int i = 0; i < q.length(); i++) {
          double[] row = new double[total];
          int stage = ((n * q.heads() + head) * q.length() + i) * total;
          for (int j = 0; j < total; j++) {
            Sum sum = new Sum();
            sum.addDot(q.data(), q.at(n, head, i), 1, k.data(), k.at(n, shared, j), 1, q.size());
            row[j] = sum.value() * factor;
          }
          keep(0, row, stages, stage);
          if (softcap > 0) {
            for (int j = 0; j < total; j++) {
              row[j] = softcap * StrictMath.tanh(row[j] / softcap);
            }
          }
          keep(1, row, stages, stage);
          for (int j = 0; j < total; j++) {
            long position = offset + i;
            boolean seen =
                j < keys
                    && (!causal || j <= position)
                    && (left < 0 || j >= position - left)
                    && (right < 0 || j <= position + right);
            double bias = bias(mask, maskValues, n, head, i, j);
            row[j] = seen ? row[j] + bias : Double.NEGATIVE_INFINITY;
            if (bias == Double.NEGATIVE_INFINITY) {
              row[j] = bias;
            }
          }
          keep(2, row, stages, stage);
          softmax(row);
          keep(3, row, stages, stage);
          for (int e = 0; e < v.size(); e++) {
            Sum sum = new Sum();
            for (int j = 0; j < total; j++) {
              // What is not seen has no part in the sum, be it infinite.
              if (row[j] != 0) {
                sum.addProduct(row[j], v.data()[v.at(n, shared, j) + e]);
              }
            }
            y[out.at(n, head, i) + e] = sum.value();
          }
        }
      }
    }
    DataType type = in.tensor(0).dataType();
    in.set(
        0,
        q.flat()
            ? Tensor.fromDoubles(type, y, q.batch(), q.length(), q.heads() * v.size())
            : Tensor.fromDoubles(type, y, out.shape()));
    in.set(1, Tensor.fromDoubles(type, k.data(), k.shape()));
    in.set(2, Tensor.fromDoubles(in.tensor(2).dataType(), v.data(), v.shape()));
    in.set(3, Tensor.fromDoubles(type, stages, q.batch(), q.heads(), q.length(), total));
  }

  private void keep(int stage, double[] row, double[] stages, int at) {
    if (stage == mode) {
      System.arraycopy(row, 0, stages, at, row.length);
    }
  }

  /** What the mask adds: broadcast to [N, heads, q, kv]; minus infinity past a short last axis. */
  private double bias(@Nullable Tensor mask, double[] values, int n, int head, int i, int j) {
    if (mask == null) {
      return 0;
    }
    int[] shape = mask.shape();
    int[] index = {n, head, i, j};
    int last = shape.length == 0 ? 1 : shape[shape.length - 1];
    if (j >= last && (pads || last != 1)) {
      return Double.NEGATIVE_INFINITY;
    }
    int at = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      int k = index[4 - shape.length + axis];
      at = at * shape[axis] + (shape[axis] == 1 ? 0 : k);
    }
    if (mask.dataType() == DataType.BOOL) {
      return values[at] != 0 ? 0 : Double.NEGATIVE_INFINITY;
    }
    return values[at];
  }

  private static void softmax(double[] row) {
    double max = Double.NEGATIVE_INFINITY;
    for (double x : row) {
      max = Math.max(max, x);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      Arrays.fill(row, 0);
      return;
    }
    Sum sum = new Sum();
    for (int j = 0; j < row.length; j++) {
      row[j] = StrictMath.exp(row[j] - max);
      sum.add(row[j]);
    }
    for (int j = 0; j < row.length; j++) {
      row[j] /= sum.value();
    }
  }
}
