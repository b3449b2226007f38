package org.sardonyx.conformance.metamorphic;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.runtime.States;
import org.sardonyx.runtime.Stream;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * One run in two parts: a stream carries the states, or the keys and values, from one to the next.
 */
final class Chunks {

  private final Model model;
  private final Map<String, Value> inputs;
  private final Map<String, TimeAxis> outputs;
  private final Map<String, Integer> axes = new LinkedHashMap<>();
  private int steps = -1;

  Chunks(Model model, Map<String, Value> inputs) throws NotApplicable {
    this.model = model;
    this.inputs = inputs;
    this.outputs = TimeAxis.of(model);
    for (Node node : model.graph().nodes()) {
      if (node.value("direction") instanceof Attribute.OfString text
          && !text.text().equals("forward")) {
        throw new NotApplicable(node.label() + " reads backwards");
      }
    }
  }

  /** Returns the outputs that have steps. */
  Map<String, Value> comparable(Map<String, Value> plain) {
    Map<String, Value> some = new LinkedHashMap<>(plain);
    some.keySet().retainAll(outputs.keySet());
    return some;
  }

  Map<String, Value> run(SessionOptions options) throws NotApplicable {
    Stream stream;
    Map<String, String> pairs;
    try {
      Session session = Session.compile(model, options);
      pairs = session.stream().pairs();
      Map<String, Value> begin = new LinkedHashMap<>(inputs);
      begin.keySet().retainAll(pairs.values());
      stream = session.stream(new States(pairs, begin, Map.of(), Map.of()));
    } catch (ModelException e) {
      throw new NotApplicable("no stream of it: " + e.getMessage().lines().findFirst().orElse(""));
    }
    if (pairs.isEmpty()) {
      throw new NotApplicable("it carries no state");
    }
    for (ValueInfo input : model.graph().inputs()) {
      if (pairs.containsValue(input.name()) || !(inputs.get(input.name()) instanceof Tensor t)) {
        continue;
      }
      int axis = Axes.only(input.type(), Axes::isTime);
      if (axis < 0 || (steps >= 0 && steps != t.dim(axis))) {
        throw new NotApplicable("input \"" + input.name() + "\" cannot be cut into parts");
      }
      steps = t.dim(axis);
      axes.put(input.name(), axis);
    }
    if (steps < 2) {
      throw new NotApplicable("there are fewer than two steps");
    }
    Map<String, Value> first = stream.run(part(0, steps / 2));
    Map<String, Value> second = stream.run(part(steps / 2, steps));
    Map<String, Value> joined = new LinkedHashMap<>();
    outputs.forEach((name, time) -> {
      if (first.get(name) instanceof Tensor a && second.get(name) instanceof Tensor b) {
        joined.put(name, Axes.join(a, b, time.axis()));
      }
    });
    return joined;
  }

  private Map<String, Value> part(int from, int to) {
    Map<String, Value> part = new LinkedHashMap<>();
    axes.forEach(
        (name, axis) -> part.put(name, Axes.range(Axes.tensor(inputs, name), axis, from, to)));
    return part;
  }
}
