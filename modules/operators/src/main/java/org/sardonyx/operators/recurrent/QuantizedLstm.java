package org.sardonyx.operators.recurrent;

import static org.sardonyx.operators.recurrent.LSTM.GATES;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.recurrent.QuantizedMatrix.Quantization;
import org.sardonyx.tensor.Tensor;

/** The cell of {@link DynamicQuantizeLSTM}. */
final class QuantizedLstm extends LstmCell {

  private final QuantizedMatrix w;
  private final QuantizedMatrix r;
  private final float[] bias;
  private final Quantization ofX;

  /**
   * Makes one.
   *
   * @param ofX how X is rounded, one for the whole of it
   */
  QuantizedLstm(
      DynamicQuantizeLSTM operator,
      int hidden,
      int d,
      QuantizedMatrix w,
      QuantizedMatrix r,
      @Nullable Tensor b,
      @Nullable Tensor p,
      Quantization ofX) {
    super(operator.layer(), hidden, d, operator.inputForget(), false, p);
    this.w = w;
    this.r = r;
    this.ofX = ofX;
    this.bias = new float[GATES * hidden];
    if (b != null) {
      int from = 2 * d * bias.length;
      for (int i = 0; i < bias.length; i++) {
        bias[i] = b.floats()[from + i] + b.floats()[from + bias.length + i];
      }
    }
  }

  @Override
  void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
    Arrays.fill(to, 0, rows * width(), 0);
    w.multiplyAdd(kernels, ofX, rows, x, offset, to, 0);
  }

  @Override
  void step(
      Kernels kernels,
      int phase,
      int part,
      int rows,
      float[] gates,
      int offset,
      float[] h,
      float[] next,
      float[] c,
      float[] s) {
    addRecurrent(kernels, rows, h, gates, offset);
    units(kernels, rows, gates, offset, next, c, 0, hidden);
  }

  private void addRecurrent(Kernels kernels, int rows, float[] h, float[] gates, int offset) {
    Quantization ofH = Quantization.of(h, 0, rows * hidden);
    r.multiplyAdd(kernels, ofH, rows, h, 0, gates, offset);
    for (int k = 0; k < rows; k++) {
      int at = offset + k * bias.length;
      for (int j = 0; j < bias.length; j++) {
        gates[at + j] += bias[j];
      }
    }
  }
}
