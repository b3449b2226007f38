package org.sardonyx.frameworks.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.both;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.chain;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.chainWith;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.function;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.layer;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.lstm;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.network;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.numbers;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.run;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.sizes;

import java.nio.file.Path;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.ImportOptions;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.Tensor;

/**
 * Networks against DL4J's formulas in plain loops; the formulas were measured with DL4J 1.0.0-M2.1.
 */
class Dl4jTest {

  private static final int BATCH = 2;
  private static final int IN = 3;
  private static final int HIDDEN = 2;
  private static final int TIME = 4;
  private static final Tensor X = Tensor.of(numbers(BATCH * IN * TIME), BATCH, IN, TIME);

  @TempDir Path folder;

  private Tensor output(byte[] file, Tensor... inputs) {
    return run(Dl4jFiles.model(folder, file, ImportOptions.DEFAULT), inputs);
  }

  private static void assertClose(double[] expected, Tensor actual) {
    assertArrayEquals(expected, actual.toDoubles(), 2e-6);
  }

  private static double x(int n, int i, int t) {
    return X.getDouble((n * IN + i) * TIME + t);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * [batch, hidden, time] of one direction: blocks c, f, o, i; columns of peepholes f, o, i after
   * them; everything kept column by column. States are multiplied by the mask.
   */
  private static double[] formula(
      float[] p, int at, boolean graves, DoubleUnaryOperator act, boolean back, double[][] mask) {
    int rw = at + IN * 4 * HIDDEN;
    int b = rw + HIDDEN * (4 * HIDDEN + (graves ? 3 : 0));
    double[] y = new double[BATCH * HIDDEN * TIME];
    for (int n = 0; n < BATCH; n++) {
      double[] h = new double[HIDDEN];
      double[] c = new double[HIDDEN];
      for (int s = 0; s < TIME; s++) {
        int t = back ? TIME - 1 - s : s;
        double[] z = new double[4 * HIDDEN];
        for (int j = 0; j < z.length; j++) {
          z[j] = p[b + j];
          for (int i = 0; i < IN; i++) {
            z[j] += x(n, i, t) * p[at + j * IN + i];
          }
          for (int i = 0; i < HIDDEN; i++) {
            z[j] += h[i] * p[rw + j * HIDDEN + i];
          }
        }
        for (int k = 0; k < HIDDEN; k++) {
          int peep = rw + 4 * HIDDEN * HIDDEN + k;
          double f = sigmoid(z[HIDDEN + k] + (graves ? p[peep] * c[k] : 0));
          double i = sigmoid(z[3 * HIDDEN + k] + (graves ? p[peep + 2 * HIDDEN] * c[k] : 0));
          double cell = f * c[k] + i * act.applyAsDouble(z[k]);
          double o = sigmoid(z[2 * HIDDEN + k] + (graves ? p[peep + HIDDEN] * cell : 0));
          h[k] = o * act.applyAsDouble(cell) * mask[n][t];
          c[k] = cell * mask[n][t];
          y[(n * HIDDEN + k) * TIME + t] = h[k];
        }
      }
    }
    return y;
  }

  private static double[][] ones() {
    return new double[][] {{1, 1, 1, 1}, {1, 1, 1, 1}};
  }

  private static int size(boolean graves) {
    return IN * 4 * HIDDEN + HIDDEN * (4 * HIDDEN + (graves ? 3 : 0)) + 4 * HIDDEN;
  }

  /** The file says sigmoid where no activation was given: tanh is no default of DL4J. */
  @ParameterizedTest
  @CsvSource({
    "LSTM,Sigmoid",
    "LSTM,TanH",
    "GravesLSTM,Sigmoid",
    "GravesLSTM,TanH",
    "LSTM,HardTanH"
  })
  void blocksAndPeepholesOfLstm(String type, String activation) {
    boolean graves = type.equals("GravesLSTM");
    DoubleUnaryOperator act =
        switch (activation) {
          case "Sigmoid" -> Dl4jTest::sigmoid;
          case "HardTanH" -> x -> Math.clamp(x, -1, 1);
          default -> Math::tanh;
        };
    float[] p = numbers(size(graves));
    Tensor y = output(network(chain(lstm(type, IN, HIDDEN, activation, "NCW")), p), X);
    assertTrue(y.hasShape(BATCH, HIDDEN, TIME), y::toString);
    assertClose(formula(p, 0, graves, act, false, ones()), y);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADD", "MUL", "AVERAGE", "CONCAT"})
  void directionsAreMerged(String mode) {
    float[] p = numbers(2 * size(false));
    double[] forward = formula(p, 0, false, Math::tanh, false, ones());
    double[] backward = formula(p, size(false), false, Math::tanh, true, ones());
    Tensor y = output(network(chain(both(mode, lstm("LSTM", IN, HIDDEN, "TanH", "NCW"))), p), X);
    double[] expected = new double[y.size()];
    int width = HIDDEN * TIME;
    for (int i = 0; i < forward.length; i++) {
      int n = i / width;
      switch (mode) {
        case "ADD" -> expected[i] = forward[i] + backward[i];
        case "MUL" -> expected[i] = forward[i] * backward[i];
        case "AVERAGE" -> expected[i] = (forward[i] + backward[i]) / 2;
        default -> {
          expected[2 * n * width + i % width] = forward[i];
          expected[(2 * n + 1) * width + i % width] = backward[i];
        }
      }
    }
    assertClose(expected, y);
  }

  /** The backward direction has read one step only where the last step is taken after the merge. */
  @Test
  void lastStepOfBothDirectionsIsNotTheLastState() {
    float[] p = numbers(2 * size(false));
    String inner = both("ADD", lstm("LSTM", IN, HIDDEN, "TanH", "NCW"));
    Tensor y =
        output(network(chain(layer("recurrent.LastTimeStep", "\"underlying\": " + inner)), p), X);
    double[] forward = formula(p, 0, false, Math::tanh, false, ones());
    double[] backward = formula(p, size(false), false, Math::tanh, true, ones());
    double[] expected = new double[BATCH * HIDDEN];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = forward[i * TIME + TIME - 1] + backward[i * TIME + TIME - 1];
    }
    assertClose(expected, y);
  }

  /** GravesBidirectionalLSTM obeys a mask, also one with holes; LSTM has no regard to it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void masks(boolean graves) {
    double[][] holes = {{1, 0, 1, 1}, {1, 1, 0, 0}};
    Tensor mask = Tensor.of(new float[] {1, 0, 1, 1, 1, 1, 0, 0}, BATCH, TIME);
    float[] p = numbers(graves ? 2 * size(true) : size(false));
    String type = graves ? "GravesBidirectionalLSTM" : "LSTM";
    byte[] file = network(chain(lstm(type, IN, HIDDEN, "TanH", "NCW")), p);
    Model model =
        Dl4jFiles.model(folder, file, ImportOptions.DEFAULT.withSteps(ImportOptions.Steps.MASK));
    double[] expected = formula(p, 0, graves, Math::tanh, false, graves ? holes : ones());
    if (graves) {
      double[] backward = formula(p, size(true), true, Math::tanh, true, holes);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += backward[i];
      }
    }
    assertClose(expected, run(model, X, mask));
  }

  @Test
  void lengthsAreOneOperator() {
    float[] p = numbers(2 * size(true));
    byte[] file = network(chain(lstm("GravesBidirectionalLSTM", IN, HIDDEN, "TanH", "NCW")), p);
    Model model =
        Dl4jFiles.model(folder, file, ImportOptions.DEFAULT.withSteps(ImportOptions.Steps.LENGTHS));
    double[][] holds = {{1, 1, 1, 1}, {1, 1, 0, 0}};
    double[] expected = formula(p, 0, true, Math::tanh, false, holds);
    double[] backward = formula(p, size(true), true, Math::tanh, true, holds);
    for (int i = 0; i < expected.length; i++) {
      expected[i] += backward[i];
    }
    assertClose(expected, run(model, X, Tensor.of(new int[] {4, 2}, 2)));
    assertTrue(model.graph().nodes().stream().anyMatch(node -> node.opType().equals("LSTM")));
    assertTrue(model.functions().isEmpty());
  }

  /** Rows of all steps lie with the batch running fastest. */
  @Test
  void rowsOfAllSteps() {
    String preprocessor =
        "{\"0\": {\"@class\": \"org.deeplearning4j.nn.conf.preprocessor"
            + ".RnnToFeedForwardPreProcessor\", \"rnnDataFormat\": \"NCW\"}}";
    String dense = layer("DenseLayer", sizes(IN, 1), function("activationFn", "Identity"));
    Tensor y = output(network(chainWith(preprocessor, dense), 1, 2, 3, 0.5f), X);
    double[] expected = new double[BATCH * TIME];
    for (int n = 0; n < BATCH; n++) {
      for (int t = 0; t < TIME; t++) {
        expected[t * BATCH + n] = 0.5 + x(n, 0, t) + 2 * x(n, 1, t) + 3 * x(n, 2, t);
      }
    }
    assertClose(expected, y);
  }

  /** The softmax of an ActivationLayer goes over the last axis, which is time. */
  @Test
  void softmaxOverTime() {
    String sum = layer("RnnOutputLayer", sizes(IN, 1), function("activationFn", "Identity"));
    String softmax = layer("ActivationLayer", function("activationFn", "Softmax"));
    Tensor y = output(network(chain(softmax, sum), 1, 1, 1, 0), X);
    double[] expected = new double[BATCH * TIME];
    for (int n = 0; n < BATCH; n++) {
      for (int i = 0; i < IN; i++) {
        double whole = 0;
        for (int t = 0; t < TIME; t++) {
          whole += Math.exp(x(n, i, t));
        }
        for (int t = 0; t < TIME; t++) {
          expected[n * TIME + t] += Math.exp(x(n, i, t)) / whole;
        }
      }
    }
    assertClose(expected, y);
  }

  /** Biases first; the weights are used as [kernel, input, output], whatever their shape says. */
  @Test
  void weightsOfConvolutions() {
    String conv =
        layer(
            "Convolution1DLayer",
            sizes(IN, 2),
            function("activationFn", "Identity"),
            "\"kernelSize\": [2, 2]",
            "\"stride\": [1, 1]",
            "\"padding\": [0, 0]",
            "\"dilation\": [1, 1]",
            "\"convolutionMode\": \"Causal\"",
            "\"hasBias\": true");
    float[] p = numbers(2 + 2 * IN * 2);
    Tensor y = output(network(chain(conv), p), X);
    double[] expected = new double[BATCH * 2 * TIME];
    for (int at = 0; at < expected.length; at++) {
      int o = at / TIME % 2;
      int t = at % TIME;
      expected[at] = p[o];
      for (int k = 0; k < 2; k++) {
        for (int i = 0; i < IN && t + k > 0; i++) {
          expected[at] += x(at / (2 * TIME), i, t + k - 1) * p[2 + (k * IN + i) * 2 + o];
        }
      }
    }
    assertClose(expected, y);
  }

  /** Parameters of a graph lie in the order that the file states. */
  @Test
  void orderOfGraphs() {
    String dense = layer("DenseLayer", sizes(1, 1), function("activationFn", "Identity"));
    String vertex =
        "{\"@class\": \"org.deeplearning4j.nn.conf.graph.LayerVertex\", \"layerConf\": {\"layer\": "
            + dense
            + "}, \"preProcessor\": null, \"outputVertex\": false}";
    String graph =
        "{\"networkInputs\": [\"in\"], \"networkOutputs\": [\"m\"], \"vertexInputs\": {\"a\":"
            + " [\"in\"], \"b\": [\"in\"], \"m\": [\"a\", \"b\"]}, \"topologicalOrderStr\":"
            + " [\"in\", \"b\", \"a\", \"m\"], \"vertices\": {\"a\": "
            + vertex
            + ", \"b\": "
            + vertex
            + ", \"m\": {\"@class\": \"org.deeplearning4j.nn.conf.graph.MergeVertex\", \"mergeAxis\":"
            + " 1}}}";
    Tensor y = output(network(graph, 2, 20, 3, 30), Tensor.of(new float[] {1}, 1, 1));
    assertClose(new double[] {33, 22}, y);
  }

  @Test
  void whatIsNotKnownIsRefusedByName() {
    String lstm = lstm("LSTM", 1, 1, "TanH", "NCW");
    assertRefused("CapsuleLayer", chain(layer("CapsuleLayer", sizes(1, 1))));
    assertRefused("\"surprise\"", chain(lstm.replace("\"nin\"", "\"surprise\": 1, \"nin\"")));
    assertRefused("Wavy", chain(lstm.replace("TanH", "Wavy")));
    assertRefused("CnnToRnn", chainWith("{\"0\": {\"@class\": \"x.CnnToRnn\"}}", lstm));
    assertRefused("NWC", chain(lstm, lstm.replace("NCW", "NWC")));
  }

  private void assertRefused(String name, String configuration) {
    UnsupportedModel refused =
        assertThrows(UnsupportedModel.class, () -> output(network(configuration, numbers(24)), X));
    assertTrue(String.valueOf(refused.getMessage()).contains(name), refused::getMessage);
  }
}
