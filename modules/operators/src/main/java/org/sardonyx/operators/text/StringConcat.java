package org.sardonyx.operators.text;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.BroadcastLoop;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
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
    String[] left = x.strings();
    String[] right = y.strings();
    String[] joined = in.output(0, DataType.STRING, shape).strings();
    BroadcastLoop loop = BroadcastLoop.of(shape, x.shape(), y.shape());
    int xs = loop.step(0);
    int ys = loop.step(1);
    loop.each(
        in,
        (o, at, n) -> {
          for (int i = 0; i < n; i++) {
            joined[o + i] = left[at[0] + i * xs] + right[at[1] + i * ys];
          }
        });
  }
}
