package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.onnx.WriteOptions.Weights;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Where weights are put, and that files appear complete or not at all. */
class WriteTest {

  private static final WriteOptions ONE = WriteOptions.DEFAULT.withWeights(Weights.ONE_FILE);
  private static final WriteOptions SHARDS =
      WriteOptions.DEFAULT.withWeights(Weights.SHARDS).withShardBytes(20_000);
  private static final WriteOptions INSIDE = WriteOptions.DEFAULT.withWeights(Weights.INSIDE);

  @TempDir Path root;
  private Path a;
  private Path b;

  @BeforeEach
  void folders() throws IOException {
    a = Files.createDirectory(root.resolve("a"));
    b = Files.createDirectory(root.resolve("b"));
  }

  @ParameterizedTest
  @EnumSource(Weights.class)
  void valuesSurvive(Weights weights) throws IOException {
    WriteOptions options = SHARDS.withWeights(weights);
    Path first = a.resolve("m.onnx");
    Onnx.write(model(), first, options);
    check(Onnx.read(first));
    // The same model again, from what was read: the same bytes, in place and elsewhere.
    Map<String, byte[]> before = contents(a);
    Onnx.write(Onnx.read(first), first, options);
    assertSame(before, contents(a));
    Onnx.write(Onnx.read(first), b.resolve("m.onnx"), options);
    assertSame(before, contents(b));
    check(Onnx.read(b.resolve("m.onnx")));
  }

  @Test
  void oneFileAboveTheThreshold() throws IOException {
    Path path = a.resolve("m.onnx");
    Onnx.write(model(), path, ONE);
    assertEquals(List.of("m.onnx", "m.onnx.data"), List.copyOf(contents(a).keySet()));
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(path));
    for (TensorProto tensor : proto.getGraph().getInitializerList()) {
      boolean outside = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
      assertEquals(tensor.getName().startsWith("big"), outside, tensor.getName());
      if (outside) {
        assertEquals("m.onnx.data", tensor.getExternalData(0).getValue());
        assertEquals(0, Long.parseLong(tensor.getExternalData(1).getValue()) % 4096);
      }
    }
    // Attributes stay inside.
    assertTrue(proto.getGraph().getNode(0).getAttribute(0).getT().hasRawData());
  }

  @Test
  void thresholdAndAlignment() throws IOException {
    Path path = a.resolve("m.onnx");
    Onnx.write(model(), path, ONE.withThreshold(0).withAlignment(64));
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(path));
    long end = 0;
    for (TensorProto tensor : proto.getGraph().getInitializerList()) {
      boolean data = tensor.getDataType() != DataType.STRING.code() && tensor.getDims(0) > 0;
      assertEquals(data, tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL);
      if (data) {
        long offset = Long.parseLong(tensor.getExternalData(1).getValue());
        assertEquals((end + 63) / 64 * 64, offset);
        end = offset + Long.parseLong(tensor.getExternalData(2).getValue());
      }
    }
    assertEquals(end, Files.size(a.resolve("m.onnx.data")));
    check(Onnx.read(path));
    assertThrows(IllegalArgumentException.class, () -> ONE.withAlignment(48));
  }

  @Test
  void shards() throws IOException {
    Onnx.write(model(), a.resolve("m.onnx"), SHARDS);
    List<String> names = List.copyOf(contents(a).keySet());
    assertEquals(
        List.of("m.onnx", "m.onnx.data-00001", "m.onnx.data-00002", "m.onnx.data-00003"), names);
    check(Onnx.read(a.resolve("m.onnx")));
  }

  @Test
  void fromOutsideToInside() throws IOException {
    Onnx.write(model(), a.resolve("m.onnx"), SHARDS);
    Path target = b.resolve("m.onnx");
    Onnx.write(Onnx.read(a.resolve("m.onnx")), target, INSIDE);
    assertEquals(List.of("m.onnx"), List.copyOf(contents(b).keySet()));
    check(Onnx.read(target));
    assertArrayEquals(Onnx.toBytes(model()), Files.readAllBytes(target));
  }

  @Test
  void referencesStayWhereTheFileIs() throws IOException {
    Path path = a.resolve("m.onnx");
    Onnx.write(model(), path, ONE);
    byte[] model = Files.readAllBytes(path);
    Path other = a.resolve("other.onnx");
    Onnx.write(Onnx.read(path), other);
    assertArrayEquals(model, Files.readAllBytes(other));
    assertEquals(List.of("m.onnx", "m.onnx.data", "other.onnx"), List.copyOf(contents(a).keySet()));
    // Elsewhere they would lead nowhere: the weights come along, in one file.
    Onnx.write(Onnx.read(path), b.resolve("copy.onnx"));
    assertEquals(List.of("copy.onnx", "copy.onnx.data"), List.copyOf(contents(b).keySet()));
    check(Onnx.read(b.resolve("copy.onnx")));
  }

  @Test
  void aFileThatIsStillReferredToIsNotReplaced() throws IOException {
    // A model in b that keeps data in b/m.onnx.data takes in constants from a.
    Onnx.write(model(), a.resolve("m.onnx"), ONE);
    Onnx.write(model(), b.resolve("m.onnx"), ONE);
    Model here = Onnx.read(b.resolve("m.onnx"));
    List<TensorData> both = new ArrayList<>(here.graph().initializers());
    both.add(Onnx.read(a.resolve("m.onnx")).graph().initializers().getFirst().named("more"));
    Model mixed = here.withGraph(here.graph().withInitializers(both));
    Onnx.write(mixed, b.resolve("m.onnx"));
    assertEquals(
        List.of("m.onnx", "m.onnx.2.data", "m.onnx.data"), List.copyOf(contents(b).keySet()));
    Model read = Onnx.read(b.resolve("m.onnx"));
    check(read);
    assertEquals(
        read.graph().initializers().getFirst().load(),
        read.graph().initializers().getLast().load());
  }

  @Test
  void anOldModelStillLoadsAfterItsFilesWereReplaced() throws IOException {
    Path path = a.resolve("m.onnx");
    Onnx.write(model(), path, ONE);
    Model old = Onnx.read(path);
    Onnx.write(old, path, ONE.withAlignment(1));
    check(old);
    check(Onnx.read(path));
  }

  @Test
  void nothingIsLeftBehindOnFailure() throws IOException {
    Path path = a.resolve("m.onnx");
    Onnx.write(model(), path, ONE);
    Files.delete(a.resolve("m.onnx.data"));
    Model broken = Onnx.read(path);
    Files.write(b.resolve("m.onnx"), new byte[] {1, 2, 3});
    Files.write(b.resolve("m.onnx.data"), new byte[] {4});
    Map<String, byte[]> before = contents(b);
    assertThrows(MalformedModel.class, () -> Onnx.write(broken, b.resolve("m.onnx"), ONE));
    assertThrows(MalformedModel.class, () -> Onnx.write(broken, b.resolve("m.onnx")));
    assertThrows(MalformedModel.class, () -> Onnx.write(broken, b.resolve("m.onnx"), INSIDE));
    assertSame(before, contents(b));
    // The model's own name is taken by a folder: the data file is not left changed either.
    Files.delete(b.resolve("m.onnx"));
    Files.createDirectory(b.resolve("m.onnx"));
    assertThrows(UncheckedIOException.class, () -> Onnx.write(model(), b.resolve("m.onnx"), ONE));
    assertArrayEquals(new byte[] {4}, Files.readAllBytes(b.resolve("m.onnx.data")));
    try (Stream<Path> files = Files.list(b)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void noFolder() {
    assertThrows(
        UncheckedIOException.class, () -> Onnx.write(model(), root.resolve("none/m.onnx")));
  }

  @Test
  void aLinkIsReplacedNotFollowed() throws IOException {
    Path victim = Files.write(root.resolve("victim"), new byte[] {9});
    Path link = a.resolve("m.onnx.data");
    Files.createSymbolicLink(link, victim);
    Onnx.write(model(), a.resolve("m.onnx"), ONE);
    assertArrayEquals(new byte[] {9}, Files.readAllBytes(victim));
    assertFalse(Files.isSymbolicLink(link));
    check(Onnx.read(a.resolve("m.onnx")));
  }

  @Test
  void typedListsGoOutsideToo() throws IOException {
    ModelProto.Builder proto = RoundTripTest.small();
    TensorProto.Builder tensor = proto.getGraphBuilder().addInitializerBuilder();
    tensor.setName("t").setDataType(DataType.FLOAT16.code()).addDims(1000).setDocString("doc");
    for (int i = 0; i < 1000; i++) {
      tensor.addInt32Data(i);
    }
    Model model = Onnx.read(proto.build().toByteArray());
    Onnx.write(model, a.resolve("m.onnx"), ONE);
    assertEquals(2000, Files.size(a.resolve("m.onnx.data")));
    TensorData read = Onnx.read(a.resolve("m.onnx")).graph().initializers().getFirst();
    assertEquals(model.graph().initializers().getFirst().load(), read.load());
    assertEquals("doc", ((StoredTensor) read).proto().getDocString());
  }

  static Model model() {
    List<TensorData> initializers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      float[] values = new float[4000 + i];
      for (int j = 0; j < values.length; j++) {
        values[j] = i * 10_000 + j;
      }
      initializers.add(TensorData.of("big" + i, Tensor.of(values, values.length)));
    }
    initializers.add(TensorData.of("small", Tensor.vector(1, 2, 3)));
    initializers.add(TensorData.of("text", Tensor.of(new String[] {"a", "ß"}, 2)));
    initializers.add(TensorData.of("none", Tensor.zeros(DataType.INT8, 0)));
    Attribute value = Attribute.of("value", TensorData.of("", Tensor.vector(new long[500])));
    Node node = new Node("n", "Constant", List.of(), List.of("c"), List.of(value));
    Graph graph = new Graph("g", List.of(node), List.of(), List.of(), initializers);
    return new Model(10, List.of(new OpsetImport("", 21)), graph);
  }

  private static void check(Model model) {
    Model expected = model();
    for (int i = 0; i < expected.graph().initializers().size(); i++) {
      TensorData want = expected.graph().initializers().get(i);
      TensorData got = model.graph().initializers().get(i);
      assertEquals(want.name(), got.name());
      assertEquals(want.load(), got.load());
    }
  }

  private static Map<String, byte[]> contents(Path folder) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return contents;
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> got) {
    assertEquals(expected.keySet(), got.keySet());
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, got.get(name), name));
  }
}
