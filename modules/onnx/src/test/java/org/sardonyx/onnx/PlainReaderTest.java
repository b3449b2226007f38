package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.GraphProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.NodeProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.onnx.proto.TypeProto;
import org.sardonyx.onnx.proto.ValueInfoProto;

/** What is read without the classes of the messages is what is read with them. */
class PlainReaderTest {

  private static @Nullable Model plain(byte[] bytes) {
    return PlainReader.read(ByteBuffer.wrap(bytes), new ExternalFiles(null, ReadOptions.DEFAULT));
  }

  private static Model messages(byte[] bytes) {
    return ModelReader.read(
        ByteBuffer.wrap(bytes), new ExternalFiles(null, ReadOptions.DEFAULT), ReadOptions.DEFAULT);
  }

  /** Checks that both ways give one model, and one file again. */
  private static void same(byte[] bytes) {
    Model plain = plain(bytes);
    assertNotNull(plain);
    Model model = messages(bytes);
    assertEquals(model, plain);
    assertArrayEquals(Onnx.toBytes(model), Onnx.toBytes(plain));
  }

  /** A model with something of everything that is plain. */
  private static ModelProto.Builder model() {
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setProducerName("tést");
    model.addOpsetImportBuilder().setVersion(17).setDomain("");
    model.addOpsetImportBuilder().setVersion(1).setDomain("com.microsoft");
    model.addMetadataPropsBuilder().setKey("k").setValue("v");
    GraphProto.Builder graph = model.getGraphBuilder().setName("g").setDocString("");
    TypeProto.Tensor.Builder type =
        graph.addInputBuilder().setName("x").getTypeBuilder().getTensorTypeBuilder().setElemType(1);
    type.getShapeBuilder().addDimBuilder().setDimParam("n");
    type.getShapeBuilder().addDimBuilder().setDimValue(3);
    type.getShapeBuilder().addDimBuilder();
    type.getShapeBuilder().addDimBuilder().setDimValue(-1);
    type.getShapeBuilder().addDimBuilder().setDimParam("?");
    type.getShapeBuilder().addDimBuilder().setDimParam("");
    graph.addOutputBuilder().setName("y").setDocString("d");
    graph.addOutputBuilder().setName("z").getTypeBuilder();
    NodeProto.Builder node =
        graph.addNodeBuilder().setOpType("Op").setDomain("").addInput("x").addInput("");
    node.addOutput("y");
    attribute(node, AttributeProto.AttributeType.FLOAT).setF(-0.5f);
    attribute(node, AttributeProto.AttributeType.INT).setI(-3);
    attribute(node, AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8("s"));
    attribute(node, AttributeProto.AttributeType.FLOATS).addFloats(1).addFloats(2);
    attribute(node, AttributeProto.AttributeType.INTS).addInts(1).addInts(-1);
    attribute(node, AttributeProto.AttributeType.INTS);
    attribute(node, AttributeProto.AttributeType.STRINGS).addStrings(ByteString.EMPTY);
    attribute(node, AttributeProto.AttributeType.TENSOR)
        .setT(TensorProto.newBuilder().setDataType(7).addDims(2).addInt64Data(5).addInt64Data(6));
    attribute(node, AttributeProto.AttributeType.TENSOR)
        .setT(TensorProto.newBuilder().setDataType(7).setName("").addInt64Data(5));
    attribute(node, AttributeProto.AttributeType.GRAPH).setG(GraphProto.newBuilder().setName("b"));
    graph.addInitializerBuilder().setName("w").setDataType(1).addDims(1).setRawData(raw(4));
    graph
        .addInitializerBuilder()
        .setName("f")
        .setDataType(1)
        .addDims(2)
        .addFloatData(1.5f)
        .addFloatData(Float.NaN);
    graph
        .addInitializerBuilder()
        .setName("i")
        .setDataType(7)
        .addDims(3)
        .addInt64Data(-1)
        .addInt64Data(300)
        .addInt64Data(Long.MIN_VALUE);
    for (int code : new int[] {2, 3, 6, 9, 5}) {
      graph
          .addInitializerBuilder()
          .setName("i" + code)
          .setDataType(code)
          .addDims(3)
          .addInt32Data(-1)
          .addInt32Data(300)
          .addInt32Data(7);
    }
    graph.addInitializerBuilder().setName("e").setDataType(1).addDims(0);
    graph.addInitializerBuilder().setName("d").setDataType(1).setRawData(raw(4)).setDocString("d");
    return model;
  }

  private static ByteString raw(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static AttributeProto.Builder attribute(
      NodeProto.Builder node, AttributeProto.AttributeType type) {
    return node.addAttributeBuilder().setName(type + "" + node.getAttributeCount()).setType(type);
  }

  @Test
  void modelsOfOurs() throws IOException {
    int count = 0;
    try (var files = Files.walk(Path.of("../../models"))) {
      for (Path file : files.filter(one -> one.endsWith("model.onnx")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (messages(bytes).functions().isEmpty()) {
          same(bytes);
          count++;
        }
      }
    }
    assertTrue(count > 5, count + " models");
  }

  @Test
  void everythingPlain() {
    same(model().build().toByteArray());
    same(model().setModelVersion(0).setDomain("").build().toByteArray());
    ModelProto.Builder named = model();
    named.getGraphBuilder().getNodeBuilder(0).setName("").setDocString("").setOverload("");
    named.getGraphBuilder().getInputBuilder(0).setDocString("");
    same(named.build().toByteArray());
  }

  @Test
  void whateverIsNotPlainIsLeft() {
    ModelProto.Builder functions = model();
    functions.addFunctionsBuilder().setName("f").setDomain("d");
    ModelProto.Builder unknown = model();
    unknown
        .getGraphBuilder()
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build());
    ModelProto.Builder sequence = model();
    ValueInfoProto.Builder value = sequence.getGraphBuilder().addValueInfoBuilder().setName("s");
    value.getTypeBuilder().getSequenceTypeBuilder();
    ModelProto.Builder external = model();
    external
        .getGraphBuilder()
        .getInitializerBuilder(0)
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalDataBuilder();
    ModelProto.Builder wrong = model();
    wrong.getGraphBuilder().getInitializerBuilder(0).addDims(2);
    for (ModelProto.Builder one :
        List.of(functions, unknown, sequence, external, wrong, ModelProto.newBuilder())) {
      assertNull(plain(one.build().toByteArray()), () -> one.build().toString());
    }
    // A field that may be there once, twice; and text that is none.
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(model().build().toByteArray());
    twice.writeBytes(ModelProto.newBuilder().setProducerName("b").build().toByteArray());
    assertNull(plain(twice.toByteArray()));
    byte[] text = model().setDocString("....").build().toByteArray();
    for (int i = 0; i < text.length; i++) {
      text[i] = text[i] == '.' ? (byte) 0xff : text[i];
    }
    assertNull(plain(text));
  }

  @Test
  void changedBytes() {
    byte[] bytes = model().build().toByteArray();
    int[] outcomes = new int[2];
    for (int at = 0; at < bytes.length; at++) {
      for (int change : new int[] {1, 2, 3, 5, 8, 0x10, 0x40, 0x80, 0xff}) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) change;
        try {
          WireScan.check(ByteBuffer.wrap(changed), Layout.named("ModelProto"), ReadOptions.DEFAULT);
        } catch (ModelException e) {
          continue;
        }
        Model plain = plain(changed);
        outcomes[plain == null ? 0 : 1]++;
        if (plain != null) {
          assertEquals(messages(changed), plain, "byte " + at + ", " + change);
        }
      }
    }
    assertTrue(outcomes[0] > 100 && outcomes[1] > 100, outcomes[0] + ", " + outcomes[1]);
  }
}
