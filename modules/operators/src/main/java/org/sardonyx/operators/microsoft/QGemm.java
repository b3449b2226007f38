package org.sardonyx.operators.microsoft;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.IntegerMatrix;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.ProductShapes;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * QGemm: {@code alpha * a_scale * b_scale * ((A - a_zero_point) * (B - b_zero_point) + C)},
 * quantized where y_scale is given; A and B as they are or transposed, the parameters of B one for
 * all or one for each column, C int32.
 *
 * @param alpha a factor
 * @param transA whether A is [K, M]
 * @param transB whether B is [N, K]
 */
public record QGemm(float alpha, boolean transA, boolean transB) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QGemm")
          .input("A", "TA")
          .input("a_scale", "T")
          .input("a_zero_point", "TA")
          .input("B", "TB")
          .input("b_scale", "T")
          .input("b_zero_point", "TB")
          .optionalInput("C", "TC")
          .optionalInput("y_scale", "T")
          .optionalInput("y_zero_point", "TYZ")
          .output("Y", "TY")
          .attribute("alpha", 1f)
          .attribute("transA", 0)
          .attribute("transB", 0)
          .type("T", DataType.FLOAT)
          .type("TA", Microsoft.BYTES)
          .type("TB", Microsoft.BYTES)
          .type("TC", DataType.INT32)
          .type("TYZ", Microsoft.BYTES)
          .type("TY", DataType.FLOAT, DataType.UINT8, DataType.INT8)
          .accuracy(Accuracy.ROUNDED)
          .create(QGemm::of);

  static QGemm of(Attributes attributes) {
    return new QGemm(
        attributes.getFloat("alpha"), attributes.getFlag("transA"), attributes.getFlag("transB"));
  }

  @Override
  public void infer(Inference in) {
    Shape a = in.shape(0);
    Shape b = in.shape(3);
    if ((a.hasRank() && a.rank() != 2) || (b.hasRank() && b.rank() != 2)) {
      throw in.invalid("A " + a + " and B " + b + " must be matrices");
    }
    Shape shape =
        Shape.of(
            a.hasRank() ? a.dim(transA ? 1 : 0) : Dim.UNKNOWN,
            b.hasRank() ? b.dim(transB ? 0 : 1) : Dim.UNKNOWN);
    DataType zero = in.elementType(8);
    if (!in.has(8)) {
      in.output(0, DataType.FLOAT, shape);
    } else if (zero != null) {
      in.output(0, zero, shape);
    } else {
      in.shape(0, shape);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor a = transA ? transposed(in.tensor(0)) : in.tensor(0);
    Tensor b = transB ? transposed(in.tensor(3)) : in.tensor(3);
    if (a.rank() != 2 || b.rank() != 2) {
      throw new OperatorFailed("A " + a + " and B " + b + " must be matrices");
    }
    ProductShapes product = ProductShapes.of(a.shape(), b.shape());
    int m = product.m();
    int n = product.n();
    int[] sums = new int[m * n];
    IntegerMatrix.multiply(in, product, a, in.tensor(2), b, in.tensor(5), sums);
    Tensor c = in.optional(6);
    if (c != null) {
      add(c, sums, new int[] {m, n});
    }
    float aScale = Microsoft.scale(in, 1);
    float[] scales = Microsoft.columns(in.tensor(4), n);
    Tensor zero = in.optional(8);
    float yScale = in.has(7) ? Microsoft.scale(in, 7) : 1;
    DataType type = zero == null ? DataType.FLOAT : zero.dataType();
    Tensor y = in.output(0, type, m, n);
    int yZero = Microsoft.zeroPoint(in, 8);
    for (int i = 0; i < sums.length; i++) {
      float factor = alpha * aScale * (scales == null ? 1 : scales[i % n]);
      if (zero == null) {
        y.floats()[i] = sums[i] * factor / yScale;
      } else {
        y.bytes()[i] =
            (byte)
                LinearQuantization.saturate(
                    sums[i] * (factor / yScale),
                    yZero,
                    LinearQuantization.low(type),
                    LinearQuantization.high(type));
      }
    }
  }

  private static void add(Tensor c, int[] sums, int[] shape) {
    if (c.rank() > 2 || !Arrays.equals(Broadcast.shape(c.shape(), shape), shape)) {
      throw new OperatorFailed("C " + c + " does not broadcast to " + Arrays.toString(shape));
    }
    int[] strides = Broadcast.strides(c.shape(), shape);
    for (int i = 0; i < sums.length; i++) {
      sums[i] += c.ints()[i / shape[1] * strides[0] + i % shape[1] * strides[1]];
    }
  }

  private static Tensor transposed(Tensor x) {
    if (x.rank() != 2) {
      throw new OperatorFailed(x + " must be a matrix");
    }
    int rows = x.dim(0);
    int columns = x.dim(1);
    byte[] y = new byte[x.size()];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        y[j * rows + i] = x.bytes()[i * columns + j];
      }
    }
    return Tensor.of(x.dataType(), y, columns, rows);
  }
}
