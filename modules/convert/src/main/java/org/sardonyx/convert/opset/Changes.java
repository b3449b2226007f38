package org.sardonyx.convert.opset;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** For every operator of ai.onnx and every version of it, what becomes of a node there. */
final class Changes {

  static final Changes ALL = all();

  private final Map<String, Map<Integer, Change>> changes = new HashMap<>();

  private Changes() {}

  private static Changes all() {
    Changes all = new Changes();
    AttentionChanges.add(all);
    BroadcastChanges.add(all);
    ChoiceChanges.add(all);
    ControlChanges.add(all);
    ElementwiseChanges.add(all);
    GeneratorChanges.add(all);
    IndexingChanges.add(all);
    LossChanges.add(all);
    NetworkChanges.add(all);
    NormalizationChanges.add(all);
    QuantizationChanges.add(all);
    RecurrentChanges.add(all);
    ReductionChanges.add(all);
    RegionChanges.add(all);
    ResizeChanges.add(all);
    ShapingChanges.add(all);
    return all;
  }

  /** Returns what is decided where {@code version} of an operator begins, or null where nothing. */
  @Nullable Change find(String operator, int version) {
    Map<Integer, Change> versions = changes.get(operator);
    return versions == null ? null : versions.get(version);
  }

  /** Whether anything is decided of an operator: its versions are known, implemented or not. */
  boolean knows(String operator) {
    return changes.containsKey(operator);
  }

  /** What is done with every decision. */
  interface Each {
    void accept(String operator, int version, Change change);
  }

  void each(Each each) {
    changes.forEach((operator, versions) ->
        versions.forEach((version, change) -> each.accept(operator, version, change)));
  }

  /** From one version to the next only the types that are taken change. */
  void types(String operator, int... versions) {
    for (int version : versions) {
      put(operator, version, new Change(true, Adapter.KEEP, Adapter.KEEP));
    }
  }

  /** A node means the same, and what is new in the version has defaults that have no effect. */
  void same(String operator, int... versions) {
    for (int version : versions) {
      put(operator, version, new Change(false, Adapter.KEEP, Adapter.KEEP));
    }
  }

  void change(String operator, int version, Adapter up, Adapter down) {
    put(operator, version, new Change(false, up, down));
  }

  /** The operator begins with a version; {@code down} is what stands for it before. */
  void since(String operator, int version, Adapter down) {
    put(operator, version, new Change(false, null, down));
  }

  /** The operator begins with a version, and nothing stands for it before. */
  void begins(int version, String... operators) {
    for (String operator : operators) {
      since(operator, version, Adapter.refuse("it is not in older versions, nor can they say it"));
    }
  }

  private void put(String operator, int version, Change change) {
    Map<Integer, Change> versions = changes.computeIfAbsent(operator, _ -> new TreeMap<>());
    if (versions.put(version, change) != null) {
      throw new IllegalStateException(operator + "-" + version + " is decided twice");
    }
  }
}
