package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Infers one node. */
final class NodeVisit {

  /** What came of a node: the node with its graphs annotated, its outputs, its graphs. */
  record Outcome(Node node, List<Facts> outputs, List<GraphResult> bodies) {}

  private final Engine engine;
  private final Operators operators;
  private final Functions functions;
  private final Memory memory;
  private final Elements elements;
  private final Evaluator evaluator;

  NodeVisit(Engine engine, Operators operators, Functions functions, Memory memory) {
    this.engine = engine;
    this.operators = operators;
    this.functions = functions;
    this.memory = memory;
    this.elements = new Elements(memory.time);
    this.evaluator = new Evaluator(memory.time, Engine.MAX_CONSTANT);
  }

  Outcome visit(Node node, Scope scope, Context context, List<Diagnostic> findings) {
    List<Facts> inputs = new ArrayList<>(node.inputs().size());
    for (String name : node.inputs()) {
      inputs.add(name.isEmpty() ? Facts.NONE : scope.get(name));
    }
    Function function = functions.find(node);
    if (function != null) {
      List<Facts> outputs = engine.function(function, node, inputs, context, findings);
      return new Outcome(node, padded(outputs, node), List.of());
    }
    OperatorDef def = operators.find(node.domain(), node.opType());
    Signature signature =
        def == null ? null : def.signature(context.opsets().version(node.domain()));
    if (def == null || signature == null) {
      return bodies(node, null, padded(List.of(), node), scope, context, findings);
    }
    TypeBinding binding =
        new TypeBinding(
            signature,
            (rule, message) -> findings.add(finding(Severity.ERROR, rule, message, context)));
    boolean taken = true;
    for (int i = 0; i < inputs.size(); i++) {
      Type type = inputs.get(i).type();
      taken &= type == null || binding.input(i, type);
    }
    Memory.Made maker = make(node, def, signature);
    NodeInference inference =
        new NodeInference(
            node,
            inputs,
            binding,
            memory.names,
            (attribute, graph, types) -> body(node, attribute, graph, types, scope, context));
    Operator operator = taken && isWellFormed(node, signature) ? maker.operator() : null;
    if (operator == null) {
      report(maker.failure(), false, context, findings);
    } else {
      try {
        operator.infer(inference);
      } catch (LimitExceeded e) {
        throw e;
      } catch (ModelException e) {
        report(e, true, context, findings);
      } catch (ArithmeticException _) {
        findings.add(
            finding(Severity.ERROR, "shape", "sizes of the output are beyond 64 bits", context));
      }
    }
    List<Facts> outputs =
        node.isOnnx("If")
            ? branches(node, inputs, inference)
            : outputs(node, def, operator, inference, inputs);
    for (int i = 0; i < outputs.size(); i++) {
      Type type = outputs.get(i).type();
      if (type != null && !node.outputs().get(i).isEmpty()) {
        binding.checkOutput(i, type);
      }
    }
    return bodies(node, inference, outputs, scope, context, findings);
  }

  /**
   * Whether the node has the inputs that its operator must have; operators rely on them, and on
   * their types.
   */
  private static boolean isWellFormed(Node node, Signature signature) {
    int inputs = node.inputs().size();
    int outputs = node.outputs().size();
    if (inputs < signature.minInputs()
        || inputs > signature.maxInputs()
        || outputs < signature.minOutputs()
        || outputs > signature.maxOutputs()) {
      return false;
    }
    for (int i = 0; i < inputs; i++) {
      Signature.Parameter parameter = signature.input(i);
      if (node.inputs().get(i).isEmpty()
          && parameter != null
          && parameter.arity() == Signature.Arity.SINGLE) {
        return false;
      }
    }
    return true;
  }

  private Memory.Made make(Node node, OperatorDef def, Signature signature) {
    Memory.Made before = memory.made.get(node);
    if (before != null) {
      return before;
    }
    Memory.Made now;
    Attributes attributes = null;
    try {
      attributes = Attributes.of(node, signature);
      now = new Memory.Made(def.create(attributes), null);
    } catch (ModelException e) {
      // What is wrong with the attributes as such is the business of Check.
      now = new Memory.Made(null, attributes == null ? null : e);
    }
    memory.made.put(node, now);
    return now;
  }

  private List<Facts> outputs(
      Node node,
      OperatorDef def,
      @Nullable Operator operator,
      NodeInference inference,
      List<Facts> inputs) {
    int count = node.outputs().size();
    List<Facts> outputs = new ArrayList<>(count);
    List<@Nullable Value> values = evaluate(node, def, operator, inputs);
    if (values != null) {
      for (int i = 0; i < count; i++) {
        outputs.add(
            values.get(i) instanceof Tensor tensor ? Facts.of(tensor) : inference.outcome(i));
      }
      return outputs;
    }
    List<Elements.@Nullable Result> results = elements.of(node, operator, inputs);
    for (int i = 0; i < count; i++) {
      outputs.add(completed(inference.outcome(i), results.get(i)));
    }
    return outputs;
  }

  /** Returns what the branch that is taken gives, or what holds of both where that is not known. */
  private static List<Facts> branches(Node node, List<Facts> inputs, NodeInference inference) {
    List<Facts> outputs = new ArrayList<>();
    Tensor condition = inputs.isEmpty() ? null : inputs.getFirst().constant();
    GraphResult then = inference.lastBody("then_branch");
    GraphResult otherwise = inference.lastBody("else_branch");
    boolean decided =
        condition != null && condition.size() == 1 && condition.dataType() == DataType.BOOL;
    for (int i = 0; i < node.outputs().size(); i++) {
      Facts a = then != null && i < then.outputs().size() ? then.outputs().get(i) : Facts.NONE;
      Facts b =
          otherwise != null && i < otherwise.outputs().size()
              ? otherwise.outputs().get(i)
              : Facts.NONE;
      outputs.add(decided && condition != null ? condition.getLong(0) != 0 ? a : b : a.union(b));
    }
    return outputs;
  }

  /** Runs an operator all of whose inputs are small constants; null where that is not so. */
  private @Nullable List<@Nullable Value> evaluate(
      Node node, OperatorDef def, @Nullable Operator operator, List<Facts> inputs) {
    if (operator == null || def.accuracy() == Accuracy.RANDOM || Graphs.hasBodies(node)) {
      return null;
    }
    Attribute value = node.isOnnx("Constant") ? node.attribute("value") : null;
    if (value != null
        && value.value() instanceof Attribute.OfTensor(TensorData data)
        && !Engine.isSmall(data)) {
      return null; // not read for its type, which is known
    }
    List<@Nullable Value> values = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Tensor constant = inputs.get(i).constant();
      if (constant == null && !node.inputs().get(i).isEmpty()) {
        return null;
      }
      values.add(constant);
    }
    return evaluator.run(operator, values, node.outputs().size());
  }

  /** Puts together what the operator stated of an output and what was found of its elements. */
  private static Facts completed(Facts stated, Elements.@Nullable Result found) {
    if (!(stated.type() instanceof Type.OfTensor(DataType element, Shape shape))) {
      return stated;
    }
    boolean whole =
        element == DataType.INT64 || element == DataType.INT32 || element == DataType.BOOL;
    if (!whole) {
      return Facts.of(stated.type());
    }
    List<Dim> elements = stated.elements();
    if (found != null) {
      shape = Shape.of(found.shape());
      elements =
          elements == null || elements.size() != found.elements().size()
              ? found.elements()
              : prefer(elements, found.elements());
    }
    if (elements == null) {
      return Facts.of(stated.type());
    }
    if (element == DataType.BOOL) {
      elements = bools(elements);
    }
    Type.OfTensor type = Type.tensor(element, shape);
    long[] values = new long[elements.size()];
    int known = 0;
    int unknown = 0;
    for (Dim each : elements) {
      if (each instanceof Dim.Known(long value)) {
        values[known++] = value;
      } else if (each instanceof Dim.Unknown) {
        unknown++;
      }
    }
    if (values.length > Facts.MAX_ELEMENTS || unknown == values.length) {
      return Facts.of(type);
    }
    if (shape.isKnown() && known == values.length) {
      int[] sizes = Elements.sizes(shape);
      return Tensor.checkedSize(sizes) == values.length
          ? Facts.of(Tensor.fromLongs(element, values, sizes))
          : Facts.of(type);
    }
    return new Facts(type, null, elements);
  }

  private static List<Dim> bools(List<Dim> elements) {
    List<Dim> bools = new ArrayList<>(elements.size());
    for (Dim element : elements) {
      bools.add(element instanceof Dim.Known(long v) ? Dim.of(v == 0 ? 0 : 1) : Dim.UNKNOWN);
    }
    return bools;
  }

  private static List<Dim> prefer(List<Dim> stated, List<Dim> found) {
    List<Dim> merged = new ArrayList<>(stated.size());
    for (int i = 0; i < stated.size(); i++) {
      merged.add(stated.get(i) instanceof Dim.Unknown ? found.get(i) : stated.get(i));
    }
    return merged;
  }

  private GraphResult body(
      Node node,
      String attribute,
      Graph graph,
      List<@Nullable Type> inputs,
      Scope scope,
      Context context) {
    boolean once = node.isOnnx("If");
    List<@Nullable Type> given = node.isOnnx("Loop") ? ranked(graph, inputs) : inputs;
    return engine.graph(
        graph,
        scope,
        given,
        context.body(context.where().body(attribute), once, node.isOnnx("SequenceMap")));
  }

  /** A Loop body may declare its iteration and condition as vectors of one element. */
  private static List<@Nullable Type> ranked(Graph body, List<@Nullable Type> inputs) {
    List<@Nullable Type> given = new ArrayList<>(inputs);
    for (int i = 0; i < 2 && i < given.size() && i < body.inputs().size(); i++) {
      if (body.inputs().get(i).type() instanceof Type.OfTensor(var _, Shape shape)
          && shape.hasRank()
          && shape.rank() == 1
          && given.get(i) instanceof Type.OfTensor(DataType element, Shape _)) {
        given.set(i, Type.tensor(element, Shape.of(1)));
      }
    }
    return given;
  }

  /** Collects the graphs of a node, and infers those that its operator did not ask for. */
  private Outcome bodies(
      Node node,
      @Nullable NodeInference inference,
      List<Facts> outputs,
      Scope scope,
      Context context,
      List<Diagnostic> findings) {
    if (!Graphs.hasBodies(node)) {
      return new Outcome(node, outputs, List.of());
    }
    List<GraphResult> results = new ArrayList<>();
    List<Attribute> attributes = new ArrayList<>();
    for (Attribute attribute : node.attributes()) {
      if (attribute.value() instanceof Attribute.OfGraph(Graph graph)) {
        GraphResult asked = inference == null ? null : inference.lastBody(attribute.name());
        GraphResult result =
            asked != null
                ? asked
                : body(
                    node,
                    attribute.name(),
                    graph,
                    Collections.nCopies(graph.inputs().size(), null),
                    scope,
                    context);
        if (asked != null) {
          findings.addAll(result.findings());
        }
        results.add(result);
        attributes.add(attribute.withValue(new Attribute.OfGraph(result.graph())));
      } else {
        attributes.add(attribute);
      }
    }
    return new Outcome(node.withAttributes(attributes), outputs, results);
  }

  private static List<Facts> padded(List<Facts> outputs, Node node) {
    List<Facts> padded = new ArrayList<>(outputs);
    while (padded.size() < node.outputs().size()) {
      padded.add(Facts.NONE);
    }
    return padded;
  }

  private static void report(
      @Nullable ModelException failure,
      boolean inferring,
      Context context,
      List<Diagnostic> findings) {
    if (failure == null) {
      return;
    }
    String rule =
        failure instanceof UnsupportedModel
            ? "unsupported"
            : inferring || !(failure instanceof InvalidModel) ? "shape" : "operator";
    findings.add(finding(Severity.ERROR, rule, failure.what(), context));
  }

  private static Diagnostic finding(
      Severity severity, String rule, String message, Context context) {
    Severity seen =
        context.conditional() && severity == Severity.ERROR && rule.equals("shape")
            ? Severity.WARNING
            : severity;
    return new Diagnostic(seen, rule, context.where().location(), message);
  }
}
