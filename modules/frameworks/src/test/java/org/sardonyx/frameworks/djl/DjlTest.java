package org.sardonyx.frameworks.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.ImportOptions;
import org.sardonyx.graph.Model;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Tensor;

/** Parameters against DJL's formulas in plain loops; the formulas were measured with DJL 0.35.1. */
class DjlTest {

  private static final String GRU =
      "block: {SequentialBlock: [{GRU: {stateSize: 1, numLayers: 1}}, {Linear: {units: 1}}]}";

  @TempDir Path folder;

  /** Writes a file as DJL does. */
  private static final class Params {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    Params(long... input) throws IOException {
      out.writeBytes("DJL@");
      out.writeInt(1);
      out.writeUTF("model");
      out.writeUTF("FLOAT32");
      out.writeInt(1);
      out.writeUTF("data0");
      shape(input);
      out.writeInt(1);
      out.writeUTF("Epoch");
      out.writeUTF("3");
    }

    private void shape(long... dims) throws IOException {
      out.writeInt(dims.length);
      for (long dim : dims) {
        out.writeLong(dim);
      }
      out.writeInt(dims.length);
      for (int i = 0; i < dims.length; i++) {
        out.writeChar('?');
      }
    }

    /** Begins a block that notes the shape of its input. */
    Params block(int version, long... input) throws IOException {
      out.write(version);
      out.writeInt(1);
      shape(input);
      return this;
    }

    Params sequential(long... input) throws IOException {
      block(3, input);
      out.writeBoolean(false);
      return this;
    }

    Params linear(int in, int units, float[] weight, float... bias) throws IOException {
      out.write(4);
      out.writeLong(units);
      out.writeLong(in);
      shape(2);
      return parameter("weight", weight, units, in).parameter("bias", bias, units);
    }

    Params norm(long[] input, float[] gamma, float[] beta, float[] mean, float... variance)
        throws IOException {
      block(2, input);
      out.writeLong(gamma.length);
      return parameter("gamma", gamma, gamma.length)
          .parameter("beta", beta, gamma.length)
          .parameter("runningMean", mean, gamma.length)
          .parameter("runningVar", variance, gamma.length);
    }

    Params parameter(String name, float[] values, long... dims) throws IOException {
      out.writeChar('P');
      out.write(1);
      out.writeUTF(name);
      out.writeUTF("NDAR");
      out.writeInt(3);
      out.write(1);
      out.writeUTF(name);
      out.writeUTF("DENSE");
      out.writeUTF("FLOAT32");
      shape(dims);
      out.write('<');
      out.writeInt(4 * values.length);
      for (float value : values) {
        out.writeInt(Integer.reverseBytes(Float.floatToIntBits(value)));
      }
      return this;
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }

  private Model model(byte[] file, String spec) throws IOException {
    return Djl.read(
        Files.write(folder.resolve("model-0003.params"), file),
        Files.writeString(folder.resolve("model.yaml"), spec),
        ImportOptions.DEFAULT);
  }

  private Tensor output(byte[] file, String spec, Tensor x) throws IOException {
    return (Tensor) Session.compile(model(file, spec)).run(Map.of("x", x)).get("y");
  }

  private static float[] f(float... values) {
    return values;
  }

  private static byte[] gru() throws IOException {
    return new Params(1, 2, 1)
        .sequential(1, 2, 1)
        .block(2, 1, 2, 1)
        .parameter("l_0_i2h_WEIGHT", f(0.5f, -0.3f, 0.8f), 3, 1)
        .parameter("l_0_h2h_WEIGHT", f(0.2f, 0.7f, -0.6f), 3, 1)
        .parameter("l_0_i2h_BIAS", f(0.1f, -0.2f, 0.3f), 3)
        .parameter("l_0_h2h_BIAS", f(0.4f, 0.5f, -0.9f), 3)
        .linear(1, 1, f(2), 0.25f)
        .bytes();
  }

  /** Blocks r, z, n; the reset comes after the product, so that both biases stay apart. */
  @Test
  void gatesOfGru() throws IOException {
    double[] x = {0.6, -1.1};
    double h = 0;
    double[] expected = new double[2];
    for (int t = 0; t < 2; t++) {
      double r = 1 / (1 + Math.exp(-(0.5 * x[t] + 0.1 + 0.2 * h + 0.4)));
      double z = 1 / (1 + Math.exp(-(-0.3 * x[t] - 0.2 + 0.7 * h + 0.5)));
      double n = Math.tanh(0.8 * x[t] + 0.3 + r * (-0.6 * h - 0.9));
      h = (1 - z) * n + z * h;
      expected[t] = 2 * h + 0.25;
    }
    Tensor y = output(gru(), GRU, Tensor.of(f(0.6f, -1.1f), 1, 2, 1));
    assertArrayEquals(expected, y.toDoubles(), 1e-6);
    assertTrue(
        model(gru(), GRU).metadata().stream()
            .anyMatch(entry -> entry.key().equals("djl.Epoch") && entry.value().equals("3")));
  }

  /**
   * Both norms of the encoder are batch norms, the key is projected before the query, and what is
   * added to the second sum is the input of the block once more.
   */
  @Test
  void encoder() throws IOException {
    long[] shape = {1, 2, 1};
    Params params = new Params(shape).block(1, shape).block(1, shape);
    params.linear(1, 1, f(0.7f), 0.1f); // key
    params.linear(1, 1, f(-1.2f), 0.2f); // query
    params.linear(1, 1, f(0.9f), -0.3f); // value
    params.linear(1, 1, f(1.5f), 0.4f); // result
    params.block(2, shape);
    params.norm(shape, f(1.1f), f(0.2f), f(-0.4f), 0.8f);
    params.sequential(shape);
    params.linear(1, 1, f(0.6f), 0.5f);
    params.block(2, shape);
    params.linear(1, 1, f(-0.8f), 0.3f);
    params.norm(shape, f(0.9f), f(-0.1f), f(0.3f), 1.4f);
    double[] x = {0.5, -0.75};
    double[] expected = new double[2];
    for (int t = 0; t < 2; t++) {
      double query = -1.2 * x[t] + 0.2;
      double a = Math.exp(query * (0.7 * x[0] + 0.1));
      double b = Math.exp(query * (0.7 * x[1] + 0.1));
      double seen = (a * (0.9 * x[0] - 0.3) + b * (0.9 * x[1] - 0.3)) / (a + b);
      double sum = 1.5 * seen + 0.4 + x[t];
      double normal = (sum + 0.4) / Math.sqrt(0.8 + 1e-5) * 1.1 + 0.2;
      double forward = -0.8 * Math.max(0, 0.6 * normal + 0.5) + 0.3;
      expected[t] = (forward + x[t] - 0.3) / Math.sqrt(1.4 + 1e-5) * 0.9 - 0.1;
    }
    String spec =
        """
        block:
          TransformerEncoderBlock:
            embeddingSize: 1
            headCount: 1
            hiddenSize: 1
            activationFunction: relu
        """;
    Tensor y = output(params.bytes(), spec, Tensor.of(f(0.5f, -0.75f), 1, 2, 1));
    assertArrayEquals(expected, y.toDoubles(), 1e-6);
  }

  @Test
  void specificationsThatDoNotFit() throws IOException {
    assertFails(InvalidInput.class, "LSTM", GRU.replace("GRU", "LSTM"));
    assertFails(
        MalformedModel.class,
        "r_0_i2h_WEIGHT",
        GRU.replace("numLayers: 1", "numLayers: 1, bidirectional: true"));
    assertFails(
        MalformedModel.class, "may lack a block", GRU.replace(", {Linear: {units: 1}}", ""));
    assertFails(
        MalformedModel.class, "another block", GRU.replace("Linear: {units: 1}", "Dropout: {}"));
    assertFails(UnsupportedModel.class, "3 units", GRU.replace("units: 1", "units: 3"));
    assertFails(UnsupportedModel.class, "\"unit\"", GRU.replace("units: 1", "units: 1, unit: 1"));
    assertFails(UnsupportedModel.class, "Wavelet", GRU.replace("{Linear: {units: 1}}", "Wavelet"));
  }

  private void assertFails(Class<? extends ModelException> type, String what, String spec)
      throws IOException {
    byte[] file = gru();
    ModelException e = assertThrows(ModelException.class, () -> model(file, spec));
    assertTrue(type.isInstance(e) && String.valueOf(e.getMessage()).contains(what), e::toString);
  }

  @Test
  void truncatedFiles() throws IOException {
    byte[] whole = gru();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(MalformedModel.class, () -> model(cut, GRU));
    }
    assertThrows(MalformedModel.class, () -> model(Arrays.copyOf(whole, whole.length + 1), GRU));
  }

  @Test
  void mutants() throws IOException {
    byte[] file = gru();
    long seed = Long.getLong("seed", 1);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 1000; i++) {
      byte[] mutant = file.clone();
      mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
      int number = i;
      try {
        model(mutant, GRU);
      } catch (RuntimeException e) {
        assertTrue(e instanceof ModelException, () -> "seed " + seed + " " + number + " " + e);
      }
    }
  }

  @Test
  void missingFiles() {
    assertThrows(
        InvalidInput.class,
        () ->
            Djl.read(
                folder.resolve("no.params"), folder.resolve("no.yaml"), ImportOptions.DEFAULT));
  }
}
