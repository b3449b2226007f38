package org.sardonyx.operators.shaping;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/**
 * Shape: the shape of a tensor, or the part {@code [start, end)} of it.
 *
 * @param start the first dimension, negative from the end
 * @param end the one after the last, negative from the end; beyond the rank for all
 */
public record Shape(long start, long end) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Shape")
          .version(1)
          .input("data", "T")
          .output("shape", "T1")
          .type("T", Types.ALL)
          .type("T1", DataType.INT64)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(15)
          .optional("end", Kind.INT)
          .attribute("start", 0)
          .version(19)
          .type("T", Types.ALL_IR9)
          .version(21)
          .type("T", Types.ALL_IR10)
          .version(23)
          .type("T", Types.ALL_IR11)
          .version(24)
          .type("T", Types.ALL_IR12)
          .version(25)
          .type("T", Types.ALL_IR13)
          .create(Shape::of);

  static Shape of(Attributes attributes) {
    return new Shape(attributes.getInt("start", 0), attributes.getInt("end", Long.MAX_VALUE));
  }

  @Override
  public void infer(Inference in) {
    org.sardonyx.type.Shape shape = in.shape(0);
    if (!shape.hasRank()) {
      in.shape(0, org.sardonyx.type.Shape.ofRank(1));
      return;
    }
    int from = clamp(start, shape.rank());
    int to = Math.max(from, clamp(end, shape.rank()));
    in.shape(0, org.sardonyx.type.Shape.of((long) to - from));
    in.dims(0, shape.dims().subList(from, to));
  }

  @Override
  public void run(Invocation in) {
    int[] shape = in.tensor(0).shape();
    int from = clamp(start, shape.length);
    int to = Math.max(from, clamp(end, shape.length));
    long[] sizes = in.output(0, DataType.INT64, to - from).longs();
    for (int i = from; i < to; i++) {
      sizes[i - from] = shape[i];
    }
  }

  private static int clamp(long axis, int rank) {
    return (int) Math.clamp(axis < 0 ? axis + rank : axis, 0L, rank);
  }
}
