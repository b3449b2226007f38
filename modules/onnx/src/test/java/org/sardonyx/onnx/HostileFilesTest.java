package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Files that lie, change or vanish, and writers that are killed. */
@Timeout(600)
class HostileFilesTest {

  @TempDir Path folder;

  private Path write(TensorProto... tensors) throws IOException {
    return Files.write(folder.resolve("m.onnx"), ExternalDataTest.model(tensors).toByteArray());
  }

  private static TensorProto named(String name, TensorProto tensor) {
    return tensor.toBuilder().setName(name).build();
  }

  @Test
  void overlappingRangesAreRefused() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[64]);
    TensorProto a = ExternalDataTest.tensor("w.bin", "offset", "0");
    for (String offset : List.of("4", "12", "15")) {
      TensorProto b = named("v", ExternalDataTest.tensor("w.bin", "offset", offset));
      MalformedModel e = assertThrows(MalformedModel.class, () -> Onnx.read(write(a, b)));
      assertTrue(e.getMessage().contains("overlap"), e.getMessage());
      assertThrows(MalformedModel.class, () -> Onnx.read(write(b, a)));
    }
    // Side by side, and tied weights.
    for (String offset : List.of("0", "16")) {
      TensorProto b = named("v", ExternalDataTest.tensor("w.bin", "offset", offset));
      assertEquals(2, Onnx.read(write(a, b)).graph().initializers().size());
    }
  }

  @Test
  void aFileThatIsWrittenToIsRefused() throws IOException {
    Path data = Files.write(folder.resolve("w.bin"), new byte[64]);
    Path path =
        write(
            ExternalDataTest.tensor("w.bin"),
            named("v", ExternalDataTest.tensor("w.bin", "offset", "16")));
    Model model = Onnx.read(path);
    assertEquals(4, model.graph().initializers().get(0).load().size());
    Files.write(data, new byte[64], StandardOpenOption.WRITE);
    Files.setLastModifiedTime(data, FileTime.from(1, TimeUnit.SECONDS));
    MalformedModel e =
        assertThrows(MalformedModel.class, () -> model.graph().initializers().get(1).load());
    assertTrue(e.getMessage().contains("changed"), e.getMessage());
  }

  @Test
  void aFileThatIsReplacedIsStillThere() throws IOException {
    Path data = Files.write(folder.resolve("w.bin"), new byte[64]);
    Path path =
        write(
            ExternalDataTest.tensor("w.bin"),
            named("v", ExternalDataTest.tensor("w.bin", "offset", "16")));
    Model model = Onnx.read(path);
    model.graph().initializers().get(0).load();
    Files.delete(data);
    Files.write(data, new byte[] {1});
    assertArrayEquals(new float[4], model.graph().initializers().get(1).load().floats());
  }

  /** The pages behind the new end are gone: the JVM must not die of it. */
  @Test
  void aFileThatShrinksIsRefused() throws IOException {
    int pages = 64 * 4096;
    Path data = Files.write(folder.resolve("w.bin"), new byte[2 * pages]);
    TensorProto far =
        ExternalDataTest.tensor("w.bin", "offset", String.valueOf(pages)).toBuilder()
            .setDims(0, pages / 4)
            .build();
    Model model = Onnx.read(write(named("v", ExternalDataTest.tensor("w.bin")), far));
    model.graph().initializers().get(0).load();
    try (FileChannel channel = FileChannel.open(data, StandardOpenOption.WRITE)) {
      channel.truncate(4096);
    }
    MalformedModel e =
        assertThrows(MalformedModel.class, () -> model.graph().initializers().get(1).load());
    assertTrue(e.getMessage().contains("changed"), e.getMessage());
  }

  @Test
  void interruptedThreadsReadAndStayInterrupted() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[64]);
    Path path = write(ExternalDataTest.tensor("w.bin"));
    Thread.currentThread().interrupt();
    try {
      assertEquals(4, Onnx.read(path).graph().initializers().getFirst().load().size());
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  private static void stops(Limit limit, long most, byte[] model) {
    Limits limits = Limits.standard().with(limit, most);
    LimitExceeded e =
        assertThrows(
            LimitExceeded.class,
            () -> Onnx.read(model, null, ReadOptions.DEFAULT.withLimits(limits)),
            limit.label());
    assertEquals(limit.label(), e.limit());
    assertEquals(most, e.most());
    Onnx.read(model, null, ReadOptions.DEFAULT.withLimits(Limits.standard()));
  }

  private static byte[] model(TensorProto.Builder tensor) {
    return ExternalDataTest.model(tensor.build()).toByteArray();
  }

  @Test
  void everyLimitOfReadingIsLookedAt() {
    ModelProto.Builder small = RoundTripTest.small();
    int nodes = 5;
    for (int i = 0; i < nodes; i++) {
      var node = small.getGraphBuilder().addNodeBuilder().setOpType("Relu").addInput("x");
      node.addOutput("n" + i);
      for (int a = 0; a < 7; a++) {
        node.addAttributeBuilder()
            .setName("a" + a)
            .setI(1)
            .setType(org.sardonyx.onnx.proto.AttributeProto.AttributeType.INT);
      }
    }
    byte[] model = small.build().toByteArray();
    stops(Limit.MODEL_BYTES, model.length - 1, model);
    stops(Limit.NODES, nodes - 1, model);
    stops(Limit.ATTRIBUTES, 6, model);
    stops(Limit.MESSAGE_DEPTH, 2, model);
    stops(Limit.PARTS, 10, model);
    small.getGraphBuilder().addNodeBuilder().setOpType("x".repeat(2000)).addOutput("y");
    stops(Limit.NAME_LENGTH, 1999, small.build().toByteArray());
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(1)
            .addDims(3)
            .addDims(2)
            .setRawData(ByteString.copyFrom(new byte[24]));
    stops(Limit.RANK, 1, model(tensor));
    stops(Limit.ELEMENTS, 5, model(tensor));
    stops(Limit.TENSOR_BYTES, 23, model(tensor));
  }

  /** A file system that is full: the old file is whole and nothing else is left. */
  @Test
  void aFullDiskLeavesTheOldFile() throws IOException, InterruptedException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()),
        "no file system may be mounted here");
    try {
      assumeTrue(
          Files.getFileStore(disk).getTotalSpace() <= 1 << 20, "its size cannot be limited here");
      Path path = disk.resolve("m.onnx");
      Onnx.write(filled(1000), path);
      byte[] before = Files.readAllBytes(path);
      UncheckedIOException e =
          assertThrows(UncheckedIOException.class, () -> Onnx.write(filled(1_000_000), path));
      assertTrue(e.getMessage().contains("cannot be written"), e.getMessage());
      assertArrayEquals(before, Files.readAllBytes(path));
      try (Stream<Path> files = Files.list(disk)) {
        assertEquals(1, files.count());
      }
    } finally {
      // One that is still busy is detached now, and goes when nobody uses it.
      assertTrue(run("umount", disk.toString()) || run("umount", "-l", disk.toString()));
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      // Nothing of it in our own output, which belongs to whoever runs the tests.
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Writes a model that is larger than a file may be. */
  static final class LargeWriter {
    private LargeWriter() {}

    /** Ends with 0 where that fails as it should. */
    public static void main(String[] args) {
      try {
        Onnx.write(filled(1_000_000), Path.of(args[0]));
      } catch (UncheckedIOException e) {
        System.exit(e.getMessage().contains("cannot be written") ? 0 : 2);
      }
      System.exit(1);
    }
  }

  /** As a full disk, where none may be mounted: files are limited in size. */
  @Test
  void aLimitOfTheSystemLeavesTheOldFile() throws IOException, InterruptedException {
    Path path = folder.resolve("m.onnx");
    Onnx.write(filled(1000), path);
    byte[] before = Files.readAllBytes(path);
    List<String> command = new ArrayList<>();
    // Blocks of 512 or 1024 bytes: one to two MiB.
    command.addAll(List.of("sh", "-c", "ulimit -f 2048 && exec \"$@\"", "sh"));
    command.addAll(java("-XX:-UsePerfData", LargeWriter.class.getName(), path.toString()));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      abort("no shell");
      throw e;
    }
    int code;
    try {
      code = process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    assumeTrue(code != 1 || Files.size(path) <= before.length, "the system has no such limit");
    assertEquals(0, code);
    assertArrayEquals(before, Files.readAllBytes(path));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  private static Model filled(int size) {
    Graph graph =
        new Graph(
            "g",
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(TensorData.of("w", Tensor.of(new float[size], size))),
            List.of(),
            "",
            List.of(),
            org.sardonyx.graph.Extra.NONE);
    return new Model(
        9,
        List.of(new OpsetImport("", 21)),
        "",
        "",
        "",
        0,
        "",
        graph,
        List.of(),
        List.of(),
        List.of(),
        org.sardonyx.graph.Extra.NONE);
  }

  /** Writes models to one place until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      Model[] models = {filled(2_000_000), filled(2_000_001)};
      for (int i = 0; ; i++) {
        Onnx.write(models[i % 2], Path.of(args[0]));
        System.out.println("written");
        System.out.flush();
      }
    }
  }

  @Test
  void aKilledWriterLeavesAWholeFile() throws IOException, InterruptedException {
    Path path = folder.resolve("m.onnx");
    List<String> command = java(Writer.class.getName(), path.toString());
    for (int i = 0; i < 4; i++) {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try {
        // It has begun; then it is killed at any point of its work.
        assertEquals('w', process.getInputStream().read());
        Thread.sleep(7 + 13L * i);
      } finally {
        process.destroyForcibly();
      }
      process.waitFor();
      long size = Onnx.read(path).graph().initializers().getFirst().load().size();
      assertTrue(size == 2_000_000 || size == 2_000_001, "elements: " + size);
    }
  }

  /** Where memory ends, whoever reads is told of a limit. */
  @Test
  void endOfMemoryIsALimit() throws IOException {
    InputStream full =
        new InputStream() {
          @Override
          public int read() {
            throw new OutOfMemoryError("test");
          }

          @Override
          public int read(byte[] to, int offset, int length) {
            return read();
          }
        };
    assertEquals("heap", assertThrows(LimitExceeded.class, () -> Onnx.read(full)).limit());
    // A tensor of 16 GB, in a file that is a hole.
    long elements = Integer.MAX_VALUE - 8;
    assumeTrue(Runtime.getRuntime().maxMemory() < 8 * elements, "there is memory for that");
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("w.bin"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 8 * elements - 1);
    }
    TensorProto tensor =
        ExternalDataTest.tensor("w.bin").toBuilder()
            .setDataType(DataType.DOUBLE.code())
            .clearDims()
            .addDims(elements)
            .build();
    TensorData data = Onnx.read(write(tensor)).graph().initializers().getLast();
    assertEquals("heap", assertThrows(LimitExceeded.class, data::load).limit());
  }
}
