package org.sardonyx.operators.signal;

import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * STFT: the Fourier transforms of pieces of a signal [batch, length, 1 or 2] that begin every
 * frame_step samples, each times a window: [batch, frames, bins, 2]. A window shorter than the
 * frame is followed by zeros.
 *
 * @param onesided whether only the first frame_length / 2 + 1 bins are given
 */
public record STFT(boolean onesided) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("STFT")
          .version(17)
          .input("signal", "T1")
          .input("frame_step", "T2")
          .optionalInput("window", "T1")
          .optionalInput("frame_length", "T2")
          .output("output", "T1")
          .attribute("onesided", 1)
          .type("T1", Types.FLOATS_BF16)
          .type("T2", DataType.INT32, DataType.INT64)
          .accuracy(Accuracy.ACCUMULATED)
          .create(STFT::of);

  static STFT of(Attributes attributes) {
    return new STFT(attributes.getFlag("onesided"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Shape window = in.shape(2);
    if (!x.hasRank() || x.rank() != 3) {
      in.shape(0, Shape.ofRank(4));
      return;
    }
    Dim length =
        in.has(3)
            ? Sizes.only(in, 3)
            : in.has(2) ? (window.hasRank() ? window.dim(0) : Dim.UNKNOWN) : x.dim(1);
    Dim step = Sizes.only(in, 1);
    Dim frames =
        step instanceof Dim.Known(long hop) && hop > 0
            ? x.dim(1).minus(length).dividedBy(hop).plus(1)
            : Dim.UNKNOWN;
    Dim bins = onesided ? length.dividedBy(2).plus(1) : length;
    in.shape(0, Sizes.shape(List.of(x.dim(0), frames, bins, Dim.of(2)), in));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor window = in.optional(2);
    Tensor given = in.has(3) ? in.one(3) : null;
    int parts = x.rank() == 3 ? x.dim(2) : 0;
    if (parts < 1 || parts > 2 || (onesided && parts == 2)) {
      throw new OperatorFailed((onesided ? "one-sided " : "") + "STFT of " + x);
    }
    int size = x.dim(1);
    int n = given != null ? Axes.size(given.getLong(0)) : window != null ? window.size() : size;
    long step = in.one(1).getLong(0);
    if (step <= 0 || n == 0 || n > size) {
      throw new OperatorFailed("frames of " + n + " every " + step + " samples of " + x);
    }
    int frames = (int) ((size - n) / step) + 1;
    int bins = onesided ? n / 2 + 1 : n;
    int taken = window == null ? n : Math.min(n, window.size());
    double[] weights = new double[taken];
    Arrays.fill(weights, 1);
    if (window != null) {
      System.arraycopy(window.toDoubles(), 0, weights, 0, taken);
    }
    double[] from = x.toDoubles();
    int[] shape = {x.dim(0), frames, bins, 2};
    Tensor y = in.output(0, x.dataType(), shape);
    double[] real = new double[n];
    double[] imag = new double[n];
    Fourier fourier = new Fourier(n, false);
    int at = 0;
    for (int b = 0; b < x.dim(0); b++) {
      for (int f = 0; f < frames; f++) {
        Arrays.fill(real, 0);
        Arrays.fill(imag, 0);
        int start = (b * size + (int) (f * step)) * parts;
        for (int k = 0; k < taken; k++) {
          real[k] = from[start + k * parts] * weights[k];
          imag[k] = parts == 2 ? from[start + k * parts + 1] * weights[k] : 0;
        }
        fourier.transform(real, imag);
        for (int k = 0; k < bins; k++) {
          y.setDouble(at++, real[k]);
          y.setDouble(at++, imag[k]);
        }
      }
      in.checkpoint();
    }
  }
}
