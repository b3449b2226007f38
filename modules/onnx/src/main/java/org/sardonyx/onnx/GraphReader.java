package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.sardonyx.error.Location;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Bytes;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.GraphProto;
import org.sardonyx.onnx.proto.NodeProto;
import org.sardonyx.onnx.proto.SparseTensorProto;
import org.sardonyx.onnx.proto.StringStringEntryProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.onnx.proto.TypeProto;
import org.sardonyx.onnx.proto.ValueInfoProto;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Messages of graphs and what is in them to the graph. */
final class GraphReader {

  private final ExternalFiles files;
  private final Cuts cuts;
  private boolean lostPieces;

  GraphReader(ExternalFiles files, Cuts cuts) {
    this.files = files;
    this.cuts = cuts;
  }

  boolean lostPieces() {
    return lostPieces;
  }

  Graph graph(GraphProto proto) {
    Graph graph =
        new Graph(
            proto.getName(),
            list(proto.getNodeList(), this::node),
            list(proto.getInputList(), this::valueInfo),
            list(proto.getOutputList(), this::valueInfo),
            list(proto.getValueInfoList(), this::valueInfo),
            list(proto.getInitializerList(), this::tensor),
            list(proto.getSparseInitializerList(), this::sparseTensor),
            proto.getDocString(),
            entries(proto.getMetadataPropsList()),
            Extra.NONE);
    GraphProto own =
        proto.toBuilder()
            .clearNode()
            .clearInput()
            .clearOutput()
            .clearValueInfo()
            .clearInitializer()
            .clearSparseInitializer()
            .build();
    return extra(
        graph,
        Plain.graph(graph).build(),
        own,
        (g, extra) ->
            new Graph(
                g.name(),
                g.nodes(),
                g.inputs(),
                g.outputs(),
                g.valueInfo(),
                g.initializers(),
                g.sparseInitializers(),
                g.docString(),
                g.metadata(),
                extra));
  }

  Node node(NodeProto proto) {
    try {
      Node node =
          new Node(
              proto.getName(),
              proto.getDomain(),
              proto.getOpType(),
              proto.getOverload(),
              strings(proto.getInputList()),
              strings(proto.getOutputList()),
              list(proto.getAttributeList(), this::attribute),
              proto.getDocString(),
              entries(proto.getMetadataPropsList()),
              Extra.NONE);
      return extra(
          node,
          Plain.node(node).build(),
          proto.toBuilder().clearAttribute().build(),
          (n, extra) ->
              new Node(
                  n.name(),
                  n.domain(),
                  n.opType(),
                  n.overload(),
                  n.inputs(),
                  n.outputs(),
                  n.attributes(),
                  n.docString(),
                  n.metadata(),
                  extra));
    } catch (ModelException e) {
      throw e.within(Location.node(proto.getName(), proto.getOpType()));
    }
  }

  Attribute attribute(AttributeProto proto) {
    try {
      Attribute attribute =
          new Attribute(proto.getName(), value(proto), proto.getDocString(), Extra.NONE);
      return extra(
          attribute,
          Plain.attribute(attribute).build(),
          withoutParts(proto, attribute.value()),
          (a, extra) -> new Attribute(a.name(), a.value(), a.docString(), extra));
    } catch (ModelException e) {
      throw e.within("attribute \"" + Text.escape(proto.getName()) + "\"");
    }
  }

  private Attribute.Value value(AttributeProto proto) {
    if (!proto.getRefAttrName().isEmpty()) {
      return new Attribute.Reference(proto.getRefAttrName(), AttributeKinds.stated(proto));
    }
    return switch (AttributeKinds.of(proto)) {
      case FLOAT -> new Attribute.OfFloat(proto.getF());
      case INT -> new Attribute.OfInt(proto.getI());
      case STRING -> new Attribute.OfString(bytes(proto.getS()));
      case TENSOR -> {
        AttributeKinds.need(proto.hasT(), "t");
        yield new Attribute.OfTensor(tensor(proto.getT()));
      }
      case GRAPH -> {
        AttributeKinds.need(proto.hasG(), "g");
        yield new Attribute.OfGraph(graph(proto.getG()));
      }
      case SPARSE_TENSOR -> {
        AttributeKinds.need(proto.hasSparseTensor(), "sparse_tensor");
        yield new Attribute.OfSparseTensor(sparseTensor(proto.getSparseTensor()));
      }
      case TYPE_PROTO -> {
        AttributeKinds.need(proto.hasTp(), "tp");
        yield new Attribute.OfType(type(proto.getTp()));
      }
      case FLOATS -> new Attribute.OfFloats(proto.getFloatsList());
      case INTS -> new Attribute.OfInts(proto.getIntsList());
      case STRINGS -> new Attribute.OfStrings(list(proto.getStringsList(), GraphReader::bytes));
      case TENSORS -> new Attribute.OfTensors(list(proto.getTensorsList(), this::tensor));
      case GRAPHS -> new Attribute.OfGraphs(list(proto.getGraphsList(), this::graph));
      case SPARSE_TENSORS ->
          new Attribute.OfSparseTensors(list(proto.getSparseTensorsList(), this::sparseTensor));
      case TYPE_PROTOS -> new Attribute.OfTypes(list(proto.getTypeProtosList(), GraphReader::type));
      case UNDEFINED ->
          throw new MalformedModel("the attribute has neither a type that is known nor a value");
    };
  }

  /**
   * Clears the nested parts that make up the value; what stands in other fields is no part of it.
   */
  private static AttributeProto withoutParts(AttributeProto proto, Attribute.Value value) {
    return switch (value) {
      case Attribute.OfTensor _ -> proto.toBuilder().clearT().build();
      case Attribute.OfGraph _ -> proto.toBuilder().clearG().build();
      case Attribute.OfSparseTensor _ -> proto.toBuilder().clearSparseTensor().build();
      case Attribute.OfTensors _ -> proto.toBuilder().clearTensors().build();
      case Attribute.OfGraphs _ -> proto.toBuilder().clearGraphs().build();
      case Attribute.OfSparseTensors _ -> proto.toBuilder().clearSparseTensors().build();
      default -> proto;
    };
  }

  SparseTensorData sparseTensor(SparseTensorProto proto) {
    if (!proto.hasValues() || !proto.hasIndices()) {
      throw new MalformedModel("a sparse tensor needs values and indices");
    }
    TensorData values = tensor(proto.getValues());
    TensorData indices = tensor(proto.getIndices());
    Encoding.elements(proto.getDimsList(), files.limits());
    long[] dims = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
    SparseTensorData tensor = new SparseTensorData(values, indices, Shape.of(dims), Extra.NONE);
    return extra(
        tensor,
        Plain.sparseTensor(tensor).build(),
        proto.toBuilder().clearValues().clearIndices().build(),
        (t, extra) -> new SparseTensorData(t.values(), t.indices(), t.shape(), extra));
  }

  ValueInfo valueInfo(ValueInfoProto proto) {
    try {
      ValueInfo info =
          new ValueInfo(
              proto.getName(),
              proto.hasType() ? TypeProtos.type(proto.getType()) : null,
              proto.getDocString(),
              entries(proto.getMetadataPropsList()),
              Extra.NONE);
      return extra(
          info,
          Plain.valueInfo(info).build(),
          proto,
          (i, extra) -> new ValueInfo(i.name(), i.type(), i.docString(), i.metadata(), extra));
    } catch (ModelException e) {
      throw e.within("value \"" + Text.escape(proto.getName()) + "\"");
    }
  }

  static List<Entry> entries(List<StringStringEntryProto> protos) {
    return list(protos, proto -> new Entry(proto.getKey(), proto.getValue()));
  }

  static List<String> strings(List<String> strings) {
    return List.copyOf(strings);
  }

  static <A, B> List<B> list(List<A> from, java.util.function.Function<? super A, B> each) {
    List<B> to = new ArrayList<>(from.size());
    for (A element : from) {
      to.add(each.apply(element));
    }
    return to;
  }

  /** Returns the part with what its message says beyond it. */
  <T> T extra(T part, Message plain, Message own, BiFunction<T, Extra, T> with) {
    Extra extra = Residue.between(plain, own);
    if (extra.isEmpty()) {
      return part;
    }
    lostPieces |= cuts.isIn(extra.bytes());
    return with.apply(part, extra);
  }

  private TensorData tensor(TensorProto proto) {
    return StoredTensor.of(proto, files, cuts);
  }

  private static Type type(TypeProto proto) {
    Type type = TypeProtos.type(proto);
    if (type == null) {
      throw new MalformedModel("the type leaves an element type open");
    }
    return type;
  }

  private static Bytes bytes(ByteString bytes) {
    return Bytes.of(bytes.toByteArray());
  }
}
