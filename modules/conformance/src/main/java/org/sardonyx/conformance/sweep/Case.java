package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A model with inputs for it.
 *
 * @param label what it is about, enough to know it again
 * @param model the model
 * @param inputs a value for every input of the model
 */
record Case(String label, Model model, Map<String, Value> inputs) {

  /** Starts a case of one node of ai.onnx. */
  public static Builder of(String operator, long opset) {
    return new Builder("", operator, opset);
  }

  /** Starts a case of one node of any domain. */
  public static Builder of(String domain, String operator, long opset) {
    return new Builder(domain, operator, opset);
  }

  /** Builds a case, inputs and outputs in their order. */
  public static final class Builder {

    /** The version of ai.onnx that models of other domains import beside theirs. */
    private static final long OTHER_DOMAINS = 21;

    private final String domain;
    private final String operator;
    private final long opset;
    private final List<Attribute> attributes = new ArrayList<>();
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<ValueInfo> graphInputs = new ArrayList<>();
    private final List<ValueInfo> graphOutputs = new ArrayList<>();
    private final List<TensorData> initializers = new ArrayList<>();
    private final Map<String, Value> values = new LinkedHashMap<>();

    private Builder(String domain, String operator, long opset) {
      this.domain = domain;
      this.operator = operator;
      this.opset = opset;
    }

    public Builder attribute(Attribute attribute) {
      attributes.add(attribute);
      return this;
    }

    public Builder attribute(String name, long value) {
      return attribute(Attribute.of(name, value));
    }

    public Builder attribute(String name, float value) {
      return attribute(Attribute.of(name, value));
    }

    public Builder attribute(String name, String value) {
      return attribute(Attribute.of(name, value));
    }

    /** Adds an input that the graph asks for, its rank declared, its sizes open. */
    public Builder input(String name, Tensor value) {
      inputs.add(name);
      graphInputs.add(
          new ValueInfo(name, Type.tensor(value.dataType(), Shape.ofRank(value.rank()))));
      values.put(name, value);
      return this;
    }

    /** Adds an input of any kind that the graph asks for. */
    public Builder input(String name, Value value) {
      if (value instanceof Tensor tensor) {
        return input(name, tensor);
      }
      inputs.add(name);
      graphInputs.add(new ValueInfo(name, value.type()));
      values.put(name, value);
      return this;
    }

    /** Adds an input that is an initializer. */
    public Builder constant(String name, Tensor value) {
      inputs.add(name);
      initializers.add(TensorData.of(name, value));
      return this;
    }

    /** Leaves out an optional input. */
    public Builder noInput() {
      inputs.add("");
      return this;
    }

    /** Adds an output that the graph gives; its shape is left to be inferred. */
    public Builder output(String name, DataType type) {
      return output(name, Type.tensor(type));
    }

    /** Adds an output of any kind that the graph gives. */
    public Builder output(String name, Type type) {
      outputs.add(name);
      graphOutputs.add(new ValueInfo(name, type));
      return this;
    }

    /** Leaves out an optional output. */
    public Builder noOutput() {
      outputs.add("");
      return this;
    }

    public Case build(String label) {
      Node node = new Node("", domain, operator, trimmed(inputs), trimmed(outputs), attributes);
      Graph graph = new Graph("sweep", List.of(node), graphInputs, graphOutputs, initializers);
      List<OpsetImport> imports = new ArrayList<>();
      imports.add(new OpsetImport(domain, opset));
      if (!domain.isEmpty()) {
        imports.add(new OpsetImport("", OTHER_DOMAINS));
      }
      return new Case(label, new Model(irVersion(), imports, graph), values);
    }

    /** A version of the format that knows the types used. */
    private long irVersion() {
      return !domain.isEmpty() || opset > 20 ? 10 : 8;
    }

    private static List<String> trimmed(List<String> names) {
      int end = names.size();
      while (end > 0 && names.get(end - 1).isEmpty()) {
        end--;
      }
      return names.subList(0, end);
    }
  }
}
