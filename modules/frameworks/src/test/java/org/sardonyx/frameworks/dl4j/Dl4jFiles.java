package org.sardonyx.frameworks.dl4j;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sardonyx.frameworks.ImportOptions;
import org.sardonyx.graph.Model;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Writes small networks as DL4J does, and runs what becomes of them. */
final class Dl4jFiles {

  private Dl4jFiles() {}

  /** Returns numbers between -1 and 1, always the same. */
  static float[] numbers(int count) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat() * 2 - 1;
    }
    return numbers;
  }

  static String layer(String type, String... fields) {
    return "{\"@class\": \"org.deeplearning4j.nn.conf.layers."
        + type
        + "\", \"layerName\": \"l\", \"iupdater\": {\"learningRate\": 1.0E-3}"
        + (fields.length == 0 ? "" : ", " + String.join(", ", fields))
        + "}";
  }

  static String sizes(int in, int out) {
    return "\"nin\": " + in + ", \"nout\": " + out;
  }

  static String function(String field, String name) {
    return "\""
        + field
        + "\": {\"@class\": \"org.nd4j.linalg.activations.impl.Activation"
        + name
        + "\"}";
  }

  static String lstm(String type, int in, int out, String activation, String format) {
    return layer(
        type,
        sizes(in, out),
        function("activationFn", activation),
        function("gateActivationFn", "Sigmoid"),
        "\"rnnDataFormat\": \"" + format + "\"");
  }

  static String both(String mode, String layer) {
    return layer(
        "recurrent.Bidirectional",
        "\"mode\": \"" + mode + "\"",
        "\"fwd\": " + layer,
        "\"bwd\": " + layer);
  }

  static String chain(String... layers) {
    return chainWith("{}", layers);
  }

  static String chainWith(String preprocessors, String... layers) {
    List<String> confs = new ArrayList<>();
    for (String layer : layers) {
      confs.add("{\"dataType\": \"FLOAT\", \"seed\": 7, \"layer\": " + layer + "}");
    }
    return "{\"backpropType\": \"Standard\", \"confs\": "
        + confs
        + ", \"inputPreProcessors\": "
        + preprocessors
        + "}";
  }

  static byte[] coefficients(float... parameters) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF("MIXED_DATA_TYPES");
      out.writeLong(6);
      out.writeUTF("LONG");
      for (long number : new long[] {1, parameters.length, 1, 8192, 1, 'c'}) {
        out.writeLong(number);
      }
      out.writeUTF("MIXED_DATA_TYPES");
      out.writeLong(parameters.length);
      out.writeUTF("FLOAT");
      for (float parameter : parameters) {
        out.writeFloat(parameter);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] zip(Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] network(String configuration, float... parameters) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("configuration.json", configuration.getBytes(StandardCharsets.UTF_8));
    entries.put("coefficients.bin", coefficients(parameters));
    return zip(entries);
  }

  static Model model(Path folder, byte[] file, ImportOptions options) {
    try {
      return Dl4j.read(Files.write(folder.resolve("network.zip"), file), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Tensor run(Model model, Tensor... inputs) {
    Map<String, Value> given = new LinkedHashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      given.put(model.graph().inputs().get(i).name(), inputs[i]);
    }
    return (Tensor)
        Session.compile(model).run(given).get(model.graph().outputs().getFirst().name());
  }
}
