package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Bytes;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.TrainingInfo;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.FunctionProto;
import org.sardonyx.onnx.proto.GraphProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.NodeProto;
import org.sardonyx.onnx.proto.OperatorSetIdProto;
import org.sardonyx.onnx.proto.SparseTensorProto;
import org.sardonyx.onnx.proto.StringStringEntryProto;
import org.sardonyx.onnx.proto.TrainingInfoProto;
import org.sardonyx.onnx.proto.ValueInfoProto;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * The plain message of each part of a model: what we write where the file said nothing special.
 * Without the nested parts that keep an {@code Extra} of their own, and without the part's own
 * extra; {@link Residue} is the difference to what was read. A field is written where its value is
 * not the default of its type.
 */
final class Plain {

  private Plain() {}

  static ModelProto.Builder model(Model model) {
    ModelProto.Builder proto = ModelProto.newBuilder();
    if (model.irVersion() != 0) {
      proto.setIrVersion(model.irVersion());
    }
    if (!model.producerName().isEmpty()) {
      proto.setProducerName(model.producerName());
    }
    if (!model.producerVersion().isEmpty()) {
      proto.setProducerVersion(model.producerVersion());
    }
    if (!model.domain().isEmpty()) {
      proto.setDomain(model.domain());
    }
    if (model.modelVersion() != 0) {
      proto.setModelVersion(model.modelVersion());
    }
    if (!model.docString().isEmpty()) {
      proto.setDocString(model.docString());
    }
    return proto
        .addAllOpsetImport(opsets(model.opsetImports()))
        .addAllMetadataProps(entries(model.metadata()));
  }

  static GraphProto.Builder graph(Graph graph) {
    GraphProto.Builder proto = GraphProto.newBuilder();
    if (!graph.name().isEmpty()) {
      proto.setName(graph.name());
    }
    if (!graph.docString().isEmpty()) {
      proto.setDocString(graph.docString());
    }
    return proto.addAllMetadataProps(entries(graph.metadata()));
  }

  static NodeProto.Builder node(Node node) {
    NodeProto.Builder proto = NodeProto.newBuilder();
    if (!node.name().isEmpty()) {
      proto.setName(node.name());
    }
    if (!node.opType().isEmpty()) {
      proto.setOpType(node.opType());
    }
    if (!node.domain().isEmpty()) {
      proto.setDomain(node.domain());
    }
    if (!node.overload().isEmpty()) {
      proto.setOverload(node.overload());
    }
    if (!node.docString().isEmpty()) {
      proto.setDocString(node.docString());
    }
    return proto
        .addAllInput(node.inputs())
        .addAllOutput(node.outputs())
        .addAllMetadataProps(entries(node.metadata()));
  }

  static FunctionProto.Builder function(Function function) {
    FunctionProto.Builder proto = FunctionProto.newBuilder();
    if (!function.name().isEmpty()) {
      proto.setName(function.name());
    }
    if (!function.domain().isEmpty()) {
      proto.setDomain(function.domain());
    }
    if (!function.overload().isEmpty()) {
      proto.setOverload(function.overload());
    }
    if (!function.docString().isEmpty()) {
      proto.setDocString(function.docString());
    }
    return proto
        .addAllInput(function.inputs())
        .addAllOutput(function.outputs())
        .addAllAttribute(function.attributes())
        .addAllOpsetImport(opsets(function.opsetImports()))
        .addAllMetadataProps(entries(function.metadata()));
  }

  static ValueInfoProto.Builder valueInfo(ValueInfo info) {
    ValueInfoProto.Builder proto = ValueInfoProto.newBuilder();
    if (!info.name().isEmpty()) {
      proto.setName(info.name());
    }
    Type type = info.type();
    if (type != null) {
      proto.setType(TypeProtos.proto(type));
    }
    if (!info.docString().isEmpty()) {
      proto.setDocString(info.docString());
    }
    return proto.addAllMetadataProps(entries(info.metadata()));
  }

  static TrainingInfoProto.Builder trainingInfo(TrainingInfo info) {
    return TrainingInfoProto.newBuilder()
        .addAllInitializationBinding(entries(info.initializationBinding()))
        .addAllUpdateBinding(entries(info.updateBinding()));
  }

  static SparseTensorProto.Builder sparseTensor(SparseTensorData tensor) {
    SparseTensorProto.Builder proto = SparseTensorProto.newBuilder();
    for (Dim dim : tensor.shape().dims()) {
      proto.addDims(dim.sizeOrMinusOne());
    }
    return proto;
  }

  /** Returns the message of an attribute without tensors and graphs, which are nested parts. */
  static AttributeProto.Builder attribute(Attribute attribute) {
    AttributeProto.Builder proto = AttributeProto.newBuilder();
    if (!attribute.name().isEmpty()) {
      proto.setName(attribute.name());
    }
    if (!attribute.docString().isEmpty()) {
      proto.setDocString(attribute.docString());
    }
    if (attribute.value().kind() != Attribute.Kind.UNDEFINED) {
      proto.setType(AttributeProto.AttributeType.forNumber(attribute.value().kind().code()));
    }
    switch (attribute.value()) {
      case Attribute.OfFloat(float value) -> proto.setF(value);
      case Attribute.OfInt(long value) -> proto.setI(value);
      case Attribute.OfString(Bytes value) -> proto.setS(bytes(value));
      case Attribute.OfType(Type value) -> proto.setTp(TypeProtos.proto(value));
      case Attribute.OfFloats(List<Float> values) -> proto.addAllFloats(values);
      case Attribute.OfInts(List<Long> values) -> proto.addAllInts(values);
      case Attribute.OfStrings(List<Bytes> values) ->
          values.forEach(value -> proto.addStrings(bytes(value)));
      case Attribute.OfTypes(List<Type> values) ->
          values.forEach(value -> proto.addTypeProtos(TypeProtos.proto(value)));
      case Attribute.Reference(String name, _) -> proto.setRefAttrName(name);
      case Attribute.OfTensor _,
          Attribute.OfGraph _,
          Attribute.OfSparseTensor _,
          Attribute.OfTensors _,
          Attribute.OfGraphs _,
          Attribute.OfSparseTensors _ -> {}
    }
    return proto;
  }

  private static Iterable<StringStringEntryProto> entries(List<Entry> entries) {
    return entries.stream().map(entry -> entry(entry.key(), entry.value())).toList();
  }

  private static StringStringEntryProto entry(String key, String value) {
    StringStringEntryProto.Builder proto = StringStringEntryProto.newBuilder();
    if (!key.isEmpty()) {
      proto.setKey(key);
    }
    if (!value.isEmpty()) {
      proto.setValue(value);
    }
    return proto.build();
  }

  private static Iterable<OperatorSetIdProto> opsets(List<OpsetImport> imports) {
    return imports.stream()
        .map(one -> {
          OperatorSetIdProto.Builder proto = OperatorSetIdProto.newBuilder();
          if (!one.domain().isEmpty()) {
            proto.setDomain(one.domain());
          }
          if (one.version() != 0) {
            proto.setVersion(one.version());
          }
          return proto.build();
        })
        .toList();
  }

  private static ByteString bytes(Bytes bytes) {
    return ByteString.copyFrom(bytes.toArray());
  }
}
