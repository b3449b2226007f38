package org.sardonyx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Builds a graph node by node; values are passed by reference and named as need be.
 *
 * <pre>{@code
 * GraphBuilder g = new GraphBuilder("mlp");
 * Ref x = g.input("x", DataType.FLOAT, "batch", 4);
 * Ref w = g.constant("w", Tensor.of(weights, 4, 8));
 * g.output("y", g.node("Relu", g.node("MatMul", x, w)), Type.tensor(DataType.FLOAT));
 * Model model = g.model(21);
 * }</pre>
 *
 * <p>Graphs inside nodes come from {@link #body}, see what was built before them, and go into the
 * node as attributes: {@code g.call("If", cond).with("then_branch", then.graph())}.
 */
public final class GraphBuilder {

  private static final int IR_VERSION = 10;

  private final String name;
  private final Set<String> names;
  private final List<Node> nodes = new ArrayList<>();
  private final List<ValueInfo> inputs = new ArrayList<>();
  private final List<ValueInfo> outputs = new ArrayList<>();
  private final List<ValueInfo> valueInfo = new ArrayList<>();
  private final List<TensorData> initializers = new ArrayList<>();
  private final List<Function> functions = new ArrayList<>();

  public GraphBuilder(String name) {
    this(name, new HashSet<>());
  }

  private GraphBuilder(String name, Set<String> names) {
    this.name = name;
    this.names = names;
  }

  /**
   * A value of a graph that is being built.
   *
   * @param name its name; empty for {@link #ABSENT}
   */
  public record Ref(String name) {

    /** Stands for an optional input that is left out. */
    public static final Ref ABSENT = new Ref("");
  }

  /** Begins a graph for an attribute of a node of this one; it may use the values of this one. */
  public GraphBuilder body(String bodyName) {
    return new GraphBuilder(bodyName, names);
  }

  public Ref input(String inputName, @Nullable Type type) {
    inputs.add(new ValueInfo(own(inputName), type));
    return new Ref(inputName);
  }

  /** Adds an input of whatever type is given, as graphs in nodes and functions have them. */
  public Ref input(String inputName) {
    return input(inputName, (@Nullable Type) null);
  }

  /**
   * Adds a tensor input.
   *
   * @param dims numbers, names, or "?" for a dimension of which nothing is known
   */
  public Ref input(String inputName, DataType elementType, Object... dims) {
    return input(inputName, Type.tensor(elementType, shape(dims)));
  }

  /** Returns a shape of numbers, names, and "?" for dimensions of which nothing is known. */
  public static Shape shape(Object... dims) {
    return Shape.of(Arrays.stream(dims).map(GraphBuilder::dim).toList());
  }

  private static Dim dim(Object dim) {
    return switch (dim) {
      case String named -> named.equals("?") ? Dim.UNKNOWN : Dim.named(named);
      case Number size -> Dim.of(size.longValue());
      default -> throw new IllegalArgumentException("a dimension is a number or a name");
    };
  }

  /** Adds an input that has a default. */
  public Ref input(String inputName, Tensor defaultValue) {
    initializers.add(TensorData.of(inputName, defaultValue));
    return input(inputName, defaultValue.type());
  }

  /** Adds a constant under a name of its own. */
  public Ref constant(String constantName, Tensor value) {
    initializers.add(TensorData.of(own(constantName), value));
    return new Ref(constantName);
  }

  /** Adds a constant that is loaded when it is asked for, under its name. */
  public Ref constant(TensorData value) {
    initializers.add(value);
    return new Ref(own(value.name()));
  }

  public Ref constant(Tensor value) {
    return constant(fresh("constant"), value);
  }

  /** Adds a node of ai.onnx with one output. */
  public Ref node(String opType, Ref... refs) {
    return call(opType, refs).output();
  }

  /** Begins a node of ai.onnx. */
  public Call call(String opType, Ref... refs) {
    return new Call("", opType, refs);
  }

  /** Begins a node of any domain. */
  public Call callOf(String domain, String opType, Ref... refs) {
    return new Call(domain, opType, refs);
  }

  /** Adds an output; where the value has another name, through a node that gives it this one. */
  public void output(String outputName, Ref value, @Nullable Type type) {
    if (!value.name().equals(outputName)) {
      call("Identity", value).output(outputName);
    }
    outputs.add(new ValueInfo(outputName, type));
  }

  /** Adds an output under the name that it has. */
  public void output(Ref value, @Nullable Type type) {
    outputs.add(new ValueInfo(value.name(), type));
  }

  /** Adds a function to the model. */
  public void function(Function function) {
    functions.add(function);
  }

  /** Declares the type of a value that is neither input nor output. */
  public void declare(Ref value, Type type) {
    valueInfo.add(new ValueInfo(value.name(), type));
  }

  public Graph graph() {
    return new Graph(name, nodes, inputs, outputs, initializers).withValueInfo(valueInfo);
  }

  /** Returns a model of this graph, of IR version 10, with a version of ai.onnx. */
  public Model model(long opset) {
    return model(new OpsetImport("", opset));
  }

  /** Returns a model of this graph, of IR version 10. */
  public Model model(OpsetImport... imports) {
    return new Model(IR_VERSION, List.of(imports), graph()).withFunctions(functions);
  }

  private String own(String newName) {
    if (newName.isEmpty() || !names.add(newName)) {
      throw new IllegalArgumentException("\"" + newName + "\" is no new name");
    }
    return newName;
  }

  /** Returns a name that no value has yet. */
  public String fresh(String stem) {
    int number = names.size() + 1;
    while (names.contains(stem + "_" + number)) {
      number++;
    }
    return stem + "_" + number;
  }

  /** A node whose inputs are there, and whose outputs end it. */
  public final class Call {

    private final String domain;
    private final String opType;
    private final List<String> refs;
    private final List<Attribute> attributes = new ArrayList<>();
    private String nodeName = "";

    private Call(String domain, String opType, Ref... refs) {
      this.domain = domain;
      this.opType = opType;
      this.refs = Arrays.stream(refs).map(Ref::name).toList();
    }

    public Call named(String newName) {
      nodeName = newName;
      return this;
    }

    public Call with(Attribute attribute) {
      attributes.add(attribute);
      return this;
    }

    public Call with(String attribute, long value) {
      return with(Attribute.of(attribute, value));
    }

    public Call with(String attribute, float value) {
      return with(Attribute.of(attribute, value));
    }

    public Call with(String attribute, String value) {
      return with(Attribute.of(attribute, value));
    }

    public Call with(String attribute, Graph value) {
      return with(Attribute.of(attribute, value));
    }

    public Call with(String attribute, Tensor value) {
      return with(Attribute.of(attribute, TensorData.of("", value)));
    }

    /** An attribute of integers, however many. */
    public Call withInts(String attribute, long... values) {
      return with(
          new Attribute(attribute, new Attribute.OfInts(Arrays.stream(values).boxed().toList())));
    }

    /** Ends the node with one output. */
    public Ref output() {
      return outputs(1).getFirst();
    }

    /** Ends the node with one output of this name. */
    public Ref output(String outputName) {
      return outputs(outputName).getFirst();
    }

    /** Ends the node with this many outputs. */
    public List<Ref> outputs(int count) {
      String[] given = new String[count];
      for (int i = 0; i < count; i++) {
        given[i] = fresh(opType.toLowerCase(Locale.ROOT));
        names.add(given[i]);
      }
      return end(given);
    }

    /** Ends the node with outputs of these names; an empty one is not wanted. */
    public List<Ref> outputs(String... outputNames) {
      for (String outputName : outputNames) {
        if (!outputName.isEmpty()) {
          own(outputName);
        }
      }
      return end(outputNames);
    }

    private List<Ref> end(String... outputNames) {
      nodes.add(new Node(nodeName, domain, opType, refs, List.of(outputNames), attributes));
      return Arrays.stream(outputNames).map(Ref::new).toList();
    }
  }
}
