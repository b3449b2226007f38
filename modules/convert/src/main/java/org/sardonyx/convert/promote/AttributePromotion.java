package org.sardonyx.convert.promote;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Signature;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/** Rewrites attributes that hold floats or name a float type. */
final class AttributePromotion {

  /** Attributes that number the element type of an output, and their operators. */
  private static final Map<String, String> TYPE_ATTRIBUTES =
      Map.of(
          "Cast", "to",
          "EyeLike", "dtype",
          "SequenceEmpty", "dtype",
          "BlackmanWindow", "output_datatype",
          "HannWindow", "output_datatype",
          "HammingWindow", "output_datatype",
          "MelWeightMatrix", "output_datatype",
          "Attention", "softmax_precision");

  /** Of those, the ones whose default is float. */
  private static final Set<String> FLOAT_BY_DEFAULT =
      Set.of("SequenceEmpty", "BlackmanWindow", "HannWindow", "HammingWindow", "MelWeightMatrix");

  private AttributePromotion() {}

  /**
   * @param signature the version of the operator
   * @param graphs promotes a graph that is an attribute
   */
  static List<Attribute> promote(Node node, Signature signature, UnaryOperator<Graph> graphs) {
    String typeAttribute = node.isOnnx() ? TYPE_ATTRIBUTES.get(node.opType()) : null;
    List<Attribute> result = new ArrayList<>();
    for (Attribute attribute : node.attributes()) {
      result.add(
          switch (attribute.value()) {
            case Attribute.OfGraph(Graph graph) ->
                attribute.withValue(new Attribute.OfGraph(graphs.apply(graph)));
            case Attribute.OfGraphs(List<Graph> list) ->
                attribute.withValue(new Attribute.OfGraphs(list.stream().map(graphs).toList()));
            case Attribute.OfTensor(TensorData data) ->
                attribute.withValue(new Attribute.OfTensor(Doubles.of(data)));
            case Attribute.OfSparseTensor(var data) ->
                attribute.withValue(new Attribute.OfSparseTensor(Doubles.of(data)));
            case Attribute.OfType(Type type) ->
                attribute.withValue(new Attribute.OfType(Doubles.of(type)));
            case Attribute.OfInt(long code)
                when attribute.name().equals(typeAttribute) && isFloat(code) ->
                attribute.withValue(new Attribute.OfInt(DataType.DOUBLE.code()));
            case Attribute.OfString text
                when attribute.name().equals(typeAttribute) && isFloat(text.text()) ->
                attribute.withValue(Attribute.OfString.of("DOUBLE"));
            case Attribute.OfFloat(float value)
                when node.isOnnx("Constant") && attribute.name().equals("value_float") ->
                constant(Tensor.of(new double[] {value}));
            case Attribute.OfFloats(List<Float> values)
                when node.isOnnx("Constant") && attribute.name().equals("value_floats") ->
                constant(
                    Tensor.of(
                        values.stream().mapToDouble(Float::doubleValue).toArray(), values.size()));
            default -> attribute;
          });
    }
    Attribute added = added(node, signature, typeAttribute);
    if (added != null) {
      result.add(added);
    }
    return result;
  }

  /** Returns the attribute that says double where leaving it out says float. */
  private static @Nullable Attribute added(
      Node node, Signature signature, @Nullable String typeAttribute) {
    if (node.isOnnx("ConstantOfShape") && node.attribute("value") == null) {
      return Attribute.of("value", TensorData.of("", Tensor.of(new double[1], 1)));
    }
    return typeAttribute != null
            && FLOAT_BY_DEFAULT.contains(node.opType())
            && node.attribute(typeAttribute) == null
            && signature.attributes().containsKey(typeAttribute)
        ? Attribute.of(typeAttribute, (long) DataType.DOUBLE.code())
        : null;
  }

  private static Attribute constant(Tensor tensor) {
    return Attribute.of("value", TensorData.of("", tensor));
  }

  private static boolean isFloat(long code) {
    return DataType.isKnown(code) && Doubles.promotes(DataType.of(code));
  }

  private static boolean isFloat(String name) {
    return name.equals("FLOAT") || name.equals("FLOAT16") || name.equals("BFLOAT16");
  }
}
