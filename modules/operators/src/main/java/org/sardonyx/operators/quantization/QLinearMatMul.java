package org.sardonyx.operators.quantization;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.PackedIntegers;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.IntegerMatrix;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.operators.MatrixShapes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.ProductShapes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SmallFloat;
import org.sardonyx.tensor.Tensor;

/**
 * QLinearMatMul: the product of quantized a and b, {@code y = saturate(round(sum * (a_scale *
 * b_scale / y_scale)) + y_zero_point)} with the sum in int32; 8-bit floats are multiplied in float.
 * Scales and zero points are one for all, one for each row of a or column of b, or those of each
 * matrix.
 *
 * @param packed B packed where it is constant, else null
 */
public record QLinearMatMul(@Nullable PackedIntegers packed) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("QLinearMatMul")
          .version(10)
          .input("a", "T1")
          .input("a_scale", "tensor(float)")
          .input("a_zero_point", "T1")
          .input("b", "T2")
          .input("b_scale", "tensor(float)")
          .input("b_zero_point", "T2")
          .input("y_scale", "tensor(float)")
          .input("y_zero_point", "T3")
          .output("y", "T3")
          .type("T1", DataType.INT8, DataType.UINT8)
          .type("T2", DataType.INT8, DataType.UINT8)
          .type("T3", DataType.INT8, DataType.UINT8)
          .version(21)
          .input("a_scale", "TS")
          .input("b_scale", "TS")
          .input("y_scale", "TS")
          .type("TS", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("T1", Types.union(Types.tensors(DataType.INT8, DataType.UINT8), Types.FLOATS_8))
          .type("T2", Types.union(Types.tensors(DataType.INT8, DataType.UINT8), Types.FLOATS_8))
          .type("T3", Types.union(Types.tensors(DataType.INT8, DataType.UINT8), Types.FLOATS_8))
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearMatMul::of);

  static QLinearMatMul of(Attributes attributes) {
    return new QLinearMatMul(null);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, MatrixShapes.product(in, in.shape(0), in.shape(3)));
  }

  @Override
  public Operator prepare(Constants constants) {
    return new QLinearMatMul(IntegerMatrix.pack(constants, 3, 5));
  }

  @Override
  public void run(Invocation in) {
    Tensor a = in.tensor(0);
    Tensor b = in.tensor(3);
    ProductShapes product = ProductShapes.of(a.shape(), b.shape());
    Tensor y = in.output(0, in.tensor(7).dataType(), product.shape());
    if (a.dataType().isInteger() && b.dataType().isInteger()) {
      int[] sums = new int[y.size()];
      IntegerMatrix.multiply(in, product, a, in.tensor(2), b, in.tensor(5), packed, sums);
      requantize(in, product, sums, null, y);
    } else {
      float[] sums = new float[y.size()];
      multiply(in, product, sums);
      requantize(in, product, null, sums, y);
    }
  }

  private static void multiply(Invocation in, ProductShapes product, float[] sums) {
    int m = product.m();
    int n = product.n();
    int k = product.k();
    Tensor a = in.tensor(0);
    Tensor b = in.tensor(3);
    Tensor aZero = in.tensor(2);
    Tensor bZero = in.tensor(5);
    int aCount = m * k == 0 ? 0 : a.size() / (m * k);
    int bCount = n * k == 0 ? 0 : b.size() / (n * k);
    float[] x = new float[a.size()];
    for (int i = 0; i < x.length; i++) {
      int first = IntegerMatrix.first(aZero, i / (m * k), aCount, m);
      x[i] = (float) (a.getDouble(i) - aZero.getDouble(aZero.size() == 1 ? 0 : first + i / k % m));
    }
    float[] w = new float[b.size()];
    for (int i = 0; i < w.length; i++) {
      int first = IntegerMatrix.first(bZero, i / (n * k), bCount, n);
      w[i] = (float) (b.getDouble(i) - bZero.getDouble(bZero.size() == 1 ? 0 : first + i % n));
    }
    for (int i = 0; i < product.aMatrices().length; i++) {
      in.kernels()
          .gemm(
              m,
              n,
              k,
              1f,
              x,
              product.aMatrices()[i] * m * k,
              k,
              1,
              w,
              product.bMatrices()[i] * k * n,
              n,
              1,
              sums,
              i * m * n,
              n);
    }
  }

  private static void requantize(
      Invocation in,
      ProductShapes product,
      int @org.jspecify.annotations.Nullable [] integers,
      float @org.jspecify.annotations.Nullable [] floats,
      Tensor y) {
    Tensor aScale = in.tensor(1);
    Tensor bScale = in.tensor(4);
    Tensor yScale = in.tensor(6);
    Tensor yZero = in.tensor(7);
    int m = product.m();
    int n = product.n();
    int k = Math.max(1, product.k());
    for (Tensor parameter : new Tensor[] {yScale, yZero}) {
      if (parameter.size() != 1 && parameter.size() != m) {
        throw new OperatorFailed("parameter " + parameter + " does not fit " + m + " rows of y");
      }
    }
    int aCount = m == 0 ? 0 : in.tensor(0).size() / (m * k);
    int bCount = n == 0 ? 0 : in.tensor(3).size() / (n * k);
    if (integers != null && y.dataType().isInteger()) {
      requantize(in, product, integers, aCount, bCount, y);
      return;
    }
    for (int i = 0; i < y.size(); i++) {
      int matrix = i / (m * n);
      int row = i / n % m;
      int column = i % n;
      int s = IntegerMatrix.first(aScale, product.aMatrices()[matrix], aCount, m);
      int t = IntegerMatrix.first(bScale, product.bMatrices()[matrix], bCount, n);
      float factor =
          (float) aScale.getDouble(aScale.size() == 1 ? 0 : s + row)
              * (float) bScale.getDouble(bScale.size() == 1 ? 0 : t + column);
      float divisor = (float) yScale.getDouble(yScale.size() == 1 ? 0 : row);
      int z = yZero.size() == 1 ? 0 : row;
      float sum = integers != null ? integers[i] : floats == null ? 0 : floats[i];
      if (y.dataType().isInteger()) {
        double value = Math.max(-1e6, Math.min(1e6, sum * (factor / divisor)));
        int low = LinearQuantization.low(y.dataType());
        int high = LinearQuantization.high(y.dataType());
        y.setLong(i, LinearQuantization.saturate(value, (int) yZero.getLong(z), low, high));
      } else {
        float value = sum * (factor / divisor) + (float) yZero.getDouble(z);
        y.bytes()[i] = (byte) SmallFloat.fromFloat(y.dataType(), value, true);
      }
    }
  }

  /** Integers a row at a time. */
  private static void requantize(
      Invocation in, ProductShapes product, int[] sums, int aCount, int bCount, Tensor y) {
    int m = product.m();
    int n = product.n();
    float[] left = in.tensor(1).toFloats();
    float[] right = in.tensor(4).toFloats();
    float[] divisors = in.tensor(6).toFloats();
    Tensor yZero = in.tensor(7);
    float[] factors = new float[n];
    float[] room = new float[n];
    boolean same = left.length == 1 && right.length <= n && divisors.length == 1;
    for (int i = 0; i < sums.length; i += n) {
      int row = i / n % m;
      int matrix = i / n / m;
      if (i == 0 || !same) {
        int s = IntegerMatrix.first(in.tensor(1), product.aMatrices()[matrix], aCount, m);
        int t = IntegerMatrix.first(in.tensor(4), product.bMatrices()[matrix], bCount, n);
        float a = left[left.length == 1 ? 0 : s + row];
        float divisor = divisors[divisors.length == 1 ? 0 : row];
        for (int j = 0; j < n; j++) {
          factors[j] = a * right[right.length == 1 ? 0 : t + j] / divisor;
        }
      }
      int zero = (int) yZero.getLong(yZero.size() == 1 ? 0 : row);
      LinearQuantization.requantize(in.kernels(), sums, i, factors, room, zero, y);
    }
  }
}
