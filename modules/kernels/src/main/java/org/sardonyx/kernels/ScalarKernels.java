package org.sardonyx.kernels;

/** Plain loops: the meaning of {@link Kernels}. */
final class ScalarKernels implements Kernels {

  static final ScalarKernels INSTANCE = new ScalarKernels();

  private static final int BLOCK = 256;

  private ScalarKernels() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void unary(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = apply(f, x[xOffset + i]);
    }
  }

  @Override
  public void binary(
      Binary f, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    switch (f) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          y[yOffset + i] = a[aOffset + i] - b[bOffset + i];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          y[yOffset + i] = a[aOffset + i] * b[bOffset + i];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          y[yOffset + i] = a[aOffset + i] / b[bOffset + i];
        }
      }
      case MAX -> {
        for (int i = 0; i < n; i++) {
          y[yOffset + i] = Math.max(a[aOffset + i], b[bOffset + i]);
        }
      }
      case MIN -> {
        for (int i = 0; i < n; i++) {
          y[yOffset + i] = Math.min(a[aOffset + i], b[bOffset + i]);
        }
      }
    }
  }

  @Override
  public void binaryRight(
      Binary f, float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = apply(f, a[aOffset + i], b);
    }
  }

  @Override
  public void binaryLeft(Binary f, float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = apply(f, a, b[bOffset + i]);
    }
  }

  @Override
  public float sum(float[] x, int xOffset, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xOffset + i];
    }
    return sum;
  }

  @Override
  public float max(float[] x, int xOffset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xOffset + i]);
    }
    return max;
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] += alpha * x[xOffset + i];
    }
  }

  @Override
  public void gemm(
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float[] b,
      int bOffset,
      int bRow,
      int bColumn,
      float[] c,
      int cOffset,
      int cRow) {
    float[] row = new float[Math.min(n, BLOCK)];
    for (int j0 = 0; j0 < n; j0 += BLOCK) {
      int width = Math.min(BLOCK, n - j0);
      for (int i = 0; i < m; i++) {
        java.util.Arrays.fill(row, 0, width, 0);
        for (int p = 0; p < k; p++) {
          float x = a[aOffset + i * aRow + p * aColumn];
          int bp = bOffset + p * bRow + j0 * bColumn;
          if (bColumn == 1) {
            axpy(x, b, bp, row, 0, width);
          } else {
            for (int j = 0; j < width; j++) {
              row[j] += x * b[bp + j * bColumn];
            }
          }
        }
        axpy(alpha, row, 0, c, cOffset + i * cRow + j0, width);
      }
    }
  }

  @Override
  public void gemm(
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int aOffset,
      int aRow,
      int aColumn,
      double[] b,
      int bOffset,
      int bRow,
      int bColumn,
      double[] c,
      int cOffset,
      int cRow) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += a[aOffset + i * aRow + p * aColumn] * b[bOffset + p * bRow + j * bColumn];
        }
        c[cOffset + i * cRow + j] += alpha * sum;
      }
    }
  }

  @Override
  public void softmax(float[] x, int xOffset, float[] y, int yOffset, int n) {
    float max = max(x, xOffset, n);
    float sum = 0;
    for (int i = 0; i < n; i++) {
      float e = (float) StrictMath.exp(x[xOffset + i] - max);
      y[yOffset + i] = e;
      sum += e;
    }
    for (int i = 0; i < n; i++) {
      y[yOffset + i] /= sum;
    }
  }

  private static float apply(Unary f, float x) {
    return switch (f) {
      case ABS -> Math.abs(x);
      case NEG -> -x;
      case RELU -> x < 0 ? 0 : x;
      case EXP -> (float) StrictMath.exp(x);
      case LOG -> (float) StrictMath.log(x);
      case SQRT -> (float) Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case SIGMOID -> (float) ScalarMath.sigmoid(x);
      case TANH -> (float) StrictMath.tanh(x);
      case ERF -> (float) ScalarMath.erf(x);
      case SOFTPLUS -> (float) ScalarMath.softplus(x);
      case GELU -> (float) ScalarMath.gelu(x);
      case GELU_TANH -> (float) ScalarMath.geluTanh(x);
      case SILU -> (float) (x == Float.NEGATIVE_INFINITY ? -0.0 : x * ScalarMath.sigmoid(x));
    };
  }

  private static float apply(Binary f, float a, float b) {
    return switch (f) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }
}
