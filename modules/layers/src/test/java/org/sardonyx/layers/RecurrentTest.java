package org.sardonyx.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class RecurrentTest {

  private static final int IN = 3;
  private static final int H = 4;

  private final Draws draws = new Draws(7);

  @Test
  void aStackOfTwoBidirectionalLstmsIsAtMostTwelveNodes() {
    Network net = new Network("stack");
    Series x = net.series("x", IN);
    net.output(
        "y",
        x.then(Recurrent.both(lstm(IN), lstm(IN))).then(Recurrent.both(lstm(2 * H), lstm(2 * H))));
    Model model = net.model();
    assertTrue(model.graph().nodes().size() <= 12, () -> model.graph().nodes().toString());
    assertEquals(2, model.graph().nodes().stream().filter(n -> n.isOnnx("LSTM")).count());
  }

  private Lstm lstm(int in) {
    return Lstm.of(
        WeightFormat.PYTORCH, draws.floats(4 * H, in), draws.floats(4 * H, H), draws.floats(4 * H));
  }

  /** The same layer in five layouts is the same layer. */
  @Test
  void formatsAgree() {
    Map<Gate, Tensor> w = new java.util.EnumMap<>(Gate.class);
    Map<Gate, Tensor> r = new java.util.EnumMap<>(Gate.class);
    Map<Gate, Tensor> b = new java.util.EnumMap<>(Gate.class);
    for (Gate gate : Gate.LSTM) {
      w.put(gate, draws.floats(H, IN));
      r.put(gate, draws.floats(H, H));
      b.put(gate, draws.floats(H));
    }
    Tensor input = draws.floats(2, 5, IN);
    float[] expected = null;
    for (WeightFormat format : WeightFormat.ALL) {
      Tensor wi = stack(format.lstm(), w);
      Tensor ri = stack(format.lstm(), r);
      boolean columns = format.recurrent() == WeightFormat.Side.COLUMNS;
      Lstm cell =
          Lstm.of(
              format,
              columns ? Weights.transposed(wi) : wi,
              columns ? Weights.transposed(ri) : ri,
              stack(format.lstm(), b));
      Network net = new Network("one");
      net.output("y", net.series("x", IN).then(Recurrent.of(cell)));
      float[] y = Draws.run(net, "y", Map.of("x", input)).floats();
      expected = expected == null ? byHand(w, r, b, input) : expected;
      assertArrayEquals(expected, y, 1e-6f, format.name());
    }
  }

  private static Tensor stack(List<Gate> order, Map<Gate, Tensor> gates) {
    return Weights.stacked(order.stream().map(gates::get).toArray(Tensor[]::new));
  }

  private static float[] byHand(
      Map<Gate, Tensor> w, Map<Gate, Tensor> r, Map<Gate, Tensor> b, Tensor input) {
    int batch = input.dim(0);
    int time = input.dim(1);
    float[] y = new float[batch * time * H];
    for (int n = 0; n < batch; n++) {
      double[] h = new double[H];
      double[] c = new double[H];
      for (int t = 0; t < time; t++) {
        double[] next = new double[H];
        for (int k = 0; k < H; k++) {
          double[] gate = new double[4];
          for (int g = 0; g < 4; g++) {
            Gate which = Gate.LSTM.get(g);
            double sum = b.get(which).floats()[k];
            for (int j = 0; j < IN; j++) {
              sum += w.get(which).floats()[k * IN + j] * input.floats()[(n * time + t) * IN + j];
            }
            for (int j = 0; j < H; j++) {
              sum += r.get(which).floats()[k * H + j] * h[j];
            }
            gate[g] = g == 3 ? Math.tanh(sum) : 1 / (1 + Math.exp(-sum));
          }
          c[k] = gate[2] * c[k] + gate[0] * gate[3];
          next[k] = gate[1] * Math.tanh(c[k]);
          y[(n * time + t) * H + k] = (float) next[k];
        }
        h = next;
      }
    }
    return y;
  }

  @Test
  void dl4jsPeepholesStandInTheLastColumns() {
    Tensor w = draws.floats(IN, 4 * H);
    Tensor rw = draws.floats(H, 4 * H + 3);
    Tensor b = draws.floats(4 * H);
    Lstm cell = Lstm.of(WeightFormat.DL4J, w, rw, b);
    float[] p = java.util.Objects.requireNonNull(cell.peepholes()).floats();
    for (int k = 0; k < H; k++) {
      assertEquals(rw.floats()[k * (4 * H + 3) + 4 * H + 2], p[k]);
      assertEquals(rw.floats()[k * (4 * H + 3) + 4 * H + 1], p[H + k]);
      assertEquals(rw.floats()[k * (4 * H + 3) + 4 * H], p[2 * H + k]);
    }
    assertEquals("DL4J [c, f, o, i] -> ONNX [i, o, f, c]: blocks [3, 2, 1, 0]", cell.conversion());
  }

  @Test
  void wrongShapesAreRefusedWithTheShapeThatWasExpected() {
    InvalidInput e =
        assertThrows(
            InvalidInput.class,
            () -> Lstm.of(WeightFormat.KERAS, draws.floats(3, 16), draws.floats(16, 4)));
    assertEquals(
        "LSTM (Keras): recurrent weights is float[16,4], expected float[4,16], since the input"
            + " weights are float[3,16]",
        e.getMessage());
    assertThrows(
        InvalidInput.class,
        () -> Lstm.of(WeightFormat.PYTORCH, draws.floats(15, 3), draws.floats(15, 4)));
    assertThrows(
        InvalidInput.class,
        () ->
            Gru.of(
                WeightFormat.DJL,
                Tensor.zeros(org.sardonyx.tensor.DataType.DOUBLE, 12, 3),
                draws.floats(12, 4)));
    assertThrows(
        InvalidInput.class,
        () -> Gru.of(WeightFormat.DL4J, draws.floats(3, 12), draws.floats(4, 12)));
    Network net = new Network("n");
    Series x = net.series("x", 5);
    assertThrows(InvalidInput.class, () -> x.then(Recurrent.of(lstm(IN))));
  }

  @Test
  void gateOrdersThatCannotBeAreRefused() {
    assertThrows(
        InvalidInput.class,
        () -> WeightFormat.PYTORCH.withLstm(Gate.INPUT, Gate.INPUT, Gate.FORGET, Gate.CELL));
    assertThrows(InvalidInput.class, () -> WeightFormat.PYTORCH.withGru(Gate.INPUT));
    assertThrows(InvalidInput.class, () -> WeightFormat.of("caffe"));
  }

  @Test
  void statesThatGoInAndOutMakeTwoCallsOne() {
    Cell[] cells = {
      lstm(IN),
      CandidateLstm.of(WeightFormat.PYTORCH, draws.floats(4 * H, IN), draws.floats(4 * H, H)),
      CellLstm.of(WeightFormat.PYTORCH, draws.floats(4 * H, IN), draws.floats(4 * H, H)),
      Gru.of(WeightFormat.PYTORCH, draws.floats(3 * H, IN), draws.floats(3 * H, H))
    };
    for (Cell cell : cells) {
      Network net = new Network("stream");
      Series x = net.series("x", IN);
      int states =
          cell instanceof StepCell step ? step.states().size() : cell instanceof Lstm ? 2 : 1;
      State[] initial = new State[states];
      for (int i = 0; i < states; i++) {
        initial[i] = net.state("s" + i, 1, H);
      }
      Recurrent.Output all = Recurrent.of(cell).run(x, initial);
      net.output("y", all.series());
      for (int i = 0; i < states; i++) {
        net.output("t" + i, all.states().get(i));
      }
      Model model = net.model();
      Tensor input = draws.floats(1, 6, IN);
      Map<String, Value> zeros = new java.util.HashMap<>(Map.of("x", input));
      for (int i = 0; i < states; i++) {
        zeros.put("s" + i, Tensor.of(new float[H], 1, 1, H));
      }
      float[] whole = tensor(Draws.run(model, zeros), "y").floats();
      Map<String, Value> first = new java.util.HashMap<>(zeros);
      first.put("x", Weights.rows(input.reshaped(6, IN), 0, 4).reshaped(1, 4, IN));
      Map<String, Value> between = Draws.run(model, first);
      Map<String, Value> second = new java.util.HashMap<>();
      second.put("x", Weights.rows(input.reshaped(6, IN), 4, 2).reshaped(1, 2, IN));
      for (int i = 0; i < states; i++) {
        second.put("s" + i, tensor(between, "t" + i));
      }
      float[] end = tensor(Draws.run(model, second), "y").floats();
      assertArrayEquals(java.util.Arrays.copyOfRange(whole, 4 * H, 6 * H), end, 1e-6f, cell.kind());
    }
  }

  private static Tensor tensor(Map<String, Value> values, String name) {
    return (Tensor) java.util.Objects.requireNonNull(values.get(name));
  }

  @Test
  void lengthsStopLoopsAsTheyStopOperators() {
    Tensor w = draws.floats(4 * H, IN);
    Tensor r = draws.floats(4 * H, H);
    for (boolean backwards : new boolean[] {false, true}) {
      CandidateLstm cell = CandidateLstm.of(WeightFormat.ONNX, w, r);
      Network net = new Network("lengths");
      Series x = net.series("x", IN).withLengths(net.lengths("n"));
      Recurrent layer = backwards ? Recurrent.backwards(cell) : Recurrent.of(cell);
      net.output("y", x.then(layer));
      Network alone = new Network("alone");
      alone.output("y", alone.series("x", IN).then(layer));
      Tensor input = draws.floats(1, 5, IN);
      float[] y =
          Draws.run(net, "y", Map.of("x", input, "n", Tensor.of(new int[] {3}, 1))).floats();
      Tensor cut = Weights.rows(input.reshaped(5, IN), 0, 3).reshaped(1, 3, IN);
      float[] expected =
          java.util.Arrays.copyOf(Draws.run(alone, "y", Map.of("x", cut)).floats(), 5 * H);
      assertArrayEquals(expected, y, 1e-6f);
    }
  }

  @Test
  void unrolledLoopsAreLoops() {
    CellLstm cell = CellLstm.of(WeightFormat.ONNX, draws.floats(4 * H, IN), draws.floats(4 * H, H));
    Tensor input = draws.floats(2, 5, IN);
    float[][] y = new float[2][];
    for (int i = 0; i < 2; i++) {
      Network net = new Network("unrolled");
      Recurrent layer = Recurrent.both(cell, cell);
      net.output("y", net.series("x", IN).then(i == 0 ? layer : layer.unrolled(5)));
      y[i] = Draws.run(net, "y", Map.of("x", input)).floats();
    }
    assertArrayEquals(y[0], y[1], 1e-6f);
    assertThrows(UnsupportedModel.class, () -> Recurrent.of(lstm(IN)).unrolled(3));
  }

  @Test
  void aMaskIsNoLengths() {
    Network net = new Network("mask");
    Mask mask = net.mask("m", org.sardonyx.tensor.DataType.FLOAT, Axes.BATCH_FIRST);
    Series x = net.series("x", IN).withMask(mask);
    assertThrows(UnsupportedModel.class, () -> x.then(Recurrent.of(lstm(IN))));
  }
}
