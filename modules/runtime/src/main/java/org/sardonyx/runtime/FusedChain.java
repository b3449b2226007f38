package org.sardonyx.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Chain.Operation;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.BroadcastLoop;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Elementwise nodes as one step. Whether the values that a run brings can be computed so shows in
 * the run; those that cannot go through the nodes one after the other.
 */
final class FusedChain implements Fused {

  /** Elements between two looks at whether the run is to go on. */
  private static final int PIECE = 1 << 24;

  /** Along shorter rows the tiles cost more than they save. */
  private static final int LEAST_ROW = 16;

  private final Chain chain;
  private final List<Step> parts;
  private final AtomicReference<Chain.@Nullable Work> idle = new AtomicReference<>();
  private volatile @Nullable Layout last;

  /**
   * How inputs of some shapes lie.
   *
   * @param shapes the shapes of the inputs
   * @param like an input that has the shape of the output; -1 where none has
   * @param shape the shape of the output
   * @param steps by input, 1 where it moves along a row
   * @param rows the rows; null where there is one
   * @param fits whether they are to be computed together
   */
  private record Layout(
      int[][] shapes,
      int like,
      int[] shape,
      int[] steps,
      @Nullable BroadcastLoop rows,
      int[] begins,
      boolean fits) {}

  /**
   * @param parts the nodes, in order; their first inputs are those of the chain
   */
  FusedChain(Chain chain, List<Step> parts) {
    this.chain = chain;
    this.parts = List.copyOf(parts);
  }

  @Override
  public List<Step> parts() {
    return parts;
  }

  @Override
  public boolean fits(@Nullable Value[] frame, int[] in) {
    for (int i = 0; i < chain.inputs(); i++) {
      if (!(frame[in[i]] instanceof Tensor tensor) || tensor.dataType() != DataType.FLOAT) {
        return false;
      }
    }
    Layout known = last;
    if (known == null || !holds(known, frame, in)) {
      Tensor[] tensors = new Tensor[chain.inputs()];
      for (int i = 0; i < tensors.length; i++) {
        tensors[i] = (Tensor) Objects.requireNonNull(frame[in[i]]);
      }
      known = layout(tensors);
      last = known;
    }
    return known.fits();
  }

  private static boolean holds(Layout layout, @Nullable Value[] frame, int[] in) {
    int[][] shapes = layout.shapes();
    for (int i = 0; i < shapes.length; i++) {
      if (!(frame[in[i]] instanceof Tensor tensor) || !tensor.hasShape(shapes[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(Layout layout, Invocation in) {
    int[][] shapes = layout.shapes();
    for (int i = 0; i < shapes.length; i++) {
      if (!in.tensor(i).hasShape(shapes[i])) {
        return false;
      }
    }
    return true;
  }

  private Layout layout(Tensor[] inputs) {
    int count = inputs.length;
    int[][] shapes = new int[count][];
    int like = 0;
    for (int i = 0; i < count; i++) {
      shapes[i] = inputs[i].shape();
      boolean larger = inputs[i].size() > inputs[like].size();
      boolean deeper =
          inputs[i].size() == inputs[like].size() && inputs[i].rank() > inputs[like].rank();
      like = larger || deeper ? i : like;
    }
    int[] steps = new int[count];
    boolean even = true;
    for (int i = 0; i < count; i++) {
      boolean same = inputs[i].sameShape(inputs[like]);
      even &= same || (inputs[i].size() == 1 && inputs[i].rank() <= inputs[like].rank());
      steps[i] = same ? 1 : 0;
    }
    if (even) {
      return new Layout(shapes, like, shapes[like], steps, null, new int[count], true);
    }
    int[] shape = new int[0];
    try {
      for (int[] each : shapes) {
        shape = Broadcast.shape(shape, each);
      }
    } catch (OperatorFailed _) {
      // The node that this belongs to says so.
      return new Layout(shapes, -1, shape, steps, null, steps, false);
    }
    BroadcastLoop rows = BroadcastLoop.of(shape, shapes);
    for (int i = 0; i < count; i++) {
      steps[i] = rows.step(i);
    }
    boolean fits = rows.length() >= LEAST_ROW && repeatsLittle(shapes, steps, shape);
    like = Arrays.equals(shapes[like], shape) ? like : -1;
    return new Layout(shapes, like, shape, steps, rows, new int[count], fits);
  }

  /**
   * Whether no operation would be computed for several rows that is the same in all of them, but
   * for what takes less time than to go through memory once more.
   */
  private boolean repeatsLittle(int[][] inputs, int[] inputSteps, int[] shape) {
    int count = inputs.length;
    int[][] shapes = Arrays.copyOf(inputs, count + chain.operations().size());
    int[] steps = Arrays.copyOf(inputSteps, shapes.length);
    long size = Tensor.checkedSize(shape);
    for (int i = count; i < shapes.length; i++) {
      Operation operation = chain.operations().get(i - count);
      int[] of = {};
      for (int operand : operation.operands()) {
        of = Broadcast.shape(of, shapes[operand]);
        steps[i] |= steps[operand];
      }
      shapes[i] = of;
      boolean little = operation instanceof Operation.OfTwo two && two.f() != Binary.DIV;
      if (steps[i] == 1 && !little && Tensor.checkedSize(of) != size) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Layout known = last;
    if (known == null || !holds(known, in)) {
      Tensor[] tensors = new Tensor[chain.inputs()];
      for (int i = 0; i < tensors.length; i++) {
        tensors[i] = in.tensor(i);
      }
      known = layout(tensors);
    }
    Layout layout = known;
    Chain.Work spare = idle.getAndSet(null);
    Chain.Work work = spare == null ? chain.work() : spare;
    float[] y =
        layout.like() >= 0
            ? in.outputLike(0, DataType.FLOAT, in.tensor(layout.like())).floats()
            : in.output(0, DataType.FLOAT, layout.shape()).floats();
    for (int i = 0; i < layout.steps().length; i++) {
      work.input(i, in.tensor(i).floats(), layout.steps()[i]);
    }
    BroadcastLoop rows = layout.rows();
    if (rows == null) {
      pieces(in, work, layout, y);
    } else {
      rows.each(in, (o, begins, n) -> chain.run(in.kernels(), work, begins, y, o, n));
    }
    work.clear();
    idle.set(work);
  }

  @Override
  public String how() {
    Chain.Work work = idle.get();
    return work == null ? "FusedChain" : work.how();
  }

  /** Runs a chain over whole arrays, which may be long. */
  private void pieces(Invocation in, Chain.Work work, Layout layout, float[] y) {
    int[] begins = layout.begins();
    if (y.length > PIECE) {
      begins = new int[begins.length];
    }
    for (int at = 0; at < y.length; at += Math.min(PIECE, y.length - at)) {
      if (at > 0) {
        in.checkpoint();
        for (int i = 0; i < begins.length; i++) {
          begins[i] = at * layout.steps()[i];
        }
      }
      chain.run(in.kernels(), work, begins, y, at, Math.min(PIECE, y.length - at));
    }
  }
}
