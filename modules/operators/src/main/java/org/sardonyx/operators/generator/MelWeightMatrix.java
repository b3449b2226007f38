package org.sardonyx.operators.generator;

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
 * MelWeightMatrix: [dft_length / 2 + 1, num_mel_bins], triangles that are evenly spaced on the
 * scale {@code mel(f) = 2595 log10(1 + f / 700)} and end at whole bins of the spectrogram.
 *
 * @param type the type of the output
 */
public record MelWeightMatrix(DataType type) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("MelWeightMatrix")
          .version(17)
          .input("num_mel_bins", "T1")
          .input("dft_length", "T1")
          .input("sample_rate", "T1")
          .input("lower_edge_hertz", "T2")
          .input("upper_edge_hertz", "T2")
          .output("output", "T3")
          .attribute("output_datatype", 1)
          .type("T1", DataType.INT32, DataType.INT64)
          .type("T2", Types.FLOATS_BF16)
          .type("T3", Types.NUMERIC_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(MelWeightMatrix::of);

  static MelWeightMatrix of(Attributes attributes) {
    return new MelWeightMatrix(DataType.of(attributes.getInt("output_datatype")));
  }

  @Override
  public void infer(Inference in) {
    Dim bins = Sizes.only(in, 0);
    Dim length = Sizes.only(in, 1);
    in.output(
        0, type, Shape.of(Sizes.orFresh(length.dividedBy(2).plus(1), in), Sizes.orFresh(bins, in)));
  }

  @Override
  public void run(Invocation in) {
    int bins = Axes.size(in.one(0).getLong(0));
    long length = in.one(1).getLong(0);
    long rate = in.one(2).getLong(0);
    double low = mel(in.one(3).getDouble(0));
    double high = mel(in.one(4).getDouble(0));
    int rows = Axes.size(Math.floorDiv(length, 2L) + 1);
    double step = (high - low) / (bins + 2);
    int[] edges = new int[Axes.size(bins + 2L)];
    for (int i = 0; i < edges.length; i++) {
      double hertz = 700 * (StrictMath.pow(10, (i * step + low) / 2595) - 1);
      double edge = Math.floor((length + 1) * hertz / rate);
      if (!(edge >= 0 && edge < rows)) {
        throw new OperatorFailed(
            "the band edges lie outside of a spectrogram of " + rows + " bins");
      }
      edges[i] = (int) edge;
    }
    Tensor y = in.zeros(0, type, rows, bins);
    for (int i = 0; i < bins; i++) {
      int left = edges[i];
      int center = edges[i + 1];
      int right = edges[i + 2];
      if (left == center) {
        y.setDouble(center * bins + i, 1);
      }
      for (int j = left; left < center && j <= center; j++) {
        y.setDouble(j * bins + i, (double) (j - left) / (center - left));
      }
      for (int j = center; j < right; j++) {
        y.setDouble(j * bins + i, (double) (right - j) / (right - center));
      }
    }
  }

  private static double mel(double hertz) {
    return 2595 * StrictMath.log10(1 + hertz / 700);
  }
}
