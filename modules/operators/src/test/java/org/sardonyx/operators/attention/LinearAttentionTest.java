package org.sardonyx.operators.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** LinearAttention and CausalConvWithState in cases small enough to check by hand. */
final class LinearAttentionTest {

  private static final float HALF = (float) Math.log(0.5);

  private static OperatorRunner of(String rule, int queryHeads, int keyHeads) {
    return OperatorRunner.of("LinearAttention", 27)
        .attribute("update_rule", rule)
        .attribute("q_num_heads", queryHeads)
        .attribute("kv_num_heads", keyHeads)
        .attribute("scale", 1f)
        .outputs(2);
  }

  /** One batch. */
  private static Tensor steps(int steps, float... values) {
    return Tensor.of(values, 1, steps, values.length / steps);
  }

  private static void assertOutputs(List<Value> out, float[] y, float[] state) {
    assertArrayEquals(y, ((Tensor) out.get(0)).floats(), 1e-5f);
    assertArrayEquals(state, ((Tensor) out.get(1)).floats(), 1e-5f);
  }

  @Test
  void rules() {
    Tensor q = steps(2, 1, 1);
    Tensor k = steps(2, 2, 3);
    Tensor v = steps(2, 5, 7);
    Tensor half = steps(2, HALF, HALF);
    Tensor beta = steps(2, 0.5f, 0.5f);
    // S = 2 * 5, then + 3 * 7.
    assertOutputs(of("linear", 1, 1).runAll(q, k, v), f(10, 31), f(31));
    assertOutputs(of("gated", 1, 1).runAll(q, k, v, null, half), f(10, 26), f(26));
    // S = 2 * 0.5 * 5 = 5; w = 0.5 * (7 - 5 * 3) = -4; S = 5 - 12.
    assertOutputs(of("delta", 1, 1).runAll(q, k, v, null, null, beta), f(5, -7), f(-7));
    // S decays to 2.5; w = 0.5 * (7 - 7.5) = -0.25; S = 2.5 - 0.75.
    assertOutputs(of("gated_delta", 1, 1).runAll(q, k, v, null, half, beta), f(5, 1.75f), f(1.75f));
    Tensor past = Tensor.of(f(100), 1, 1, 1, 1);
    assertOutputs(of("linear", 1, 1).runAll(q, k, v, past), f(110, 131), f(131));
  }

  private static float[] f(float... values) {
    return values;
  }

  @Test
  void scaleZeroIsOneByTheRootOfTheKeySize() {
    Tensor q = steps(1, 1, 1, 1, 1);
    List<Value> out = of("linear", 1, 1).attribute("scale", 0f).runAll(q, q, steps(1, 3));
    assertArrayEquals(f(4 * 3 / 2f), ((Tensor) out.get(0)).floats());
  }

  @Test
  void neighbouringQueriesShareAState() {
    Tensor q = steps(1, 1, 2, 3, 4);
    Tensor k = steps(1, 1, 1);
    Tensor v = steps(1, 10, 100);
    assertOutputs(of("linear", 4, 2).runAll(q, k, v), f(10, 20, 300, 400), f(10, 100));
  }

  @Test
  void decayIsOfHeadsOrOfKeysAndBetaOfHeadsOrOne() {
    Tensor q = steps(1, 1, 1);
    Tensor k = steps(1, 0, 0);
    Tensor past = Tensor.of(f(8, 16), 1, 1, 2, 1);
    assertOutputs(
        of("gated", 1, 1).runAll(q, k, steps(1, 0), past, steps(1, HALF)), f(12), f(4, 8));
    assertOutputs(
        of("gated", 1, 1).runAll(q, k, steps(1, 0), past, steps(1, HALF, 0)), f(20), f(4, 16));
    Tensor two = steps(1, 1, 1);
    assertOutputs(
        of("delta", 2, 2).runAll(two, two, steps(1, 1, 2), null, null, steps(1, 0.5f)),
        f(0.5f, 1),
        f(0.5f, 1));
    assertThrows(
        InvalidInput.class,
        () -> of("delta", 2, 2).runAll(two, two, steps(1, 1, 2), null, null, steps(1, 1, 1, 1)));
  }

  @Test
  void gatesGoWithTheRule() {
    Tensor one = steps(1, 1);
    assertThrows(InvalidModel.class, () -> of("gated", 1, 1).runAll(one, one, one));
    assertThrows(InvalidModel.class, () -> of("linear", 1, 1).runAll(one, one, one, null, one));
    assertThrows(InvalidModel.class, () -> of("quadratic", 1, 1).create(3));
    assertThrows(InvalidModel.class, () -> of("linear", 3, 2).create(3));
  }

  @Test
  void stateKeepsItsOwnType() {
    Tensor one = Tensor.fromFloats(DataType.FLOAT16, f(1), 1, 1, 1);
    List<Value> out = of("linear", 1, 1).runAll(one, one, one, Tensor.of(f(0.1f), 1, 1, 1, 1));
    assertEquals(DataType.FLOAT16, ((Tensor) out.get(0)).dataType());
    assertArrayEquals(f(1.1f), ((Tensor) out.get(1)).floats());
    assertEquals(
        DataType.FLOAT16, ((Tensor) of("linear", 1, 1).runAll(one, one, one).get(1)).dataType());
  }

  @Test
  void stepsAreTheSameAsAllAtOnce() {
    Random random = new Random(3);
    int steps = 5;
    Tensor q = random(random, steps, 8);
    Tensor k = random(random, steps, 4);
    Tensor v = random(random, steps, 6);
    Tensor decay = random(random, steps, 2);
    Tensor beta = random(random, steps, 2);
    List<Value> all = of("gated_delta", 4, 2).runAll(q, k, v, null, decay, beta);
    Tensor state = Tensor.zeros(DataType.FLOAT, 1, 2, 2, 3);
    for (int t = 0; t < steps; t++) {
      List<Value> out =
          of("gated_delta", 4, 2)
              .runAll(step(q, t), step(k, t), step(v, t), state, step(decay, t), step(beta, t));
      state = (Tensor) out.get(1);
      assertEquals(step((Tensor) all.get(0), t), out.get(0));
    }
    assertEquals(all.get(1), state);
  }

  private static Tensor step(Tensor x, int t) {
    int width = x.dim(2);
    return Tensor.of(Arrays.copyOfRange(x.floats(), t * width, (t + 1) * width), 1, 1, width);
  }

  private static Tensor random(Random random, int steps, int width) {
    float[] values = new float[steps * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.5f;
    }
    return Tensor.of(values, 1, steps, width);
  }

  private static OperatorRunner conv() {
    return OperatorRunner.of("CausalConvWithState", 27).outputs(2);
  }

  @Test
  void convolutionSeesThePastAndKeepsIt() {
    Tensor x = Tensor.of(f(1, 2, 3), 1, 1, 3);
    Tensor w = Tensor.of(f(100, 10, 1), 1, 1, 3);
    assertOutputs(conv().runAll(x, w), f(1, 12, 123), f(2, 3));
    Tensor past = Tensor.of(f(8, 9), 1, 1, 2);
    assertOutputs(conv().runAll(x, w, null, past), f(891, 912, 123), f(2, 3));
    Tensor bias = Tensor.of(f(1000), 1);
    assertOutputs(conv().runAll(x, w, bias), f(1001, 1012, 1123), f(2, 3));
  }

  @Test
  void inputShorterThanTheKernelKeepsSomeOfThePast() {
    Tensor x = Tensor.of(f(1), 1, 1, 1);
    Tensor w = Tensor.of(f(100, 10, 1), 1, 1, 3);
    Tensor past = Tensor.of(f(8, 9), 1, 1, 2);
    assertOutputs(conv().runAll(x, w, null, past), f(891), f(9, 1));
    Tensor empty = Tensor.of(f(), 1, 1, 0);
    assertOutputs(conv().runAll(empty, w, null, past), f(), f(8, 9));
    Tensor one = Tensor.of(f(2), 1, 1, 1);
    List<Value> out = conv().runAll(x, one);
    assertTrue(((Tensor) out.get(1)).hasShape(1, 1, 0));
  }

  @Test
  void convolutionIsOfEachChannelAndMayEndInSilu() {
    Tensor x = Tensor.of(f(1, 2, 3, 4), 1, 2, 2);
    Tensor w = Tensor.of(f(1, 2), 2, 1, 1);
    assertArrayEquals(f(1, 2, 6, 8), conv().outputs(1).run(x, w).floats());
    float silu = (float) (8 / (1 + Math.exp(-8)));
    for (String activation : List.of("silu", "swish")) {
      assertEquals(
          silu, conv().outputs(1).attribute("activation", activation).run(x, w).floats()[3], 1e-5f);
    }
    assertThrows(InvalidModel.class, () -> conv().attribute("activation", "relu").create(2));
    assertThrows(InvalidInput.class, () -> conv().runAll(x, Tensor.of(f(1, 2), 1, 1, 2)));
  }
}
