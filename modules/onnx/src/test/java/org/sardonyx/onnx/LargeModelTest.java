package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A model with 3 GB of external weights, one tensor of more than 2 GiB among them, in a heap of 512
 * MB. Needs 13 GB of disk for a minute; run with {@code -Dtest=LargeModelTest -Dtest.args="-Xmx512m
 * -Dsardonyx.large=true"}.
 */
@EnabledIfSystemProperty(named = "sardonyx.large", matches = "true")
class LargeModelTest {

  private static final long[] SIZES = {600_000_000L, 50_000_000L, 50_000_000L, 50_000_000L};
  private static final long TOTAL = 3_000_000_000L;

  @TempDir Path folder;
  private long clock;

  @Test
  void readInspectedAndRewritten() throws IOException {
    assertTrue(Runtime.getRuntime().maxMemory() <= 600L << 20, "run with -Xmx512m, see above");
    Path path = folder.resolve("large.onnx");
    generate(path);
    clock = System.nanoTime();

    Model model = Onnx.read(path);
    assertEquals(
        Type.tensor(DataType.FLOAT, Shape.of(SIZES[0])),
        model.graph().initializers().getFirst().type());
    assertEquals("x", model.graph().inputs().getFirst().name());
    note("read, signature");

    assertEquals(50_000_000, model.graph().initializers().get(1).load().size());
    note("one tensor of 200 MB loaded");

    Onnx.write(model, folder.resolve("same.onnx"));
    assertEquals(-1, Files.mismatch(path, folder.resolve("same.onnx")));
    note("rewritten, weights as they were");

    Path one = Files.createDirectory(folder.resolve("one")).resolve("large.onnx");
    Onnx.write(model, one, WriteOptions.DEFAULT.withAlignment(1));
    note("rewritten elsewhere, weights copied to one file");
    assertEquals(
        -1, Files.mismatch(folder.resolve("w.bin"), one.resolveSibling("large.onnx.data")));
    note("compared");
    delete(one.getParent());

    Path shards = Files.createDirectory(folder.resolve("shards")).resolve("large.onnx");
    Onnx.write(
        model,
        shards,
        WriteOptions.DEFAULT
            .withWeights(WriteOptions.Weights.SHARDS)
            .withShardBytes(1_000_000_000));
    note("rewritten in shards");
    Model sharded = Onnx.read(shards);
    assertEquals(2_400_000_000L, Files.size(shards.resolveSibling("large.onnx.data-00001")));
    assertTrue(Files.exists(shards.resolveSibling("large.onnx.data-00002")));
    for (int i = 0; i < SIZES.length; i++) {
      assertArrayEquals(
          ends(model.graph().initializers().get(i)), ends(sharded.graph().initializers().get(i)));
    }
    note("ends compared");
  }

  /**
   * Writes a model whose weights lie in a file that is mostly a hole, numbers at the ends of each
   * tensor.
   */
  private static void generate(Path path) throws IOException {
    ModelProto.Builder model = RoundTripTest.small();
    try (FileChannel channel =
        FileChannel.open(
            path.resolveSibling("w.bin"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      long offset = 0;
      for (int i = 0; i < SIZES.length; i++) {
        long length = SIZES[i] * 4;
        TensorProto.Builder tensor = model.getGraphBuilder().addInitializerBuilder();
        tensor.setName("w" + i).setDataType(1).addDims(SIZES[i]);
        tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
        tensor.addExternalDataBuilder().setKey("location").setValue("w.bin");
        tensor.addExternalDataBuilder().setKey("offset").setValue(Long.toString(offset));
        tensor.addExternalDataBuilder().setKey("length").setValue(Long.toString(length));
        channel.write(number(i + 1), offset);
        channel.write(number(-i - 1), offset + length - 4);
        offset += length;
      }
      assertEquals(TOTAL, offset);
    }
    Files.write(path, model.build().toByteArray());
  }

  private static ByteBuffer number(float value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).flip();
  }

  private static float[] ends(TensorData tensor) {
    java.lang.foreign.MemorySegment raw = ((StoredTensor) tensor).raw();
    return new float[] {
      raw.get(TensorDecoder.FLOAT, 0), raw.get(TensorDecoder.FLOAT, raw.byteSize() - 4)
    };
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private void note(String what) throws IOException {
    long now = System.nanoTime();
    String memory = "";
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      memory =
          Files.readAllLines(status).stream()
              .filter(line -> line.matches("(VmHWM|RssAnon|RssFile):.*"))
              .map(line -> line.replaceAll("\\s+", " "))
              .reduce("", (a, b) -> a + "  " + b);
    }
    System.out.printf(Locale.ROOT, "%-50s %6d ms%s%n", what, (now - clock) / 1_000_000, memory);
    clock = System.nanoTime();
  }
}
