package org.sardonyx.operators.text;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** StringConcat: every string with another after it; shapes broadcast. */
public record StringConcat() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("StringConcat")
          .version(20)
          .input("X", "T")
          .input("Y", "T")
          .output("Z", "T")
          .type("T", DataType.STRING)
          .create(StringConcat::of);

  static StringConcat of(Attributes attributes) {
    return new StringConcat();
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, Broadcast.shape(in.shape(0), in.shape(1)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor y = in.tensor(1);
    int[] shape = Broadcast.shape(x.shape(), y.shape());
    String[] left = spread(x, shape);
    String[] right = spread(y, shape);
    String[] joined = in.output(0, DataType.STRING, shape).strings();
    for (int i = 0; i < joined.length; i++) {
      joined[i] = left[i] + right[i];
    }
  }

  private static String[] spread(Tensor x, int[] shape) {
    if (x.hasShape(shape)) {
      return x.strings();
    }
    Tensor all = Tensor.zeros(DataType.STRING, shape);
    Moves moves = Moves.of(x, all);
    moves.strided(0, Broadcast.strides(x.shape(), shape), 0, Axes.strides(shape), shape);
    moves.done();
    return all.strings();
  }
}
