package org.sardonyx.operators.shaping;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/**
 * ReverseSequence: of every batch entry the first steps in reverse, as many as its length says.
 *
 * @param batchAxis 0 or 1
 * @param timeAxis the other one
 */
public record ReverseSequence(long batchAxis, long timeAxis) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ReverseSequence")
          .version(10)
          .input("input", "T")
          .input("sequence_lens", "tensor(int64)")
          .output("Y", "T")
          .attribute("batch_axis", 1)
          .attribute("time_axis", 0)
          .type("T", Types.ALL)
          .version(28)
          .type("T", Types.ALL_IR4)
          .create(ReverseSequence::of);

  static ReverseSequence of(Attributes attributes) {
    long batch = attributes.getInt("batch_axis");
    long time = attributes.getInt("time_axis");
    if (batch + time != 1 || batch * time != 0) {
      throw new InvalidModel("batch_axis " + batch + " and time_axis " + time);
    }
    return new ReverseSequence(batch, time);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor lens = in.tensor(1);
    int batches = x.rank() < 2 ? -1 : x.dim((int) batchAxis);
    if (!lens.hasShape(batches)) {
      throw new OperatorFailed("lengths " + lens + " for the sequences of " + x);
    }
    int steps = x.dim((int) timeAxis);
    int block = Axes.product(x.shape(), 2, x.rank());
    int batchStride = batchAxis == 0 ? steps * block : block;
    int timeStride = timeAxis == 0 ? batches * block : block;
    Tensor y = in.output(0, x.dataType(), x.shape());
    Moves moves = Moves.of(in, x, y);
    for (int i = 0; i < batches; i++) {
      long length = lens.getLong(i);
      if (length < 0 || length > steps) {
        throw new OperatorFailed("a length of " + length + " for " + steps + " steps");
      }
      for (int t = 0; t < steps; t++) {
        int from = t < length ? (int) length - 1 - t : t;
        moves.copy(i * batchStride + from * timeStride, i * batchStride + t * timeStride, block);
      }
    }
    moves.done();
  }
}
