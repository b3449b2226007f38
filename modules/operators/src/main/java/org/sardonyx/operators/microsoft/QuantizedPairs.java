package org.sardonyx.operators.microsoft;

import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Functions of two quantized tensors, element by element. */
final class QuantizedPairs {

  private QuantizedPairs() {}

  enum Function {
    ADD,
    MUL
  }

  /** Computes output 0 from A, scale, zero point, B, scale, zero point, and those of the output. */
  static void run(Invocation in, Function function) {
    Tensor a = in.tensor(0);
    Tensor b = in.tensor(3);
    float aScale = Microsoft.scale(in, 1);
    float bScale = Microsoft.scale(in, 4);
    float cScale = Microsoft.scale(in, 6);
    int aZero = Microsoft.zeroPoint(in, 2);
    int bZero = Microsoft.zeroPoint(in, 5);
    int cZero = Microsoft.zeroPoint(in, 7);
    int[] shape = Broadcast.shape(a.shape(), b.shape());
    DataType type = a.dataType();
    int low = LinearQuantization.low(type);
    int high = LinearQuantization.high(type);
    byte[] y = in.output(0, type, shape).bytes();
    int[] aStrides = Broadcast.strides(a.shape(), shape);
    int[] bStrides = Broadcast.strides(b.shape(), shape);
    int last = shape.length - 1;
    int n = last < 0 ? 1 : shape[last];
    int aStep = last < 0 ? 0 : aStrides[last];
    int bStep = last < 0 ? 0 : bStrides[last];
    int mask = type == DataType.INT8 ? -1 : 0xff;
    byte[] x = a.bytes();
    byte[] z = b.bytes();
    // ONNX Runtime rounds with the zero point of the output already added, which moves ties.
    float product = aScale * bScale / cScale;
    float aRatio = aScale / cScale;
    float bRatio = bScale / cScale;
    float rest = cZero - (aRatio * aZero + bRatio * bZero);
    int[] place = new int[shape.length];
    int p = 0;
    int q = 0;
    for (int start = 0; start < y.length; start += n) {
      for (int i = 0; i < n; i++) {
        int left = x[p + i * aStep] & mask;
        int right = z[q + i * bStep] & mask;
        float value =
            function == Function.ADD
                ? left * aRatio + rest + right * bRatio
                : (left - aZero) * (right - bZero) * product + cZero;
        y[start + i] = (byte) LinearQuantization.saturate(value, 0, low, high);
      }
      for (int d = last - 1; d >= 0; d--) {
        p += aStrides[d];
        q += bStrides[d];
        if (++place[d] < shape[d]) {
          break;
        }
        p -= aStrides[d] * shape[d];
        q -= bStrides[d] * shape[d];
        place[d] = 0;
      }
    }
  }
}
