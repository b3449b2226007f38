package org.sardonyx.conformance.bisect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.detail.Slices;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * The runs of the graphs within If, Loop, Scan and SequenceMap, one after the other: what each is
 * given follows from what the one before gave.
 */
abstract class Trips {

  private final String label;
  private final Graph body;
  private final Map<String, Value> around;

  private Trips(String label, Graph body, Map<String, Value> around) {
    this.label = label;
    this.body = body;
    this.around = around;
  }

  /** Returns the runs within a node, or null where it has none that are known here. */
  static @Nullable Trips of(Model model, Node node, Map<String, Value> values) {
    Map<String, Value> around = new LinkedHashMap<>();
    for (Graph body : Graphs.bodies(node)) {
      for (String name : Graphs.captured(body)) {
        Value value = values.get(name);
        if (value != null) {
          around.put(name, value);
        }
      }
    }
    if (node.isOnnx("If") && values.get(node.inputs().getFirst()) instanceof Tensor condition) {
      String branch = condition.getBoolean(0) ? "then_branch" : "else_branch";
      return new Once(branch, graph(node, branch), around);
    }
    if (node.isOnnx("Loop")) {
      return new Looping(graph(node, "body"), around, node, values);
    }
    if (node.isOnnx("Scan")) {
      return Opsets.of(model).version("") >= 9
          ? new Scanning(graph(node, "body"), around, node, values)
          : new ScanningRows(graph(node, "body"), around, node, values);
    }
    if (node.isOnnx("SequenceMap")) {
      return new Mapping(graph(node, "body"), around, node, values);
    }
    return null;
  }

  private static Graph graph(Node node, String attribute) {
    if (node.value(attribute) instanceof Attribute.OfGraph(Graph graph)) {
      return graph;
    }
    throw new IllegalStateException(node.label() + " has no graph " + attribute);
  }

  /** Returns how this run is named in reports, for example {@code trip 3}. */
  String label() {
    return label;
  }

  Graph body() {
    return body;
  }

  /** Returns what this run is given, what its graph captures included; null after the last. */
  @Nullable Map<String, Value> inputs() {
    List<Value> given = given();
    if (given == null) {
      return null;
    }
    Map<String, Value> inputs = new LinkedHashMap<>(around);
    for (int i = 0; i < Math.min(given.size(), body.inputs().size()); i++) {
      inputs.put(body.inputs().get(i).name(), given.get(i));
    }
    return inputs;
  }

  abstract @Nullable List<Value> given();

  /** Goes on to the next run. */
  abstract void next(Map<String, Value> outputs);

  final List<Value> ordered(Map<String, Value> outputs) {
    List<Value> all = new ArrayList<>();
    for (ValueInfo output : body.outputs()) {
      Value value = outputs.get(output.name());
      if (value == null) {
        throw new IllegalStateException("the body did not give " + output.name());
      }
      all.add(value);
    }
    return all;
  }

  private static final class Once extends Trips {
    private boolean done;

    Once(String label, Graph body, Map<String, Value> around) {
      super(label, body, around);
    }

    @Override
    @Nullable List<Value> given() {
      return done ? null : List.of();
    }

    @Override
    void next(Map<String, Value> outputs) {
      done = true;
    }
  }

  private static final class Looping extends Trips {
    private final long most;
    private final boolean conditional;
    private boolean goesOn;
    private List<Value> carried = new ArrayList<>();
    private long trip;

    Looping(Graph body, Map<String, Value> around, Node node, Map<String, Value> values) {
      super("trip", body, around);
      most = input(node, values, 0) instanceof Tensor limit ? limit.getLong(0) : Long.MAX_VALUE;
      Value condition = input(node, values, 1);
      conditional = condition != null;
      goesOn = !(condition instanceof Tensor given) || given.getBoolean(0);
      for (int i = 2; i < node.inputs().size(); i++) {
        Value value = input(node, values, i);
        if (value != null) {
          carried.add(value);
        }
      }
    }

    private static @Nullable Value input(Node node, Map<String, Value> values, int i) {
      return i < node.inputs().size() ? values.get(node.inputs().get(i)) : null;
    }

    @Override
    String label() {
      return "trip " + trip;
    }

    @Override
    @Nullable List<Value> given() {
      if (trip >= most || !goesOn) {
        return null;
      }
      List<Value> given = new ArrayList<>();
      given.add(Tensor.scalar(trip));
      given.add(Tensor.scalar(true));
      given.addAll(carried);
      return given;
    }

    @Override
    void next(Map<String, Value> outputs) {
      List<Value> all = ordered(outputs);
      goesOn = !conditional || !(all.getFirst() instanceof Tensor c) || c.getBoolean(0);
      carried = new ArrayList<>(all.subList(1, 1 + carried.size()));
      trip++;
    }
  }

  private static final class Scanning extends Trips {
    private final List<Tensor> scanned = new ArrayList<>();
    private final long[] axes;
    private final long[] directions;
    private List<Value> states = new ArrayList<>();
    private int step;

    Scanning(Graph body, Map<String, Value> around, Node node, Map<String, Value> values) {
      super("step", body, around);
      int count =
          node.value("num_scan_inputs") instanceof Attribute.OfInt(long number) ? (int) number : 0;
      for (int i = 0; i < node.inputs().size(); i++) {
        Value value = values.get(node.inputs().get(i));
        if (i >= node.inputs().size() - count && value instanceof Tensor tensor) {
          scanned.add(tensor);
        } else if (value != null) {
          states.add(value);
        }
      }
      axes = numbers(node, "scan_input_axes", count);
      directions = numbers(node, "scan_input_directions", count);
    }

    private static long[] numbers(Node node, String attribute, int count) {
      return node.value(attribute) instanceof Attribute.OfInts(List<Long> values)
          ? values.stream().mapToLong(Long::longValue).toArray()
          : new long[count];
    }

    @Override
    String label() {
      return "step " + step;
    }

    private int axis(int i) {
      return (int) (axes[i] < 0 ? axes[i] + scanned.get(i).rank() : axes[i]);
    }

    @Override
    @Nullable List<Value> given() {
      int steps = scanned.isEmpty() ? 0 : scanned.getFirst().dim(axis(0));
      if (step >= steps) {
        return null;
      }
      List<Value> given = new ArrayList<>(states);
      for (int i = 0; i < scanned.size(); i++) {
        int at = directions[i] == 1 ? steps - 1 - step : step;
        given.add(Slices.at(scanned.get(i), axis(i), at));
      }
      return given;
    }

    @Override
    void next(Map<String, Value> outputs) {
      states = new ArrayList<>(ordered(outputs).subList(0, states.size()));
      step++;
    }
  }

  /** Scan 8: the rows of a batch one after the other, each with a length of its own. */
  private static final class ScanningRows extends Trips {
    private final List<Tensor> first = new ArrayList<>();
    private final List<Tensor> scanned = new ArrayList<>();
    private final @Nullable Tensor lengths;
    private final List<Long> directions;
    private List<Value> states = new ArrayList<>();
    private int row;
    private int step;

    ScanningRows(Graph body, Map<String, Value> around, Node node, Map<String, Value> values) {
      super("step", body, around);
      int count =
          node.value("num_scan_inputs") instanceof Attribute.OfInt(long number) ? (int) number : 0;
      lengths = values.get(node.inputs().getFirst()) instanceof Tensor tensor ? tensor : null;
      for (int i = 1; i < node.inputs().size(); i++) {
        if (values.get(node.inputs().get(i)) instanceof Tensor tensor) {
          (i < node.inputs().size() - count ? first : scanned).add(tensor);
        }
      }
      directions =
          node.value("directions") instanceof Attribute.OfInts(List<Long> all) ? all : List.of();
      begin();
    }

    private void begin() {
      while (row < rows() && length() == 0) {
        row++;
      }
      if (row < rows()) {
        states = new ArrayList<>(first.stream().map(state -> Slices.at(state, 0, row)).toList());
      }
    }

    private int rows() {
      return scanned.isEmpty() ? 0 : scanned.getFirst().dim(0);
    }

    private int length() {
      return lengths == null ? scanned.getFirst().dim(1) : (int) lengths.getLong(row);
    }

    @Override
    String label() {
      return "row " + row + ", step " + step;
    }

    @Override
    @Nullable List<Value> given() {
      if (row >= rows()) {
        return null;
      }
      List<Value> given = new ArrayList<>(states);
      for (int i = 0; i < scanned.size(); i++) {
        boolean backwards = i < directions.size() && directions.get(i) == 1;
        int at = backwards ? length() - 1 - step : step;
        given.add(Slices.at(Slices.at(scanned.get(i), 0, row), 0, at));
      }
      return given;
    }

    @Override
    void next(Map<String, Value> outputs) {
      states = new ArrayList<>(ordered(outputs).subList(0, states.size()));
      step++;
      if (step >= length()) {
        step = 0;
        row++;
        begin();
      }
    }
  }

  /** The elements of the sequences, those of the first of them deciding how many there are. */
  private static final class Mapping extends Trips {
    private final List<Value> inputs = new ArrayList<>();
    private int element;

    Mapping(Graph body, Map<String, Value> around, Node node, Map<String, Value> values) {
      super("element", body, around);
      for (String name : node.inputs()) {
        Value value = values.get(name);
        if (value != null) {
          inputs.add(value);
        }
      }
    }

    @Override
    String label() {
      return "element " + element;
    }

    @Override
    @Nullable List<Value> given() {
      if (!(inputs.getFirst() instanceof SequenceValue first)
          || element >= first.elements().size()) {
        return null;
      }
      List<Value> given = new ArrayList<>();
      for (Value input : inputs) {
        given.add(
            input instanceof SequenceValue sequence ? sequence.elements().get(element) : input);
      }
      return given;
    }

    @Override
    void next(Map<String, Value> outputs) {
      element++;
    }
  }
}
