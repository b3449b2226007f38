package org.sardonyx.operators.generator;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Bernoulli: 1 with the probability that the input holds, else 0.
 *
 * @param dtype the type; null for the input's
 * @param seed where every run begins; null for the session's seed
 */
public record Bernoulli(@Nullable DataType dtype, @Nullable Float seed) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Bernoulli")
          .version(15)
          .input("input", "T1")
          .output("output", "T2")
          .optional("dtype", Kind.INT)
          .optional("seed", Kind.FLOAT)
          .type("T1", Types.FLOATS)
          .type("T2", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL)))
          .version(22)
          .type("T1", Types.FLOATS_BF16)
          .accuracy(Accuracy.RANDOM)
          .create(Bernoulli::of);

  static Bernoulli of(Attributes attributes) {
    return new Bernoulli(Draws.dtype(attributes), Draws.seed(attributes));
  }

  @Override
  public void infer(Inference in) {
    DataType type = dtype != null ? dtype : in.elementType(0);
    if (type != null) {
      in.output(0, type, in.shape(0));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    DataType type = dtype != null ? dtype : x.dataType();
    RandomGenerator random = Draws.source(in, seed);
    Tensor y = in.zeros(0, type, x.shape());
    for (int i = 0; i < x.size(); i++) {
      in.checkpoint(4);
      if (random.nextDouble() < x.getDouble(i)) {
        if (type.isFloat()) {
          y.setDouble(i, 1);
        } else {
          y.setLong(i, 1);
        }
      }
    }
  }
}
