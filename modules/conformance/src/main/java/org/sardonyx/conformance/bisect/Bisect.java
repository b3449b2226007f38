package org.sardonyx.conformance.bisect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.passes.Inline;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Value;

/**
 * Finds the first node at which an engine departs from the float64 arbiter.
 *
 * <p>The arbiter computes the model node by node, and keeps no value longer than it is read. Each
 * node is also run alone in the engine, on the exact inputs rounded to their types: its isolated
 * error. The engine's run of the whole model is tapped, as many values at a time as the byte cap
 * allows: the accumulated error. The first node whose isolated error leaves its budget is the
 * culprit; where it has a graph within, the search goes on there, in the first trip that is off.
 * Functions are inlined.
 *
 * <p>Where no node is off alone and the model is, the engine's rewriting of the graph is at fault;
 * then each value is tapped alone, to learn which ones make the model right.
 */
public final class Bisect {

  /** What the values of one run of the engine may take. */
  public static final long BYTE_CAP = 256L << 20;

  private final Suspect suspect;
  private long byteCap = BYTE_CAP;
  private boolean stopsAtFirst;

  public Bisect(Suspect suspect) {
    this.suspect = suspect;
  }

  /** Sets how many bytes of values a run of the engine may give at a time. */
  public Bisect withByteCap(long bytes) {
    byteCap = bytes;
    return this;
  }

  /** Lets the search end at the first culprit; else all nodes are compared. */
  public Bisect stoppingAtFirst() {
    stopsAtFirst = true;
    return this;
  }

  /**
   * Looks for the culprit.
   *
   * @throws EngineFailed where the engine is missing
   */
  public Bisection of(Model model, Map<String, Value> inputs) throws EngineFailed {
    Model inlined = Inline.of(Operators.standard()).apply(model);
    try (Runner runner = new Runner(suspect.engine(), suspect.options())) {
      Session session = new Session(runner);
      ThreeWay.Side whole = runner.side(inlined, inputs);
      ThreeWay.Failure failure = whole.failure();
      if (failure != null && failure.kind() == EngineFailed.Kind.MISSING) {
        throw new EngineFailed(failure.kind(), failure.message());
      }
      Walk walk = session.walk(List.of(), inlined, inputs, whole.outputs().isEmpty());
      walk.go();
      List<String> off = new ArrayList<>();
      ThreeWay end =
          ThreeWay.of(
                  whole, null, new ThreeWay.Side("arbiter", null, walk.outputs()), suspect.budget())
              .conditionedBy(inlined, inputs, suspect.budget(), 0);
      for (ThreeWay.Output output : end.outputs()) {
        if (output.verdict() == Verdict.OURS_WORSE) {
          off.add(output.name());
        }
      }
      List<String> healing = new ArrayList<>();
      if (session.culprit == null && !off.isEmpty()) {
        healing.addAll(healing(runner, inlined, inputs, walk.outputs(), Set.copyOf(off)));
      }
      return new Bisection(
          runner.name(),
          off,
          failure == null ? "" : failure.kind() + ", " + failure.message(),
          session.rows,
          session.culprit,
          healing,
          session.skipped);
    }
  }

  private static final int MOST_TAPS = 400;

  /** Taps one value at a time, and returns those with which all outputs are right. */
  private List<String> healing(
      Runner runner,
      Model model,
      Map<String, Value> inputs,
      Map<String, Value> truth,
      Set<String> off) {
    List<String> healing = new ArrayList<>();
    Walk.Taps taps = new Walk.Taps(model);
    int runs = 0;
    for (String name : taps.names()) {
      if (++runs > MOST_TAPS) {
        break;
      }
      suspect.progress().accept("tap " + name);
      Map<String, Value> outputs = runner.side(taps.model(List.of(name)), inputs).outputs();
      Map<String, Value> those = new LinkedHashMap<>(outputs);
      those.keySet().retainAll(off);
      ThreeWay tapped =
          ThreeWay.of(
              new ThreeWay.Side("", null, those),
              null,
              new ThreeWay.Side("", null, only(truth, off)),
              suspect.budget());
      if (tapped.outputs().stream().allMatch(o -> o.verdict() == Verdict.AGREE)) {
        healing.add(name);
      }
    }
    return healing;
  }

  private static Map<String, Value> only(Map<String, Value> values, Set<String> names) {
    Map<String, Value> some = new HashMap<>(values);
    some.keySet().retainAll(names);
    return some;
  }

  /** What all walks of one search share. */
  final class Session {
    final Runner runner;
    final List<Bisection.Row> rows = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();
    Bisection.@Nullable Culprit culprit;

    Session(Runner runner) {
      this.runner = runner;
    }

    Walk walk(List<String> place, Model model, Map<String, Value> inputs, boolean onlyAlone) {
      return new Walk(this, place, model, inputs, onlyAlone);
    }

    Budget budget() {
      return suspect.budget();
    }

    /** Our own engine, under the conditions of the one that is looked at. */
    NativeEngine ours() {
      return new NativeEngine("sardonyx", SessionOptions.standard(), suspect.options().reading());
    }

    ArbiterEngine arbiter() {
      return suspect.arbiter();
    }

    long byteCap() {
      return byteCap;
    }

    boolean stops() {
      return stopsAtFirst && culprit != null;
    }

    void tell(String what) {
      suspect.progress().accept(what);
    }
  }
}
