package org.sardonyx.operators.math;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.BinaryFunction;
import org.sardonyx.operators.Dims;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.type.Dim;

/** Functions of two numbers whose loops over floats are kernels. */
enum Arithmetic implements BinaryFunction {
  ADD(Binary.ADD) {
    @Override
    public double apply(double a, double b) {
      return a + b;
    }

    @Override
    public long apply(long a, long b) {
      return a + b;
    }

    @Override
    public Dim apply(Dim a, Dim b) {
      return a.plus(b);
    }
  },
  SUB(Binary.SUB) {
    @Override
    public double apply(double a, double b) {
      return a - b;
    }

    @Override
    public long apply(long a, long b) {
      return a - b;
    }

    @Override
    public Dim apply(Dim a, Dim b) {
      return a.minus(b);
    }
  },
  MUL(Binary.MUL) {
    @Override
    public double apply(double a, double b) {
      return a * b;
    }

    @Override
    public long apply(long a, long b) {
      return a * b;
    }

    @Override
    public Dim apply(Dim a, Dim b) {
      return a.times(b);
    }
  },
  DIV(Binary.DIV) {
    @Override
    public double apply(double a, double b) {
      return a / b;
    }

    @Override
    public long apply(long a, long b) {
      return a / notZero(b);
    }

    @Override
    public long applyUnsigned(long a, long b) {
      return Long.divideUnsigned(a, notZero(b));
    }

    // Sizes divide downwards, integers towards zero: the same unless one may be negative.
    @Override
    public Dim apply(Dim a, Dim b) {
      if (a instanceof Dim.Known(long x) && b instanceof Dim.Known(long y)) {
        return y == 0 ? Dim.UNKNOWN : Dim.of(x / y);
      }
      return Dims.isNotNegative(a) && b instanceof Dim.Known(long y) && y > 0
          ? a.dividedBy(b)
          : Dim.UNKNOWN;
    }
  },
  MAX(Binary.MAX) {
    @Override
    public double apply(double a, double b) {
      return Math.max(a, b);
    }

    @Override
    public long apply(long a, long b) {
      return Math.max(a, b);
    }

    @Override
    public long applyUnsigned(long a, long b) {
      return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    @Override
    public Dim apply(Dim a, Dim b) {
      return a.max(b);
    }
  },
  MIN(Binary.MIN) {
    @Override
    public double apply(double a, double b) {
      return Math.min(a, b);
    }

    @Override
    public long apply(long a, long b) {
      return Math.min(a, b);
    }

    @Override
    public long applyUnsigned(long a, long b) {
      return Long.compareUnsigned(a, b) <= 0 ? a : b;
    }

    @Override
    public Dim apply(Dim a, Dim b) {
      return a.min(b);
    }
  };

  private final Binary kernel;

  Arithmetic(Binary kernel) {
    this.kernel = kernel;
  }

  /** Returns what the four operators have in common: everything but what they compute. */
  static OperatorDef.Builder def(String name) {
    return OperatorDef.named(name)
        .version(1)
        .input("A", "T")
        .input("B", "T")
        .output("C", "T")
        .optional("axis", Kind.INT)
        .attribute("broadcast", 0)
        .optional("consumed_inputs", Kind.INTS)
        .type("T", Types.FLOATS)
        .version(6)
        .without("consumed_inputs")
        .type("T", Types.HIGH_PRECISION)
        .version(7)
        .without("axis")
        .without("broadcast")
        .version(13)
        .type("T", Types.HIGH_PRECISION_BF16)
        .version(14)
        .type("T", Types.NUMERIC_BF16)
        .accuracy(Accuracy.ROUNDED);
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
    BinaryFunction.kernel(kernels, kernel, a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
  }

  @Override
  public void floats(
      Kernels kernels,
      int rows,
      int n,
      float[] a,
      int ao,
      int aRow,
      int aStep,
      float[] b,
      int bo,
      int bRow,
      int bStep,
      float[] y,
      int yo) {
    if (aStep + bStep > 0) {
      kernels.binary(kernel, rows, n, a, ao, aRow, aStep, b, bo, bRow, bStep, y, yo);
    } else {
      BinaryFunction.super.floats(kernels, rows, n, a, ao, aRow, 0, b, bo, bRow, 0, y, yo);
    }
  }

  @Override
  public void longs(boolean unsigned, long[] a, long[] b, long[] y, int start, int end) {
    if (unsigned) {
      BinaryFunction.super.longs(true, a, b, y, start, end);
      return;
    }
    switch (kernel) {
      case ADD -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] + b[i];
        }
      }
      case SUB -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] - b[i];
        }
      }
      case MUL -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] * b[i];
        }
      }
      case DIV -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] / notZero(b[i]);
        }
      }
      case MAX -> {
        for (int i = start; i < end; i++) {
          y[i] = Math.max(a[i], b[i]);
        }
      }
      case MIN -> {
        for (int i = start; i < end; i++) {
          y[i] = Math.min(a[i], b[i]);
        }
      }
    }
  }

  @Override
  public void ints(int[] a, int[] b, int[] y, int start, int end) {
    switch (kernel) {
      case ADD -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] + b[i];
        }
      }
      case SUB -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] - b[i];
        }
      }
      case MUL -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] * b[i];
        }
      }
      case DIV -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] / (int) notZero(b[i]);
        }
      }
      case MAX -> {
        for (int i = start; i < end; i++) {
          y[i] = Math.max(a[i], b[i]);
        }
      }
      case MIN -> {
        for (int i = start; i < end; i++) {
          y[i] = Math.min(a[i], b[i]);
        }
      }
    }
  }

  @Override
  public void doubles(double[] a, double[] b, double[] y, int start, int end) {
    switch (kernel) {
      case ADD -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] + b[i];
        }
      }
      case SUB -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] - b[i];
        }
      }
      case MUL -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] * b[i];
        }
      }
      case DIV -> {
        for (int i = start; i < end; i++) {
          y[i] = a[i] / b[i];
        }
      }
      case MAX -> {
        for (int i = start; i < end; i++) {
          y[i] = Math.max(a[i], b[i]);
        }
      }
      case MIN -> {
        for (int i = start; i < end; i++) {
          y[i] = Math.min(a[i], b[i]);
        }
      }
    }
  }

  static long notZero(long divisor) {
    if (divisor == 0) {
      throw new OperatorFailed("an integer is divided by zero");
    }
    return divisor;
  }
}
