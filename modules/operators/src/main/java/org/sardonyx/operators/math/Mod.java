package org.sardonyx.operators.math;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.BinaryFunction;
import org.sardonyx.operators.Dims;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * Mod: the remainder of {@code a / b} with the sign of b, or of a where fmod is set.
 *
 * @param fmod whether the quotient is cut towards zero, not rounded down
 * @param floats whether floats may be divided without fmod
 */
public record Mod(boolean fmod, boolean floats) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Mod")
          .version(10)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T")
          .attribute("fmod", 0)
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.NUMERIC_BF16)
          .version(28)
          .create(Mod::of);

  static Mod of(Attributes attributes) {
    long fmod = attributes.getInt("fmod");
    if (fmod != 0 && fmod != 1) {
      throw new InvalidModel("fmod must be 0 or 1");
    }
    return new Mod(fmod == 1, attributes.version() >= 28);
  }

  @Override
  public void infer(Inference in) {
    DataType type = in.elementType(0);
    if (type != null) {
      check(type);
    }
    Elementwise.inferBinary(in, Alignment.NUMPY, fmod ? Remainder.CUT : Remainder.FLOOR);
  }

  @Override
  public void run(Invocation in) {
    check(in.tensor(0).dataType());
    Elementwise.binary(in, Alignment.NUMPY, fmod ? Remainder.CUT : Remainder.FLOOR);
  }

  private void check(DataType type) {
    if (type.isFloat() && !fmod && !floats) {
      throw new InvalidModel("Mod of " + type.specName() + " needs fmod = 1");
    }
  }

  private enum Remainder implements BinaryFunction {
    CUT {
      @Override
      public long apply(long a, long b) {
        return a % Arithmetic.notZero(b);
      }

      @Override
      public double apply(double a, double b) {
        return a % b;
      }
    },
    FLOOR {
      @Override
      public long apply(long a, long b) {
        return Math.floorMod(a, Arithmetic.notZero(b));
      }

      @Override
      public double apply(double a, double b) {
        double rest = a % b;
        if (rest == 0) {
          return Math.copySign(0, b);
        }
        // An infinite b of the other sign is the result; NaN stays either way.
        return rest < 0 != b < 0 ? rest + b : rest;
      }
    };

    @Override
    public long applyUnsigned(long a, long b) {
      return Long.remainderUnsigned(a, Arithmetic.notZero(b));
    }

    @Override
    public Dim apply(Dim a, Dim b) {
      if (!(b instanceof Dim.Known(long y)) || y == 0) {
        return Dim.UNKNOWN;
      }
      if (a instanceof Dim.Known(long x)) {
        return Dim.of(apply(x, y));
      }
      return y > 0 && Dims.isNotNegative(a) ? a.minus(a.dividedBy(b).times(b)) : Dim.UNKNOWN;
    }

    @Override
    public void floats(
        Kernels kernels,
        float[] a,
        int aOffset,
        int aStep,
        float[] b,
        int bOffset,
        int bStep,
        float[] y,
        int yOffset,
        int n) {
      for (int i = 0; i < n; i++) {
        y[yOffset + i] = (float) apply((double) a[aOffset + i * aStep], b[bOffset + i * bStep]);
      }
    }
  }
}
