package org.sardonyx.operators.recurrent;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.recurrent.QuantizedMatrix.Quantization;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * DynamicQuantizeLSTM of com.microsoft: {@link LSTM} with 8-bit weights, the other way round than
 * there: W [D, I, 4*H], R [D, H, 4*H].
 *
 * <p>X is rounded to 8 bits by one scale for all of it, H by one scale for all rows of a step, so
 * that a row may differ in its last digits with what lies beside it; the operator is defined by
 * ONNX Runtime, which does so. Nor does that bound C on its way into h by {@code clip}.
 *
 * @param layer what it has in common with LSTM
 * @param inputForget whether the forget gate is one minus the input gate
 */
public record DynamicQuantizeLSTM(Layer layer, boolean inputForget) implements Operator {

  private static final int W_SCALE = 8;
  private static final int W_ZERO_POINT = 9;
  private static final int R_SCALE = 10;
  private static final int R_ZERO_POINT = 11;

  public static final OperatorDef DEF =
      OperatorDef.named("DynamicQuantizeLSTM")
          .domain("com.microsoft")
          .version(1)
          .input("X", "T")
          .input("W", "T2")
          .input("R", "T2")
          .optionalInput("B", "T")
          .optionalInput("sequence_lens", "T1")
          .optionalInput("initial_h", "T")
          .optionalInput("initial_c", "T")
          .optionalInput("P", "T")
          .input("W_scale", "T")
          .input("W_zero_point", "T2")
          .input("R_scale", "T")
          .input("R_zero_point", "T2")
          .optionalOutput("Y", "T")
          .optionalOutput("Y_h", "T")
          .optionalOutput("Y_c", "T")
          .optional("activation_alpha", Kind.FLOATS)
          .optional("activation_beta", Kind.FLOATS)
          .optional("activations", Kind.STRINGS)
          .optional("clip", Kind.FLOAT)
          .attribute("direction", "forward")
          .optional("hidden_size", Kind.INT)
          .attribute("input_forget", 0)
          .type("T", DataType.FLOAT)
          .type("T1", DataType.INT32)
          .type("T2", DataType.UINT8, DataType.INT8)
          .accuracy(Accuracy.ACCUMULATED)
          .create(DynamicQuantizeLSTM::of);

  static DynamicQuantizeLSTM of(Attributes attributes) {
    return new DynamicQuantizeLSTM(
        Layer.of(attributes, List.of("Sigmoid", "Tanh", "Tanh")),
        attributes.getFlag("input_forget"));
  }

  @Override
  public void infer(Inference in) {
    Shape r = in.shape(RecurrentOperator.R);
    Dim hidden = Dim.UNKNOWN;
    if (layer.hiddenSize() > 0) {
      hidden = Dim.of(layer.hiddenSize());
    } else if (r.hasRank() && r.rank() == 3) {
      hidden = r.dim(1);
    }
    RecurrentOperator.expect(in, RecurrentOperator.X, "X", Shape.ofRank(3));
    Dim directions = Dim.of(layer.directions());
    Dim columns = hidden.times(LSTM.GATES);
    Shape w = Shape.of(directions, Dim.UNKNOWN, columns);
    RecurrentOperator.expect(in, RecurrentOperator.W, "W", w);
    RecurrentOperator.expect(in, RecurrentOperator.R, "R", Shape.of(directions, hidden, columns));
    RecurrentOperator.inferOutputs(in, layer, hidden);
  }

  @Override
  public void run(Invocation in) {
    pack(
            in.kernels(),
            in.tensor(RecurrentOperator.W),
            in.tensor(RecurrentOperator.R),
            in.tensor(W_SCALE),
            in.tensor(W_ZERO_POINT),
            in.tensor(R_SCALE),
            in.tensor(R_ZERO_POINT))
        .run(in);
  }

  @Override
  public Operator prepare(Constants constants) {
    Tensor w = constants.tensor(RecurrentOperator.W);
    Tensor r = constants.tensor(RecurrentOperator.R);
    Tensor wScale = constants.tensor(W_SCALE);
    Tensor wZero = constants.tensor(W_ZERO_POINT);
    Tensor rScale = constants.tensor(R_SCALE);
    Tensor rZero = constants.tensor(R_ZERO_POINT);
    return w == null
            || r == null
            || wScale == null
            || wZero == null
            || rScale == null
            || rZero == null
        ? this
        : pack(constants.kernels(), w, r, wScale, wZero, rScale, rZero);
  }

  private Packed pack(
      Kernels kernels,
      Tensor w,
      Tensor r,
      Tensor wScale,
      Tensor wZero,
      Tensor rScale,
      Tensor rZero) {
    if (w.rank() != 3 || r.rank() != 3) {
      throw new InvalidInput("W and R must have rank 3, got " + w + " and " + r);
    }
    int hidden = r.dim(1);
    if (layer.hiddenSize() > 0 && layer.hiddenSize() != hidden) {
      throw new InvalidInput("hidden_size is " + layer.hiddenSize() + ", got R of " + r);
    }
    int columns = Tensor.checkedSize(new int[] {LSTM.GATES, hidden});
    int directions = layer.directions();
    String meaning = "num_directions, hidden_size, 4*hidden_size";
    Sizes.expect("R", r, meaning, directions, hidden, columns);
    Sizes.expect(
        "W", w, "num_directions, input_size, 4*hidden_size", directions, w.dim(1), columns);
    QuantizedMatrix.expect("W_scale", wScale, directions, columns);
    QuantizedMatrix.expect("W_zero_point", wZero, directions, columns);
    QuantizedMatrix.expect("R_scale", rScale, directions, columns);
    QuantizedMatrix.expect("R_zero_point", rZero, directions, columns);
    List<QuantizedMatrix> ws = new ArrayList<>();
    List<QuantizedMatrix> rs = new ArrayList<>();
    float[] room = new float[Math.multiplyExact(Math.max(w.dim(1), hidden), columns)];
    for (int d = 0; d < directions; d++) {
      ws.add(new QuantizedMatrix(kernels, w, d, wScale, wZero, room));
      rs.add(new QuantizedMatrix(kernels, r, d, rScale, rZero, room));
    }
    return new Packed(this, w.dim(1), hidden, ws, rs);
  }

  /** The operator with its weights packed. */
  record Packed(
      DynamicQuantizeLSTM operator,
      int input,
      int hidden,
      List<QuantizedMatrix> w,
      List<QuantizedMatrix> r)
      implements Operator {

    @Override
    public void infer(Inference in) {
      operator.infer(in);
    }

    @Override
    public boolean reads(int index) {
      return index != RecurrentOperator.W && index != RecurrentOperator.R;
    }

    @Override
    public void run(Invocation in) {
      Layer layer = operator.layer();
      Recurrence recurrence = new Recurrence(layer, input, hidden);
      recurrence.check(in);
      Tensor b = in.optional(RecurrentOperator.B);
      Tensor p = in.optional(RecurrentOperator.P);
      int d = layer.directions();
      Sizes.expect("B", b, "num_directions, 8*hidden_size", d, 2 * LSTM.GATES * hidden);
      Sizes.expect("P", p, "num_directions, 3*hidden_size", d, LSTM.PEEPHOLES * hidden);
      Quantization ofX = ofX(in.tensor(RecurrentOperator.X), in);
      List<FloatCell> cells = new ArrayList<>();
      for (int i = 0; i < d; i++) {
        cells.add(new QuantizedLstm(operator, hidden, i, w.get(i), r.get(i), b, p, ofX));
      }
      recurrence.run(in, cells);
    }

    /** Covers what X holds within the lengths. */
    private static Quantization ofX(Tensor x, Invocation in) {
      Tensor lens = in.optional(RecurrentOperator.SEQUENCE_LENS);
      if (lens == null) {
        return Quantization.of(x.floats(), 0, x.size());
      }
      int batch = x.dim(1);
      int width = x.dim(2);
      float min = 0;
      float max = 0;
      for (int n = 0; n < batch; n++) {
        for (int t = 0; t < lens.ints()[n]; t++) {
          for (int i = 0; i < width; i++) {
            float value = x.floats()[(t * batch + n) * width + i];
            min = value < min ? value : min;
            max = value > max ? value : max;
          }
        }
      }
      return Quantization.covering(min, max);
    }
  }
}
