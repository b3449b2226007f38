package org.sardonyx.conformance.bisect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.Drawn;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Goes through the nodes of one graph. */
final class Walk {

  private static final int MOST_TRIPS = 10_000;

  private final Bisect.Session session;
  private final List<String> place;
  private final Model model;
  private final Graph graph;
  private final Map<String, Value> inputs;
  private final boolean onlyAlone;
  private final Map<String, TensorData> constants;
  private final Taps taps;
  private final Set<String> drawn;

  /** What is true of the values that are still to be read, floats in double. */
  private final Map<String, Value> exact = new HashMap<>();

  private final Map<String, Value> outputs = new LinkedHashMap<>();

  /** Nodes whose values wait for the next run of the engine. */
  private final List<Pending> batch = new ArrayList<>();

  private long batchBytes;

  private record Pending(
      Node node,
      String output,
      @Nullable Value exact,
      @Nullable Comparison isolated,
      boolean off,
      String message) {}

  Walk(
      Bisect.Session session,
      List<String> place,
      Model model,
      Map<String, Value> inputs,
      boolean onlyAlone) {
    this.session = session;
    this.place = place;
    this.model = model;
    this.graph = model.graph();
    this.inputs = inputs;
    this.onlyAlone = onlyAlone;
    this.constants = new HashMap<>(Piece.constants(graph));
    this.constants.keySet().removeAll(inputs.keySet());
    this.taps = new Taps(model);
    this.drawn = Drawn.of(model);
  }

  /** Returns what is true of the graph's outputs, after {@link #go}. */
  Map<String, Value> outputs() {
    return outputs;
  }

  void go() {
    exact.putAll(inputs);
    Map<String, Integer> lastReads = new HashMap<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (String name : Graphs.reads(graph.nodes().get(i))) {
        lastReads.put(name, i);
      }
    }
    Set<String> wanted = new LinkedHashSet<>();
    graph.outputs().forEach(output -> wanted.add(output.name()));
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      if (!Piece.isConstant(node) && !visit(node)) {
        break;
      }
      for (String name : wanted) {
        Value value = exact.get(name);
        if (value != null) {
          outputs.put(name, value);
        }
      }
      int at = i;
      exact.keySet().removeIf(name -> lastReads.getOrDefault(name, -1) <= at);
    }
    flush();
    for (String name : wanted) {
      TensorData constant = constants.get(name);
      Value given = inputs.get(name);
      if (constant != null) {
        outputs.putIfAbsent(name, constant.load());
      } else if (given != null) {
        outputs.putIfAbsent(name, given);
      }
    }
  }

  /** Returns whether the walk goes on. */
  private boolean visit(Node node) {
    session.tell(node.label());
    Map<String, Value> rounded = new LinkedHashMap<>();
    for (String name : Graphs.reads(node)) {
      Value value = exact.get(name);
      if (value != null) {
        rounded.put(name, Piece.rounded(value, taps.type(name)));
      }
    }
    Node asked = Blame.withSteps(node);
    Model alone = Piece.of(model, asked, rounded, constants, taps.infos(asked));
    Map<String, Value> found;
    ThreeWay.Side truth;
    try (Engine.Loaded loaded = session.arbiter().load(alone)) {
      found = loaded.run(Piece.inputs(alone, exact));
      truth = new ThreeWay.Side("arbiter", null, loaded.run(rounded));
    } catch (EngineFailed e) {
      return withoutTruth(node, alone, rounded, e);
    }
    found.forEach((name, value) -> exact.put(name, value));
    if (node.outputs().stream().anyMatch(drawn::contains)) {
      session.skipped.add(node.label() + ": depends on random numbers");
      return true;
    }
    ThreeWay.Side engine = session.runner.side(alone, rounded);
    ThreeWay judged =
        ThreeWay.of(engine, null, truth, session.budget())
            .conditionedBy(alone, rounded, session.budget(), 0);
    String firstOff = "";
    String message = "";
    ThreeWay.Failure failure = engine.failure();
    for (ThreeWay.Output output : judged.outputs()) {
      if (!node.outputs().contains(output.name())) {
        continue;
      }
      boolean off =
          output.verdict() == Verdict.OURS_WORSE || output.verdict() == Verdict.OURS_FAILED;
      String why =
          failure != null
              ? failure.kind() + ", " + failure.message()
              : output.verdict() == Verdict.AGREE ? "" : output.reason();
      if (off && firstOff.isEmpty()) {
        firstOff = output.name();
        message = why;
      }
      Value value = found.get(output.name());
      batch.add(new Pending(node, output.name(), value, output.ours(), off, why));
      batchBytes += value == null ? 0 : Piece.bytes(value);
    }
    if (judged.outputs().isEmpty() && failure != null) {
      firstOff = node.outputs().getFirst();
      message = failure.kind() + ", " + failure.message();
    }
    if (!firstOff.isEmpty() && session.culprit == null) {
      blame(asked, alone, rounded, judged, firstOff, message);
      if (session.stops()) {
        return false;
      }
    }
    if (batchBytes > session.byteCap()) {
      flush();
    }
    return true;
  }

  /** The arbiter has nothing to say about a node: our own engine goes on in its stead. */
  private boolean withoutTruth(
      Node node, Model alone, Map<String, Value> rounded, EngineFailed failure) {
    session.skipped.add(node.label() + ": " + failure.getMessage());
    try (NativeEngine ours = session.ours();
        Engine.Loaded loaded = ours.load(alone)) {
      loaded.run(rounded).forEach((name, value) -> exact.put(name, value));
      return true;
    } catch (EngineFailed e) {
      session.skipped.add("everything after " + node.label());
      return false;
    }
  }

  /** Looks within a node that is off; blames it itself where nothing within is. */
  private void blame(
      Node node,
      Model alone,
      Map<String, Value> rounded,
      ThreeWay judged,
      String output,
      String message) {
    Map<String, Value> values = new LinkedHashMap<>(rounded);
    for (String name : node.inputs()) {
      TensorData constant = constants.get(name);
      if (constant != null) {
        values.put(name, constant.load());
      }
    }
    Trips trips = Trips.of(model, node, values);
    String within = trips == null ? "" : descend(node, trips);
    if (session.culprit == null) {
      List<String> where = new ArrayList<>(place);
      if (!within.isEmpty()) {
        where.add(node.label() + " " + within);
      }
      session.culprit = new Blame(node, alone, rounded).culprit(where, output, message, judged);
    }
  }

  /** Returns the first trip that is off; empty where none is. */
  private String descend(Node node, Trips trips) {
    Model body = null;
    for (int trip = 0; trip < MOST_TRIPS; trip++) {
      Map<String, Value> given = trips.inputs();
      if (given == null) {
        return "";
      }
      if (body == null) {
        body = Piece.body(model, trips.body(), given, constants);
      }
      Map<String, Value> own = Piece.inputs(body, given);
      Map<String, Value> found;
      try (Engine.Loaded loaded = session.arbiter().load(body)) {
        found = loaded.run(own);
      } catch (EngineFailed e) {
        session.skipped.add(node.label() + ", " + trips.label() + ": " + e.getMessage());
        return "";
      }
      ThreeWay judged =
          ThreeWay.of(
                  session.runner.side(body, own),
                  null,
                  new ThreeWay.Side("arbiter", null, found),
                  session.budget())
              .conditionedBy(body, own, session.budget(), 0);
      if (judged.verdict() == Verdict.OURS_WORSE || judged.verdict() == Verdict.OURS_FAILED) {
        List<String> within = new ArrayList<>(place);
        within.add(node.label() + " " + trips.label());
        session.walk(within, body, own, onlyAlone).go();
        return trips.label();
      }
      Map<String, Value> next = new LinkedHashMap<>();
      Taps types = new Taps(body);
      found.forEach((name, value) -> next.put(name, Piece.rounded(value, types.type(name))));
      trips.next(next);
    }
    return "";
  }

  /** Runs the engine with the values that wait as outputs, and makes rows of them. */
  private void flush() {
    Map<String, Value> found = Map.of();
    if (!onlyAlone && !batch.isEmpty()) {
      Model tapped = taps.model(batch.stream().map(Pending::output).toList());
      found = session.runner.side(tapped, inputs).outputs();
    }
    for (Pending one : batch) {
      Value value = found.get(one.output());
      Comparison accumulated =
          value == null || one.exact() == null
              ? null
              : Comparison.withTruth(one.exact(), value, session.budget().of(ThreeWay.type(value)));
      session.rows.add(
          new Bisection.Row(
              place,
              one.node().label(),
              one.output(),
              accumulated,
              one.isolated(),
              one.off(),
              one.message()));
    }
    batch.clear();
    batchBytes = 0;
  }

  /** A graph whose values are made outputs. */
  static final class Taps {
    private final Model model;
    private final Map<String, Type> types;

    Taps(Model model) {
      this.model = model;
      Inferred inferred = Infer.of(Operators.standard()).infer(model);
      this.types = inferred.types(model.graph());
    }

    @Nullable Type type(String name) {
      return types.get(name);
    }

    /** Returns all that nodes give, but constants. */
    List<String> names() {
      List<String> names = new ArrayList<>();
      for (Node node : model.graph().nodes()) {
        if (!Piece.isConstant(node)) {
          names.addAll(Piece.made(node));
        }
      }
      return names;
    }

    List<ValueInfo> infos(Node node) {
      List<ValueInfo> infos = new ArrayList<>();
      for (String name : Piece.made(node)) {
        infos.add(new ValueInfo(name, open(types.get(name))));
      }
      return infos;
    }

    /** Sizes that were inferred from names are left to the engine. */
    private static @Nullable Type open(@Nullable Type type) {
      return type instanceof Type.OfTensor(var element, var _) ? Type.tensor(element) : type;
    }

    /** Returns the model with these values as outputs beside its own. */
    Model model(List<String> names) {
      Graph graph = model.graph();
      List<ValueInfo> all = new ArrayList<>(graph.outputs());
      Set<String> there = new LinkedHashSet<>();
      all.forEach(output -> there.add(output.name()));
      for (String name : names) {
        if (there.add(name)) {
          all.add(new ValueInfo(name, open(types.get(name))));
        }
      }
      return model.withGraph(
          graph
              .withOutputs(all)
              .withValueInfo(
                  graph.valueInfo().stream().filter(v -> !there.contains(v.name())).toList()));
    }
  }
}
