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
import org.sardonyx.type.Shape;

/**
 * RandomUniform: numbers evenly distributed over [low, high).
 *
 * @param dtype the type
 * @param low the least number
 * @param high the bound above
 * @param seed where every run begins; null for the session's seed
 * @param shape the shape
 */
public record RandomUniform(
    DataType dtype, float low, float high, @Nullable Float seed, long[] shape) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("RandomUniform")
          .version(1)
          .output("output", "T")
          .attribute("dtype", 1)
          .attribute("high", 1.0f)
          .attribute("low", 0.0f)
          .optional("seed", Kind.FLOAT)
          .required("shape", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.RANDOM)
          .create(RandomUniform::of);

  static RandomUniform of(Attributes attributes) {
    return new RandomUniform(
        Draws.floating(DataType.of(attributes.getInt("dtype"))),
        attributes.getFloat("low"),
        attributes.getFloat("high"),
        Draws.seed(attributes),
        attributes.getInts("shape"));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, dtype, Shape.of(shape));
  }

  @Override
  public void run(Invocation in) {
    Tensor y = in.output(0, dtype, Draws.shape(shape));
    Draws.uniform(in, Draws.source(in, seed), low, high, y);
  }
}
