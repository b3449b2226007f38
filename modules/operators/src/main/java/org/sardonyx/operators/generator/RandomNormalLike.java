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
 * RandomNormalLike: numbers of a normal distribution in the shape of another tensor.
 *
 * @param dtype the type; null for the input's
 * @param mean the mean
 * @param scale the standard deviation
 * @param seed where every run begins; null for the session's seed
 */
public record RandomNormalLike(
    @Nullable DataType dtype, float mean, float scale, @Nullable Float seed) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("RandomNormalLike")
          .version(1)
          .input("input", "T1")
          .output("output", "T2")
          .optional("dtype", Kind.INT)
          .attribute("mean", 0.0f)
          .attribute("scale", 1.0f)
          .optional("seed", Kind.FLOAT)
          .type("T1", Types.ALL)
          .type("T2", Types.FLOATS)
          .version(22)
          .type("T1", Types.ALL_IR4)
          .type("T2", Types.FLOATS_BF16)
          .accuracy(Accuracy.RANDOM)
          .create(RandomNormalLike::of);

  static RandomNormalLike of(Attributes attributes) {
    return new RandomNormalLike(
        Draws.dtype(attributes),
        attributes.getFloat("mean"),
        attributes.getFloat("scale"),
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
    Draws.normal(in, Draws.source(in, seed), mean, scale, in.output(0, type, x.shape()));
  }
}
