package org.sardonyx.operators.recurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.kernels.Packing;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** What LSTM, GRU and RNN have in common; they differ in the cell. */
sealed interface RecurrentOperator extends Operator permits LSTM, GRU, RNN {

  int X = 0;
  int W = 1;
  int R = 2;
  int B = 3;
  int SEQUENCE_LENS = 4;
  int INITIAL_H = 5;
  int INITIAL_C = 6;
  int P = 7;
  int Y = 0;
  int Y_H = 1;
  int Y_C = 2;

  Layer layer();

  /** Returns G, the number of gates: W is [D, G*H, I]. */
  int gates();

  /** Returns the cell of direction {@code d}. */
  FloatCell floatCell(Packing packing, int d, Weights weights);

  /** Returns the cell of direction {@code d}. */
  DoubleCell doubleCell(int d, Weights weights);

  @Override
  default void infer(Inference in) {
    Dim directions = Dim.of(layer().directions());
    Dim hidden = hidden(in);
    Dim rows = hidden.times(gates());
    Shape x = in.shape(X);
    boolean known = x.hasRank() && x.rank() == 3;
    Dim batch = known ? x.dim(layer().batchFirst() ? 0 : 1) : Dim.UNKNOWN;
    Dim input = known ? x.dim(2) : Dim.UNKNOWN;
    Shape state =
        layer().batchFirst()
            ? Shape.of(batch, directions, hidden)
            : Shape.of(directions, batch, hidden);
    expect(in, X, "X", Shape.ofRank(3));
    expect(in, W, "W", Shape.of(directions, rows, input));
    expect(in, R, "R", Shape.of(directions, rows, hidden));
    expect(in, B, "B", Shape.of(directions, rows.times(2)));
    expect(in, SEQUENCE_LENS, "sequence_lens", Shape.of(batch));
    expect(in, INITIAL_H, "initial_h", state);
    expect(in, INITIAL_C, "initial_c", state);
    expect(in, P, "P", Shape.of(directions, hidden.times(3)));
    inferOutputs(in, layer(), hidden);
  }

  /** States the shapes of Y, Y_h and Y_c. */
  static void inferOutputs(Inference in, Layer layer, Dim hidden) {
    Dim directions = Dim.of(layer.directions());
    Shape x = in.shape(X);
    boolean known = x.hasRank() && x.rank() == 3;
    boolean batchFirst = layer.batchFirst();
    Dim steps = known ? x.dim(batchFirst ? 1 : 0) : Dim.UNKNOWN;
    Dim batch = known ? x.dim(batchFirst ? 0 : 1) : Dim.UNKNOWN;
    for (int output = 0; output < in.outputs(); output++) {
      Shape y =
          batchFirst
              ? Shape.of(batch, steps, directions, hidden)
              : Shape.of(steps, directions, batch, hidden);
      Shape state =
          batchFirst ? Shape.of(batch, directions, hidden) : Shape.of(directions, batch, hidden);
      in.shape(output, output == Y ? y : state);
    }
  }

  @Override
  default void run(Invocation in) {
    Weights weights = new Weights(in.tensor(W), in.tensor(R), in.optional(B), in.optional(P));
    weights.check(layer(), gates());
    Recurrence recurrence = new Recurrence(layer(), weights.input(), weights.hidden());
    if (weights.type() == DataType.DOUBLE) {
      List<DoubleCell> cells = new ArrayList<>();
      for (int d = 0; d < layer().directions(); d++) {
        cells.add(doubleCell(d, weights));
      }
      recurrence.runDouble(in, cells);
    } else {
      recurrence.run(in, floatCells(in.kernels()::pack, weights));
    }
  }

  @Override
  default Operator prepare(Constants constants) {
    Tensor w = constants.tensor(W);
    Tensor r = constants.tensor(R);
    Tensor b = constants.tensor(B);
    Tensor p = constants.tensor(P);
    if (w == null
        || r == null
        || (b == null && constants.has(B))
        || (p == null && constants.has(P))
        || w.dataType() == DataType.DOUBLE) {
      if (constants.weights() != DataType.FLOAT) {
        throw new UnsupportedModel(
            "weights cannot be held as bfloat16: they are no constants, or double");
      }
      return this;
    }
    Weights weights = new Weights(w, r, b, p);
    weights.check(layer(), gates());
    boolean narrow = constants.weights() == DataType.BFLOAT16;
    // The one gate of RNN is shared as any product is.
    int threads = gates() == 1 ? 1 : constants.kernels().threads();
    Packing packing = constants.packing();
    Packing forSteps =
        (k, n, m, from, row, column) -> packing.pack(k, n, m, from, row, column).forSteps();
    List<FloatCell> cells = floatCells(forSteps, weights.forThreads(threads));
    return new Prepared(this, weights.input(), weights.hidden(), cells, narrow);
  }

  @Override
  default String how() {
    return "weights packed in every run: they are no constants, or double";
  }

  private List<FloatCell> floatCells(Packing packing, Weights weights) {
    List<FloatCell> cells = new ArrayList<>();
    for (int d = 0; d < layer().directions(); d++) {
      cells.add(floatCell(packing, d, weights));
    }
    return cells;
  }

  private Dim hidden(Inference in) {
    if (layer().hiddenSize() > 0) {
      return Dim.of(layer().hiddenSize());
    }
    Shape r = in.shape(R);
    return r.hasRank() && r.rank() == 3 ? r.dim(2) : Dim.UNKNOWN;
  }

  static void expect(Inference in, int input, String name, Shape expected) {
    Shape actual = in.shape(input);
    if (!actual.hasRank()) {
      return;
    }
    boolean fits = actual.rank() == expected.rank();
    for (int i = 0; fits && i < actual.rank(); i++) {
      Dim a = actual.dim(i);
      Dim e = expected.dim(i);
      fits = !a.isKnown() || !e.isKnown() || a.sameAs(e);
    }
    if (!fits) {
      throw in.invalid(name + " must have shape " + expected + ", got " + actual);
    }
  }

  /** The operator with its weights packed. */
  final class Prepared implements Operator {

    private final RecurrentOperator operator;
    private final int input;
    private final int hidden;
    private final List<FloatCell> cells;
    private final boolean narrow;

    /** Room to work, while no run has it. */
    private final AtomicReference<@Nullable Recurrence> free = new AtomicReference<>();

    Prepared(
        RecurrentOperator operator, int input, int hidden, List<FloatCell> cells, boolean narrow) {
      this.operator = operator;
      this.input = input;
      this.hidden = hidden;
      this.cells = cells;
      this.narrow = narrow;
    }

    @Override
    public void infer(Inference in) {
      operator.infer(in);
    }

    @Override
    public void run(Invocation in) {
      Recurrence recurrence = free.getAndSet(null);
      if (recurrence == null) {
        recurrence = new Recurrence(operator.layer(), input, hidden);
      }
      recurrence.run(in, cells);
      free.set(recurrence);
    }

    @Override
    public boolean reads(int index) {
      return index != W && index != R && index != B && index != P;
    }

    @Override
    public String how() {
      String packed = narrow ? "packed bfloat16 weights, " : "packed weights, ";
      for (FloatCell cell : cells) {
        if (!cell.unfused().isEmpty()) {
          return packed + "step function by function: " + cell.unfused();
        }
      }
      return packed + "fused step";
    }
  }
}
