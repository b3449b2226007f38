package org.sardonyx.operators.ml;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** ArrayFeatureExtractor: some elements of the last dimension; [C] is taken as [1, C]. */
public record ArrayFeatureExtractor() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ArrayFeatureExtractor")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .input("Y", "tensor(int64)")
          .output("Z", "T")
          .type(
              "T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64, DataType.STRING)
          .create(ArrayFeatureExtractor::of);

  static ArrayFeatureExtractor of(Attributes attributes) {
    return new ArrayFeatureExtractor();
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank() || x.rank() == 0) {
      return;
    }
    List<Dim> result = new ArrayList<>(x.dims().subList(0, x.rank() - 1));
    if (result.isEmpty()) {
      result.add(Dim.of(1));
    }
    result.add(in.shape(1).elements());
    in.shape(0, Shape.of(result));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    long[] which = in.tensor(1).longs();
    if (x.rank() == 0) {
      throw new OperatorFailed("features are wanted, given is the scalar " + x);
    }
    int width = x.dim(-1);
    int[] map = new int[which.length];
    for (int i = 0; i < map.length; i++) {
      if (which[i] < 0 || which[i] >= width) {
        throw new OperatorFailed("index " + which[i] + " is out of range for " + x);
      }
      map[i] = (int) which[i];
    }
    int[] shape = x.rank() == 1 ? new int[] {1, 0} : x.shape();
    shape[shape.length - 1] = map.length;
    Tensor y = in.output(0, x.dataType(), shape);
    Moves moves = Moves.of(in, x, y);
    moves.rows(Axes.product(shape, 0, shape.length - 1), width, map, 1);
    moves.done();
  }
}
