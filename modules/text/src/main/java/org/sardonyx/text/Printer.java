package org.sardonyx.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Bytes;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Writes a model, and counts what the syntax has no words for. */
final class Printer {

  private static final int QUIET_FLOAT = 0x7FC00000;
  private static final long QUIET_DOUBLE = 0x7FF8000000000000L;

  private final StringBuilder out = new StringBuilder();
  private final Map<String, Integer> left = new TreeMap<>();
  private int indent;

  String model(Model model) {
    header(model);
    noted(model.extra());
    leave("training information", model.trainingInfo().size());
    graph(model.graph());
    out.append('\n');
    for (Function function : model.functions()) {
      function(function);
    }
    String comments =
        left.entrySet().stream()
            .map(entry -> "# left out: " + entry.getKey() + ", " + entry.getValue() + " times\n")
            .collect(Collectors.joining());
    return comments + out;
  }

  private void header(Model model) {
    out.append("<ir_version: ").append(model.irVersion()).append(", ");
    opsetImports(model.opsetImports());
    property("producer_name", model.producerName());
    property("producer_version", model.producerVersion());
    property("domain", model.domain());
    if (model.modelVersion() != 0) {
      out.append(", model_version: ").append(model.modelVersion());
    }
    property("doc_string", model.docString());
    if (!model.metadata().isEmpty()) {
      out.append(", metadata_props: ");
      list("[", model.metadata(), this::entry, "]");
    }
    out.append(">\n");
  }

  private void property(String key, String value) {
    if (!value.isEmpty()) {
      out.append(", ").append(key).append(": ");
      quoted(value);
    }
  }

  private void entry(Entry entry) {
    quoted(entry.key());
    out.append(": ");
    quoted(entry.value());
  }

  private void opsetImports(List<OpsetImport> imports) {
    out.append("opset_import: ");
    list(
        "[",
        imports,
        imported -> {
          quoted(imported.domain());
          out.append(": ").append(imported.version());
        },
        "]");
  }

  private void function(Function function) {
    leave("metadata", function.metadata().size());
    noted(function.extra());
    out.append('<');
    opsetImports(function.opsetImports());
    property("domain", function.domain());
    property("overload", function.overload());
    property("doc_string", function.docString());
    out.append(">\n");
    name(function.name());
    if (!function.attributes().isEmpty() || !function.attributeDefaults().isEmpty()) {
      out.append(" <");
      list("", function.attributes(), this::name, "");
      String comma =
          function.attributes().isEmpty() || function.attributeDefaults().isEmpty() ? "" : ", ";
      list(comma, function.attributeDefaults(), this::attribute, ">");
    }
    list(" (", function.inputs(), this::name, ") => ");
    list("(", function.outputs(), this::name, ")\n");
    List<ValueInfo> typed = typed(function.valueInfo());
    if (!typed.isEmpty()) {
      list("<", typed, this::valueInfo, ">\n");
    }
    nodes(function.nodes());
    out.append('\n');
  }

  private void graph(Graph graph) {
    if (!graph.sparseInitializers().isEmpty()) {
      throw new UnsupportedModel("the text form has no words for sparse initializers");
    }
    documented(graph.docString(), graph.metadata(), graph.extra());
    name(graph.name());
    list(" (", graph.inputs(), this::valueInfo, ") => ");
    list("(", graph.outputs(), this::valueInfo, ")");
    List<ValueInfo> typed = typed(graph.valueInfo());
    if (!graph.initializers().isEmpty() || !typed.isEmpty()) {
      list("\n" + " ".repeat(indent) + "<", graph.initializers(), this::initializer, "");
      list(
          graph.initializers().isEmpty() || typed.isEmpty() ? "" : ", ",
          typed,
          this::valueInfo,
          ">");
    }
    out.append('\n').append(" ".repeat(indent));
    nodes(graph.nodes());
  }

  private List<ValueInfo> typed(List<ValueInfo> values) {
    List<ValueInfo> typed = values.stream().filter(value -> value.type() != null).toList();
    leave("values without a type", values.size() - typed.size());
    return typed;
  }

  private void nodes(List<Node> nodes) {
    out.append("{\n");
    indent += 3;
    nodes.forEach(this::node);
    indent -= 3;
    out.append(" ".repeat(indent)).append('}');
  }

  private void node(Node node) {
    documented(node.docString(), node.metadata(), node.extra());
    out.append(" ".repeat(indent));
    if (!node.name().isEmpty()) {
      out.append('[');
      name(node.name());
      out.append("] ");
    }
    list("", node.outputs(), this::name, node.outputs().isEmpty() ? "= " : " = ");
    if (!node.domain().isEmpty()) {
      domain(node.domain());
      out.append('.');
    }
    name(node.opType());
    if (!node.overload().isEmpty()) {
      out.append(':');
      name(node.overload());
    }
    if (!node.attributes().isEmpty()) {
      indent += 3;
      list(" <", node.attributes(), this::attribute, ">");
      indent -= 3;
    }
    list(" (", node.inputs(), this::name, ")\n");
  }

  /** Writes a domain as it is where its parts are names, else in quotes. */
  private void domain(String domain) {
    boolean plain = true;
    for (String part : domain.split("\\.", -1)) {
      plain &= Scanner.isName(part);
    }
    if (plain) {
      out.append(domain);
    } else {
      quoted(domain);
    }
  }

  private void valueInfo(ValueInfo value) {
    documented(value.docString(), value.metadata(), value.extra());
    Type type = value.type();
    if (type != null) {
      type(type);
      out.append(' ');
      name(value.name());
    } else if (Types.isWord(value.name())) {
      quoted(value.name());
    } else {
      name(value.name());
    }
  }

  private void type(Type type) {
    switch (type) {
      case Type.OfTensor(DataType element, Shape shape) -> {
        out.append(element.specName());
        shape(shape);
      }
      case Type.OfSparseTensor(DataType element, Shape shape) -> {
        out.append("sparse_tensor(").append(element.specName());
        shape(shape);
        out.append(')');
      }
      case Type.OfSequence(Type element) -> {
        out.append("seq(");
        type(element);
        out.append(')');
      }
      case Type.OfOptional(Type element) -> {
        out.append("optional(");
        type(element);
        out.append(')');
      }
      case Type.OfMap(DataType key, Type value) -> {
        out.append("map(").append(key.specName()).append(", ");
        type(value);
        out.append(')');
      }
      case Type.Opaque(String domain, String name) -> {
        out.append("opaque(");
        if (!domain.isEmpty()) {
          domain(domain);
          out.append(", ");
          name(name);
        } else if (!name.isEmpty()) {
          domain(name);
        }
        out.append(')');
      }
    }
  }

  private void shape(Shape shape) {
    if (!shape.hasRank()) {
      out.append("[]");
    } else if (shape.rank() > 0) {
      list("[", shape.dims(), this::dim, "]");
    }
  }

  private void dim(Dim dim) {
    switch (dim) {
      case Dim.Named(String name) -> name(name);
      case Dim.Computed computed -> name(computed.toString());
      case Dim.Known _, Dim.Unknown _ -> out.append(dim);
    }
  }

  private void attribute(Attribute attribute) {
    documented(attribute.docString(), List.of(), attribute.extra());
    name(attribute.name());
    Attribute.Value value = attribute.value();
    if (value.kind() != Attribute.Kind.UNDEFINED) {
      out.append(": ").append(ValueKinds.word(value.kind()));
    }
    out.append(" = ");
    switch (value) {
      case Attribute.OfInt(long i) -> out.append(i);
      case Attribute.OfFloat(float f) -> real(f);
      case Attribute.OfString(Bytes bytes) -> string(bytes);
      case Attribute.OfTensor(TensorData tensor) -> tensor(tensor);
      case Attribute.OfGraph(Graph graph) -> graph(graph);
      case Attribute.OfType(Type type) -> type(type);
      case Attribute.OfInts(List<Long> values) -> list("[", values, out::append, "]");
      case Attribute.OfFloats(List<Float> values) -> list("[", values, this::real, "]");
      case Attribute.OfStrings(List<Bytes> values) -> list("[", values, this::string, "]");
      case Attribute.OfTensors(List<TensorData> values) -> list("[", values, this::tensor, "]");
      case Attribute.OfGraphs(List<Graph> values) -> list("[", values, this::graph, "]");
      case Attribute.OfTypes(List<Type> values) -> list("[", values, this::type, "]");
      case Attribute.Reference(String name, Attribute.Kind _) -> {
        out.append('@');
        name(name);
      }
      case Attribute.OfSparseTensor _, Attribute.OfSparseTensors _ ->
          throw new UnsupportedModel(
              "the text form has no words for a sparse tensor, which attribute "
                  + Text.escape(attribute.name())
                  + " is");
    }
  }

  private void initializer(TensorData tensor) {
    type(tensor.type());
    out.append(' ');
    name(tensor.name());
    out.append(" = ");
    elements(tensor.load());
  }

  private void tensor(TensorData tensor) {
    type(tensor.type());
    out.append(' ');
    if (!tensor.name().isEmpty()) {
      name(tensor.name());
      out.append(' ');
    }
    elements(tensor.load());
  }

  private void elements(Tensor tensor) {
    out.append('{');
    boolean unsigned =
        tensor.dataType().kind() != DataType.Kind.SIGNED || tensor.dataType().isPacked();
    Object array = tensor.array();
    int length = java.lang.reflect.Array.getLength(array);
    for (int i = 0; i < length; i++) {
      if (i > 0) {
        out.append(", ");
      }
      switch (array) {
        case float[] floats -> real(floats[i]);
        case double[] doubles -> real(doubles[i]);
        case String[] strings -> quoted(strings[i]);
        case byte[] bytes -> out.append(unsigned ? bytes[i] & 0xFF : bytes[i]);
        case short[] shorts -> out.append(unsigned ? shorts[i] & 0xFFFF : shorts[i]);
        case int[] ints ->
            out.append(unsigned ? Integer.toUnsignedString(ints[i]) : Integer.toString(ints[i]));
        case long[] longs ->
            out.append(unsigned ? Long.toUnsignedString(longs[i]) : Long.toString(longs[i]));
        default -> throw new IllegalStateException("elements in " + array.getClass());
      }
    }
    out.append('}');
  }

  private void real(float value) {
    if (Float.isNaN(value) && Float.floatToRawIntBits(value) != QUIET_FLOAT) {
      leave("the bits of a NaN", 1);
    }
    out.append(Float.isFinite(value) ? Float.toString(value) : word(value));
  }

  private void real(double value) {
    if (Double.isNaN(value) && Double.doubleToRawLongBits(value) != QUIET_DOUBLE) {
      leave("the bits of a NaN", 1);
    }
    out.append(Double.isFinite(value) ? Double.toString(value) : word(value));
  }

  private static String word(double value) {
    return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }

  private void string(Bytes bytes) {
    try {
      quoted(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toArray())).toString());
    } catch (CharacterCodingException e) {
      throw new UnsupportedModel("the text form cannot hold a string that is not UTF-8", e);
    }
  }

  private void name(String name) {
    if (Scanner.isName(name)) {
      out.append(name);
    } else {
      quoted(name);
    }
  }

  private void quoted(String text) {
    out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
  }

  private <E> void list(String open, List<E> elements, Consumer<? super E> print, String close) {
    out.append(open);
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        out.append(", ");
      }
      print.accept(elements.get(i));
    }
    out.append(close);
  }

  private void documented(String docString, List<Entry> metadata, Extra extra) {
    leave("free text", docString.isEmpty() ? 0 : 1);
    leave("metadata", metadata.size());
    noted(extra);
  }

  private void noted(Extra extra) {
    leave("fields unknown to ONNX or oddities of spelling", extra.isEmpty() ? 0 : 1);
  }

  private void leave(String what, int times) {
    if (times > 0) {
      left.merge(what, times, Integer::sum);
    }
  }
}
