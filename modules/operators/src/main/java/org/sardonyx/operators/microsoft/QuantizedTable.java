package org.sardonyx.operators.microsoft;

import java.util.function.DoubleUnaryOperator;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** A function of quantized bytes, tabled: {@code quantize(f(dequantize(x)))}. */
final class QuantizedTable {

  private final byte[] table = new byte[256];

  QuantizedTable(
      DataType type, float xScale, int xZero, DoubleUnaryOperator f, float yScale, int yZero) {
    int low = LinearQuantization.low(type);
    int high = LinearQuantization.high(type);
    for (int i = 0; i < 256; i++) {
      int x = type == DataType.INT8 ? (byte) i : i;
      float value = (float) f.applyAsDouble(xScale * (x - xZero));
      table[i] = (byte) LinearQuantization.saturate(value / yScale, yZero, low, high);
    }
  }

  void apply(Tensor x, int from, byte[] y, int to, int n) {
    byte[] bytes = x.bytes();
    for (int i = 0; i < n; i++) {
      y[to + i] = table[bytes[from + i] & 0xff];
    }
  }
}
