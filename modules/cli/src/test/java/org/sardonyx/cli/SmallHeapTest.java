package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.export.Specification;
import org.sardonyx.export.StoredWeights;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Weights of 54 MB become models in a program whose heap is of 46, whatever file they are in. */
@Timeout(600)
class SmallHeapTest {

  private static final String SPEC =
      """
      format: pytorch
      inputs: {ids: {kind: tokens}}
      layers:
        - {layer: embedding, weights: emb}
        - {layer: lstm, weights: rnn, layers: 3}
        - {layer: dense, weights: head, name: out}
      outputs: {logits: out}
      """;

  @TempDir Path folder;

  private static Map<String, int[]> shapes() {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("emb.weight", new int[] {10_000, 512});
    for (int layer = 0; layer < 3; layer++) {
      shapes.put("rnn.weight_ih_l" + layer, new int[] {2048, 512});
      shapes.put("rnn.weight_hh_l" + layer, new int[] {2048, 512});
      shapes.put("rnn.bias_ih_l" + layer, new int[] {2048});
      shapes.put("rnn.bias_hh_l" + layer, new int[] {2048});
    }
    shapes.put("head.weight", new int[] {4000, 512});
    shapes.put("head.bias", new int[] {4000});
    return shapes;
  }

  private static byte[] elements(String name, int[] shape) {
    int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    ByteBuffer buffer = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      buffer.putFloat((i * 31L + name.hashCode()) % 1009 / 1009f);
    }
    return buffer.array();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] text(String text) {
    return joined(new byte[] {'X'}, number(text.length()), latin(text));
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] numbers(int... values) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write('(');
    for (int value : values) {
      all.writeBytes(joined(new byte[] {'J'}, number(value)));
    }
    all.write('t');
    return all.toByteArray();
  }

  /** A pickle of a dictionary of tensors, as torch.save writes it. */
  private static byte[] pickle() {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(latin("\u0080\u0002}("));
    shapes()
        .forEach((name, shape) -> {
          int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
          pickle.writeBytes(text(name));
          pickle.writeBytes(latin("ctorch._utils\n_rebuild_tensor_v2\n(("));
          pickle.writeBytes(text("storage"));
          pickle.writeBytes(latin("ctorch\nFloatStorage\n"));
          pickle.writeBytes(joined(text(name), text("cpu"), latin("J"), number(size)));
          pickle.writeBytes(joined(latin("tQJ"), number(0), numbers(shape)));
          pickle.writeBytes(shape.length == 1 ? numbers(1) : numbers(shape[1], 1));
          pickle.writeBytes(latin("\u0089ccollections\nOrderedDict\n)RtR"));
        });
    pickle.writeBytes(latin("u."));
    return pickle.toByteArray();
  }

  private Path pt() throws IOException {
    Path file = folder.resolve("w.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      entry(zip, "archive/data.pkl", pickle());
      for (Map.Entry<String, int[]> shape : shapes().entrySet()) {
        entry(zip, "archive/data/" + shape.getKey(), elements(shape.getKey(), shape.getValue()));
      }
    }
    return file;
  }

  private Path npz() throws IOException {
    Path file = folder.resolve("w.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, int[]> shape : shapes().entrySet()) {
        String sizes = Arrays.toString(shape.getValue()).replace("[", "(").replace("]", ",)");
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + sizes + ", }\n";
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0};
        byte[] elements = elements(shape.getKey(), shape.getValue());
        entry(zip, shape.getKey() + ".npy", joined(start, latin(header), elements));
      }
    }
    return file;
  }

  private Path safetensors() throws IOException {
    Path file = folder.resolve("w.safetensors");
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (Map.Entry<String, int[]> shape : shapes().entrySet()) {
      long to = at + 4L * Arrays.stream(shape.getValue()).reduce(1, Math::multiplyExact);
      header
          .append(at == 0 ? "" : ",")
          .append(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(shape.getKey(), Arrays.toString(shape.getValue()), at, to));
      at = to;
    }
    byte[] text = latin(header.append('}').toString());
    try (OutputStream out = Files.newOutputStream(file)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(text.length).array());
      out.write(text);
      for (Map.Entry<String, int[]> shape : shapes().entrySet()) {
        out.write(elements(shape.getKey(), shape.getValue()));
      }
    }
    return file;
  }

  @Test
  void aStateDictIsLargerThanTheHeap() throws Exception {
    convert(pt());
  }

  @Test
  void safetensorsAreLargerThanTheHeap() throws Exception {
    convert(safetensors());
  }

  @Test
  void anNpzIsLargerThanTheHeap() throws Exception {
    convert(npz());
  }

  private void convert(Path weights) throws Exception {
    Path spec = folder.resolve("spec.yaml");
    Files.writeString(spec, SPEC);
    Path out = folder.resolve("out.onnx");
    Path log = folder.resolve("log.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC", // what it keeps for itself is the same on every machine
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "import",
                weights.toString(),
                out.toString(),
                "--spec",
                spec.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int code;
    try {
      code = process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    assertEquals(0, code, said);
    assertTrue(Pattern.compile("not run: the heap of 4\\d MB").matcher(said).find(), said);
    Map<String, Tensor> expected = new TreeMap<>();
    Model model = Specification.build(SPEC, StoredWeights.read(weights), null);
    model.graph().initializers().forEach(w -> expected.put(w.name(), w.load()));
    Map<String, Tensor> found = new TreeMap<>();
    for (TensorData weight : Onnx.read(out).graph().initializers()) {
      found.put(weight.name(), weight.load());
    }
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, tensor) -> assertEquals(tensor, found.get(name), name));
    byte[] table = elements("emb.weight", new int[] {10_000, 512});
    float last = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).getFloat(table.length - 4);
    Tensor embedding = found.get("embedding_1.table");
    assertEquals(last, embedding.floats()[embedding.size() - 1]);
    // The head is transposed: its last column is the last row of what was saved.
    byte[] head = elements("head.weight", new int[] {4000, 512});
    Tensor dense = found.get("out.weight");
    float corner =
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getFloat(4 * (3999 * 512 + 3));
    assertEquals(corner, dense.floats()[3 * 4000 + 3999]);
  }
}
