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
 * LSTM: long short-term memory.
 *
 * <pre>
 * i = f(X Wi^T + H(t-1) Ri^T + Pi . C(t-1) + Wbi + Rbi)
 * f = f(X Wf^T + H(t-1) Rf^T + Pf . C(t-1) + Wbf + Rbf)
 * c = g(X Wc^T + H(t-1) Rc^T + Wbc + Rbc)
 * C = f . C(t-1) + i . c
 * o = f(X Wo^T + H(t-1) Ro^T + Po . C + Wbo + Rbo)
 * H = o . h(C)
 * </pre>
 *
 * <p>Readings, where the text leaves room: {@code clip} bounds what goes into f, g and h, that is
 * also C on its way into h, but not C itself. With {@code input_forget} f = 1 - i, and what the
 * weights hold for the forget gate is not used. A row of length 0 gives its initial states.
 *
 * @param layer what it has in common with GRU and RNN
 * @param inputForget whether the forget gate is one minus the input gate
 */
public record LSTM(Layer layer, boolean inputForget) implements RecurrentOperator {

  /** The order of the gates in W, R and B; that of P too, which has no cell. */
  static final int INPUT = 0;

  static final int OUTPUT = 1;
  static final int FORGET = 2;
  static final int CELL = 3;
  static final int GATES = 4;

  static final int PEEPHOLES = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("LSTM")
          .version(1)
          .input("X", "T")
          .input("W", "T")
          .input("R", "T")
          .optionalInput("B", "T")
          .optionalInput("sequence_lens", "T1")
          .optionalInput("initial_h", "T")
          .optionalInput("initial_c", "T")
          .optionalInput("P", "T")
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
          .create(LSTM::of);

  static LSTM of(Attributes attributes) {
    return new LSTM(
        Layer.of(attributes, List.of("Sigmoid", "Tanh", "Tanh")),
        attributes.getFlag("input_forget"));
  }

  @Override
  public int gates() {
    return GATES;
  }

  @Override
  public FloatCell floatCell(Packing packing, int d, Weights weights) {
    return new FloatLstm(packing, layer, inputForget, d, weights);
  }

  @Override
  public DoubleCell doubleCell(int d, Weights weights) {
    return new DoubleLstm(layer, inputForget, d, weights);
  }
}
