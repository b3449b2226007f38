package org.sardonyx.operators.activation;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.BinaryFunction;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/**
 * PRelu: {@code x} where it is not negative, else {@code slope * x}. The slope is laid over x as
 * NumPy does it; before version 7 it is one number or one for each channel, dimension 1.
 *
 * @param channels whether a slope of several numbers belongs to the channels
 */
public record PRelu(boolean channels) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("PRelu")
          .version(1)
          .input("X", "T")
          .input("slope", "T")
          .output("Y", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(7)
          .version(9)
          .type("T", Types.HIGH_PRECISION)
          .version(16)
          .type("T", Types.HIGH_PRECISION_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(PRelu::of);

  static PRelu of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new PRelu(attributes.version() < 7);
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor slope = in.tensor(1);
    if (channels) {
      long axis = Math.min(1, x.rank() - 1);
      Elementwise.binary(in, new Alignment(false, true, axis), Function.PRELU);
      return;
    }
    if (!Arrays.equals(Broadcast.shape(x.shape(), slope.shape()), x.shape())) {
      throw new OperatorFailed("slope " + slope + " cannot be laid over " + x);
    }
    Elementwise.binary(in, Alignment.NUMPY, Function.PRELU);
  }

  private enum Function implements BinaryFunction {
    PRELU;

    private static final int ONE = Float.floatToRawIntBits(1);

    @Override
    public void floats(
        Kernels kernels,
        float[] x,
        int xOffset,
        int xStep,
        float[] slope,
        int slopeOffset,
        int slopeStep,
        float[] y,
        int yOffset,
        int n) {
      if (slopeStep == 0 && xOffset == yOffset && xStep == 1) {
        LeakyRelu.floats(slope[slopeOffset], x, y, yOffset, yOffset + n);
        return;
      }
      for (int i = 0; i < n; i++) {
        float v = x[xOffset + i * xStep];
        int bits = Float.floatToRawIntBits(v);
        // All bits where v is less than 0, -0 not among them: a branch would often be mispredicted.
        int negative = (bits & (bits - 1)) >> 31;
        int factor = Float.floatToRawIntBits(slope[slopeOffset + i * slopeStep]);
        y[yOffset + i] = v * Float.intBitsToFloat(ONE ^ ((ONE ^ factor) & negative));
      }
    }

    @Override
    public double apply(double x, double slope) {
      return x < 0 ? slope * x : x;
    }

    @Override
    public long apply(long x, long slope) {
      return x < 0 ? slope * x : x;
    }

    @Override
    public long applyUnsigned(long x, long slope) {
      return x;
    }
  }
}
