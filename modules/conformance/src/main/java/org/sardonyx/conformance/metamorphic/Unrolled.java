package org.sardonyx.conformance.metamorphic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.Taps;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Inline;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Renaming;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/**
 * Loop, Scan and recurrent layers of a graph written out, one step after the other. How many steps
 * there are is seen from a run.
 */
final class Unrolled {

  private static final int MOST_STEPS = 128;
  private static final int MOST_NODES = 20_000;

  private final Script script;
  private final Map<String, Value> values = new HashMap<>();

  private Unrolled(Model model, Map<String, Value> inputs, SessionOptions options) {
    script = new Script(model);
    Set<String> asked = new LinkedHashSet<>();
    for (Node node : model.graph().nodes()) {
      if (repeats(node)) {
        asked.addAll(node.inputs());
      }
    }
    asked.remove("");
    for (TensorData data : model.graph().initializers()) {
      if (asked.remove(data.name())) {
        values.put(data.name(), data.load());
      }
    }
    asked.removeAll(inputs.keySet());
    values.putAll(inputs);
    values.putAll(Session.compile(Taps.with(model, asked), options).run(inputs));
  }

  private static boolean repeats(Node node) {
    return node.isOnnx("Loop") || node.isOnnx("Scan") || isLayer(node);
  }

  private static boolean isLayer(Node node) {
    return node.isOnnx("LSTM") || node.isOnnx("GRU") || node.isOnnx("RNN");
  }

  /** Returns the model with every step of these inputs written out. */
  static Model of(Model model, Map<String, Value> inputs, SessionOptions options)
      throws NotApplicable {
    Model whole = Inline.of(Operators.standard().with(options.operators())).apply(model);
    if (whole.graph().nodes().stream().noneMatch(Unrolled::repeats)) {
      throw new NotApplicable("there is no Loop, Scan or recurrent layer");
    }
    Unrolled change = new Unrolled(whole, inputs, options);
    String refused = "";
    boolean any = false;
    for (Node node : whole.graph().nodes()) {
      try {
        if (!repeats(node)) {
          change.script.add(node);
        } else if (isLayer(node)) {
          change.layer(node);
          any = true;
        } else {
          change.body(node, node.isOnnx("Loop"));
          any = true;
        }
      } catch (NotApplicable e) {
        refused = refused.isEmpty() ? e.why() : refused;
        change.script.add(node);
      }
    }
    if (!any) {
      throw new NotApplicable(refused);
    }
    List<TensorData> initializers = new ArrayList<>(whole.graph().initializers());
    initializers.addAll(change.script.constants());
    return whole.withGraph(
        whole.graph().withNodes(change.script.nodes()).withInitializers(initializers));
  }

  private @Nullable Tensor tensor(Node node, int input) {
    return input < node.inputs().size() && values.get(node.inputs().get(input)) instanceof Tensor t
        ? t
        : null;
  }

  private static void requireFew(Node node, long steps, int nodes) throws NotApplicable {
    if (steps < 1) {
      throw new NotApplicable(node.label() + " has no step here");
    }
    if (steps > MOST_STEPS || steps * nodes > MOST_NODES) {
      throw new NotApplicable(node.label() + " has too many steps: " + steps);
    }
  }

  private void layer(Node node) throws NotApplicable {
    Tensor x = tensor(node, 0);
    Tensor r = tensor(node, 2);
    if (x == null || r == null) {
      throw new NotApplicable(node.label() + " reads no tensors");
    }
    Layer layer = new Layer(node, script, x, r);
    requireFew(node, layer.steps(), 60);
    layer.write();
  }

  private void body(Node node, boolean loop) throws NotApplicable {
    Graph body = Graphs.bodies(node).getFirst();
    if (!body.sparseInitializers().isEmpty()) {
      throw new NotApplicable(node.label() + " holds sparse weights");
    }
    if (loop) {
      loop(node, body);
    } else {
      scan(node, body);
    }
  }

  private void loop(Node node, Graph body) throws NotApplicable {
    Tensor count = tensor(node, 0);
    Tensor condition = tensor(node, 1);
    if (count == null) {
      throw new NotApplicable(node.label() + " counts no trips");
    }
    if (condition != null
        && !(condition.getBoolean(0) && stays(body, body.outputs().getFirst().name()))) {
      throw new NotApplicable(node.label() + " decides for itself when it ends");
    }
    requireFew(node, count.getLong(0), body.nodes().size());
    List<String> carried =
        new ArrayList<>(
            node.inputs().subList(Math.min(2, node.inputs().size()), node.inputs().size()));
    List<List<String>> trips = new ArrayList<>();
    for (long trip = 0; trip < count.getLong(0); trip++) {
      List<String> given = new ArrayList<>();
      given.add(script.constant(Tensor.scalar(trip)));
      given.add(script.constant(Tensor.scalar(true)));
      given.addAll(carried);
      List<String> got = once(body, given);
      carried = got.subList(1, 1 + carried.size());
      trips.add(got.subList(1 + carried.size(), got.size()));
    }
    give(node, carried);
    for (int i = 0; i < trips.getFirst().size(); i++) {
      stack(node, carried.size(), i, trips, 0, false);
    }
  }

  /** Whether a condition never becomes false. */
  private static boolean stays(Graph body, String name) {
    if (name.equals(body.inputs().get(1).name())) {
      return true;
    }
    for (TensorData data : body.initializers()) {
      if (data.name().equals(name)) {
        return data.load().getBoolean(0);
      }
    }
    for (Node node : body.nodes()) {
      if (node.outputs().contains(name)) {
        return node.isOnnx("Constant")
            ? node.value("value") instanceof Attribute.OfTensor(TensorData data)
                && data.load().getBoolean(0)
            : (node.isOnnx("Identity") || node.isOnnx("Cast"))
                && stays(body, node.inputs().getFirst());
      }
    }
    return false;
  }

  private void scan(Node node, Graph body) throws NotApplicable {
    if (script.version() < 9) {
      throw new NotApplicable(node.label() + " has batches, as before version 9 of ai.onnx");
    }
    int scanned =
        node.value("num_scan_inputs") instanceof Attribute.OfInt(long number) ? (int) number : 0;
    int states = node.inputs().size() - scanned;
    int given = body.outputs().size() - states;
    long[] axes = numbers(node, "scan_input_axes", scanned);
    long[] directions = numbers(node, "scan_input_directions", scanned);
    int steps = -1;
    for (int i = 0; i < scanned; i++) {
      Tensor tensor = tensor(node, states + i);
      if (tensor == null) {
        throw new NotApplicable(node.label() + " reads no tensors");
      }
      axes[i] += axes[i] < 0 ? tensor.rank() : 0;
      steps = tensor.dim((int) axes[i]);
    }
    requireFew(node, steps, body.nodes().size());
    List<String> carried = node.inputs().subList(0, states);
    List<List<String>> parts = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      List<String> in = new ArrayList<>(carried);
      for (int i = 0; i < scanned; i++) {
        in.add(
            script.at(
                node.inputs().get(states + i),
                axes[i],
                directions[i] == 1 ? steps - 1 - step : step));
      }
      List<String> got = once(body, in);
      carried = got.subList(0, states);
      parts.add(got.subList(states, got.size()));
    }
    give(node, carried);
    long[] outAxes = numbers(node, "scan_output_axes", given);
    long[] outDirections = numbers(node, "scan_output_directions", given);
    for (int i = 0; i < given; i++) {
      stack(node, states, i, parts, outAxes[i], outDirections[i] == 1);
    }
  }

  private static long[] numbers(Node node, String attribute, int count) {
    return node.value(attribute) instanceof Attribute.OfInts(List<Long> values)
        ? values.stream().mapToLong(Long::longValue).toArray()
        : new long[count];
  }

  /** Writes a body once; returns the names of its outputs. */
  private List<String> once(Graph body, List<String> given) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String name : Graphs.defined(body)) {
      names.put(name, script.fresh());
    }
    for (int i = 0; i < body.inputs().size(); i++) {
      names.put(body.inputs().get(i).name(), given.get(i));
    }
    for (TensorData data : body.initializers()) {
      names.put(data.name(), script.constant(data));
    }
    Renaming renaming = Renaming.deep(names, _ -> script.fresh());
    body.nodes().forEach(inner -> script.add(renaming.apply(inner)));
    return body.outputs().stream().map(ValueInfo::name).map(renaming::apply).toList();
  }

  private void give(Node node, List<String> carried) {
    for (int i = 0; i < Math.min(carried.size(), node.outputs().size()); i++) {
      if (!node.outputs().get(i).isEmpty()) {
        script.give(carried.get(i), node.outputs().get(i));
      }
    }
  }

  private void stack(
      Node node, int states, int which, List<List<String>> steps, long axis, boolean backwards) {
    int output = states + which;
    if (output < node.outputs().size() && !node.outputs().get(output).isEmpty()) {
      List<List<String>> ordered = backwards ? steps.reversed() : steps;
      script.give(
          script.stacked(ordered.stream().map(step -> step.get(which)).toList(), axis),
          node.outputs().get(output));
    }
  }
}
