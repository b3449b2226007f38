package org.sardonyx.operators.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * CausalConvWithState: each channel is convolved with a kernel of its own over the present and the
 * k - 1 values before it, {@code y[t] = bias + sum_j w[j] x[t - (k - 1) + j]}; what came before the
 * first value is past_state, or 0.
 *
 * @param silu whether the result goes through {@code y sigmoid(y)}
 */
public record CausalConvWithState(boolean silu) implements Operator {

  private static final int INPUT = 0;
  private static final int WEIGHT = 1;
  private static final int BIAS = 2;
  private static final int PAST_STATE = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("CausalConvWithState")
          .version(27)
          .input("input", "T")
          .input("weight", "T")
          .optionalInput("bias", "T")
          .optionalInput("past_state", "T")
          .output("output", "T")
          .output("present_state", "T")
          .attribute("activation", "none")
          .type("T", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(CausalConvWithState::of);

  static CausalConvWithState of(Attributes attributes) {
    String activation = attributes.getString("activation");
    return switch (activation) {
      case "none" -> new CausalConvWithState(false);
      case "silu", "swish" -> new CausalConvWithState(true);
      default ->
          throw new InvalidModel(
              "activation is \"" + activation + "\", must be none, silu or swish");
    };
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(INPUT);
    Shape w = in.shape(WEIGHT);
    if ((x.hasRank() && x.rank() != 3) || (w.hasRank() && w.rank() != 3)) {
      throw in.invalid("input and weight must have rank 3, got " + x + " and " + w);
    }
    in.shape(0, x);
    if (in.outputs() > 1 && x.hasRank()) {
      Dim before = w.hasRank() ? w.dim(2).minus(Dim.of(1)) : Dim.UNKNOWN;
      in.shape(1, Shape.of(x.dim(0), x.dim(1), before));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(INPUT);
    Tensor w = in.tensor(WEIGHT);
    Tensor bias = in.optional(BIAS);
    Tensor past = in.optional(PAST_STATE);
    check(x, w, bias, past);
    int channels = x.dim(1);
    int length = x.dim(2);
    int k = w.dim(2);
    int before = k - 1;
    int rows = x.dim(0) * channels;
    float[] xs = x.toFloats();
    float[] ws = w.toFloats();
    float[] biases = bias == null ? new float[channels] : bias.toFloats();
    float[] old = past == null ? new float[0] : past.toFloats();
    float[] y = new float[xs.length];
    float[] state = new float[rows * before];
    float[] padded = new float[before + length];
    for (int r = 0; r < rows; r++) {
      in.checkpoint(length);
      if (past != null) {
        System.arraycopy(old, r * before, padded, 0, before);
      }
      System.arraycopy(xs, r * length, padded, before, length);
      int to = r * length;
      Arrays.fill(y, to, to + length, biases[r % channels]);
      for (int j = 0; j < k; j++) {
        in.kernels().axpy(ws[r % channels * k + j], padded, j, y, to, length);
      }
      if (silu) {
        in.kernels().unary(Unary.SILU, y, to, y, to, length);
      }
      System.arraycopy(padded, length, state, r * before, before);
    }
    in.set(0, Tensor.fromFloats(x.dataType(), y, x.shape()));
    if (in.outputs() > 1 && in.wants(1)) {
      in.set(1, Tensor.fromFloats(x.dataType(), state, x.dim(0), channels, before));
    }
  }

  private static void check(Tensor x, Tensor w, @Nullable Tensor bias, @Nullable Tensor past) {
    boolean fits =
        x.rank() == 3
            && w.rank() == 3
            && w.dim(2) > 0
            && w.hasShape(x.dim(1), 1, w.dim(2))
            && (bias == null || bias.hasShape(x.dim(1)))
            && (past == null || past.hasShape(x.dim(0), x.dim(1), w.dim(2) - 1));
    if (!fits) {
      throw new InvalidInput(
          "input "
              + x
              + " [batch, channels, length], weight "
              + w
              + " [channels, 1, k], bias "
              + bias
              + " [channels] and past_state "
              + past
              + " [batch, channels, k - 1] do not fit each other");
    }
  }
}
