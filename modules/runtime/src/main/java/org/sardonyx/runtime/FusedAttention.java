package org.sardonyx.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.AttentionHeads;
import org.sardonyx.kernels.AttentionHeads.Matrices;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Attention written out in nodes, as one step: see {@link AttentionPattern}. */
final class FusedAttention implements Fused {

  /**
   * A factor of a product.
   *
   * @param perm how the input is to be transposed; null for not at all
   */
  record Operand(int input, int @Nullable [] perm) {}

  /**
   * What is done to scores.
   *
   * @param f a function of them and of an input; null where some are replaced
   * @param input the input, or what replaces them
   * @param condition which are kept, or replaced
   * @param keeps whether the condition says what is kept
   */
  record Change(@Nullable Binary f, int input, int condition, boolean keeps) {}

  private final Operand q;
  private final Operand k;
  private final Operand v;
  private final int @Nullable [] perm;
  private final float scale;
  private final List<Change> changes;
  private final long axis;
  private final boolean clears;
  private final List<Step> parts;
  private final int inputs;
  private final AtomicReference<@Nullable Work> idle = new AtomicReference<>();
  private volatile @Nullable Layout last;

  /**
   * Makes one.
   *
   * @param perm how the result is to be transposed; null for not at all
   * @param scale a factor of the scores
   * @param axis along which their softmax goes
   * @param clears whether NaN among the weights is written as 0
   * @param parts the nodes, in order
   */
  FusedAttention(
      Operand q,
      Operand k,
      Operand v,
      int @Nullable [] perm,
      float scale,
      List<Change> changes,
      long axis,
      boolean clears,
      List<Step> parts) {
    this.q = q;
    this.k = k;
    this.v = v;
    this.perm = perm;
    this.scale = scale;
    this.changes = changes;
    this.axis = axis;
    this.clears = clears;
    this.parts = List.copyOf(parts);
    int most = Math.max(q.input(), Math.max(k.input(), v.input()));
    for (Change change : changes) {
      most = Math.max(most, Math.max(change.input(), change.condition()));
    }
    this.inputs = most + 1;
  }

  /**
   * How inputs of some shapes lie.
   *
   * @param shapes the shapes of the inputs
   * @param heads what computes; null where they are not to be computed together
   * @param places by change: where its input lies, and its condition
   * @param shape the shape of the output
   */
  private record Layout(
      int[][] shapes, @Nullable AttentionHeads heads, Matrices[][] places, int[] shape) {}

  /** A tensor as it is read. */
  private record View(int[] shape, int[] strides) {

    static @Nullable View of(int[] shape, int @Nullable [] perm) {
      int[] strides = Axes.strides(shape);
      if (perm == null) {
        return new View(shape, strides);
      }
      if (perm.length != shape.length) {
        return null;
      }
      View turned = new View(new int[perm.length], new int[perm.length]);
      for (int i = 0; i < perm.length; i++) {
        turned.shape[i] = shape[perm[i]];
        turned.strides[i] = strides[perm[i]];
      }
      return turned;
    }

    /** Returns the size of an axis, counted from the end. */
    int size(int back) {
      return shape[shape.length - back];
    }

    int stride(int back) {
      return strides[shape.length - back];
    }

    /** Returns the sizes of all axes but the last two. */
    int[] batch() {
      return Arrays.copyOf(shape, shape.length - 2);
    }

    /** Whether it broadcasts to this shape in its first axes. */
    boolean fits(int[] whole, int axes) {
      for (int i = 0; i < axes; i++) {
        if (shape[i] != whole[i] && shape[i] != 1) {
          return false;
        }
      }
      return true;
    }

    /** Returns where what belongs to each element of a batch begins. */
    int[] begins(int[] batch) {
      int[] begins = new int[Axes.product(batch, 0, batch.length)];
      for (int i = 0; i < begins.length; i++) {
        int rest = i;
        for (int d = batch.length - 1; d >= 0; d--) {
          begins[i] += rest % batch[d] * step(d);
          rest /= batch[d];
        }
      }
      return begins;
    }

    int step(int axis) {
      return shape[axis] == 1 ? 0 : strides[axis];
    }

    Matrices matrices(int[] batch) {
      return new Matrices(begins(batch), stride(2), stride(1));
    }
  }

  @Override
  public List<Step> parts() {
    return parts;
  }

  @Override
  public boolean fits(@Nullable Value[] frame, int[] in) {
    for (int i = 0; i < inputs; i++) {
      if (!(frame[in[i]] instanceof Tensor tensor)
          || tensor.dataType() != (isCondition(i) ? DataType.BOOL : DataType.FLOAT)) {
        return false;
      }
    }
    Layout known = last;
    for (int i = 0; known != null && i < inputs; i++) {
      known =
          frame[in[i]] instanceof Tensor tensor && tensor.hasShape(known.shapes[i]) ? known : null;
    }
    if (known == null) {
      int[][] shapes = new int[inputs][];
      for (int i = 0; i < inputs; i++) {
        shapes[i] = ((Tensor) Objects.requireNonNull(frame[in[i]])).shape();
      }
      known = layout(shapes);
      last = known;
    }
    return known.heads != null;
  }

  private boolean isCondition(int input) {
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).condition() == input) {
        return true;
      }
    }
    return false;
  }

  private Layout layout(int[][] shapes) {
    Layout none = new Layout(shapes, null, new Matrices[0][], new int[0]);
    View left = View.of(shapes[q.input()], q.perm());
    View right = View.of(shapes[k.input()], k.perm());
    View values = View.of(shapes[v.input()], v.perm());
    int rank = left == null ? 0 : left.shape.length;
    if (left == null
        || right == null
        || values == null
        || rank < 2
        || right.shape.length != rank
        || values.shape.length != rank
        || (perm != null && perm.length != rank)
        || (axis != -1 && axis != rank - 1)
        || left.size(1) != right.size(2)
        || values.size(2) != right.size(1)) {
      return none;
    }
    int[] batch;
    try {
      batch = Broadcast.shape(left.batch(), right.batch());
    } catch (OperatorFailed _) {
      // The node that this belongs to says so.
      return none;
    }
    int[] scores = Arrays.copyOf(batch, rank);
    scores[rank - 2] = left.size(2);
    scores[rank - 1] = right.size(1);
    Matrices[][] places = new Matrices[changes.size()][];
    for (int i = 0; i < places.length; i++) {
      Change change = changes.get(i);
      Matrices input = place(shapes[change.input()], scores);
      Matrices condition = change.f() != null ? input : place(shapes[change.condition()], scores);
      if (input == null || condition == null || (change.f() == null && input.column() != 0)) {
        return none;
      }
      places[i] = new Matrices[] {input, condition};
    }
    if (!values.fits(batch, rank - 2)) {
      return none;
    }
    int[] result = scores.clone();
    result[rank - 1] = values.size(1);
    int[] shape = result.clone();
    int[] back = new int[rank];
    for (int i = 0; perm != null && i < rank; i++) {
      shape[i] = result[perm[i]];
      back[perm[i]] = i;
    }
    View y = Objects.requireNonNull(View.of(shape, perm == null ? null : back));
    AttentionHeads heads =
        new AttentionHeads(
            scores[rank - 2],
            scores[rank - 1],
            left.size(1),
            result[rank - 1],
            scale,
            left.matrices(batch),
            new Matrices(right.begins(batch), right.stride(1), right.stride(2)),
            values.matrices(batch),
            y.matrices(batch),
            false);
    return new Layout(shapes, heads, places, shape);
  }

  /** Returns where a tensor of some shape lies over the scores; null where it is none of them. */
  private static @Nullable Matrices place(int[] shape, int[] scores) {
    int rank = scores.length;
    if (shape.length > rank) {
      return null;
    }
    int[] padded = new int[rank];
    Arrays.fill(padded, 1);
    System.arraycopy(shape, 0, padded, rank - shape.length, shape.length);
    View view = Objects.requireNonNull(View.of(padded, null));
    return view.fits(scores, rank)
        ? new Matrices(
            view.begins(Arrays.copyOf(scores, rank - 2)), view.step(rank - 2), view.step(rank - 1))
        : null;
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Layout layout = Objects.requireNonNull(last);
    for (int i = 0; i < inputs; i++) {
      if (!in.tensor(i).hasShape(layout.shapes[i])) {
        // Another run was here in between.
        int[][] shapes = new int[inputs][];
        Arrays.setAll(shapes, input -> in.tensor(input).shape());
        layout = layout(shapes);
        break;
      }
    }
    Work spare = idle.getAndSet(null);
    Work work = spare == null ? new Work() : spare;
    float[] y = in.output(0, DataType.FLOAT, layout.shape).floats();
    work.begin(in, layout);
    Objects.requireNonNull(layout.heads)
        .run(
            in.kernels(),
            in.tensor(q.input()).floats(),
            in.tensor(k.input()).floats(),
            in.tensor(v.input()).floats(),
            y,
            work,
            work);
    work.end();
    idle.set(work);
  }

  /** One run: what is done to scores, and its inputs. */
  private final class Work implements AttentionHeads.Weights, Runnable {

    private static final float[] NONE = {};
    private static final byte[] NEVER = {};

    private final float[][] floats = new float[changes.size()][];
    private final byte[][] conditions = new byte[changes.size()][];
    private Matrices[][] places = {};
    private @Nullable Invocation in;

    void begin(Invocation invocation, Layout layout) {
      in = invocation;
      places = layout.places;
      for (int i = 0; i < floats.length; i++) {
        Change change = changes.get(i);
        floats[i] = invocation.tensor(change.input()).floats();
        conditions[i] = change.f() != null ? NEVER : invocation.tensor(change.condition()).bytes();
      }
    }

    void end() {
      in = null;
      Arrays.fill(floats, NONE);
      Arrays.fill(conditions, NEVER);
    }

    @Override
    public void run() {
      Objects.requireNonNull(in).checkpoint();
    }

    @Override
    public void weigh(
        Kernels kernels, int head, int query, int rows, int key, int count, float[] x) {
      for (int i = 0; i < floats.length; i++) {
        change(kernels, i, head, query, rows, key, count, x);
      }
      kernels.softmax(x, 0, x, 0, count, rows);
      for (int j = 0; clears && j < rows * count; j++) {
        x[j] = Float.isNaN(x[j]) ? 0 : x[j];
      }
    }

    private void change(
        Kernels kernels, int i, int head, int query, int rows, int key, int count, float[] x) {
      Change change = changes.get(i);
      Matrices place = places[i][0];
      int at = place.begins()[head] + query * place.row() + key * place.column();
      Binary f = change.f();
      if (f == null) {
        Matrices condition = places[i][1];
        int from = condition.begins()[head] + query * condition.row() + key * condition.column();
        for (int r = 0; r < rows; r++) {
          float other = floats[i][at + r * place.row()];
          byte[] kept = conditions[i];
          choose(
              kept,
              from + r * condition.row(),
              condition.column(),
              change,
              other,
              x,
              r * count,
              count);
        }
      } else if (place.column() == 1 && place.row() == count) {
        kernels.binary(f, x, 0, floats[i], at, x, 0, rows * count);
      } else if (place.column() == 0 && place.row() == 0) {
        kernels.binaryRight(f, x, 0, floats[i][at], x, 0, rows * count);
      } else {
        for (int r = 0; r < rows; r++) {
          int from = at + r * place.row();
          if (place.column() == 0) {
            kernels.binaryRight(f, x, r * count, floats[i][from], x, r * count, count);
          } else {
            kernels.binary(f, x, r * count, floats[i], from, x, r * count, count);
          }
        }
      }
    }

    /** Replaces the scores of which the condition does not say that they are kept. */
    private static void choose(
        byte[] condition,
        int from,
        int step,
        Change change,
        float other,
        float[] x,
        int at,
        int n) {
      boolean keeps = change.keeps();
      for (int j = 0; j < n; j++) {
        x[at + j] = condition[from + j * step] != 0 == keeps ? x[at + j] : other;
      }
    }
  }
}
