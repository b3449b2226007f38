package org.sardonyx.operators.signal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
 * DFT: the discrete Fourier transform along an axis of numbers [..., 1] or pairs of real and
 * imaginary part [..., 2]; inverse with the factor 1 / n. One-sided forward gives the first n / 2 +
 * 1 values of a real signal; one-sided inverse makes the real signal of those.
 *
 * @param axis the axis, negative from the end; null where it is input 2, or absent for -2
 * @param inverse whether to transform back
 * @param onesided whether the signal is real
 */
public record DFT(@Nullable Long axis, boolean inverse, boolean onesided) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("DFT")
          .version(17)
          .input("input", "T1")
          .optionalInput("dft_length", "T2")
          .output("output", "T1")
          .attribute("axis", 1)
          .attribute("inverse", 0)
          .attribute("onesided", 0)
          .type("T1", Types.FLOATS_BF16)
          .type("T2", DataType.INT32, DataType.INT64)
          .version(20)
          .optionalInput("axis", "tensor(int64)")
          .without("axis")
          .accuracy(Accuracy.ACCUMULATED)
          .create(DFT::of);

  static DFT of(Attributes attributes) {
    return new DFT(
        attributes.declares("axis") ? attributes.getInt("axis") : null,
        attributes.getFlag("inverse"),
        attributes.getFlag("onesided"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    Dim which = axis != null ? Dim.of(axis) : in.has(2) ? Sizes.only(in, 2) : Dim.of(-2);
    if (!(which instanceof Dim.Known(long known))) {
      boolean kept = !in.has(1) && !onesided;
      List<Dim> dims = new ArrayList<>(x.dims());
      for (int d = 0; d < x.rank() - 1 && !kept; d++) {
        dims.set(d, in.fresh());
      }
      if (x.rank() > 0) {
        dims.set(x.rank() - 1, Dim.of(inverse && onesided ? 1 : 2));
      }
      in.shape(0, Shape.of(dims));
      return;
    }
    int along = Axes.normalize(known, x.rank());
    Dim size = x.dim(along);
    boolean full = inverse && onesided;
    Dim length = in.has(1) ? Sizes.only(in, 1) : full ? size.plus(-1).times(2) : size;
    List<Dim> result = new ArrayList<>(x.dims());
    Dim out = onesided && !inverse ? length.dividedBy(2).plus(1) : length;
    result.set(along, Sizes.orFresh(out, in));
    result.set(x.rank() - 1, Dim.of(full ? 1 : 2));
    in.shape(0, Shape.of(result));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int rank = x.rank();
    int parts = rank == 0 ? 0 : x.dim(-1);
    Tensor given = axis == null && in.has(2) ? in.one(2) : null;
    int along = Axes.normalize(axis != null ? axis : given != null ? given.getLong(0) : -2, rank);
    if (along == rank - 1 || parts < 1 || parts > 2) {
      throw new OperatorFailed("DFT of " + x + " along axis " + along);
    }
    if (onesided && !inverse && parts == 2) {
      throw new OperatorFailed("one-sided DFT of complex numbers " + x);
    }
    int size = x.dim(along);
    boolean full = inverse && onesided;
    int n = in.has(1) ? Axes.size(in.one(1).getLong(0)) : Axes.size(full ? 2L * (size - 1) : size);
    if (n == 0) {
      throw new OperatorFailed("DFT of length 0");
    }
    int[] shape = x.shape();
    int out = onesided && !inverse ? n / 2 + 1 : n;
    int outParts = full ? 1 : 2;
    shape[along] = out;
    shape[rank - 1] = outParts;
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, rank - 1);
    Tensor y = in.output(0, x.dataType(), shape);
    if (y.size() == 0) {
      return;
    }
    int taken = Math.min(size, full ? n / 2 + 1 : n);
    Lines lines = new Lines(n, inner, parts, outParts, taken, full);
    // As NumPy does, whose results the official cases hold: real signals in double, pairs of
    // floats in float, with the noise that floats have around 0.
    if (parts == 1 || x.dataType() == DataType.DOUBLE) {
      double[] numbers = x.toDoubles();
      double[] result = x.dataType() == DataType.DOUBLE ? y.doubles() : new double[y.size()];
      Fourier fourier = new Fourier(n, inverse);
      for (int o = 0; o < outer; o++) {
        for (int i = 0; i < inner; i++) {
          int from = (o * size * inner + i) * parts;
          int to = (o * out * inner + i) * outParts;
          lines.transform(fourier, numbers, from, result, to, out, inverse ? 1.0 / n : 1);
        }
        in.checkpoint();
      }
      if (x.dataType() != DataType.DOUBLE) {
        in.set(0, Tensor.fromDoubles(x.dataType(), result, shape));
      }
      return;
    }
    float[] numbers = x.toFloats();
    float[] result = x.dataType() == DataType.FLOAT ? y.floats() : new float[y.size()];
    FloatFourier fourier = new FloatFourier(n, inverse);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int from = (o * size * inner + i) * parts;
        int to = (o * out * inner + i) * outParts;
        lines.transform(fourier, numbers, from, result, to, out, inverse ? 1f / n : 1);
      }
      in.checkpoint();
    }
    if (x.dataType() != DataType.FLOAT) {
      in.set(0, Tensor.fromFloats(x.dataType(), result, shape));
    }
  }
}
