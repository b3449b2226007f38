package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.GraphProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.NodeProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.onnx.proto.TensorProto.DataLocation;
import org.sardonyx.onnx.proto.TypeProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Reading and writing lose nothing. */
class RoundTripTest {

  private static final long SEED = Long.getLong("seed", 20261123);

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2, 0.5, 0.9, 1})
  void everySpellingComesBack(double density) throws InvalidProtocolBufferException {
    for (int i = 0; i < 200; i++) {
      long seed = SEED + i;
      byte[] bytes = new RandomMessages(new Random(seed), density).model();
      byte[] expected = ModelProto.parseFrom(bytes).toByteArray();
      Model model = Onnx.read(bytes);
      byte[] written = Onnx.toBytes(model);
      assertArrayEquals(expected, written, () -> "-Dseed=" + seed);
      assertEquals(model, Onnx.read(written), () -> "-Dseed=" + seed);
      assertArrayEquals(written, Onnx.toBytes(model), () -> "-Dseed=" + seed);
      Model mapped = mapped(bytes);
      assertArrayEquals(expected, Onnx.toBytes(mapped), () -> "-Dseed=" + seed);
      assertEquals(model, mapped, () -> "-Dseed=" + seed);
    }
  }

  /** Elements stay in a mapped file, wherever a tensor stands and however it is spelled. */
  @Test
  void largeTensorsOfMappedFiles() throws InvalidProtocolBufferException {
    TensorProto large =
        TensorProto.newBuilder()
            .setDataType(1)
            .addDims(2000)
            .setRawData(ByteString.copyFrom(new byte[8000]))
            .build();
    ModelProto.Builder proto = small();
    proto.getGraphBuilder().addInitializer(large).addInitializer(large.toBuilder().setName("w"));
    AttributeProto.Builder attribute =
        proto.getGraphBuilder().getNodeBuilder(0).addAttributeBuilder().setName("t").setT(large);
    assertTrue(stays(proto, attribute.setType(AttributeProto.AttributeType.TENSOR)));
    // The attribute states another type: its tensor is no part of the graph, and comes back too.
    assertFalse(stays(proto, attribute.setType(AttributeProto.AttributeType.INT)));
    // Elements outside, and others, that do not count, inside.
    attribute.setType(AttributeProto.AttributeType.TENSOR);
    proto.getGraphBuilder().getInitializerBuilder(0).setDataLocation(DataLocation.EXTERNAL);
    proto
        .getGraphBuilder()
        .getInitializerBuilder(0)
        .addExternalDataBuilder()
        .setKey("location")
        .setValue("f");
    assertTrue(stays(proto, attribute));
    // A message that stands in pieces, whose last elements count.
    byte[] twice = new byte[9000];
    twice[8999] = 7;
    ByteString piece =
        TensorProto.newBuilder().setRawData(ByteString.copyFrom(twice)).build().toByteString();
    ByteString pieces = large.toBuilder().setDims(0, 2250).build().toByteString().concat(piece);
    UnknownFieldSet.Field field =
        UnknownFieldSet.Field.newBuilder().addLengthDelimited(pieces).build();
    GraphProto graph =
        GraphProto.newBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(GraphProto.INITIALIZER_FIELD_NUMBER, field)
                    .build())
            .build();
    Model model = mapped(ModelProto.newBuilder().setGraph(graph).build().toByteArray());
    byte[] elements =
        ModelProto.parseFrom(Onnx.toBytes(model))
            .getGraph()
            .getInitializer(0)
            .getRawData()
            .toByteArray();
    assertArrayEquals(twice, elements);
  }

  private static boolean stays(ModelProto.Builder proto, AttributeProto.Builder changed) {
    byte[] bytes = proto.build().toByteArray();
    assertTrue(changed.hasT());
    Model model = mapped(bytes);
    assertArrayEquals(bytes, Onnx.toBytes(model));
    return ((StoredTensor) model.graph().initializers().getLast()).cut() != null;
  }

  private static Model mapped(byte[] bytes) {
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    return Onnx.read(direct, new ExternalFiles(null, ReadOptions.DEFAULT), ReadOptions.DEFAULT);
  }

  @Test
  void plainModelHasNoExtra() {
    Model model = Onnx.read(small().build().toByteArray());
    assertTrue(model.extra().isEmpty());
    assertTrue(model.graph().extra().isEmpty());
    assertTrue(model.graph().nodes().getFirst().extra().isEmpty());
    assertTrue(model.graph().inputs().getFirst().extra().isEmpty());
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    Model model = Onnx.read(small().build().toByteArray());
    assertEquals(8, model.irVersion());
    assertEquals(List.of(new OpsetImport("", 17)), model.opsetImports());
    Node node = model.graph().nodes().getFirst();
    assertEquals("Softmax", node.opType());
    assertEquals(new Attribute.OfInt(-1), node.attribute("axis").value());
    assertEquals(
        new Type.OfTensor(DataType.FLOAT, Shape.of(Dim.named("N"), Dim.of(3), Dim.UNKNOWN)),
        model.graph().inputs().getFirst().type());
  }

  @Test
  void changedPartsKeepWhatTheGraphDoesNotModel() throws InvalidProtocolBufferException {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
            .build();
    ModelProto.Builder proto = small();
    proto.setUnknownFields(unknown);
    proto.getOpsetImportBuilder(0).setDomain("").setUnknownFields(unknown);
    proto.addOpsetImportBuilder().setDomain("x").setVersion(1).setUnknownFields(unknown);
    proto.getGraphBuilder().getNodeBuilder(0).setDomain("").setUnknownFields(unknown);
    proto.getGraphBuilder().getInputBuilder(0).getTypeBuilder().setDenotation("IMAGE");
    proto.getGraphBuilder().addQuantizationAnnotationBuilder().setTensorName("x");

    Model model = Onnx.read(proto.build().toByteArray());
    Node node = model.graph().nodes().getFirst().withName("other");
    Model changed =
        model
            .withGraph(
                model
                    .graph()
                    .withNodes(List.of(node))
                    .withInputs(
                        List.of(
                            model
                                .graph()
                                .inputs()
                                .getFirst()
                                .withType(Type.tensor(DataType.FLOAT, Shape.of(1, 3))))))
            .withOpsetImports(List.of(new OpsetImport("", 18), new OpsetImport("x", 1)));
    ModelProto written = ModelProto.parseFrom(Onnx.toBytes(changed));

    assertEquals(unknown, written.getUnknownFields());
    assertEquals(18, written.getOpsetImport(0).getVersion());
    assertEquals(proto.getOpsetImport(1), written.getOpsetImport(1));
    assertEquals("other", written.getGraph().getNode(0).getName());
    assertTrue(written.getGraph().getNode(0).hasDomain());
    assertEquals(unknown, written.getGraph().getNode(0).getUnknownFields());
    TypeProto type = written.getGraph().getInput(0).getType();
    assertEquals("IMAGE", type.getDenotation());
    assertEquals(2, type.getTensorType().getShape().getDimCount());
    assertEquals(1, written.getGraph().getQuantizationAnnotationCount());
  }

  @Test
  void attributesOfTheFirstVersionsStateNoType() throws InvalidProtocolBufferException {
    ModelProto.Builder proto = small();
    NodeProto.Builder node = proto.getGraphBuilder().getNodeBuilder(0).clearAttribute();
    node.addAttributeBuilder().setName("a").setF(0.5f);
    node.addAttributeBuilder().setName("b").addInts(1).addInts(2);
    node.addAttributeBuilder().setName("c").setS(ByteString.copyFromUtf8("text"));
    Model model = Onnx.read(proto.build().toByteArray());
    Node read = model.graph().nodes().getFirst();
    assertEquals(new Attribute.OfFloat(0.5f), read.attribute("a").value());
    assertEquals(new Attribute.OfInts(List.of(1L, 2L)), read.attribute("b").value());
    assertEquals(Attribute.OfString.of("text"), read.attribute("c").value());
    assertEquals(proto.build(), ModelProto.parseFrom(Onnx.toBytes(model)));
  }

  @Test
  void attributesWithoutAValueHaveTheDefault() throws InvalidProtocolBufferException {
    ModelProto.Builder proto = small();
    NodeProto.Builder node = proto.getGraphBuilder().getNodeBuilder(0).clearAttribute();
    node.addAttributeBuilder().setName("i").setType(AttributeProto.AttributeType.INT);
    node.addAttributeBuilder().setName("n").setType(AttributeProto.AttributeType.INTS);
    node.addAttributeBuilder()
        .setName("r")
        .setType(AttributeProto.AttributeType.FLOAT)
        .setRefAttrName("alpha");
    Model model = Onnx.read(proto.build().toByteArray());
    Node read = model.graph().nodes().getFirst();
    assertEquals(new Attribute.OfInt(0), read.attribute("i").value());
    assertEquals(new Attribute.OfInts(List.of()), read.attribute("n").value());
    assertEquals(
        new Attribute.Reference("alpha", Attribute.Kind.FLOAT), read.attribute("r").value());
    assertEquals(proto.build(), ModelProto.parseFrom(Onnx.toBytes(model)));
  }

  @Test
  void typesOfEveryKind() throws InvalidProtocolBufferException {
    Type tensor = Type.tensor(DataType.INT64, Shape.of(Dim.named("n"), Dim.of(0)));
    List<Type> types =
        List.of(
            tensor,
            Type.tensor(DataType.STRING),
            Type.tensor(DataType.BFLOAT16, Shape.SCALAR),
            new Type.OfSparseTensor(DataType.DOUBLE, Shape.of(2, 3)),
            new Type.OfSequence(tensor),
            new Type.OfOptional(new Type.OfSequence(tensor)),
            new Type.OfMap(DataType.STRING, tensor),
            new Type.Opaque("com.example", "thing"));
    for (Type type : types) {
      assertEquals(
          type, TypeProtos.type(TypeProto.parseFrom(TypeProtos.proto(type).toByteString())));
    }
  }

  @Test
  void valuesWithoutATypeHaveNone() {
    ModelProto.Builder proto = small();
    proto.getGraphBuilder().addValueInfoBuilder().setName("a");
    proto.getGraphBuilder().addValueInfoBuilder().setName("b").getTypeBuilder().setDenotation("d");
    proto
        .getGraphBuilder()
        .addValueInfoBuilder()
        .setName("c")
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(0);
    Model model = Onnx.read(proto.build().toByteArray());
    assertEquals(3, model.graph().valueInfo().size());
    model.graph().valueInfo().forEach(info -> assertNull(info.type()));
  }

  /** How a model is spread over devices stays with the model and the node, byte for byte. */
  @Test
  void devicesStay() throws InvalidProtocolBufferException {
    // configuration { name: "d" num_devices: 2 }, and a sharding_spec { tensor_name: "x" }
    ByteString model = ByteString.fromHex("0a016410" + "02");
    ByteString node = ByteString.fromHex("0a0164" + "12030a0178");
    ModelProto.Builder proto = small().addConfiguration(model);
    proto.getGraphBuilder().getNodeBuilder(0).addDeviceConfigurations(node).setDocString("before");
    Model read = Onnx.read(proto.build().toByteArray());
    Model changed =
        read.withGraph(
            read.graph()
                .withNodes(List.of(read.graph().nodes().getFirst().withInputs(List.of("y")))));
    ModelProto written = ModelProto.parseFrom(Onnx.toBytes(changed));
    assertEquals(List.of(model), written.getConfigurationList());
    assertEquals("y", written.getGraph().getNode(0).getInput(0));
    assertEquals(List.of(node), written.getGraph().getNode(0).getDeviceConfigurationsList());
  }

  @Test
  void renamedConstantsKeepTheRest() throws InvalidProtocolBufferException {
    ModelProto.Builder proto = small();
    proto
        .getGraphBuilder()
        .addInitializerBuilder()
        .setName("w")
        .setDocString("doc")
        .setDataType(1)
        .addFloatData(2);
    Model model = Onnx.read(proto.build().toByteArray());
    Model renamed =
        model.withGraph(
            model
                .graph()
                .withInitializers(List.of(model.graph().initializers().getFirst().named("v"))));
    ModelProto written = ModelProto.parseFrom(Onnx.toBytes(renamed));
    assertEquals("v", written.getGraph().getInitializer(0).getName());
    assertEquals("doc", written.getGraph().getInitializer(0).getDocString());
    assertFalse(written.getGraph().getInitializer(0).hasRawData());
  }

  /** A model of one node. */
  static ModelProto.Builder small() {
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
    model.addOpsetImportBuilder().setVersion(17);
    GraphProto.Builder graph = model.getGraphBuilder().setName("g");
    graph
        .addNodeBuilder()
        .setOpType("Softmax")
        .addInput("x")
        .addOutput("y")
        .addAttributeBuilder()
        .setName("axis")
        .setI(-1)
        .setType(AttributeProto.AttributeType.INT);
    TypeProto.Builder type = TypeProto.newBuilder();
    type.getTensorTypeBuilder().setElemType(1);
    type.getTensorTypeBuilder().getShapeBuilder().addDimBuilder().setDimParam("N");
    type.getTensorTypeBuilder().getShapeBuilder().addDimBuilder().setDimValue(3);
    type.getTensorTypeBuilder().getShapeBuilder().addDimBuilder();
    graph.addInputBuilder().setName("x").setType(type);
    graph.addOutputBuilder().setName("y").setType(type);
    return model;
  }
}
