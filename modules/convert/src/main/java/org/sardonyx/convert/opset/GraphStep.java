package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.TensorData;

/** Takes the nodes of a graph or function, and of the graphs in them, one version on. */
final class GraphStep {

  private final Operators operators;
  private final Functions functions;
  private final Names names;
  private final long from;
  private final long to;
  private final Set<String> reads = new HashSet<>();
  private final Set<String> given = new HashSet<>();
  private final Set<String> released;
  private final List<TensorData> initializers = new ArrayList<>();

  /**
   * @param functions the model's own operators, which no version changes
   * @param names makes the names of new values
   * @param released receives the names of constants that a node stopped reading
   */
  GraphStep(
      Operators operators,
      Functions functions,
      Names names,
      long from,
      long to,
      Set<String> released) {
    this.operators = operators;
    this.functions = functions;
    this.names = names;
    this.from = from;
    this.to = to;
    this.released = released;
  }

  long to() {
    return to;
  }

  boolean isRead(String name) {
    return reads.contains(name);
  }

  void release(String name) {
    released.add(name);
  }

  String fresh(String wanted) {
    return names.fresh(wanted);
  }

  void initializer(TensorData data) {
    initializers.add(data);
  }

  /** Returns the constants that the nodes need in the main graph. */
  List<TensorData> initializers() {
    return initializers;
  }

  /** Whether the version of any of the nodes changes, nested ones included. */
  boolean changes(List<Node> nodes) {
    for (Node node : nodes) {
      if (isOurs(node)) {
        OperatorDef def = operators.find("", node.opType());
        if (def == null || !isOne(signature(def, from), signature(def, to))) {
          return true;
        }
      }
      for (Graph body : Graphs.bodies(node)) {
        if (changes(body.nodes())) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isOurs(Node node) {
    return node.isOnnx() && functions.find(node) == null;
  }

  private static boolean isOne(@Nullable Signature a, @Nullable Signature b) {
    int first = a == null ? 0 : a.sinceVersion();
    return first == (b == null ? 0 : b.sinceVersion());
  }

  /** Returns the version that holds; null where the operator is not yet there. */
  private static @Nullable Signature signature(OperatorDef def, long opset) {
    Signature found = null;
    for (Signature signature : def.versions()) {
      if (signature.sinceVersion() <= opset) {
        found = signature;
      }
    }
    return found;
  }

  /** Notes what the graph gives back; what is read besides, {@link #nodes} notes. */
  void reads(List<ValueInfo> outputs) {
    outputs.forEach(output -> given.add(output.name()));
    reads.addAll(given);
  }

  /** Notes what a function gives back. */
  void readsNames(List<String> outputs) {
    given.addAll(outputs);
    reads.addAll(outputs);
  }

  boolean isGiven(String name) {
    return given.contains(name);
  }

  /** Notes what nodes and the graphs in them read. */
  void readsOf(List<Node> nodes) {
    for (Node node : nodes) {
      reads.addAll(node.inputs());
      for (Graph body : Graphs.bodies(node)) {
        reads(body.outputs());
        readsOf(body.nodes());
      }
    }
  }

  List<Node> nodes(List<Node> nodes, Facts facts, Where where) {
    List<Node> result = new ArrayList<>(nodes.size());
    for (Node node : nodes) {
      node(node, facts, where.node(node), result);
    }
    return result;
  }

  private void node(Node node, Facts facts, Where where, List<Node> into) {
    Node inner = bodies(node, facts, where);
    if (!isOurs(node)) {
      into.add(inner);
      return;
    }
    try {
      OperatorDef def = operators.find("", node.opType());
      if (def == null && isSame(node.opType())) {
        into.add(inner);
        return;
      }
      if (def == null) {
        throw new UnsupportedModel(
            "ai.onnx." + node.opType() + " is not known, so nobody can say what it becomes");
      }
      Signature before = signature(def, from);
      Signature after = signature(def, to);
      if (before != null && isOne(before, after)) {
        into.add(inner);
      } else if (before == null) {
        if (def.signature(from) == null) {
          throw new UnsupportedModel(
              node.opType() + " is not an operator of ai.onnx " + from + ", which is imported");
        }
        into.add(inner); // used before its time, and now it has come
      } else {
        adapt(new Rewrite(this, facts, inner, before, after, into));
      }
    } catch (ModelException e) {
      List<String> path = where.location().path();
      for (int i = path.size() - 1; i >= 0; i--) {
        e.within(path.get(i));
      }
      throw e;
    }
  }

  /** Whether an operator that another module implements, or none, is the same in both versions. */
  private boolean isSame(String operator) {
    return Changes.ALL.knows(operator)
        && Changes.ALL.find(operator, (int) Math.max(from, to)) == null;
  }

  private void adapt(Rewrite rewrite) {
    boolean up = to > from;
    Signature after = rewrite.after();
    int boundary = up && after != null ? after.sinceVersion() : rewrite.before().sinceVersion();
    Change change = Changes.ALL.find(rewrite.node().opType(), boundary);
    Adapter adapter = change == null ? null : up ? change.up() : change.down();
    if (adapter == null) {
      throw rewrite.refuse("nobody has written down what becomes of it");
    }
    adapter.adapt(rewrite);
  }

  private Node bodies(Node node, Facts facts, Where where) {
    if (!Graphs.hasBodies(node)) {
      return node;
    }
    List<Attribute> attributes = new ArrayList<>();
    for (Attribute attribute : node.attributes()) {
      attributes.add(
          switch (attribute.value()) {
            case Attribute.OfGraph(Graph body) ->
                attribute.withValue(
                    new Attribute.OfGraph(body(body, facts, where.body(attribute.name()))));
            case Attribute.OfGraphs(List<Graph> bodies) ->
                attribute.withValue(
                    new Attribute.OfGraphs(
                        bodies.stream()
                            .map(body -> body(body, facts, where.body(attribute.name())))
                            .toList()));
            default -> attribute;
          });
    }
    return node.withAttributes(attributes);
  }

  private Graph body(Graph body, Facts facts, Where where) {
    return body.withNodes(nodes(body.nodes(), facts.within(body), where));
  }
}
