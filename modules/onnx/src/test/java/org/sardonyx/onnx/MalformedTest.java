package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.GraphProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.TensorProto;

/**
 * Whatever the bytes are, the only thing that comes out is an exception that says what is wrong,
 * and soon.
 */
@Timeout(120)
class MalformedTest {

  private static final long SEED = Long.getLong("seed", 7);

  /** Memory outside the heap, such as a mapped file has. */
  private static final ByteBuffer MAPPED = ByteBuffer.allocateDirect(1 << 20);

  @TempDir Path folder;

  @Test
  void cutOffAnywhere() {
    byte[] random = new RandomMessages(new Random(SEED), 0.3).model();
    byte[] model = RoundTripTest.small().build().toByteArray();
    for (byte[] whole : new byte[][] {model, rich(), random}) {
      int step = 1 + whole.length / 5000;
      for (int length = 0; length < whole.length; length += step) {
        assertOnlyOurs(Arrays.copyOf(whole, length));
      }
    }
  }

  @Test
  void bitsFlipped() {
    byte[] whole = rich();
    Random random = new Random(SEED);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] bytes = whole.clone();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertOnlyOurs(bytes);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      assertOnlyOurs(bytes);
    }
  }

  @Test
  void noise() {
    for (int i = 0; i < 8_000; i++) {
      Random random = new Random(SEED + i);
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 2 && random.nextBoolean()) {
        bytes[0] = 0x3a;
        bytes[1] = (byte) (bytes.length - 2);
      }
      assertOnlyOurs(bytes);
    }
  }

  @Test
  void otherFormatsAreNamed() {
    says("the file is empty", new byte[0]);
    says("zip archive", "PK\003\004.......".getBytes(StandardCharsets.ISO_8859_1));
    says("ONNX Runtime file", "....ORTM....".getBytes(StandardCharsets.ISO_8859_1));
    says("TensorFlow Lite", "....TFL3....".getBytes(StandardCharsets.ISO_8859_1));
    says("pickle", new byte[] {(byte) 0x80, 2, '}', 'q'});
    says("HDF5", "\211HDF\r\n".getBytes(StandardCharsets.ISO_8859_1));
    says("web page", "\n<!DOCTYPE html><html>".getBytes(StandardCharsets.ISO_8859_1));
    says("Git LFS", "version https://git-lfs.github.com/spec/v1".getBytes(StandardCharsets.UTF_8));
    says("JSON", "{\"graph\": 1}".getBytes(StandardCharsets.UTF_8));
    says("there is no graph", new byte[] {8, 7});
  }

  @Test
  void errorsSayWhere() {
    byte[] model = RoundTripTest.small().build().toByteArray();
    ModelException e =
        assertThrows(MalformedModel.class, () -> Onnx.read(Arrays.copyOf(model, model.length - 5)));
    assertTrue(
        e.getMessage().matches("this is no ONNX model: at byte \\d+ of \\d+.*are left"),
        e.getMessage());
  }

  @Test
  void filesThatAreNotThere() throws IOException {
    assertThrows(InvalidInput.class, () -> Onnx.read(folder.resolve("none.onnx")));
    assertThrows(InvalidInput.class, () -> Onnx.read(folder));
    Path empty = Files.write(folder.resolve("empty.onnx"), new byte[0]);
    ModelException e = assertThrows(MalformedModel.class, () -> Onnx.read(empty));
    assertEquals("empty.onnx: the file is empty", e.getMessage());
  }

  @Test
  void limits() {
    byte[] model = RoundTripTest.small().build().toByteArray();
    assertThrows(
        LimitExceeded.class,
        () ->
            Onnx.read(
                model,
                null,
                ReadOptions.DEFAULT.withLimits(
                    Limits.standard().with(Limit.MODEL_BYTES, model.length - 1))));
    assertThrows(
        LimitExceeded.class,
        () ->
            Onnx.read(
                model,
                null,
                ReadOptions.DEFAULT.withLimits(Limits.standard().with(Limit.PARTS, 3))));
    assertEquals(8, Onnx.read(new ByteArrayInputStream(model)).irVersion());
  }

  @Test
  void depth() {
    assertEquals(20, depth(Onnx.read(nested(20))));
    assertThrows(LimitExceeded.class, () -> Onnx.read(nested(40)));
    assertThrows(LimitExceeded.class, () -> Onnx.read(nested(2000)));
    ByteArrayOutputStream groups = new ByteArrayOutputStream();
    for (int i = 0; i < 100_000; i++) {
      groups.write(0x7b);
    }
    assertThrows(LimitExceeded.class, () -> Onnx.read(groups.toByteArray()));
  }

  @Test
  void manySmallPartsAreStopped() {
    // Sixteen million empty nodes of two bytes each.
    byte[] graph = new byte[34 << 20];
    for (int i = 0; i < graph.length; i += 2) {
      graph[i] = 0x0a;
    }
    ByteString model =
        ByteString.copyFrom(new byte[] {0x3a})
            .concat(varint(graph.length))
            .concat(ByteString.copyFrom(graph));
    assertThrows(LimitExceeded.class, () -> Onnx.read(model.toByteArray()));
  }

  @Test
  void repeatedSingularMessagesAreMergedInLinearTime() {
    byte[] model = new byte[2_000_000];
    for (int i = 0; i < model.length; i += 4) {
      model[i] = 0x3a;
      model[i + 1] = 2;
      model[i + 2] = 0x0a;
    }
    assertEquals(500_000, Onnx.read(model).graph().nodes().size());
  }

  @Test
  void attributesWithoutValue() {
    for (int kind : new int[] {4, 5, 11, 13}) {
      ModelProto.Builder model = RoundTripTest.small();
      model
          .getGraphBuilder()
          .getNodeBuilder(0)
          .addAttributeBuilder()
          .setName("a")
          .setType(AttributeProto.AttributeType.forNumber(kind));
      ModelException e =
          assertThrows(MalformedModel.class, () -> Onnx.read(model.build().toByteArray()));
      assertTrue(e.getMessage().contains("attribute \"a\""), e.getMessage());
    }
    ModelProto.Builder model = RoundTripTest.small();
    model.getGraphBuilder().getNodeBuilder(0).addAttributeBuilder().setName("a");
    assertThrows(MalformedModel.class, () -> Onnx.read(model.build().toByteArray()));
  }

  private static void assertOnlyOurs(byte[] bytes) {
    assertOnlyOurs(ByteBuffer.wrap(bytes));
    assertOnlyOurs(MAPPED.clear().put(bytes).flip().slice());
  }

  private static void assertOnlyOurs(ByteBuffer bytes) {
    try {
      ReadOptions options = ReadOptions.DEFAULT;
      Model model = Onnx.read(bytes, new ExternalFiles(null, options), options);
      Constants.visit(model, (tensor, place) -> load(tensor));
      Onnx.toBytes(model);
    } catch (ModelException e) {
      assertTrue(e.getMessage().length() < 2000, e.getMessage());
    }
  }

  private static void load(org.sardonyx.tensor.TensorData tensor) {
    try {
      tensor.load();
    } catch (ModelException e) {
      assertTrue(e.getMessage().length() < 2000, e.getMessage());
    }
  }

  private static void says(String what, byte[] bytes) {
    ModelException e = assertThrows(MalformedModel.class, () -> Onnx.read(bytes));
    assertTrue(e.getMessage().contains(what), e.getMessage());
  }

  /** A model with tensors, a graph in a graph, and a function. */
  private static byte[] rich() {
    ModelProto.Builder model = RoundTripTest.small();
    GraphProto.Builder graph = model.getGraphBuilder();
    Random random = new Random(3);
    while (graph.getInitializerCount() < 8) {
      TensorProto tensor = Tensors.random(random);
      if (tensor.getSerializedSize() < 200) {
        graph.addInitializer(tensor.toBuilder().setName("w" + graph.getInitializerCount()));
      }
    }
    graph
        .addNodeBuilder()
        .setOpType("If")
        .addAttributeBuilder()
        .setName("then_branch")
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(RoundTripTest.small().getGraph());
    graph
        .addSparseInitializerBuilder()
        .setValues(graph.getInitializer(0))
        .setIndices(graph.getInitializer(1));
    model.addFunctionsBuilder().setName("f").addNode(graph.getNode(0));
    return model.build().toByteArray();
  }

  private static byte[] nested(int levels) {
    ByteString graph = GraphProto.newBuilder().setName("innermost").build().toByteString();
    for (int i = 0; i < levels; i++) {
      // attribute { type: GRAPH g: ... } in a node in a graph.
      ByteString attribute =
          field(6, graph).concat(ByteString.copyFrom(new byte[] {(byte) 0xa0, 1, 5}));
      graph = field(1, field(5, attribute));
    }
    return field(7, graph).toByteArray();
  }

  private static int depth(Model model) {
    int depth = 0;
    org.sardonyx.graph.Graph graph = model.graph();
    while (!graph.nodes().isEmpty()) {
      org.sardonyx.graph.Attribute.Value value =
          graph.nodes().getFirst().attributes().getFirst().value();
      graph = ((org.sardonyx.graph.Attribute.OfGraph) value).value();
      depth++;
    }
    return depth;
  }

  private static ByteString field(int number, ByteString content) {
    return varint(number << 3 | 2).concat(varint(content.size())).concat(content);
  }

  private static ByteString varint(int value) {
    byte[] bytes = new byte[CodedOutputStream.computeUInt32SizeNoTag(value)];
    try {
      CodedOutputStream.newInstance(bytes).writeUInt32NoTag(value);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return ByteString.copyFrom(bytes);
  }
}
