package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Operators with graphs inside. */
final class ControlRecipes {

  private ControlRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(ControlRecipes::either, "If");
    recipes.put(ControlRecipes::loop, "Loop");
    recipes.put(ControlRecipes::scan, "Scan");
    recipes.put(ControlRecipes::map, "SequenceMap");
  }

  private static Node node(String operator, String in, String out, Attribute... attributes) {
    return new Node("", "", operator, List.of(in), List.of(out), List.of(attributes));
  }

  private static ValueInfo value(String name, DataType type) {
    return new ValueInfo(name, Type.tensor(type));
  }

  private static ValueInfo scalar(String name, DataType type) {
    return new ValueInfo(name, Type.tensor(type, Shape.SCALAR));
  }

  private static void either(Draw d) {
    DataType type = d.type("V");
    boolean condition = d.flag("condition");
    boolean two = d.flag("two outputs");
    boolean sequence = d.version() >= 13 && isOld(type) && d.flag("sequence");
    d.set("then_branch", branch(d, type, two, sequence, "then"));
    d.set("else_branch", branch(d, type, two, sequence, "else"));
    d.param(d.flag("rank 1") ? Tensor.of(new boolean[] {condition}, 1) : Tensor.scalar(condition));
    d.give(sequence ? SequenceRecipes.sequenceOf(type) : Type.tensor(type));
    if (two) {
      d.give(type);
    }
  }

  /** Whether there are sequences of the type: they know the types of the first versions only. */
  private static boolean isOld(DataType type) {
    return (type.bits() >= 16 && type != DataType.BFLOAT16)
        || type == DataType.STRING
        || type == DataType.BOOL
        || type == DataType.INT8
        || type == DataType.UINT8;
  }

  private static Graph branch(Draw d, DataType type, boolean two, boolean sequence, String name) {
    List<TensorData> constants = new ArrayList<>();
    constants.add(TensorData.of(name + "_c", Numbers.of(d, type, 2, 3)));
    List<Node> nodes = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    if (sequence) {
      nodes.add(node("SequenceConstruct", name + "_c", name + "_0"));
      outputs.add(new ValueInfo(name + "_0", SequenceRecipes.sequenceOf(type)));
    } else {
      nodes.add(node("Identity", name + "_c", name + "_0"));
      outputs.add(value(name + "_0", type));
    }
    if (two) {
      nodes.add(node("Identity", name + "_c", name + "_1"));
      outputs.add(value(name + "_1", type));
    }
    return new Graph(name, nodes, List.of(), outputs, constants);
  }

  /** Carries a value and its shape unchanged, collects it, and ends after a number of trips. */
  private static void loop(Draw d) {
    DataType type = d.type("V");
    String ends = d.pick("ends", "by count", "by condition", "at once", "by both");
    boolean scans = d.flag("scan output");
    List<Node> nodes = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    List<ValueInfo> inputs =
        List.of(
            scalar("trip", DataType.INT64), scalar("going", DataType.BOOL), value("v_in", type));
    boolean condition = ends.equals("by condition");
    if (condition) {
      // trip < 2, as trip - 2 being negative: true while the cast of 2 - trip is not 0.
      nodes.add(new Node("", "", "Sub", List.of("two", "trip"), List.of("left"), List.of()));
      nodes.add(node("Cast", "left", "go", Attribute.of("to", (long) DataType.BOOL.code())));
      d.require(d.version() >= 7);
    } else {
      nodes.add(node("Identity", "going", "go"));
    }
    nodes.add(node("Identity", "v_in", "v_out"));
    outputs.add(scalar("go", DataType.BOOL));
    outputs.add(value("v_out", type));
    if (scans) {
      nodes.add(node("Identity", "v_in", "scan"));
      outputs.add(value("scan", type));
    }
    d.set(
        "body",
        new Graph(
            "body", nodes, inputs, outputs, List.of(TensorData.of("two", Tensor.scalar(2L)))));
    if (condition) {
      d.none();
    } else {
      d.param(Tensor.scalar(ends.equals("at once") ? 0L : 3L));
    }
    if (condition || ends.equals("by both") || d.flag("cond")) {
      d.param(Tensor.scalar(true));
    } else {
      d.none();
    }
    d.in(Numbers.of(d, type, 2, 3)).give(type);
    if (scans) {
      d.give(type);
    }
  }

  private static void scan(Draw d) {
    DataType type = d.type("V");
    boolean first = d.version() == 8;
    boolean backward = d.flag("backward");
    boolean state = d.flag("state");
    List<Node> nodes = new ArrayList<>();
    List<ValueInfo> inputs = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    if (state) {
      nodes.add(node("Identity", "s_in", "s_out"));
      inputs.add(value("s_in", type));
      outputs.add(value("s_out", type));
    }
    nodes.add(node("Identity", "x_in", "x_out"));
    inputs.add(value("x_in", type));
    outputs.add(value("x_out", type));
    d.set("body", new Graph("body", nodes, inputs, outputs, List.of()));
    d.set("num_scan_inputs", 1L);
    if (backward) {
      d.set(first ? "directions" : "scan_input_directions", new long[] {1});
    }
    if (!first) {
      d.attr("scan_output_directions", new long[0], new long[] {0}, new long[] {1});
      long axis = d.version() >= 11 ? d.pick("axis", 0L, 1L, -1L) : d.pick("axis", 0L, 1L);
      if (axis != 0) {
        d.set("scan_input_axes", new long[] {axis});
      }
      long out = d.version() >= 11 ? d.pick("axis out", 0L, 1L, -1L) : d.pick("axis out", 0L, 1L);
      if (out != 0) {
        d.set("scan_output_axes", new long[] {out});
      }
    }
    if (first) {
      if (d.flag("sequence_lens")) {
        d.param(Tensor.vector(3, 3));
      } else {
        d.none();
      }
    }
    if (state) {
      d.in(first ? Numbers.of(d, type, 2, 2) : Numbers.of(d, type, 2)).give(type);
    }
    d.in(first ? Numbers.of(d, type, 2, 3, 2) : Numbers.of(d, type, 3, 3)).give(type);
  }

  private static void map(Draw d) {
    DataType type = d.type("S");
    boolean more = d.flag("additional tensor");
    List<ValueInfo> inputs = new ArrayList<>();
    inputs.add(value("e_in", type));
    List<Node> nodes = new ArrayList<>();
    nodes.add(node("Identity", "e_in", "e_out"));
    List<ValueInfo> outputs = new ArrayList<>();
    outputs.add(value("e_out", type));
    if (more) {
      inputs.add(value("a_in", type));
      nodes.add(node("Identity", "a_in", "a_out"));
      outputs.add(value("a_out", type));
    }
    d.set("body", new Graph("body", nodes, inputs, outputs, List.of()));
    SequenceValue sequence = SequenceRecipes.sequence(d, type, d.pick("length", 2, 1));
    d.in(sequence);
    d.give(SequenceRecipes.sequenceOf(type));
    if (more) {
      d.in(Numbers.of(d, type, 2, 2)).give(SequenceRecipes.sequenceOf(type));
    }
  }
}
