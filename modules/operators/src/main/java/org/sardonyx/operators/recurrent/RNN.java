package org.sardonyx.operators.recurrent;

import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Packing;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/**
 * RNN: a simple recurrent layer, {@code H = f(X Wi^T + H(t-1) Ri^T + Wbi + Rbi)}.
 *
 * <p>A row of length 0 gives its initial state.
 *
 * @param layer what it has in common with LSTM and GRU
 */
public record RNN(Layer layer) implements RecurrentOperator {

  public static final OperatorDef DEF =
      OperatorDef.named("RNN")
          .version(1)
          .input("X", "T")
          .input("W", "T")
          .input("R", "T")
          .optionalInput("B", "T")
          .optionalInput("sequence_lens", "T1")
          .optionalInput("initial_h", "T")
          .optionalOutput("Y", "T")
          .optionalOutput("Y_h", "T")
          .optional("activation_alpha", Kind.FLOATS)
          .optional("activation_beta", Kind.FLOATS)
          .attribute("activations", Kind.STRINGS, Attribute.OfStrings.of(List.of("Tanh", "Tanh")))
          .optional("clip", Kind.FLOAT)
          .attribute("direction", "forward")
          .optional("hidden_size", Kind.INT)
          .attribute("output_sequence", 0)
          .type("T", Types.FLOATS)
          .type("T1", DataType.INT32)
          .version(7)
          .without("output_sequence")
          .version(14)
          .attribute("layout", 0)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(RNN::of);

  static RNN of(Attributes attributes) {
    return new RNN(Layer.of(attributes, List.of("Tanh")));
  }

  @Override
  public int gates() {
    return 1;
  }

  @Override
  public FloatCell floatCell(Packing packing, int d, Weights weights) {
    return new InFloat(packing, layer, d, weights);
  }

  @Override
  public DoubleCell doubleCell(int d, Weights weights) {
    return new InDouble(layer, d, weights);
  }

  private static final class InFloat extends FloatCell {

    private final Projection projection;
    private final PackedMatrix r;
    private final Activation f;

    InFloat(Packing packing, Layer layer, int d, Weights weights) {
      super(layer, weights.hidden());
      projection = new Projection(packing, weights, d, 0, weights.bias(d, 0, hidden, hidden), 1);
      r = weights.packedR(packing, d, 0, hidden);
      f = layer.activation(d, 0);
    }

    @Override
    int width() {
      return hidden;
    }

    @Override
    void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
      projection.apply(kernels, rows, x, offset, to, width());
    }

    @Override
    String unfused() {
      return layer.clips() ? "clip" : "";
    }

    @Override
    void step(
        Kernels kernels,
        int phase,
        int part,
        int rows,
        float[] gates,
        int offset,
        float[] h,
        float[] next,
        float[] c,
        float[] s) {
      kernels.gemm(rows, 1, h, 0, hidden, 1, r, gates, offset, hidden);
      activate(kernels, f, gates, offset, rows * hidden);
      System.arraycopy(gates, offset, next, 0, rows * hidden);
    }
  }

  private static final class InDouble extends DoubleCell {

    private final Activation f;
    private final double[] before;

    InDouble(Layer layer, int d, Weights weights) {
      super(layer, 1, d, weights);
      f = layer.activation(d, 0);
      before = new double[hidden];
    }

    @Override
    void step(double[] x, int offset, double[] h, double[] c) {
      System.arraycopy(h, 0, before, 0, hidden);
      for (int j = 0; j < hidden; j++) {
        h[j] = activate(f, fromInput(0, j, x, offset) + fromHidden(0, j, before));
      }
    }
  }
}
