package org.sardonyx.operators.recurrent;

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
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * What implementations of LSTM, GRU and RNN get wrong, each in a case small enough to check by
 * hand.
 */
final class RecurrentTrapsTest {

  private static final float[] LINEAR = {1, 1, 1, 1, 1, 1};
  private static final float[] ZERO = {0, 0, 0, 0, 0, 0};

  /** Gates and functions that pass numbers on as they are. */
  private static OperatorRunner linear(String operator, int activations) {
    return OperatorRunner.of(operator, 22)
        .strings(
            "activations",
            java.util.Collections.nCopies(activations, "Affine").toArray(new String[0]))
        .floats("activation_alpha", Arrays.copyOf(LINEAR, activations))
        .floats("activation_beta", Arrays.copyOf(ZERO, activations));
  }

  private static Tensor t(int[] shape, float... values) {
    return Tensor.of(values, shape);
  }

  private static int[] s(int... shape) {
    return shape;
  }

  private static Tensor zeros(int... shape) {
    return Tensor.zeros(DataType.FLOAT, shape);
  }

  private static float[] floats(Value value) {
    return ((Tensor) value).floats();
  }

  private static float[] values(float... values) {
    return values;
  }

  @Test
  void lstmGatesAreInputOutputForgetCell() {
    // i = 2, o = 3, f = 5, c = 7 by the biases alone; C(0) = 11.
    List<Value> out =
        linear("LSTM", 3)
            .outputs(3)
            .runAll(
                zeros(1, 1, 1),
                zeros(1, 4, 1),
                zeros(1, 4, 1),
                t(s(1, 8), 2, 3, 5, 7, 0, 0, 0, 0),
                null,
                null,
                t(s(1, 1, 1), 11));
    // C = 5 * 11 + 2 * 7, H = 3 * C.
    assertArrayEquals(values(69), floats(out.get(2)));
    assertArrayEquals(values(207), floats(out.get(1)));
    assertArrayEquals(values(207), floats(out.get(0)));
  }

  @Test
  void lstmPeepholesAreInputOutputForgetAndTheOutputSeesTheNewCell() {
    List<Value> out =
        linear("LSTM", 3)
            .outputs(3)
            .runAll(
                zeros(1, 1, 1),
                zeros(1, 4, 1),
                zeros(1, 4, 1),
                t(s(1, 8), 0, 0, 0, 1, 0, 0, 0, 0),
                null,
                null,
                t(s(1, 1, 1), 2),
                t(s(1, 3), 3, 5, 7));
    // i = 3 * 2, f = 7 * 2, c = 1: C = 14 * 2 + 6 = 34; o = 5 * 34.
    assertArrayEquals(values(34), floats(out.get(2)));
    assertArrayEquals(values(34 * 170), floats(out.get(1)));
  }

  @Test
  void lstmHasTwoBiases() {
    List<Value> out =
        linear("LSTM", 3)
            .outputs(3)
            .runAll(
                zeros(1, 1, 1), zeros(1, 4, 1), zeros(1, 4, 1), t(s(1, 8), 1, 1, 1, 1, 1, 2, 3, 4));
    assertArrayEquals(values(2 * 5), floats(out.get(2)));
    assertArrayEquals(values(3 * 10), floats(out.get(1)));
  }

  @Test
  void gruGatesAreUpdateResetHidden() {
    // z = 2, r = 3, h = 5 + (3 * 7) * 11; H = (1 - 2) * h + 2 * 7.
    Tensor h0 = t(s(1, 1, 1), 7);
    Tensor r = t(s(1, 3, 1), 0, 0, 11);
    float[] y =
        linear("GRU", 2)
            .run(zeros(1, 1, 1), zeros(1, 3, 1), r, t(s(1, 6), 2, 3, 5, 0, 0, 0), null, h0)
            .floats();
    assertArrayEquals(values(-(5 + 21 * 11) + 14), y);
  }

  @Test
  void gruLinearBeforeResetScalesTheRecurrentBiasToo() {
    Tensor h0 = t(s(1, 1, 1), 7);
    Tensor r = t(s(1, 3, 1), 0, 0, 11);
    Tensor b = t(s(1, 6), 2, 3, 5, 0, 0, 13);
    Tensor x = zeros(1, 1, 1);
    Tensor w = zeros(1, 3, 1);
    float[] before = linear("GRU", 2).run(x, w, r, b, null, h0).floats();
    assertArrayEquals(values(-(5 + 21 * 11 + 13) + 14), before);
    float[] after =
        linear("GRU", 2).attribute("linear_before_reset", 1).run(x, w, r, b, null, h0).floats();
    assertArrayEquals(values(-(5 + 3 * (7 * 11 + 13)) + 14), after);
  }

  @Test
  void gru1KnowsNoLinearBeforeResetAndMisspellsForward() {
    OperatorRunner runner = OperatorRunner.of("GRU", 1).attribute("linear_before_reset", 1);
    assertThrows(InvalidModel.class, () -> runner.create(3));
    OperatorRunner.of("GRU", 1)
        .outputs(2)
        .attribute("output_sequence", 1)
        .runAll(zeros(1, 1, 1), zeros(1, 3, 1), zeros(1, 3, 1));
    OperatorRunner.of("LSTM", 1)
        .attribute("output_sequence", 0)
        .run(zeros(1, 1, 1), zeros(1, 4, 1), zeros(1, 4, 1));
    assertThrows(
        InvalidModel.class,
        () -> OperatorRunner.of("LSTM", 7).attribute("output_sequence", 0).create(3));
  }

  @Test
  void clipBoundsGatesCandidateAndTheCellOnItsWayOutButNotTheCell() {
    // All gates clip to 2: C = 2 * 10 + 2 * 2 = 24 stays, H = 2 * clip(24).
    List<Value> out =
        linear("LSTM", 3)
            .attribute("clip", 2f)
            .outputs(3)
            .runAll(
                zeros(1, 1, 1),
                zeros(1, 4, 1),
                zeros(1, 4, 1),
                t(s(1, 8), 9, 9, 9, 9, 0, 0, 0, 0),
                null,
                null,
                t(s(1, 1, 1), 10));
    assertArrayEquals(values(24), floats(out.get(2)));
    assertArrayEquals(values(4), floats(out.get(1)));
  }

  @Test
  void clipMustBePositive() {
    for (float clip : new float[] {0, -1, Float.NaN}) {
      assertThrows(
          InvalidModel.class, () -> OperatorRunner.of("LSTM", 7).attribute("clip", clip).create(3));
    }
  }

  @Test
  void inputForgetMakesForgetOneMinusInput() {
    // i = 3; the forget bias of 100 is not used: f = -2.
    List<Value> out =
        linear("LSTM", 3)
            .attribute("input_forget", 1)
            .outputs(3)
            .runAll(
                zeros(1, 1, 1),
                zeros(1, 4, 1),
                zeros(1, 4, 1),
                t(s(1, 8), 3, 1, 100, 5, 0, 0, 0, 0),
                null,
                null,
                t(s(1, 1, 1), 7));
    assertArrayEquals(values(-2 * 7 + 3 * 5), floats(out.get(2)));
  }

  /** H = X + H(t-1): a running sum. */
  private static OperatorRunner sum() {
    return linear("RNN", 1).outputs(2);
  }

  private static final Tensor ONE = t(s(1, 1, 1), 1);
  private static final Tensor ONES = t(s(2, 1, 1), 1, 1);

  @Test
  void layoutOneTransposesXAndYAndStates() {
    // Two rows of three steps.
    Tensor x = t(s(2, 3, 1), 1, 2, 3, 10, 20, 30);
    Tensor h0 = t(s(2, 1, 1), 100, 200);
    List<Value> out = sum().attribute("layout", 1).runAll(x, ONE, ONE, null, null, h0);
    assertTrue(((Tensor) out.get(0)).hasShape(2, 3, 1, 1));
    assertArrayEquals(values(101, 103, 106, 210, 230, 260), floats(out.get(0)));
    assertTrue(((Tensor) out.get(1)).hasShape(2, 1, 1));
    assertArrayEquals(values(106, 260), floats(out.get(1)));
  }

  @Test
  void yIsZeroBeyondTheLengthAndStatesAreThoseOfTheLastStep() {
    // Time first: rows (1, 2, 3) and (10, NaN, NaN), lengths 3 and 1.
    Tensor x = t(s(3, 2, 1), 1, 10, 2, Float.NaN, 3, Float.NaN);
    List<Value> out = sum().runAll(x, ONE, ONE, null, Tensor.of(new int[] {3, 1}, 2));
    assertArrayEquals(values(1, 10, 3, 0, 6, 0), floats(out.get(0)));
    assertArrayEquals(values(6, 10), floats(out.get(1)));
  }

  @Test
  void reverseBeginsAtTheEndOfEachRow() {
    Tensor x = t(s(3, 2, 1), 1, 10, 2, 20, 3, Float.NaN);
    List<Value> out =
        sum()
            .attribute("direction", "reverse")
            .runAll(x, ONE, ONE, null, Tensor.of(new int[] {3, 2}, 2));
    assertArrayEquals(values(6, 30, 5, 20, 3, 0), floats(out.get(0)));
    assertArrayEquals(values(6, 30), floats(out.get(1)));
  }

  @Test
  void bidirectionalStacksDirections() {
    Tensor x = t(s(3, 1, 1), 1, 2, 4);
    List<Value> out =
        linear("RNN", 2).outputs(2).attribute("direction", "bidirectional").runAll(x, ONES, ONES);
    assertTrue(((Tensor) out.get(0)).hasShape(3, 2, 1, 1));
    assertArrayEquals(values(1, 7, 3, 6, 7, 4), floats(out.get(0)));
    assertArrayEquals(values(7, 7), floats(out.get(1)));
  }

  @Test
  void lengthZeroGivesTheInitialState() {
    for (String operator : List.of("LSTM", "GRU", "RNN")) {
      int g = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
      for (String direction : List.of("forward", "reverse")) {
        List<Value> out =
            OperatorRunner.of(operator, 14)
                .attribute("direction", direction)
                .outputs(2)
                .runAll(
                    t(s(1, 2, 1), 1, 1),
                    t(s(1, g, 1), Arrays.copyOf(LINEAR, g)),
                    t(s(1, g, 1), Arrays.copyOf(LINEAR, g)),
                    null,
                    Tensor.of(new int[] {0, 1}, 2),
                    t(s(1, 2, 1), 5, 6));
        assertEquals(0, floats(out.get(0))[0]);
        assertEquals(5, floats(out.get(1))[0]);
      }
    }
  }

  @Test
  void lengthsMustLieWithinTheSequence() {
    for (int length : new int[] {-1, 4}) {
      InvalidInput e =
          assertThrows(
              InvalidInput.class,
              () -> sum().runAll(zeros(3, 1, 1), ONE, ONE, null, Tensor.of(new int[] {length}, 1)));
      assertTrue(e.getMessage().contains("[0, 3]"), e.getMessage());
    }
  }

  @Test
  void noTimeAndNoBatch() {
    List<Value> out = sum().runAll(zeros(0, 2, 1), ONE, ONE, null, null, t(s(1, 2, 1), 5, 6));
    assertTrue(((Tensor) out.get(0)).hasShape(0, 1, 2, 1));
    assertArrayEquals(values(5, 6), floats(out.get(1)));
    out = sum().runAll(zeros(3, 0, 1), ONE, ONE, null, Tensor.of(new int[0], 0), zeros(1, 0, 1));
    assertTrue(((Tensor) out.get(0)).hasShape(3, 1, 0, 1));
    assertTrue(((Tensor) out.get(1)).hasShape(1, 0, 1));
  }

  @Test
  void activationNumbersGoOnlyToFunctionsThatTakeThem() {
    // alpha 0.5 is LeakyRelu's, the first in the list that takes one: g(-8) = -4.
    float[] c =
        floats(
            OperatorRunner.of("LSTM", 14)
                .strings("activations", "Relu", "LeakyRelu", "Relu")
                .floats("activation_alpha", 0.5f, 77f)
                .outputs(3)
                .runAll(
                    zeros(1, 1, 1),
                    zeros(1, 4, 1),
                    zeros(1, 4, 1),
                    t(s(1, 8), 1, 1, 1, -8, 0, 0, 0, 0))
                .get(2));
    assertArrayEquals(values(-4), c);
  }

  @Test
  void activationDefaultsAreThoseOfTheOperators() {
    assertEquals(-0.02, one("LeakyRelu", -2), 1e-7);
    assertEquals(0.6, one("HardSigmoid", 0.5f), 1e-6);
    assertEquals(Math.expm1(-1), one("Elu", -1), 1e-7);
    assertEquals(0, one("ThresholdedRelu", 0.9f));
    assertEquals(1, one("ThresholdedRelu", 1));
    assertEquals(3, one("Affine", 3));
    assertEquals(Math.tanh(0.7f), one("ScaledTanh", 0.7f), 1e-7);
    assertEquals(0.5, one("softsign", 1));
    assertEquals(Math.log(2), one("SOFTPLUS", 0), 1e-7);
  }

  private static float one(String activation, float x) {
    return OperatorRunner.of("RNN", 14)
        .strings("activations", activation)
        .run(t(s(1, 1, 1), x), ONE, ONE)
        .floats()[0];
  }

  @Test
  void activationsAreCounted() {
    assertThrows(
        InvalidModel.class,
        () -> OperatorRunner.of("LSTM", 7).strings("activations", "Tanh", "Tanh").create(3));
    assertThrows(
        InvalidModel.class,
        () ->
            OperatorRunner.of("GRU", 7)
                .attribute("direction", "bidirectional")
                .strings("activations", "Sigmoid", "Tanh")
                .create(3));
    InvalidModel e =
        assertThrows(
            InvalidModel.class,
            () -> OperatorRunner.of("RNN", 7).strings("activations", "Swish", "Tanh").create(3));
    OperatorRunner.of("RNN", 7).strings("activations", "Tanh", "Swish").create(3);
    assertTrue(e.getMessage().contains("LeakyRelu"), e.getMessage());
  }

  @Test
  void directionIsLowerCaseAndMisspelledInTheFirstVersionOnly() {
    for (String direction : List.of("Forward", "foward")) {
      for (String operator : List.of("LSTM", "GRU", "RNN")) {
        OperatorRunner runner = OperatorRunner.of(operator, 7).attribute("direction", direction);
        assertThrows(InvalidModel.class, () -> runner.create(3), operator + " " + direction);
      }
    }
    OperatorRunner.of("GRU", 1).attribute("direction", "foward").create(3);
  }

  @Test
  void hiddenSizeMayBeAbsentAndMustFit() {
    sum().runAll(zeros(1, 1, 1), ONE, ONE);
    InvalidInput e =
        assertThrows(
            InvalidInput.class,
            () -> sum().attribute("hidden_size", 2).runAll(zeros(1, 1, 1), ONE, ONE));
    assertTrue(e.getMessage().contains("[1, 2, 2]"), e.getMessage());
    assertTrue(e.getMessage().contains("[1, 1, 1]"), e.getMessage());
  }

  @Test
  void shapesAreCheckedBeforeAnythingIsRead() {
    Tensor x = zeros(2, 3, 5);
    Tensor w = zeros(1, 16, 5);
    Tensor r = zeros(1, 16, 4);
    Tensor b = zeros(1, 32);
    Tensor lens = Tensor.of(new int[3], 3);
    Tensor state = zeros(1, 3, 4);
    Tensor p = zeros(1, 12);
    Value[] good = {x, w, r, b, lens, state, state, p};
    OperatorRunner.of("LSTM", 14).runAll(good);
    Value[] bad = {
      zeros(2, 3, 6),
      zeros(1, 12, 5),
      zeros(1, 16, 5),
      zeros(1, 16),
      Tensor.of(new int[2], 2),
      zeros(1, 4, 3),
      zeros(3, 4),
      zeros(1, 16)
    };
    for (int i = 0; i < bad.length; i++) {
      Value[] inputs = good.clone();
      inputs[i] = bad[i];
      InvalidInput e =
          assertThrows(
              InvalidInput.class, () -> OperatorRunner.of("LSTM", 14).runAll(inputs), "" + i);
      assertTrue(e.getMessage().contains("["), e.getMessage());
      Type[] types = new Type[inputs.length];
      for (int k = 0; k < types.length; k++) {
        types[k] = inputs[k].type();
      }
      assertThrows(
          InvalidModel.class, () -> OperatorRunner.of("LSTM", 14).infer(types), "infer " + i);
    }
  }

  @Test
  void inferenceKeepsNamesAndTakesHiddenSizeFromR() {
    Type x = Type.tensor(DataType.FLOAT, Shape.of(Dim.named("t"), Dim.named("n"), Dim.of(5)));
    Type w = Type.tensor(DataType.FLOAT, Shape.of(2, 16, 5));
    Type r = Type.tensor(DataType.FLOAT, Shape.of(2, 16, 4));
    var inference =
        OperatorRunner.of("LSTM", 14)
            .attribute("direction", "bidirectional")
            .outputs(3)
            .infer(x, w, r);
    assertEquals("[t,2,n,4]", inference.outputShape(0).toString());
    assertEquals("[2,n,4]", inference.outputShape(1).toString());
    assertEquals("[2,n,4]", inference.outputShape(2).toString());
  }

  @Test
  void nanPropagatesAndStaysInItsRow() {
    for (boolean bias : new boolean[] {false, true}) {
      for (String operator : List.of("LSTM", "GRU", "RNN")) {
        int g = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
        Random random = new Random(7);
        Tensor x = random(random, 3, 4, 2);
        x.floats()[2 * 2] = Float.NaN; // Time 0 of row 2.
        Tensor w = random(random, 1, g * 3, 2);
        Tensor r = random(random, 1, g * 3, 3);
        Tensor b = bias ? random(random, 1, 2 * g * 3) : null;
        List<Value> out =
            OperatorRunner.of(operator, 14).attribute("clip", 3f).outputs(2).runAll(x, w, r, b);
        float[] y = floats(out.get(1));
        for (int i = 0; i < y.length; i++) {
          assertEquals(i / 3 == 2, Float.isNaN(y[i]), operator + " at " + i);
        }
      }
    }
  }

  @Test
  void aRowIsTheSameWhateverLiesBesideIt() {
    for (String operator : List.of("LSTM", "GRU", "RNN")) {
      int g = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
      Random random = new Random(11);
      int hidden = 17;
      Tensor x = random(random, 5, 7, 9);
      Tensor w = random(random, 2, g * hidden, 9);
      Tensor r = random(random, 2, g * hidden, hidden);
      OperatorRunner runner =
          OperatorRunner.of(operator, 14).attribute("direction", "bidirectional").outputs(2);
      Value[] some = {x, w, r, null, Tensor.of(new int[] {5, 2, 4, 5, 0, 1, 3}, 7)};
      float[] all = floats(runner.runAll(some).get(1));
      for (int n = 0; n < 7; n++) {
        int length = ((Tensor) some[4]).ints()[n];
        float[] row = new float[length * 9];
        for (int t = 0; t < length; t++) {
          System.arraycopy(x.floats(), (t * 7 + n) * 9, row, t * 9, 9);
        }
        float[] alone = floats(runner.runAll(t(s(length, 1, 9), row), w, r).get(1));
        for (int d = 0; d < 2; d++) {
          assertArrayEquals(
              Arrays.copyOfRange(alone, d * hidden, (d + 1) * hidden),
              Arrays.copyOfRange(all, (d * 7 + n) * hidden, (d * 7 + n + 1) * hidden),
              operator);
        }
      }
    }
  }

  @Test
  void longSequencesRunInPieces() {
    // More rows than one piece of the projection holds; the running sum of ones counts them.
    int steps = 300_000;
    float[] x = new float[steps];
    Arrays.fill(x, 1);
    for (String direction : List.of("forward", "reverse")) {
      for (Tensor lens : Arrays.asList(null, Tensor.of(new int[] {steps - 1}, 1))) {
        Tensor y =
            sum().attribute("direction", direction).run(t(s(steps, 1, 1), x), ONE, ONE, null, lens);
        int length = lens == null ? steps : steps - 1;
        assertEquals(length, y.floats()[direction.equals("forward") ? length - 1 : 0]);
        assertEquals(1, y.floats()[direction.equals("forward") ? 0 : length - 1]);
      }
    }
  }

  @Test
  void anyOutputMayBeLeftOutAndInitialCellComeAlone() {
    Tensor x = zeros(2, 1, 1);
    Tensor weights = zeros(1, 4, 1);
    Tensor c0 = t(s(1, 1, 1), 8);
    List<Value> out =
        OperatorRunner.of("LSTM", 14)
            .outputs(3)
            .unwanted(0)
            .unwanted(1)
            .runAll(x, weights, weights, null, null, null, c0);
    // Every gate is 1 / 2, the candidate 0.
    assertArrayEquals(values(2), floats(out.get(2)));
  }

  @Test
  void piecesWithCarriedStatesAreTheWhole() {
    for (String operator : List.of("LSTM", "GRU", "RNN")) {
      boolean lstm = operator.equals("LSTM");
      int g = lstm ? 4 : operator.equals("GRU") ? 3 : 1;
      Random random = new Random(13);
      Tensor x = random(random, 9, 2, 3);
      Tensor w = random(random, 1, g * 5, 3);
      Tensor r = random(random, 1, g * 5, 5);
      Tensor b = random(random, 1, 2 * g * 5);
      OperatorRunner runner = OperatorRunner.of(operator, 14).outputs(lstm ? 3 : 2);
      float[] whole = floats(runner.runAll(x, w, r, b).get(0));
      Value h = null;
      Value c = null;
      int at = 0;
      for (int steps : new int[] {4, 1, 3, 1}) {
        Tensor piece = t(s(steps, 2, 3), Arrays.copyOfRange(x.floats(), at * 6, (at + steps) * 6));
        List<Value> out =
            lstm
                ? runner.runAll(piece, w, r, b, null, h, c)
                : runner.runAll(piece, w, r, b, null, h);
        h = out.get(1);
        c = lstm ? out.get(2) : null;
        assertArrayEquals(
            Arrays.copyOfRange(whole, at * 10, (at + steps) * 10), floats(out.get(0)), operator);
        at += steps;
      }
    }
  }

  @Test
  void bidirectionalIsForwardBesideReverse() {
    for (String operator : List.of("LSTM", "GRU", "RNN")) {
      int g = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
      Random random = new Random(19);
      Tensor x = random(random, 4, 3, 2);
      Tensor lens = Tensor.of(new int[] {4, 0, 2}, 3);
      Tensor[] w = {random(random, 1, g * 5, 2), random(random, 1, g * 5, 2)};
      Tensor[] r = {random(random, 1, g * 5, 5), random(random, 1, g * 5, 5)};
      float[] both =
          OperatorRunner.of(operator, 14)
              .attribute("direction", "bidirectional")
              .run(x, stacked(w), stacked(r), null, lens)
              .floats();
      for (int d = 0; d < 2; d++) {
        float[] one =
            OperatorRunner.of(operator, 14)
                .attribute("direction", d == 0 ? "forward" : "reverse")
                .run(x, w[d], r[d], null, lens)
                .floats();
        for (int i = 0; i < one.length; i++) {
          assertEquals(one[i], both[i / 15 * 30 + d * 15 + i % 15], operator);
        }
      }
    }
  }

  private static Tensor stacked(Tensor[] parts) {
    float[] all = Arrays.copyOf(parts[0].floats(), 2 * parts[0].size());
    System.arraycopy(parts[1].floats(), 0, all, parts[0].size(), parts[0].size());
    return t(s(2, parts[0].dim(1), parts[0].dim(2)), all);
  }

  private static Tensor random(Random random, int... shape) {
    float[] values = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }
}
