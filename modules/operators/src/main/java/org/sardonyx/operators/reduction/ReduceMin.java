package org.sardonyx.operators.reduction;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/**
 * ReduceMin: the least; NaN where one is NaN. Of none, the greatest value of the type, over some
 * dimensions or all.
 */
public record ReduceMin(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ReduceMin")
          .version(1)
          .input("data", "T")
          .output("reduced", "T")
          .optional("axes", Kind.INTS)
          .attribute("keepdims", 1)
          .type("T", Types.HIGH_PRECISION)
          .version(11)
          .version(12)
          .type(
              "T", Types.union(Types.HIGH_PRECISION, Types.tensors(DataType.INT8, DataType.UINT8)))
          .version(13)
          .type(
              "T",
              Types.union(Types.HIGH_PRECISION_BF16, Types.tensors(DataType.INT8, DataType.UINT8)))
          .version(18)
          .optionalInput("axes", "tensor(int64)")
          .without("axes")
          .attribute("noop_with_empty_axes", 0)
          .version(20)
          .type(
              "T",
              Types.union(
                  Types.HIGH_PRECISION_BF16,
                  Types.tensors(DataType.BOOL, DataType.INT8, DataType.UINT8)))
          .create(attributes -> new ReduceMin(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.MIN);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.MIN);
  }
}
