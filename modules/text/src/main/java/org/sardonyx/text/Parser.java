package org.sardonyx.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
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
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/** Reads a model by recursive descent, one method a rule of the grammar. */
final class Parser {

  /** How deep graphs, and types, may be nested. */
  static final int MOST_NESTED = 100;

  private final Scanner scanner;
  private final Types types;
  private final Constants constants;
  private int depth;

  Parser(String text) {
    this.scanner = new Scanner(text);
    this.types = new Types(scanner);
    this.constants = new Constants(scanner);
  }

  Model model() {
    Header header = new Header();
    if (scanner.peek() == '<') {
      header.read(true);
    }
    Graph graph = graph();
    List<Function> functions = new ArrayList<>();
    while (!scanner.atEnd()) {
      functions.add(function());
    }
    return new Model(
        header.irVersion,
        header.opsetImports,
        header.producerName,
        header.producerVersion,
        header.domain,
        header.modelVersion,
        header.docString,
        graph,
        functions,
        header.metadata,
        List.of(),
        Extra.NONE);
  }

  /** What stands in angle brackets before a model or a function. */
  private final class Header {
    private long irVersion;
    private long modelVersion;
    private List<OpsetImport> opsetImports = List.of();
    private List<Entry> metadata = List.of();
    private String producerName = "";
    private String producerVersion = "";
    private String domain = "";
    private String docString = "";
    private String overload = "";

    void read(boolean ofModel) {
      scanner.expect('<');
      do {
        int at = scanner.position();
        String key = scanner.word();
        boolean known =
            switch (key) {
              case "opset_import", "domain", "doc_string" -> true;
              case "ir_version",
                  "producer_name",
                  "producer_version",
                  "model_version",
                  "metadata_props" ->
                  ofModel;
              case "overload" -> !ofModel;
              default -> false;
            };
        if (!known) {
          scanner.back(at);
          throw scanner.expected("a property of a " + (ofModel ? "model" : "function"));
        }
        scanner.expect(':');
        switch (key) {
          case "opset_import" -> opsetImports = opsetImports();
          case "domain" -> domain = scanner.string();
          case "doc_string" -> docString = scanner.string();
          case "ir_version" -> irVersion = scanner.integer();
          case "producer_name" -> producerName = scanner.string();
          case "producer_version" -> producerVersion = scanner.string();
          case "model_version" -> modelVersion = scanner.integer();
          case "metadata_props" -> metadata = metadata();
          default -> overload = scanner.string();
        }
      } while (scanner.takes(','));
      scanner.expect('>');
    }
  }

  private List<OpsetImport> opsetImports() {
    List<OpsetImport> imports = new ArrayList<>();
    scanner.expect('[');
    if (!scanner.takes(']')) {
      do {
        String domain = scanner.string();
        scanner.expect(':');
        imports.add(new OpsetImport(domain, scanner.integer()));
      } while (scanner.takes(','));
      scanner.expect(']');
    }
    return imports;
  }

  private List<Entry> metadata() {
    List<Entry> entries = new ArrayList<>();
    scanner.expect('[');
    if (!scanner.takes(']')) {
      do {
        String key = scanner.string();
        scanner.expect(':');
        entries.add(new Entry(key, scanner.string()));
      } while (scanner.takes(','));
      scanner.expect(']');
    }
    return entries;
  }

  private Graph graph() {
    int at = scanner.position();
    if (++depth > MOST_NESTED) {
      throw new LimitExceeded(
          "nesting", scanner.place(at) + ": graphs are nested deeper than " + MOST_NESTED);
    }
    String name = scanner.name("the name of a graph");
    List<ValueInfo> inputs = new ArrayList<>();
    List<TensorData> initializers = new ArrayList<>();
    scanner.expect('(');
    if (!scanner.takes(')')) {
      do {
        inputs.add(valueOrInitializer(true, initializers));
      } while (scanner.takes(','));
      scanner.expect(')');
    }
    scanner.expectArrow();
    List<ValueInfo> outputs = valueInfos('(', ')');
    List<ValueInfo> valueInfo = new ArrayList<>();
    if (scanner.takes('<') && !scanner.takes('>')) {
      do {
        int before = initializers.size();
        ValueInfo value = valueOrInitializer(false, initializers);
        if (initializers.size() == before) {
          valueInfo.add(value);
        }
      } while (scanner.takes(','));
      scanner.expect('>');
    }
    List<Node> nodes = nodes();
    depth--;
    return new Graph(
        name,
        nodes,
        inputs,
        outputs,
        valueInfo,
        initializers,
        List.of(),
        "",
        List.of(),
        Extra.NONE);
  }

  private ValueInfo valueOrInitializer(boolean typeMayMiss, List<TensorData> initializers) {
    int at = scanner.position();
    ValueInfo value = valueInfo();
    Type type = value.type();
    if (type == null && !typeMayMiss) {
      scanner.back(at);
      throw scanner.expected("a type");
    }
    if (scanner.peek() == '=') {
      scanner.expect('=');
      if (type == null) {
        throw scanner.error(at, "a constant needs a type before its name");
      }
      initializers.add(TensorData.of(value.name(), constants.tensor(type, at)));
    }
    return value;
  }

  private ValueInfo valueInfo() {
    Type type = types.next() ? types.type() : null;
    return new ValueInfo(scanner.name("the name of a value"), type);
  }

  private List<ValueInfo> valueInfos(char open, char close) {
    List<ValueInfo> values = new ArrayList<>();
    scanner.expect(open);
    if (!scanner.takes(close)) {
      do {
        values.add(valueInfo());
      } while (scanner.takes(','));
      scanner.expect(close);
    }
    return values;
  }

  private Function function() {
    Header header = new Header();
    if (scanner.peek() == '<') {
      header.read(false);
    }
    String name = scanner.name("the name of a function");
    List<String> attributes = new ArrayList<>();
    List<Attribute> defaults = new ArrayList<>();
    if (scanner.takes('<') && !scanner.takes('>')) {
      do {
        String attribute = scanner.name("the name of an attribute");
        if (scanner.peek() == ':' || scanner.peek() == '=') {
          defaults.add(attribute(attribute));
        } else {
          attributes.add(attribute);
        }
      } while (scanner.takes(','));
      scanner.expect('>');
    }
    List<ValueInfo> declared = new ArrayList<>();
    List<String> inputs = parameters(declared);
    scanner.expectArrow();
    List<String> outputs = parameters(declared);
    if (scanner.peek() == '<') {
      declared.addAll(valueInfos('<', '>'));
    }
    return new Function(
        header.domain,
        name,
        header.overload,
        inputs,
        outputs,
        attributes,
        defaults,
        nodes(),
        header.opsetImports,
        declared,
        header.docString,
        List.of(),
        Extra.NONE);
  }

  private List<String> parameters(List<ValueInfo> declared) {
    List<String> names = new ArrayList<>();
    for (ValueInfo value : valueInfos('(', ')')) {
      names.add(value.name());
      if (value.type() != null) {
        declared.add(value);
      }
    }
    return names;
  }

  private List<Node> nodes() {
    List<Node> nodes = new ArrayList<>();
    scanner.expect('{');
    while (!scanner.takes('}')) {
      nodes.add(node());
    }
    return nodes;
  }

  private Node node() {
    String name = "";
    if (scanner.takes('[')) {
      String label = scanner.optionalName();
      name = label == null ? "" : label;
      scanner.expect(']');
    }
    List<String> outputs = names();
    scanner.expect('=');
    StringBuilder domain = new StringBuilder();
    String opType = scanner.name("an operator");
    while (scanner.takes('.')) {
      domain.append(domain.isEmpty() ? "" : ".").append(opType);
      opType = scanner.name("an operator");
    }
    String overload = scanner.takes(':') ? scanner.name("an overload") : "";
    List<Attribute> attributes = attributes();
    scanner.expect('(');
    List<String> inputs = names();
    scanner.expect(')');
    if (attributes.isEmpty()) {
      attributes = attributes();
    }
    return new Node(
        name,
        domain.toString(),
        opType,
        overload,
        inputs,
        outputs,
        attributes,
        "",
        List.of(),
        Extra.NONE);
  }

  /**
   * Reads names; before a comma one may be missing and is empty, and a last comma means nothing.
   */
  private List<String> names() {
    List<String> names = new ArrayList<>();
    do {
      String name = scanner.optionalName();
      if (name == null && scanner.peek() != ',') {
        break;
      }
      names.add(name == null ? "" : name);
    } while (scanner.takes(','));
    return names;
  }

  private List<Attribute> attributes() {
    List<Attribute> attributes = new ArrayList<>();
    if (scanner.takes('<')) {
      do {
        attributes.add(attribute(scanner.name("the name of an attribute")));
      } while (scanner.takes(','));
      scanner.expect('>');
    }
    return attributes;
  }

  private Attribute attribute(String name) {
    Attribute.Kind kind = scanner.takes(':') ? kind() : Attribute.Kind.UNDEFINED;
    scanner.expect('=');
    int at = scanner.position();
    Attribute.Value value;
    if (scanner.takes('@')) {
      value = new Attribute.Reference(scanner.name("the name of an attribute"), kind);
    } else if (scanner.takes('[')) {
      List<Attribute.Value> values = new ArrayList<>();
      if (!scanner.takes(']')) {
        do {
          values.add(single(ValueKinds.ofElement(kind)));
        } while (scanner.takes(','));
        scanner.expect(']');
      }
      value = ValueKinds.list(values, kind);
      if (value == null) {
        throw scanner.error(
            at,
            values.isEmpty()
                ? "an empty list needs its kind before it, such as \": ints\""
                : "the values of a list are of one kind");
      }
    } else {
      value = single(kind);
    }
    if (kind != Attribute.Kind.UNDEFINED && value.kind() != kind) {
      throw scanner.error(
          at, "expected " + ValueKinds.word(kind) + " and found " + ValueKinds.word(value.kind()));
    }
    return new Attribute(name, value);
  }

  private Attribute.Kind kind() {
    int at = scanner.position();
    String word = scanner.word();
    for (Attribute.Kind kind : Attribute.Kind.values()) {
      if (kind != Attribute.Kind.UNDEFINED && ValueKinds.word(kind).equals(word)) {
        return kind;
      }
    }
    scanner.back(at);
    throw scanner.expected("the kind of an attribute");
  }

  private Attribute.Value single(Attribute.Kind kind) {
    int at = scanner.position();
    if (kind == Attribute.Kind.GRAPH) {
      return new Attribute.OfGraph(graph());
    }
    if (types.next()) {
      Type type = types.type();
      @Nullable String name = kind == Attribute.Kind.TYPE_PROTO ? null : scanner.optionalName();
      if (name == null && scanner.peek() != '{' && scanner.peek() != '=') {
        return new Attribute.OfType(type);
      }
      scanner.takes('=');
      return new Attribute.OfTensor(
          TensorData.of(name == null ? "" : name, constants.tensor(type, at)));
    }
    if (!scanner.peekWord().isEmpty() && !scanner.nextIsFloatWord()) {
      return new Attribute.OfGraph(graph());
    }
    Scanner.Literal literal = scanner.literal();
    return switch (literal.kind()) {
      case STRING -> new Attribute.OfString(Bytes.of(literal.text()));
      case FLOAT -> new Attribute.OfFloat(scanner.real(literal));
      case INT ->
          kind == Attribute.Kind.FLOAT
              ? new Attribute.OfFloat(scanner.real(literal))
              : new Attribute.OfInt(scanner.integer(literal));
    };
  }
}
