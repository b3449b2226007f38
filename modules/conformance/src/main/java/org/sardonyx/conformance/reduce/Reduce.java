package org.sardonyx.conformance.reduce;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.bisect.Bisect;
import org.sardonyx.conformance.bisect.Bisection;
import org.sardonyx.conformance.bisect.Runner;
import org.sardonyx.conformance.bisect.Suspect;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.Inline;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * Makes a model on which an engine fails small: begins with the culprit that {@link Bisect} finds,
 * then leaves out nodes, those in bodies too, outputs, sizes, hidden units and attributes and turns
 * numbers to zero or round ones, as long as the engine shows the same symptom and the model is
 * valid.
 */
public final class Reduce {

  private static final int TRIES = 2000;

  private final Suspect suspect;
  private Duration time = Duration.ofMinutes(2);

  /**
   * @param suspect the engine that fails, and what it is held against; it is told of every smaller
   *     specimen
   */
  public Reduce(Suspect suspect) {
    this.suspect = suspect;
  }

  /** Sets after which time, once the culprit was looked for, the smallest is good enough. */
  public Reduce withTime(Duration most) {
    time = most;
    return this;
  }

  /**
   * A small specimen.
   *
   * @param specimen the model and its inputs
   * @param symptom what is wrong on it
   * @param tries how many others were looked at
   */
  public record Result(Specimen specimen, Symptom symptom, int tries) {}

  /**
   * Makes a specimen small.
   *
   * @throws InvalidInput where nothing is wrong with the engine on it
   * @throws EngineFailed where the engine is missing
   */
  public Result of(Model model, Map<String, Value> inputs) throws EngineFailed {
    Model inlined = Inline.of(Operators.standard()).apply(model);
    try (Runner runner = new Runner(suspect.engine(), suspect.options())) {
      Run run = new Run(runner, new Specimen(inlined, inputs));
      run.all();
      return new Result(run.best, run.symptom, run.tries);
    }
  }

  private final class Run {
    private final Runner runner;
    private long end = System.nanoTime() + time.toNanos();
    private final Symptom symptom;
    private Specimen best;
    private int tries;

    Run(Runner runner, Specimen first) throws EngineFailed {
      this.runner = runner;
      this.best = first;
      Symptom found =
          Symptom.of(
              runner.side(first.model(), first.inputs()),
              Symptom.truth(suspect.arbiter(), first),
              suspect.budget(),
              first);
      if (found == null) {
        throw new InvalidInput(
            "nothing is wrong with " + runner.name() + " on this model and these inputs");
      }
      if (found.failure() == EngineFailed.Kind.MISSING) {
        throw new EngineFailed(EngineFailed.Kind.MISSING, runner.name() + " is missing");
      }
      this.symptom = found;
    }

    /** Takes a specimen for the best where it is valid and fails in the same way. */
    private boolean take(Specimen other) {
      if (tries >= TRIES || System.nanoTime() > end) {
        return false;
      }
      tries++;
      ThreeWay.Side truth = Symptom.truth(suspect.arbiter(), other);
      if (truth.failure() != null) {
        return false;
      }
      Specimen declared = other.declared(truth.outputs());
      try {
        Check.of(Operators.standard()).requireValid(declared.model());
      } catch (ModelException e) {
        return false;
      }
      ThreeWay.Side side = runner.side(declared.model(), declared.inputs());
      if (!symptom.equals(Symptom.of(side, truth, suspect.budget(), declared))) {
        return false;
      }
      best = declared;
      suspect.progress().accept(best.nodes() + " nodes, " + best.elements() + " numbers");
      return true;
    }

    void all() throws EngineFailed {
      Bisection.Culprit culprit =
          new Bisect(suspect.quietly()).stoppingAtFirst().of(best.model(), best.inputs()).culprit();
      end = System.nanoTime() + time.toNanos();
      if (culprit != null) {
        take(new Specimen(culprit.alone(), culprit.inputs()).tidy());
      }
      Specimen before;
      do {
        before = best;
        each(Shrinks::outputs);
        nodes();
        each(Bodies::fewer);
        each(Shrinks::sizes);
        each(Units::fewer);
        each(Shrinks::attributes);
        each(Shrinks::values);
      } while (!best.equals(before) && tries < TRIES && System.nanoTime() < end);
      take(best.tidy());
    }

    /** Tries all that one way offers, and anew from each that is taken. */
    private void each(Function<Specimen, List<Specimen>> way) {
      boolean found = true;
      while (found) {
        found = false;
        for (Specimen smaller : way.apply(best)) {
          if (take(smaller)) {
            found = true;
            break;
          }
        }
      }
    }

    /** Leaves out runs of nodes, half of them at first. */
    private void nodes() {
      int chunk = Math.max(1, best.model().graph().nodes().size() / 2);
      while (chunk >= 1 && best.model().graph().nodes().size() > 1) {
        boolean found = false;
        for (int from = 0; from < best.model().graph().nodes().size(); from += chunk) {
          found |= without(from, from + chunk);
        }
        if (!found) {
          chunk /= 2;
        }
        chunk = Math.min(chunk, Math.max(1, best.model().graph().nodes().size() / 2));
        if (System.nanoTime() > end || tries >= TRIES) {
          return;
        }
      }
    }

    private boolean without(int from, int to) {
      Graph graph = best.model().graph();
      List<Node> kept = new ArrayList<>(graph.nodes());
      List<Node> dropped = kept.subList(from, Math.min(to, kept.size()));
      Set<String> lost = new LinkedHashSet<>();
      dropped.forEach(node -> lost.addAll(node.outputs()));
      dropped.clear();
      if (kept.isEmpty()) {
        return false;
      }
      Set<String> read = new LinkedHashSet<>();
      kept.forEach(node -> read.addAll(Graphs.reads(node)));
      read.retainAll(lost);
      Inferred inferred = Infer.of(Operators.standard()).infer(best.model());
      Map<String, ValueInfo> infos = new LinkedHashMap<>();
      inferred
          .types(graph)
          .forEach((name, type) ->
              infos.put(
                  name,
                  new ValueInfo(
                      name,
                      type instanceof Type.OfTensor(var element, var _)
                          ? Type.tensor(element)
                          : type)));
      Map<String, Value> values = new LinkedHashMap<>(best.inputs());
      if (!read.isEmpty()) {
        List<ValueInfo> taps = new ArrayList<>();
        for (String name : read) {
          ValueInfo info = infos.get(name);
          if (info == null) {
            return false;
          }
          taps.add(info);
        }
        try (Engine.Loaded loaded =
            suspect
                .arbiter()
                .rounded()
                .load(
                    new Specimen(best.model(), best.inputs())
                        .with(graph.withOutputs(taps).withValueInfo(List.of()))
                        .model())) {
          values.putAll(loaded.run(best.inputs()));
        } catch (EngineFailed e) {
          return false;
        }
      }
      return take(Shrinks.nodes(best, kept, values, infos));
    }
  }
}
