package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * CenterCropPad: axes cut or padded with zeros on both sides to given sizes. Of an odd number the
 * smaller half comes first.
 *
 * @param axes the axes; null for all
 */
public record CenterCropPad(long @Nullable [] axes) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("CenterCropPad")
          .version(18)
          .input("input_data", "T")
          .input("shape", "Tind")
          .output("output_data", "T")
          .optional("axes", Kind.INTS)
          .type("T", Types.ALL_IR4)
          .type("Tind", DataType.INT32, DataType.INT64)
          .create(CenterCropPad::of);

  static CenterCropPad of(Attributes attributes) {
    return new CenterCropPad(attributes.getIntsOrNull("axes"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    int[] normal = axes(x.rank());
    List<Dim> target = in.dims(1);
    List<Dim> result = new ArrayList<>(x.dims());
    for (int i = 0; i < normal.length; i++) {
      result.set(normal[i], target == null || i >= target.size() ? in.fresh() : target.get(i));
    }
    in.shape(0, Sizes.shape(result, in));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    long[] target = in.tensor(1).toLongs();
    int[] normal = axes(x.rank());
    if (normal.length != target.length) {
      throw new OperatorFailed(target.length + " sizes for " + normal.length + " axes of " + x);
    }
    int[] own = x.shape();
    int[] shape = x.shape();
    for (int i = 0; i < normal.length; i++) {
      shape[normal[i]] = Axes.size(target[i]);
    }
    int[] from = Axes.strides(own);
    int[] to = Axes.strides(shape);
    Tensor y = in.zeros(0, x.dataType(), shape);
    int fromOffset = 0;
    int toOffset = 0;
    for (int i = 0; i < own.length; i++) {
      fromOffset += Math.max(0, own[i] - shape[i]) / 2 * from[i];
      toOffset += Math.max(0, shape[i] - own[i]) / 2 * to[i];
      own[i] = Math.min(own[i], shape[i]);
    }
    Moves moves = Moves.of(in, x, y);
    moves.strided(fromOffset, from, toOffset, to, own);
    moves.done();
  }

  private int[] axes(int rank) {
    return axes == null ? Moves.identity(rank) : Axes.normalize(axes, rank);
  }
}
