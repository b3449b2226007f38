package org.sardonyx.convert.gradient;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;

/** What moves elements, repeats them, and leaves some out. */
final class ShapeRules {

  private ShapeRules() {}

  static void addTo(Map<String, Rule> rules) {
    Rule reshaped = s -> s.give(0, s.forms().shaped(s.g(), s.in(0)));
    for (String name : List.of("Reshape", "Flatten", "Squeeze", "Unsqueeze")) {
      rules.put(name, reshaped);
    }
    rules.put("Expand", s -> s.giveBroadcast(0, s.g()));
    rules.put("Tile", s -> s.give(0, s.forms().untiled(s.g(), s.in(0), s.in(1))));
    rules.put("Slice", s -> picked(s, true));
    for (String name : List.of("DepthToSpace", "SpaceToDepth", "ReverseSequence", "Compress")) {
      rules.put(name, s -> picked(s, true));
    }
    rules.put("Gather", ShapeRules::gather);
    rules.put(
        "Trilu",
        s ->
            s.give(
                0,
                s.op(
                    "Trilu",
                    s.node().attributes(),
                    s.has(1) ? new String[] {s.g(), s.in(1)} : new String[] {s.g()})));
    rules.put("TopK", ShapeRules::topK);
    rules.put("ScatterND", ShapeRules::scatterND);
    for (String name : List.of("GatherElements", "GatherND")) {
      rules.put(name, s -> picked(s, false));
    }
    rules.put("Transpose", ShapeRules::transpose);
    rules.put("Concat", ShapeRules::concat);
    rules.put("Split", ShapeRules::split);
    rules.put("Scatter", ShapeRules::scatter);
    rules.put("ScatterElements", ShapeRules::scatter);
  }

  /** The node itself, run on the numbers of the elements, says where each came from. */
  private static void picked(Step s, boolean once) {
    s.give(
        0,
        s.forms()
            .unpicked(
                s.g(),
                s.in(0),
                once,
                numbers -> {
                  List<String> inputs = new ArrayList<>(s.node().inputs());
                  inputs.set(0, numbers);
                  Node node = s.node();
                  return s.op(node.opType(), node.attributes(), inputs.toArray(String[]::new));
                }));
  }

  private static void gather(Step s) {
    if (s.forms().version() >= 16) {
      picked(s, false);
      return;
    }
    long axis = s.getInt("axis", 0);
    long front = axis < 0 ? axis + s.tape().rank(s.in(0)) : axis;
    s.give(0, s.forms().ungathered(s.g(), s.in(0), s.in(1), front));
  }

  private static void transpose(Step s) {
    List<Long> perm = s.getInts("perm");
    if (perm == null) {
      s.give(0, s.op("Transpose", s.g()));
      return;
    }
    long[] inverse = new long[perm.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[(int) (long) perm.get(i)] = i;
    }
    s.give(0, s.op("Transpose", List.of(Attribute.of("perm", inverse)), s.g()));
  }

  private static void concat(Step s) {
    List<String> parts = s.forms().split(s.g(), s.getInt("axis", 0), s.node().inputs());
    for (int i = 0; i < parts.size(); i++) {
      if (s.wants(i)) {
        s.give(i, parts.get(i));
      }
    }
  }

  private static void split(Step s) {
    String[] parts = new String[s.node().outputs().size()];
    for (int i = 0; i < parts.length; i++) {
      if (s.out(i).isEmpty()) {
        throw s.refuse("an output has no name");
      }
      parts[i] = s.g(i);
    }
    long axis = s.getInt("axis", 0);
    s.give(0, s.op("Concat", List.of(Attribute.of("axis", axis)), parts));
  }

  private static void scatter(Step s) {
    List<Attribute> axis = List.of(Attribute.of("axis", s.getInt("axis", 0)));
    if (s.wants(0)) {
      String zeros = s.forms().filled(s.in(2), 0);
      s.give(0, adds(s) ? s.g() : s.op(s.node().opType(), axis, s.g(), s.in(1), zeros));
    }
    if (s.wants(2)) {
      s.give(2, s.op("GatherElements", axis, s.g(), s.in(1)));
    }
  }

  private static void scatterND(Step s) {
    if (s.wants(0)) {
      String zeros = s.forms().filled(s.in(2), 0);
      s.give(0, adds(s) ? s.g() : s.op("ScatterND", s.g(), s.in(1), zeros));
    }
    if (s.wants(2)) {
      s.give(2, s.op("GatherND", s.g(), s.in(1)));
    }
  }

  private static boolean adds(Step s) {
    String reduction = s.getString("reduction", "none");
    if (!reduction.equals("add") && !reduction.equals("none")) {
      throw s.refuse("its reduction is " + reduction);
    }
    return reduction.equals("add");
  }

  /** The second output says where along the axis each value is. */
  private static void topK(Step s) {
    if (s.node().outputs().size() < 2 || s.out(1).isEmpty()) {
      throw s.refuse("its indices have no name");
    }
    List<Attribute> axis = List.of(Attribute.of("axis", s.getInt("axis", -1)));
    String zeros = s.forms().filled(s.in(0), 0);
    s.give(0, s.op("ScatterElements", axis, zeros, s.out(1), s.g()));
  }
}
