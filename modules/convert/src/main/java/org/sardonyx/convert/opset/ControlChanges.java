package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** If, Loop, Scan, sequences and optionals. */
final class ControlChanges {

  private ControlChanges() {}

  static void add(Changes all) {
    for (String name : List.of("If", "Loop")) {
      all.same(name, 11);
      all.types(name, 13, 16, 19, 21, 23, 24, 25);
    }
    all.begins(8, "Scan");
    all.change("Scan", 9, ControlChanges::scanUp, ControlChanges::scanDown);
    all.change("Scan", 11, Adapter.KEEP, ControlChanges::scanAxes);
    all.types("Scan", 16, 19, 21, 23, 24, 25);
    all.begins(
        11,
        "ConcatFromSequence",
        "SequenceAt",
        "SequenceConstruct",
        "SequenceEmpty",
        "SequenceErase",
        "SequenceInsert",
        "SequenceLength",
        "SplitToSequence");
    all.types("SplitToSequence", 24);
    all.since("SequenceMap", 17, SequenceMapBody::sequenceMap);
    all.begins(15, "Optional", "OptionalGetElement", "OptionalHasElement");
    all.change("OptionalGetElement", 18, Adapter.KEEP, ControlChanges::getElement);
    all.change("OptionalHasElement", 18, Adapter.KEEP, ControlChanges::hasElement);
  }

  private static void getElement(Rewrite rewrite) {
    Type type = rewrite.type(0);
    if (type == null) {
      throw rewrite.refuse("the type of input " + rewrite.name(0) + " is not known");
    }
    if (type instanceof Type.OfOptional) {
      rewrite.keep();
    } else {
      rewrite.last("Identity", List.of(rewrite.in(0)));
    }
  }

  private static void hasElement(Rewrite rewrite) {
    Type type = rewrite.type(0);
    if (rewrite.has(0) && type == null) {
      throw rewrite.refuse("the type of input " + rewrite.name(0) + " is not known");
    }
    if (type instanceof Type.OfOptional) {
      rewrite.keep();
    } else {
      String answer = rewrite.constant(Tensor.scalar(rewrite.has(0)));
      rewrite.last("Identity", List.of(answer));
    }
  }

  /**
   * Version 8 scans every row of a batch by itself: a Scan over the batch, without states, of a
   * Scan over the row.
   */
  private static void scanUp(Rewrite rewrite) {
    Node node = rewrite.node();
    long scanned = rewrite.integer("num_scan_inputs", 0);
    List<String> inputs = node.inputs().subList(1, node.inputs().size());
    int states = Math.toIntExact(inputs.size() - scanned);
    if (rewrite.has(0)) {
      long length = rewrite.size(1 + states, 1);
      if (Arrays.stream(rewrite.fixedLongs(0)).anyMatch(own -> own != length)) {
        throw rewrite.refuse("rows of the batch have lengths of their own");
      }
    }
    List<ValueInfo> rows = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      rows.add(new ValueInfo(rewrite.fresh("row"), row(rewrite.type(1 + i))));
    }
    List<ValueInfo> results = new ArrayList<>();
    for (String _ : node.outputs()) {
      results.add(new ValueInfo(rewrite.fresh("result"), null));
    }
    List<Attribute> attributes = new ArrayList<>();
    for (Attribute attribute : node.attributes()) {
      attributes.add(
          attribute.name().equals("directions")
              ? new Attribute("scan_input_directions", attribute.value())
              : attribute);
    }
    Node inner =
        new Node(
            node.name(),
            "Scan",
            rows.stream().map(ValueInfo::name).toList(),
            results.stream().map(ValueInfo::name).toList(),
            attributes);
    for (int i = 0; i < results.size(); i++) {
      Type type = rewrite.facts().type(rewrite.out(i));
      results.set(i, results.get(i).withType(row(type)));
    }
    Graph body = new Graph("batch", List.of(inner), rows, results, List.of());
    rewrite.keep(
        node.withInputs(inputs)
            .withAttributes(
                List.of(
                    Attribute.of("body", body),
                    Attribute.of("num_scan_inputs", (long) inputs.size()))));
  }

  /** Returns the type of a row of a batch. */
  private static @Nullable Type row(@Nullable Type type) {
    if (!(type instanceof Type.OfTensor(DataType element, Shape shape))) {
      return null;
    }
    return shape.hasRank() && shape.rank() > 0
        ? Type.tensor(element, Shape.of(shape.dims().subList(1, shape.rank())))
        : Type.tensor(element);
  }

  /** A batch of one row around everything. */
  private static void scanDown(Rewrite rewrite) {
    Node node = rewrite.node();
    int scanned = Math.toIntExact(rewrite.integer("num_scan_inputs", 0));
    int states = node.inputs().size() - scanned;
    long[] axes = rewrite.integers("scan_input_axes");
    zero(rewrite, "scan_output_axes");
    zero(rewrite, "scan_output_directions");
    Attribute first = Attribute.of("axes", new long[] {0});
    List<String> inputs = new ArrayList<>(List.of(""));
    for (int i = 0; i < node.inputs().size(); i++) {
      String value = node.inputs().get(i);
      long axis = i < states || axes == null ? 0 : axes[i - states];
      if (axis != 0) {
        value = rewrite.op("Transpose", value, perm(rewrite.rank(i), (int) axis));
      }
      inputs.add(rewrite.op("Unsqueeze", value, first));
    }
    List<String> outputs = new ArrayList<>();
    for (String output : node.outputs()) {
      outputs.add(output.isEmpty() ? "" : rewrite.fresh("batch"));
    }
    Node bare =
        rewrite.without(
            "scan_input_axes",
            "scan_input_directions",
            "scan_output_axes",
            "scan_output_directions");
    Attribute directions = node.attribute("scan_input_directions");
    if (directions != null) {
      bare = with(bare, new Attribute("directions", directions.value()));
    }
    rewrite.put(bare.withInputs(inputs).withOutputs(outputs));
    for (int i = 0; i < outputs.size(); i++) {
      if (!outputs.get(i).isEmpty()) {
        rewrite.op("Squeeze", List.of(outputs.get(i)), List.of(rewrite.out(i)), first);
      }
    }
  }

  private static void zero(Rewrite rewrite, String attribute) {
    long[] values = rewrite.integers(attribute);
    if (values != null && Arrays.stream(values).anyMatch(value -> value != 0)) {
      throw rewrite.refuse(attribute + " other than 0 were not to be had");
    }
  }

  private static Attribute perm(int rank, int axis) {
    long[] perm =
        LongStream.concat(LongStream.of(axis), LongStream.range(0, rank).filter(i -> i != axis))
            .toArray();
    return Attribute.of("perm", perm);
  }

  private static void scanAxes(Rewrite rewrite) {
    Node node = rewrite.node();
    int scanned = Math.toIntExact(rewrite.integer("num_scan_inputs", 0));
    int states = node.inputs().size() - scanned;
    long[] in = rewrite.integers("scan_input_axes");
    if (in != null) {
      long[] counted = in.clone();
      for (int i = 0; i < in.length; i++) {
        counted[i] = in[i] < 0 ? in[i] + rewrite.rank(states + i) : in[i];
      }
      node = with(node, new Attribute("scan_input_axes", ShapingChanges.ints(counted)));
    }
    long[] out = rewrite.integers("scan_output_axes");
    if (out != null) {
      long[] counted = out.clone();
      for (int i = 0; i < out.length; i++) {
        Shape shape = NetworkChanges.shapeOf(rewrite, states + i);
        if (out[i] < 0 && !shape.hasRank()) {
          throw rewrite.refuse("the rank of output " + (states + i) + " is not known");
        }
        counted[i] = out[i] < 0 ? out[i] + shape.rank() : out[i];
      }
      node = with(node, new Attribute("scan_output_axes", ShapingChanges.ints(counted)));
    }
    rewrite.keep(node);
  }
}
