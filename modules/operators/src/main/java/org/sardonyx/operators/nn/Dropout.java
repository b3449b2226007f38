package org.sardonyx.operators.nn;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
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
 * Dropout: the input itself; in training each element is kept with probability 1 - ratio and
 * divided by that, else 0. The mask says what was kept. Before version 7 training is is_test = 0,
 * in versions 7 and 10 there is none, from 12 on the input training_mode asks for it.
 *
 * @param ratio the attribute; NaN where ratio is an input
 * @param trains whether the attributes ask for training
 * @param maskIsData whether the mask has the type of the data; otherwise it is bool
 * @param seed the seed of the mask; null for the session's
 */
public record Dropout(float ratio, boolean trains, boolean maskIsData, @Nullable Long seed)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Dropout")
          .version(1)
          .input("data", "T")
          .output("output", "T")
          .optionalOutput("mask", "T")
          .optional("consumed_inputs", Kind.INTS)
          .attribute("is_test", 0)
          .attribute("ratio", 0.5f)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(7)
          .without("is_test")
          .version(10)
          .optionalOutput("mask", "T1")
          .type("T1", DataType.BOOL)
          .version(12)
          .without("ratio")
          .optional("seed", Kind.INT)
          .optionalInput("ratio", "T1")
          .optionalInput("training_mode", "T2")
          .optionalOutput("mask", "T2")
          .type("T1", Types.FLOATS)
          .type("T2", DataType.BOOL)
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .version(22)
          .type("T", Types.union(Types.FLOATS_BF16, Types.FLOATS_8))
          .type("T1", Types.union(Types.FLOATS_BF16, Types.FLOATS_8))
          .accuracy(Accuracy.RANDOM)
          .create(Dropout::of);

  static Dropout of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "a hint for memory that nothing computes with");
    return new Dropout(
        attributes.declares("ratio") ? attributes.getFloat("ratio") : Float.NaN,
        attributes.declares("is_test") && attributes.getInt("is_test") == 0,
        attributes.version() < 10,
        attributes.has("seed") ? (Long) attributes.getInt("seed") : null);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
    if (in.outputs() > 1) {
      in.shape(1, in.shape(0));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor data = in.tensor(0);
    Tensor given = in.has(1) ? in.one(1) : null;
    Tensor mode = in.has(2) ? in.one(2) : null;
    double drop = given != null ? given.getDouble(0) : Float.isNaN(ratio) ? 0.5 : ratio;
    boolean training = trains || (mode != null && mode.getBoolean(0));
    byte[] kept = new byte[data.size()];
    if (training && drop != 0) {
      if (!(drop >= 0 && drop < 1)) {
        throw new OperatorFailed("ratio must be in [0, 1)");
      }
      RandomGenerator random = seed == null ? in.random() : new SplittableRandom(seed);
      for (int i = 0; i < kept.length; i++) {
        in.checkpoint(4);
        kept[i] = (byte) (random.nextDouble() >= drop ? 1 : 0);
      }
      in.set(0, scaled(data, kept, 1 / (1 - drop)));
    } else {
      Arrays.fill(kept, (byte) 1);
      in.set(0, data);
    }
    if (in.wants(1)) {
      Tensor mask = Tensor.of(DataType.BOOL, kept, data.shape());
      in.set(
          1,
          maskIsData ? Tensor.fromDoubles(data.dataType(), mask.toDoubles(), data.shape()) : mask);
    }
  }

  private static Tensor scaled(Tensor data, byte[] kept, double scale) {
    if (data.dataType() == DataType.DOUBLE) {
      double[] values = data.doubles().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = kept[i] != 0 ? values[i] * scale : 0;
      }
      return Tensor.of(values, data.shape());
    }
    float[] values = data.toFloats().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = kept[i] != 0 ? (float) (values[i] * scale) : 0;
    }
    return Tensor.fromFloats(data.dataType(), values, data.shape());
  }
}
