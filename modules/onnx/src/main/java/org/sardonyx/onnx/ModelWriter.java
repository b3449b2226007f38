package org.sardonyx.onnx;

import java.lang.foreign.MemorySegment;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.TrainingInfo;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.FunctionProto;
import org.sardonyx.onnx.proto.GraphProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.NodeProto;
import org.sardonyx.onnx.proto.SparseTensorProto;
import org.sardonyx.onnx.proto.StringStringEntryProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.onnx.proto.TrainingInfoProto;
import org.sardonyx.onnx.proto.ValueInfoProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;

/**
 * A model to its message: the plain message of each part, what its extra says, and its nested
 * parts.
 */
final class ModelWriter {

  private final WeightPlan plan;
  private final String name;
  private final Inserts inserts = new Inserts();
  private long bytes;

  /**
   * @param name the name of the model's file, from which those of data files are made
   */
  ModelWriter(WeightPlan plan, String name) {
    this.plan = plan;
    this.name = name;
  }

  /**
   * Returns the message.
   *
   * @throws LimitExceeded where it would have more bytes than the format allows
   */
  Inserts.Whole model(Model model) {
    ModelProto.Builder proto = Residue.apply(Plain.model(model), model.extra());
    proto.setGraph(graph(model.graph()));
    model.functions().forEach(function -> proto.addFunctions(function(function)));
    model.trainingInfo().forEach(info -> proto.addTrainingInfo(trainingInfo(info)));
    return inserts.whole(proto.build());
  }

  private GraphProto graph(Graph graph) {
    GraphProto.Builder proto = Residue.apply(Plain.graph(graph), graph.extra());
    graph.nodes().forEach(node -> proto.addNode(node(node)));
    graph.inputs().forEach(info -> proto.addInput(valueInfo(info)));
    graph.outputs().forEach(info -> proto.addOutput(valueInfo(info)));
    graph.valueInfo().forEach(info -> proto.addValueInfo(valueInfo(info)));
    graph.initializers().forEach(tensor -> proto.addInitializer(tensor(tensor)));
    graph.sparseInitializers().forEach(tensor -> proto.addSparseInitializer(sparse(tensor)));
    return proto.build();
  }

  private NodeProto node(Node node) {
    NodeProto.Builder proto = Residue.apply(Plain.node(node), node.extra());
    node.attributes().forEach(attribute -> proto.addAttribute(attribute(attribute)));
    return proto.build();
  }

  private AttributeProto attribute(Attribute attribute) {
    AttributeProto.Builder proto = Residue.apply(Plain.attribute(attribute), attribute.extra());
    switch (attribute.value()) {
      case Attribute.OfTensor(TensorData value) -> proto.setT(tensor(value));
      case Attribute.OfGraph(Graph value) -> proto.setG(graph(value));
      case Attribute.OfSparseTensor(SparseTensorData value) -> proto.setSparseTensor(sparse(value));
      case Attribute.OfTensors(var values) ->
          values.forEach(value -> proto.addTensors(tensor(value)));
      case Attribute.OfGraphs(var values) -> values.forEach(value -> proto.addGraphs(graph(value)));
      case Attribute.OfSparseTensors(var values) ->
          values.forEach(value -> proto.addSparseTensors(sparse(value)));
      case Attribute.OfFloat _,
          Attribute.OfFloats _,
          Attribute.OfInt _,
          Attribute.OfInts _,
          Attribute.OfString _,
          Attribute.OfStrings _,
          Attribute.OfType _,
          Attribute.OfTypes _,
          Attribute.Reference _ -> {}
    }
    return proto.build();
  }

  private FunctionProto function(Function function) {
    FunctionProto.Builder proto = Residue.apply(Plain.function(function), function.extra());
    function.attributeDefaults().forEach(one -> proto.addAttributeProto(attribute(one)));
    function.nodes().forEach(node -> proto.addNode(node(node)));
    function.valueInfo().forEach(info -> proto.addValueInfo(valueInfo(info)));
    return proto.build();
  }

  private TrainingInfoProto trainingInfo(TrainingInfo info) {
    TrainingInfoProto.Builder proto = Residue.apply(Plain.trainingInfo(info), info.extra());
    Graph initialization = info.initialization();
    if (initialization != null) {
      proto.setInitialization(graph(initialization));
    }
    Graph algorithm = info.algorithm();
    if (algorithm != null) {
      proto.setAlgorithm(graph(algorithm));
    }
    return proto.build();
  }

  private SparseTensorProto sparse(SparseTensorData tensor) {
    return Residue.apply(Plain.sparseTensor(tensor), tensor.extra())
        .setValues(tensor(tensor.values()))
        .setIndices(tensor(tensor.indices()))
        .build();
  }

  private static ValueInfoProto valueInfo(ValueInfo info) {
    return Residue.apply(Plain.valueInfo(info), info.extra()).build();
  }

  private TensorProto tensor(TensorData tensor) {
    TensorProto proto =
        switch (plan.fate(tensor)) {
          case AS_IS -> asIs(tensor);
          case INSIDE -> inside(tensor);
          case OUTSIDE -> outside(tensor);
        };
    bytes += proto.getSerializedSize();
    if (bytes + inserts.total() > Integer.MAX_VALUE) {
      throw Inserts.tooLarge();
    }
    return proto;
  }

  private TensorProto asIs(TensorData tensor) {
    if (!(tensor instanceof StoredTensor stored)) {
      return inside(tensor);
    }
    MemorySegment cut = stored.cut();
    return cut == null
        ? stored.proto()
        : stored.proto().toBuilder().setRawData(inserts.rawData(cut)).build();
  }

  private TensorProto inside(TensorData tensor) {
    MemorySegment raw = tensor.raw();
    if (raw != null) {
      return withoutData(tensor).setRawData(inserts.rawData(raw)).build();
    }
    TensorProto.Builder proto = withoutData(tensor);
    return tensor.dataType() == DataType.STRING
        ? proto.addAllStringData(TensorEncoder.strings(tensor.load())).build()
        : proto.setRawData(inserts.rawData(tensor)).build();
  }

  private TensorProto outside(TensorData tensor) {
    WeightPlan.Place place = plan.placeOf(tensor);
    return withoutData(tensor)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", plan.fileName(name, place.file())))
        .addExternalData(entry("offset", Long.toString(place.offset())))
        .addExternalData(entry("length", Long.toString(place.length())))
        .build();
  }

  /** Returns the message of a tensor but for its elements. */
  private static TensorProto.Builder withoutData(TensorData tensor) {
    if (tensor instanceof StoredTensor stored) {
      return stored.proto().toBuilder()
          .clearRawData()
          .clearFloatData()
          .clearInt32Data()
          .clearInt64Data()
          .clearUint64Data()
          .clearDoubleData()
          .clearStringData()
          .clearExternalData()
          .clearDataLocation();
    }
    TensorProto.Builder proto = TensorProto.newBuilder().setDataType(tensor.dataType().code());
    if (!tensor.name().isEmpty()) {
      proto.setName(tensor.name());
    }
    for (long size : tensor.shape().sizes()) {
      proto.addDims(size);
    }
    return proto;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
