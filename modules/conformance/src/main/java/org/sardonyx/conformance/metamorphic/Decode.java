package org.sardonyx.conformance.metamorphic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.runtime.States;
import org.sardonyx.runtime.Stream;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * One run over all steps against one run for each, where the keys and values of the steps before
 * are carried along. A mask over steps and keys is made causal for both.
 */
final class Decode {

  /** The axis of steps of an input, and the one that counts those before, too; -1 for none. */
  private record Cut(int steps, int keys) {}

  private static final Tolerance SAME = new Tolerance(1e-9, 1e-12, 0, 0);

  private final Model model;
  private final SessionOptions options;
  private final Session session;
  private final Map<String, String> pairs;
  private final Map<String, Value> inputs;
  private final Map<String, TimeAxis> times;
  private final Map<String, Cut> cuts = new LinkedHashMap<>();
  private int steps;
  private int before;

  /**
   * @param plain what the model gives on the inputs
   */
  Decode(Model model, Map<String, Value> inputs, Map<String, Value> plain, SessionOptions options)
      throws NotApplicable {
    this.model = model;
    this.options = options;
    this.session = Session.compile(model, options);
    this.times = TimeAxis.of(model);
    try {
      pairs = session.stream().pairs();
    } catch (ModelException e) {
      throw new NotApplicable("no stream of it: " + e.getMessage().lines().findFirst().orElse(""));
    }
    pairs.forEach((output, input) -> {
      if (plain.get(output) instanceof Tensor after
          && inputs.get(input) instanceof Tensor first
          && after.rank() == first.rank()) {
        for (int axis = 0; axis < first.rank(); axis++) {
          if (after.dim(axis) > first.dim(axis)) {
            steps = after.dim(axis) - first.dim(axis);
            before = first.dim(axis);
          }
        }
      }
    });
    if (steps == 0) {
      throw new NotApplicable("no cache of keys and values grows");
    }
    if (steps < 2) {
      throw new NotApplicable("there are fewer than two steps");
    }
    this.inputs = new LinkedHashMap<>(inputs);
    for (ValueInfo input : model.graph().inputs()) {
      if (!pairs.containsValue(input.name()) && inputs.get(input.name()) instanceof Tensor given) {
        Cut cut = cut(input, given);
        cuts.put(input.name(), cut);
        if (cut.steps() >= 0 && cut.keys() >= 0) {
          this.inputs.put(input.name(), causal(given, cut));
        }
      }
    }
    if (cuts.values().stream().noneMatch(cut -> cut.steps() >= 0)) {
      throw new NotApplicable("no input names its time steps");
    }
    requireCausal();
  }

  private Cut cut(ValueInfo input, Tensor given) throws NotApplicable {
    Cut cut = new Cut(-1, -1);
    if (input.type() instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()) {
      for (int axis = 0; axis < shape.rank(); axis++) {
        if (!(shape.dim(axis) instanceof Dim.Named(String name))) {
          continue;
        }
        if (counts(name) && given.dim(axis) == before + steps && cut.keys() < 0) {
          cut = new Cut(cut.steps(), axis);
        } else if (Axes.isTime(name) && given.dim(axis) == steps && cut.steps() < 0) {
          cut = new Cut(axis, cut.keys());
        } else if (counts(name) || Axes.isTime(name)) {
          throw new NotApplicable("input \"" + input.name() + "\" cannot be cut into steps");
        }
      }
    }
    return cut;
  }

  /** Whether a dimension is named after the keys, those of the steps before included. */
  private static boolean counts(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("total")
        || lower.contains("past")
        || lower.contains("cache")
        || lower.contains("kv")
        || lower.contains("+");
  }

  private Tensor causal(Tensor mask, Cut cut) throws NotApplicable {
    boolean truth = mask.dataType() == DataType.BOOL;
    if (!truth && !mask.dataType().isFloat()) {
      throw new NotApplicable("a mask of " + mask.dataType() + " over steps and keys");
    }
    Tensor causal = Tensor.zeros(mask.dataType(), mask.shape());
    for (int i = 0; i < causal.size(); i++) {
      boolean seen =
          place(i, cut.keys(), mask.shape()) <= before + place(i, cut.steps(), mask.shape());
      if (truth) {
        causal.setLong(i, seen ? 1 : 0);
      } else if (!seen) {
        causal.setDouble(i, -1e4);
      }
    }
    return causal;
  }

  private static int place(int element, int axis, int[] shape) {
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    return element / inner % shape[axis];
  }

  /** Models that look ahead are told by the arbiter, so that a defect of ours is not taken so. */
  private void requireCausal() throws NotApplicable {
    Map<String, Value> changed = new LinkedHashMap<>(inputs);
    cuts.forEach((name, cut) -> {
      if (cut.steps() >= 0 && cut.keys() < 0) {
        int[] places = new int[steps];
        for (int i = 0; i + 1 < steps; i++) {
          places[i] = i;
        }
        changed.put(name, Axes.take(Axes.tensor(inputs, name), cut.steps(), places));
      }
    });
    try (ArbiterEngine arbiter =
            new ArbiterEngine().with(options.operators()).withLimits(options.limits());
        var exact = arbiter.load(model)) {
      Map<String, Value> first = exact.run(inputs);
      Map<String, Value> second = exact.run(changed);
      for (Map.Entry<String, Integer> output : stepped(first).entrySet()) {
        Tensor a = Axes.tensor(first, output.getKey());
        Tensor b = Axes.tensor(second, output.getKey());
        int axis = output.getValue();
        if (!Comparison.of(
                Axes.range(a, axis, 0, steps - 1), Axes.range(b, axis, 0, steps - 1), SAME)
            .agrees()) {
          throw new NotApplicable(
              "output \"" + output.getKey() + "\" sees steps that are still to come");
        }
      }
    } catch (EngineFailed e) {
      // What the arbiter does not run is compared all the same.
      return;
    }
  }

  /** Returns the axes of steps of outputs that have one and are carried nowhere. */
  private Map<String, Integer> stepped(Map<String, Value> outputs) {
    Map<String, Integer> axes = new LinkedHashMap<>();
    times.forEach((name, time) -> {
      if (!pairs.containsKey(name)
          && outputs.get(name) instanceof Tensor tensor
          && time.axis() < tensor.rank()
          && tensor.dim(time.axis()) == steps) {
        axes.put(name, time.axis());
      }
    });
    return axes;
  }

  /**
   * Returns what one run gives: what there is of every step, and what is carried after the last.
   */
  Map<String, Value> prefill() {
    Map<String, Value> all = session.run(inputs);
    Set<String> stepped = stepped(all).keySet();
    Map<String, Value> some = new LinkedHashMap<>(all);
    some.keySet().removeIf(name -> !stepped.contains(name) && !pairs.containsKey(name));
    return some;
  }

  /** Returns the same, one step at a time. */
  Map<String, Value> stepByStep(Map<String, Value> like) {
    Map<String, Value> begin = new LinkedHashMap<>(inputs);
    begin.keySet().retainAll(pairs.values());
    Stream stream = session.stream(new States(pairs, begin, Map.of(), Map.of()));
    Map<String, Integer> axes = stepped(like);
    Map<String, Value> joined = new LinkedHashMap<>();
    for (int step = 0; step < steps; step++) {
      Map<String, Value> found = stream.run(part(step));
      for (Map.Entry<String, Value> output : found.entrySet()) {
        Integer axis = axes.get(output.getKey());
        if (axis == null) {
          joined.put(output.getKey(), output.getValue());
        } else if (output.getValue() instanceof Tensor tensor) {
          joined.merge(output.getKey(), tensor, (a, b) -> Axes.join((Tensor) a, (Tensor) b, axis));
        }
      }
    }
    return joined;
  }

  private Map<String, Value> part(int step) {
    Map<String, Value> part = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(inputs.keySet());
    names.removeAll(pairs.values());
    for (String name : names) {
      Value value = inputs.get(name);
      Cut cut = cuts.get(name);
      if (cut != null && value instanceof Tensor tensor) {
        Tensor kept = tensor;
        if (cut.steps() >= 0) {
          kept = Axes.range(kept, cut.steps(), step, step + 1);
        }
        if (cut.keys() >= 0) {
          kept = Axes.range(kept, cut.keys(), 0, before + step + 1);
        }
        value = kept;
      }
      if (value != null) {
        part.put(name, value);
      }
    }
    return part;
  }
}
