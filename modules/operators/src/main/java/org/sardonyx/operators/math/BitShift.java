package org.sardonyx.operators.math;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.EvenRows;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * BitShift: {@code x << y} or {@code x >> y}, of signed integers with copies of the sign; where y
 * is negative or no less than the bits of x, what is left is 0, or -1 of a negative x to the right.
 *
 * @param left whether towards the high bits
 */
public record BitShift(boolean left) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("BitShift")
          .version(11)
          .input("X", "T")
          .input("Y", "T")
          .output("Z", "T")
          .required("direction", Kind.STRING)
          .type("T", DataType.UINT16, DataType.UINT32, DataType.UINT64, DataType.UINT8)
          .version(28)
          .type("T", Types.INTEGERS)
          .create(BitShift::of);

  static BitShift of(Attributes attributes) {
    return switch (attributes.getString("direction")) {
      case "LEFT" -> new BitShift(true);
      case "RIGHT" -> new BitShift(false);
      default -> throw new InvalidModel("direction must be LEFT or RIGHT");
    };
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
    Tensor z = in.output(0, x.dataType(), shape);
    int bits = x.dataType().bits();
    boolean signed = x.dataType().kind() == DataType.Kind.SIGNED;
    EvenRows.run(
        in,
        true,
        true,
        (from, to, start, end) -> {
          long[] values = (long[]) from[0];
          long[] by = (long[]) from[1];
          long[] result = (long[]) to;
          for (int i = start; i < end; i++) {
            // All bits where so few are left that none, or only the sign, remains.
            long all = (by[i] | (bits - 1 - by[i])) >> (Long.SIZE - 1);
            if (left) {
              result[i] = values[i] << by[i] & ~all;
            } else if (signed) {
              result[i] = values[i] >> (by[i] | all);
            } else {
              result[i] = values[i] >>> by[i] & ~all;
            }
          }
        },
        z,
        x,
        y);
  }
}
