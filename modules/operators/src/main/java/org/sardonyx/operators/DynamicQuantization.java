package org.sardonyx.operators;

import org.sardonyx.kernels.Kernels;

/**
 * A scale and a zero point made from the range of what is quantized to uint8, the range widened to
 * hold 0: {@code scale = (max - min) / 255}, 1 where all are 0; {@code zero point = round(clip(-min
 * / scale, 0, 255))}, half to even.
 *
 * @param scale the scale
 * @param zeroPoint the zero point, 0..255
 */
public record DynamicQuantization(float scale, int zeroPoint) {

  /** Finds the range of {@code x}. */
  public static DynamicQuantization of(Kernels kernels, float[] x) {
    float min = Math.min(0, kernels.min(x, 0, x.length));
    float max = Math.max(0, kernels.max(x, 0, x.length));
    float scale = max == min ? 1 : (max - min) / 255;
    float zero = Math.max(0, Math.min(255, -min / scale));
    return new DynamicQuantization(scale, (int) Math.rint(zero));
  }

  /** Quantizes {@code x}. */
  public void quantize(Invocation in, float[] x, byte[] y) {
    Elementwise.pieces(
        in,
        x.length,
        (start, end) ->
            in.kernels().quantize(x, start, scale, zeroPoint, 0, y, start, end - start));
  }
}
