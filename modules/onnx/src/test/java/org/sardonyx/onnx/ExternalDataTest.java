package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.GraphProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.SparseTensorProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;

/** Weights in other files: read where they may be, refused where they may not. */
@Timeout(300)
class ExternalDataTest {

  private static final float[] VALUES = {1, 2, 3, 4};

  @TempDir Path root;
  private Path folder;

  @BeforeEach
  void files() throws IOException {
    folder = Files.createDirectories(root.resolve("model"));
    Files.createDirectories(folder.resolve("sub"));
    Files.createDirectories(root.resolve("outside"));
    ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 16; i++) {
      bytes.putFloat(i);
    }
    for (String name : List.of("model/w.bin", "model/sub/w.bin", "outside/secret.bin", "w.bin")) {
      Files.write(root.resolve(name), bytes.array());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"w.bin", "./w.bin", "sub/w.bin", "sub//w.bin", "sub/../w.bin"})
  void whereItMayBe(String location) {
    assertArrayEquals(VALUES, load(location, "offset", "4", "length", "16"));
  }

  @Test
  void offsetAndLengthMayBeLeftOut() {
    assertArrayEquals(new float[] {0, 1, 2, 3}, load("w.bin"));
    assertArrayEquals(VALUES, load("w.bin", "offset", "4", "checksum", "da39a3ee"));
    assertArrayEquals(new float[] {12, 13, 14, 15}, load("w.bin", "offset", "48"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../w.bin",
        "sub/../../w.bin",
        "x/../../outside/secret.bin",
        "..",
        ".",
        "",
        "/etc/passwd",
        "//server/share/w.bin",
        "C:/w.bin",
        "C:w.bin",
        "..\\w.bin",
        "sub\\w.bin",
        "\\\\server\\x",
        "sub",
        "none.bin",
        "none/w.bin",
        "w.bin/x",
        "w.bin\0"
      })
  void whereItMayNotBe(String location) {
    ModelException e = assertThrows(MalformedModel.class, () -> load(location));
    assertTrue(e.getMessage().contains("tensor \"w\""), e.getMessage());
    assertTrue(e.getMessage().contains("external data"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "offset,-1",
    "offset,49",
    "offset,99999999999999999999",
    "offset,9223372036854775807",
    "offset,+4",
    "offset,4.0",
    "offset,''",
    "offset,0x4",
    "length,-16",
    "length,15",
    "length,17",
    "length,1125899906842624",
    "offset,' 4'"
  })
  void rangesThatDoNotFit(String key, String value) {
    assertThrows(MalformedModel.class, () -> load("w.bin", key, value));
  }

  @Test
  void keys() {
    assertThrows(MalformedModel.class, () -> load("w.bin", "location", "w.bin"));
    assertThrows(MalformedModel.class, () -> load("w.bin", "offset", "0", "offset", "4"));
    assertThrows(UnsupportedModel.class, () -> load("w.bin", "basepath", "/"));
    assertThrows(UnsupportedModel.class, () -> load("w.bin", "__class__", "x"));
    assertArrayEquals(VALUES, load("w.bin", "offset", "4", "prepacked_0", "w_key|0|4"));
    TensorProto none = tensor("w.bin").toBuilder().clearExternalData().build();
    assertThrows(MalformedModel.class, () -> load(none));
    TensorProto strings = tensor("w.bin").toBuilder().setDataType(DataType.STRING.code()).build();
    assertThrows(MalformedModel.class, () -> load(strings));
  }

  @Test
  void links() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"));
    Path secret = root.resolve("outside/secret.bin");
    Files.createSymbolicLink(folder.resolve("link.bin"), secret);
    Files.createSymbolicLink(folder.resolve("near.bin"), Path.of("w.bin"));
    Files.createSymbolicLink(folder.resolve("dir"), root.resolve("outside"));
    Files.createLink(folder.resolve("hard.bin"), secret);
    assumeTrue(
        Files.getAttribute(secret, "unix:nlink") instanceof Integer count && count == 2,
        "the file system does not count links");
    Files.createSymbolicLink(folder.resolve("broken.bin"), Path.of("nowhere"));
    for (String location :
        List.of("link.bin", "near.bin", "dir/secret.bin", "hard.bin", "broken.bin")) {
      ModelException e = assertThrows(MalformedModel.class, () -> load(location));
      assertTrue(e.getMessage().contains("link"), e.getMessage());
    }
    // Allowed by the caller.
    ReadOptions links = ReadOptions.DEFAULT.withSymbolicLinks(true);
    assertEquals(4, load("near.bin", links).length);
    assertThrows(MalformedModel.class, () -> load("hard.bin", links));
    assertEquals(4, load("dir/secret.bin", links.withHardLinks(true)).length);
    assertEquals(4, load("hard.bin", ReadOptions.DEFAULT.withHardLinks(true)).length);
    assertThrows(
        MalformedModel.class, () -> load("link.bin", ReadOptions.DEFAULT.withHardLinks(true)));
  }

  @Test
  void specialFiles() throws IOException, InterruptedException {
    Path fifo = folder.resolve("fifo");
    Process process;
    try {
      process = new ProcessBuilder("mkfifo", fifo.toString()).start();
    } catch (IOException e) {
      abort("no mkfifo");
      throw e;
    }
    assumeTrue(process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0);
    ModelException e = assertThrows(MalformedModel.class, () -> load("fifo"));
    assertTrue(e.getMessage().contains("plain file"), e.getMessage());
  }

  @Test
  void everyPlaceGoesThroughTheSameDoor() throws IOException {
    List<ModelProto> models = new ArrayList<>();
    TensorProto bad = tensor("../w.bin");
    TensorProto good = TensorProto.newBuilder().setDataType(1).addDims(0).build();
    SparseTensorProto values =
        SparseTensorProto.newBuilder().setValues(bad).setIndices(good).build();
    SparseTensorProto indices =
        SparseTensorProto.newBuilder().setValues(good).setIndices(bad).build();
    AttributeProto.Builder a = AttributeProto.newBuilder().setName("a");
    List<AttributeProto> attributes =
        List.of(
            a.clone().setType(AttributeProto.AttributeType.TENSOR).setT(bad).build(),
            a.clone().setType(AttributeProto.AttributeType.TENSORS).addTensors(bad).build(),
            a.clone()
                .setType(AttributeProto.AttributeType.SPARSE_TENSOR)
                .setSparseTensor(values)
                .build(),
            a.clone()
                .setType(AttributeProto.AttributeType.SPARSE_TENSORS)
                .addSparseTensors(indices)
                .build(),
            a.clone()
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.newBuilder().addInitializer(bad))
                .build(),
            a.clone()
                .setType(AttributeProto.AttributeType.GRAPHS)
                .addGraphs(GraphProto.newBuilder().addSparseInitializer(indices))
                .build());
    for (AttributeProto attribute : attributes) {
      ModelProto.Builder inNode = RoundTripTest.small();
      inNode.getGraphBuilder().addNodeBuilder().addAttribute(attribute);
      models.add(inNode.build());
      ModelProto.Builder inFunction = RoundTripTest.small();
      inFunction.addFunctionsBuilder().addNodeBuilder().addAttribute(attribute);
      models.add(inFunction.build());
      ModelProto.Builder asDefault = RoundTripTest.small();
      asDefault.addFunctionsBuilder().addAttributeProto(attribute);
      models.add(asDefault.build());
    }
    for (int i = 0; i < 4; i++) {
      ModelProto.Builder model = RoundTripTest.small();
      GraphProto.Builder graph =
          i < 2
              ? model.getGraphBuilder()
              : i == 2
                  ? model.addTrainingInfoBuilder().getInitializationBuilder()
                  : model.addTrainingInfoBuilder().getAlgorithmBuilder();
      if (i == 1) {
        graph.addSparseInitializer(values);
      } else {
        graph.addInitializer(bad);
      }
      models.add(model.build());
    }
    Path path = folder.resolve("m.onnx");
    for (ModelProto model : models) {
      Files.write(path, model.toByteArray());
      ModelException e = assertThrows(MalformedModel.class, () -> Onnx.read(path));
      assertTrue(e.getMessage().contains("leads out of the model's folder"), e.getMessage());
    }
  }

  @Test
  void switchedOffOrFromMemory() throws IOException {
    ModelProto model = model(tensor("w.bin"));
    Model fromMemory = Onnx.read(model.toByteArray());
    assertThrows(InvalidInput.class, () -> fromMemory.graph().initializers().getFirst().load());
    assertArrayEquals(model.toByteArray(), Onnx.toBytes(fromMemory));
    assertThrows(InvalidInput.class, () -> load("w.bin", ReadOptions.UNTRUSTED));
    Model withFolder = Onnx.read(model.toByteArray(), folder, ReadOptions.DEFAULT);
    assertEquals(4, withFolder.graph().initializers().getFirst().load().size());
  }

  @Test
  void totalIsLimited() {
    assertThrows(
        LimitExceeded.class,
        () ->
            load(
                "w.bin",
                ReadOptions.DEFAULT.withLimits(Limits.standard().with(Limit.EXTERNAL_BYTES, 63))));
    assertEquals(
        4,
        load(
                "w.bin",
                ReadOptions.DEFAULT.withLimits(Limits.standard().with(Limit.EXTERNAL_BYTES, 64)))
            .length);
  }

  @Test
  void emptyTensors() throws IOException {
    Files.write(folder.resolve("empty.bin"), new byte[0]);
    TensorProto tensor = tensor("empty.bin", "length", "0").toBuilder().setDims(0, 0).build();
    assertEquals(0, load(tensor).length);
  }

  private float[] load(String location, String... keys) {
    return load(tensor(location, keys));
  }

  private float[] load(String location, ReadOptions options) {
    return load(tensor(location), options);
  }

  private float[] load(TensorProto tensor) {
    return load(tensor, ReadOptions.DEFAULT);
  }

  private float[] load(TensorProto tensor, ReadOptions options) {
    Path path = folder.resolve("m.onnx");
    try {
      Files.write(path, model(tensor).toByteArray());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Onnx.read(path, options).graph().initializers().getFirst().load().floats();
  }

  static ModelProto model(TensorProto... tensors) {
    ModelProto.Builder model = RoundTripTest.small();
    for (TensorProto tensor : tensors) {
      model.getGraphBuilder().addInitializer(tensor);
    }
    return model.build();
  }

  static TensorProto tensor(String location, String... keys) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(1)
            .addDims(4)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    tensor.addExternalDataBuilder().setKey("location").setValue(location);
    for (int i = 0; i < keys.length; i += 2) {
      tensor.addExternalDataBuilder().setKey(keys[i]).setValue(keys[i + 1]);
    }
    return tensor.setDocString("d").setRawData(ByteString.EMPTY).build();
  }
}
