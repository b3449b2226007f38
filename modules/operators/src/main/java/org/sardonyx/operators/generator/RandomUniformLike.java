package org.sardonyx.operators.generator;

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
 * RandomUniformLike: evenly distributed numbers in the shape of another tensor.
 *
 * @param dtype the type; null for the input's
 * @param low the least number
 * @param high the bound above
 * @param seed where every run begins; null for the session's seed
 */
public record RandomUniformLike(
    @Nullable DataType dtype, float low, float high, @Nullable Float seed) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("RandomUniformLike")
          .version(1)
          .input("input", "T1")
          .output("output", "T2")
          .optional("dtype", Kind.INT)
          .attribute("high", 1.0f)
          .attribute("low", 0.0f)
          .optional("seed", Kind.FLOAT)
          .type("T1", Types.ALL)
          .type("T2", Types.FLOATS)
          .version(22)
          .type("T1", Types.ALL_IR4)
          .type("T2", Types.FLOATS_BF16)
          .accuracy(Accuracy.RANDOM)
          .create(RandomUniformLike::of);

  static RandomUniformLike of(Attributes attributes) {
    return new RandomUniformLike(
        Draws.dtype(attributes),
        attributes.getFloat("low"),
        attributes.getFloat("high"),
        Draws.seed(attributes));
  }

  @Override
  public void infer(Inference in) {
    DataType type = dtype != null ? dtype : in.elementType(0);
    if (type != null) {
      in.output(0, Draws.floating(type), in.shape(0));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    DataType type = Draws.floating(dtype != null ? dtype : x.dataType());
    Draws.uniform(in, Draws.source(in, seed), low, high, in.output(0, type, x.shape()));
  }
}
