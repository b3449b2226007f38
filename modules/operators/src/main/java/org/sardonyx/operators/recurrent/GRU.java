package org.sardonyx.operators.recurrent;

import java.util.List;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Packing;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/**
 * GRU: gated recurrent unit.
 *
 * <pre>
 * z = f(X Wz^T + H(t-1) Rz^T + Wbz + Rbz)
 * r = f(X Wr^T + H(t-1) Rr^T + Wbr + Rbr)
 * h = g(X Wh^T + (r . H(t-1)) Rh^T + Rbh + Wbh)     linear_before_reset = 0
 * h = g(X Wh^T + r . (H(t-1) Rh^T + Rbh) + Wbh)     linear_before_reset = 1
 * H = (1 - z) . h + z . H(t-1)
 * </pre>
 *
 * <p>A row of length 0 gives its initial state.
 *
 * @param layer what it has in common with LSTM and RNN
 * @param linearBeforeReset whether the reset gate is applied to what R makes of H(t-1)
 */
public record GRU(Layer layer, boolean linearBeforeReset) implements RecurrentOperator {

  /** The order of the gates in W, R and B. */
  static final int UPDATE = 0;

  static final int RESET = 1;
  static final int HIDDEN = 2;
  static final int GATES = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("GRU")
          .version(1)
          .input("X", "T")
          .input("W", "T")
          .input("R", "T")
          .optionalInput("B", "T")
          .optionalInput("sequence_lens", "T1")
          .optionalInput("initial_h", "T")
          .optionalOutput("Y", "T")
          .output("Y_h", "T")
          .optional("activation_alpha", Kind.FLOATS)
          .optional("activation_beta", Kind.FLOATS)
          .optional("activations", Kind.STRINGS)
          .optional("clip", Kind.FLOAT)
          .attribute("direction", "foward")
          .optional("hidden_size", Kind.INT)
          .attribute("output_sequence", 0)
          .type("T", Types.FLOATS)
          .type("T1", DataType.INT32)
          .version(3)
          .optionalOutput("Y_h", "T")
          .attribute("direction", "forward")
          .attribute("linear_before_reset", 0)
          .version(7)
          .without("output_sequence")
          .version(14)
          .attribute("layout", 0)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(GRU::of);

  static GRU of(Attributes attributes) {
    return new GRU(
        Layer.of(attributes, List.of("Sigmoid", "Tanh")),
        attributes.getFlagOrFalse("linear_before_reset"));
  }

  @Override
  public int gates() {
    return GATES;
  }

  @Override
  public FloatCell floatCell(Packing packing, int d, Weights weights) {
    return new FloatGru(packing, layer, linearBeforeReset, d, weights);
  }

  @Override
  public DoubleCell doubleCell(int d, Weights weights) {
    return new DoubleGru(layer, linearBeforeReset, d, weights);
  }
}
