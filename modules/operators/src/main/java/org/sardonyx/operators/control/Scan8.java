package org.sardonyx.operators.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Scan of version 8: inputs and outputs have a batch axis 0 and, where scanned, a sequence axis 1;
 * every row of the batch is scanned by itself, up to a length of its own. What lies beyond the
 * length in a scan output is 0; a reverse scan begins at the end of the row's length.
 *
 * @param states number of states
 * @param reverse for each scan input, whether from the end
 */
record Scan8(int states, List<Boolean> reverse) implements Operator {

  static Scan8 of(Attributes attributes) {
    int scanned = Scan.scanned(attributes, attributes.inputs() - 1);
    int states = attributes.inputs() - 1 - scanned;
    Scan.outputs(attributes, states, scanned);
    return new Scan8(states, Scan.flags(attributes, "directions", scanned));
  }

  @Override
  public void infer(Inference in) {
    List<@Nullable Type> types = new ArrayList<>();
    Dim batch = Dim.UNKNOWN;
    Dim length = Dim.UNKNOWN;
    for (int i = 0; i < states + reverse.size(); i++) {
      int dropped = i < states ? 1 : 2;
      Shape shape = in.shape(1 + i);
      if (!(in.type(1 + i) instanceof Type.OfTensor(var element, Shape _))) {
        types.add(null);
      } else if (!shape.hasRank() || shape.rank() < dropped) {
        types.add(Type.tensor(element));
      } else {
        batch = batch.isKnown() ? batch : shape.dim(0);
        length = i < states || length.isKnown() ? length : shape.dim(1);
        types.add(Type.tensor(element, Shape.of(shape.dims().subList(dropped, shape.rank()))));
      }
    }
    List<@Nullable Type> outputs = in.body("body", types);
    for (int i = 0; i < in.outputs(); i++) {
      Type row = i < states ? outputs.get(i) : CarriedTypes.stacked(outputs.get(i), 0, length);
      Type type = CarriedTypes.stacked(row, 0, batch);
      if (type != null) {
        in.output(i, type);
      }
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor first = in.tensor(1 + states);
    for (int i = 0; i < reverse.size(); i++) {
      Tensor x = in.tensor(1 + states + i);
      if (x.rank() < 2 || x.dim(0) != first.dim(0) || x.dim(1) != first.dim(1)) {
        throw new OperatorFailed(
            "scan inputs need one batch and one length, are " + first + " and " + x);
      }
    }
    int batch = first.dim(0);
    int length = first.dim(1);
    for (int i = 0; i < states; i++) {
      Tensor state = in.tensor(1 + i);
      if (state.rank() < 1 || state.dim(0) != batch) {
        throw new OperatorFailed("state " + state + " must have the batch of " + first);
      }
    }
    Tensor lens = in.optional(0);
    if (lens != null && !lens.hasShape(batch)) {
      throw new OperatorFailed("sequence_lens is " + lens + ", must be int64[" + batch + "]");
    }
    Body body = in.body("body");
    int scans = body.outputs() - states;
    Stack[] finals = stacks(states);
    @Nullable Tensor[] scanOutputs = new @Nullable Tensor[scans];
    for (int row = 0; row < batch; row++) {
      long own = lens == null ? length : lens.getLong(row);
      if (own < 0 || own > length) {
        throw new OperatorFailed("sequence_lens must lie in [0, " + length + "]");
      }
      row(in, body, row, (int) own, finals, scanOutputs);
    }
    for (int i = 0; i < in.outputs(); i++) {
      if (!in.wants(i)) {
        continue;
      }
      if (i < states) {
        finals[i].give(in, i, 0, false, batchless(in.tensor(1 + i)));
      } else {
        Tensor done = scanOutputs[i - states];
        in.set(i, done != null ? done : none(Stack.empty(0, body.outputType(i)), batch, length));
      }
    }
  }

  private void row(
      Invocation in,
      Body body,
      int row,
      int length,
      Stack[] finals,
      @Nullable Tensor[] scanOutputs) {
    List<Value> state = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      state.add(Stack.take(in.tensor(1 + i), 0, row));
    }
    int batch = in.tensor(1 + states).dim(0);
    int longest = in.tensor(1 + states).dim(1);
    List<Tensor> rows = new ArrayList<>();
    for (int i = 0; i < reverse.size(); i++) {
      rows.add(Stack.take(in.tensor(1 + states + i), 0, row));
    }
    for (int trip = 0; trip < length; trip++) {
      List<Value> inputs = new ArrayList<>(state);
      for (int i = 0; i < rows.size(); i++) {
        inputs.add(Stack.take(rows.get(i), 0, reverse.get(i) ? length - 1 - trip : trip));
      }
      List<Value> outputs = body.run(inputs);
      state = Scan.states(state, outputs);
      for (int i = 0; i < scanOutputs.length; i++) {
        if (!(outputs.get(states + i) instanceof Tensor slice)) {
          throw new OperatorFailed("a scan output must be a tensor");
        }
        Tensor all = scanOutputs[i];
        if (all == null) {
          int[] shape = Stack.inserted(Stack.inserted(slice.shape(), 0, longest), 0, batch);
          all = Tensor.zeros(slice.dataType(), shape);
          scanOutputs[i] = all;
        }
        int[] shape = all.shape();
        if (slice.dataType() != all.dataType()
            || !slice.hasShape(Arrays.copyOfRange(shape, 2, shape.length))) {
          throw new OperatorFailed("a scan output of " + all + " becomes " + slice);
        }
        Stack.putAt(slice, all, row * longest + trip);
      }
      in.checkpoint();
    }
    for (int i = 0; i < states; i++) {
      finals[i].add(in, state.get(i));
    }
  }

  private static Type batchless(Tensor state) {
    List<Dim> dims = state.type().shape().dims();
    return Type.tensor(state.dataType(), Shape.of(dims.subList(1, dims.size())));
  }

  /** Returns scan outputs that no trip filled: zeros of the shape [batch, length, ...]. */
  private static Tensor none(Tensor empty, int batch, int length) {
    int[] shape = Stack.inserted(empty.shape(), 0, batch);
    shape[1] = length;
    return Tensor.zeros(empty.dataType(), shape);
  }

  private static Stack[] stacks(int n) {
    Stack[] stacks = new Stack[n];
    for (int i = 0; i < n; i++) {
      stacks[i] = new Stack();
    }
    return stacks;
  }
}
