package org.sardonyx.operators.indexing.microsoft;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Unique of com.microsoft: the different elements of a vector in the order in which they come,
 * which of them each element is, and how often each is there. Zeros of both signs are one, and so
 * are NaNs.
 */
public record Unique() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Unique")
          .domain("com.microsoft")
          .version(1)
          .input("x", "T")
          .output("y", "T")
          .output("idx", "tensor(int64)")
          .output("counts", "tensor(int64)")
          .type("T", DataType.FLOAT)
          .accuracy(Accuracy.EXACT)
          .create(Unique::of);

  private static Unique of(Attributes attributes) {
    return new Unique();
  }

  @Override
  public void infer(Inference in) {
    Dim count = in.fresh();
    in.shape(0, Shape.of(count));
    in.output(1, DataType.INT64, in.shape(0));
    in.output(2, DataType.INT64, Shape.of(count));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() != 1) {
      throw new OperatorFailed("Unique of " + x + ", which is no vector");
    }
    float[] values = x.floats();
    Map<Float, Integer> places = new HashMap<>();
    float[] different = new float[values.length];
    long[] counts = new long[values.length];
    long[] index = in.output(1, DataType.INT64, values.length).longs();
    for (int i = 0; i < values.length; i++) {
      int next = places.size();
      // Adding zero makes -0 the other zero.
      Integer known = places.putIfAbsent(values[i] + 0f, next);
      int place = known == null ? next : known;
      if (known == null) {
        different[place] = values[i];
      }
      counts[place]++;
      index[i] = place;
    }
    int n = places.size();
    in.set(0, Tensor.of(Arrays.copyOf(different, n), n));
    in.set(2, Tensor.of(Arrays.copyOf(counts, n), n));
  }
}
