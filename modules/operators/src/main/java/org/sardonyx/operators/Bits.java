package org.sardonyx.operators;

import org.sardonyx.kernels.Kernels;
import org.sardonyx.type.Dim;

/** Functions of two integers or truth values, bit by bit. */
public enum Bits implements BinaryFunction {
  AND {
    @Override
    public long apply(long a, long b) {
      return a & b;
    }
  },
  OR {
    @Override
    public long apply(long a, long b) {
      return a | b;
    }
  },
  XOR {
    @Override
    public long apply(long a, long b) {
      return a ^ b;
    }
  };

  /** Computes the function of bytes {@code start} to {@code end}. */
  void bytes(byte[] a, byte[] b, byte[] y, int start, int end) {
    switch (this) {
      case AND -> {
        for (int i = start; i < end; i++) {
          y[i] = (byte) (a[i] & b[i]);
        }
      }
      case OR -> {
        for (int i = start; i < end; i++) {
          y[i] = (byte) (a[i] | b[i]);
        }
      }
      case XOR -> {
        for (int i = start; i < end; i++) {
          y[i] = (byte) (a[i] ^ b[i]);
        }
      }
    }
  }

  @Override
  public Dim apply(Dim a, Dim b) {
    return a instanceof Dim.Known(long x) && b instanceof Dim.Known(long y)
        ? Dim.of(apply(x, y))
        : Dim.UNKNOWN;
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
    throw new IllegalStateException("floats have no bits to the specification");
  }

  @Override
  public double apply(double a, double b) {
    throw new IllegalStateException("floats have no bits to the specification");
  }
}
