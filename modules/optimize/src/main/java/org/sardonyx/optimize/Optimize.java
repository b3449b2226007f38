package org.sardonyx.optimize;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.lint.Lint;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.convert.IrVersion;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.error.Location;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.optimize.rules.RollCells;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.simplify.FuseRecurrentLoop;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Value;

/**
 * Makes a model smaller and faster in ONNX itself: the result has the same inputs, outputs,
 * metadata and versions, and runs wherever the model did.
 *
 * <p>A rule is applied to the whole model; what comes of it is checked, runs in double on inputs of
 * several sizes, and is taken back where an output is not what it was. The one thing that is taken
 * for granted is that free dimensions of inputs are at least 1.
 *
 * @param rules the names of the rules to apply
 * @param opset the version of ai.onnx that the model is converted to first; 0 for its own
 * @param irVersion the version of the format; 0 for its own
 * @param microsoft whether operators of com.microsoft may be written, which only ONNX Runtime and
 *     this library run
 * @param repairs whether known faults of exporters are repaired first, which changes what is
 *     computed
 * @param tolerance how far an output may move in double by all steps together
 * @param inputs what it is proven on; empty for random inputs
 * @param seed of random inputs
 * @param limits how much the proof may use
 */
public record Optimize(
    Set<String> rules,
    int opset,
    long irVersion,
    boolean microsoft,
    boolean repairs,
    Tolerance tolerance,
    List<Map<String, Value>> inputs,
    long seed,
    Limits limits) {

  /** Rounding of constants that are computed beforehand, and not more. */
  public static final Tolerance TOLERANCE = new Tolerance(1e-5, 1e-6, 0, 0);

  /** What lint finds that exporters do wrong, and no rewriting can know better. */
  private static final Set<String> FAULTS =
      Set.of(
          "frozen-batch",
          "frozen-state",
          "gate-order",
          "gru-two-biases",
          "bidirectional-reshape",
          "not-finite-weight",
          "training-mode",
          "trap-gru-reset");

  private static final String MICROSOFT = "com.microsoft";
  private static final int MOST_ROUNDS = 30;

  public Optimize {
    rules = Set.copyOf(rules);
    inputs = List.copyOf(inputs);
    for (String rule : rules) {
      if (!RuleList.table().keySet().contains(rule)) {
        throw new IllegalArgumentException(
            "there is no rule " + rule + "; there are " + RuleList.table().keySet());
      }
    }
  }

  /** Returns every rule, proven on random inputs. */
  public static Optimize standard() {
    return new Optimize(
        RuleList.table().keySet(), 0, 0, false, false, TOLERANCE, List.of(), 1, Limits.standard());
  }

  /** Returns the names of all rules, in their order, with what each does. */
  public static Map<String, String> ruleTable() {
    return RuleList.table();
  }

  public Optimize only(Set<String> names) {
    return new Optimize(
        names, opset, irVersion, microsoft, repairs, tolerance, inputs, seed, limits);
  }

  /**
   * Returns the same without some rules.
   *
   * @throws IllegalArgumentException where there is no such rule
   */
  public Optimize without(Set<String> names) {
    only(names);
    Set<String> left = new HashSet<>(rules);
    left.removeAll(names);
    return only(left);
  }

  /** Returns the same that converts the model first, so that newer operators can be written. */
  public Optimize to(int newOpset, long newIrVersion) {
    return new Optimize(
        rules, newOpset, newIrVersion, microsoft, repairs, tolerance, inputs, seed, limits);
  }

  /** Returns the same that may write operators of com.microsoft. */
  public Optimize withMicrosoft(boolean on) {
    return new Optimize(rules, opset, irVersion, on, repairs, tolerance, inputs, seed, limits);
  }

  public Optimize withRepairs(boolean on) {
    return new Optimize(rules, opset, irVersion, microsoft, on, tolerance, inputs, seed, limits);
  }

  public Optimize withTolerance(Tolerance newTolerance) {
    return new Optimize(
        rules, opset, irVersion, microsoft, repairs, newTolerance, inputs, seed, limits);
  }

  /** Returns the same, proven on inputs of the caller. */
  public Optimize provenOn(List<Map<String, Value>> given) {
    return new Optimize(
        rules, opset, irVersion, microsoft, repairs, tolerance, given, seed, limits);
  }

  public Optimize withSeed(long newSeed) {
    return new Optimize(
        rules, opset, irVersion, microsoft, repairs, tolerance, inputs, newSeed, limits);
  }

  public Optimize withLimits(Limits newLimits) {
    return new Optimize(
        rules, opset, irVersion, microsoft, repairs, tolerance, inputs, seed, newLimits);
  }

  /**
   * Applies the rules until none does anything any more.
   *
   * @throws org.sardonyx.error.InvalidModel where the model breaks a rule of ONNX
   * @throws org.sardonyx.error.InvalidInput where the model runs on none of the inputs
   * @throws UnsupportedModel where it cannot be written in the versions that are wanted
   * @throws org.sardonyx.error.LimitExceeded where inference uses too much
   */
  public Optimized apply(Model model) {
    Operators operators = Operators.standard();
    List<String> repaired = new ArrayList<>();
    Model start = repairs ? Repairs.apply(model, operators, repaired) : model;
    requireValid(start, operators);
    List<Map<String, Value>> sets = inputs.isEmpty() ? new ProofInputs(start, seed).sets() : inputs;
    Run run = new Run(operators, new Proof(start, sets, tolerance, limits));
    Model result = withoutUnused(run.to(converted(start, run.proof)));
    return new Optimized(
        result,
        NodeCount.of(model),
        NodeCount.of(result),
        List.copyOf(run.steps.values()),
        run.refused,
        Lint.of(operators).lint(result, List.of()).found().stream()
            .filter(found -> FAULTS.contains(found.rule()))
            .toList(),
        repaired,
        start,
        run.proof.known().stream()
            .map(known -> new Optimized.Sample(known.inputs(), known.outputs()))
            .toList(),
        run.proof.taken(result));
  }

  /** Names the repairs where they are what a model lacks. */
  private void requireValid(Model model, Operators operators) {
    Check check = Check.of(operators);
    try {
      check.requireValid(model);
    } catch (InvalidModel e) {
      List<String> done = new ArrayList<>();
      if (repairs || isBroken(check.check(Repairs.apply(model, operators, done)))) {
        throw e;
      }
      List<Diagnostic> found = new ArrayList<>();
      found.add(
          new Diagnostic(
              Diagnostic.Severity.ERROR,
              "repair",
              Location.NOWHERE,
              "repairs (--repair) would make it valid: " + String.join("; ", done)));
      found.addAll(e.diagnostics());
      throw new InvalidModel(found);
    }
  }

  private static boolean isBroken(List<Diagnostic> found) {
    return found.stream().anyMatch(each -> each.severity() == Diagnostic.Severity.ERROR);
  }

  private Model converted(Model model, Proof proof) {
    Model result = model;
    if (opset > 0) {
      result = ConvertOpset.of(Operators.standard()).to(opset).apply(result);
    }
    if (irVersion > 0 && irVersion != result.irVersion()) {
      result = IrVersion.to(irVersion).apply(result);
    }
    String why = result.equals(model) ? null : proof.refute(result);
    if (why != null) {
      throw new UnsupportedModel("in the versions that are wanted the model is another: " + why);
    }
    boolean imported = result.opsetImports().stream().anyMatch(i -> i.domain().equals(MICROSOFT));
    if (!microsoft || imported) {
      return result;
    }
    List<OpsetImport> imports = new ArrayList<>(result.opsetImports());
    imports.add(new OpsetImport(MICROSOFT, 1));
    return result.withOpsetImports(imports);
  }

  /** Returns the model without an import of com.microsoft that nothing needs. */
  private static Model withoutUnused(Model model) {
    return uses(model.graph()) || !model.functions().isEmpty()
        ? model
        : model.withOpsetImports(
            model.opsetImports().stream().filter(i -> !i.domain().equals(MICROSOFT)).toList());
  }

  private static boolean uses(Graph graph) {
    return graph.nodes().stream()
        .anyMatch(node ->
            node.domain().equals(MICROSOFT)
                || Graphs.bodies(node).stream().anyMatch(Optimize::uses));
  }

  private final class Run {

    private final Operators operators;
    private final Proof proof;
    private final Map<String, Optimized.Step> steps = new LinkedHashMap<>();
    private final List<Optimized.Refused> refused = new ArrayList<>();
    private final Set<String> banned = new HashSet<>();

    /** Folded bytes; what is taken back has used its part of it all the same. */
    private final Site.Budget budget =
        new Site.Budget(limits.most(Limit.FOLDED_NODE_BYTES), limits.most(Limit.FOLDED_BYTES));

    Run(Operators operators, Proof proof) {
      this.operators = operators;
      this.proof = proof;
    }

    Model to(Model start) {
      Model current = start;
      boolean changed = true;
      for (int round = 0; changed && round < MOST_ROUNDS; round++) {
        changed = false;
        for (Rule rule : RuleList.rules()) {
          Model next = step(current, rule);
          changed |= next != null;
          current = next == null ? current : next;
        }
      }
      for (Rule rule : RuleList.lastRules()) {
        Model next = step(current, rule);
        current = next == null ? current : next;
      }
      return current.withGraph(tidy(current.graph()));
    }

    /** Returns the model after a rule; null where it did nothing, or nothing right. */
    private @Nullable Model step(Model model, Rule rule) {
      if (!rules.contains(rule.name()) || banned.contains(rule.name())) {
        return null;
      }
      int[] changes = {0};
      Model candidate =
          rule instanceof RollCells ? rolled(model, changes) : applied(model, rule, changes);
      if (changes[0] == 0) {
        return null;
      }
      String why = proof.refute(candidate);
      if (why != null) {
        banned.add(rule.name());
        refused.add(new Optimized.Refused(rule.name(), changes[0], why));
        return null;
      }
      int nodes = NodeCount.of(model).nodes() - NodeCount.of(candidate).nodes();
      steps.merge(
          rule.name(),
          new Optimized.Step(rule.name(), changes[0], nodes, proof.error()),
          Optimized.Step::plus);
      return candidate;
    }

    /** Rolls the steps that become operators, since a Scan is slower than they were. */
    private Model rolled(Model model, int[] changes) {
      Model current = model;
      int skipped = 0;
      while (true) {
        int[] found = {0};
        Model scanned = applied(current, new RollCells(skipped), found);
        if (found[0] == 0) {
          return current;
        }
        Model candidate = applied(scanned, new FuseRecurrentLoop(), new int[1]);
        if (scans(candidate) > scans(current)) {
          skipped++;
        } else {
          current = candidate;
          changes[0] += found[0];
        }
      }
    }

    private Model applied(Model model, Rule rule, int[] changes) {
      Inferred inferred = Infer.of(operators).provedOnly().infer(model);
      Site site = Site.main(model, inferred, operators, Names.of(model), budget);
      return model.withGraph(graph(model.graph(), site, rule, changes));
    }

    private static int scans(Model model) {
      return NodeCount.of(model).operators().getOrDefault("Scan", 0);
    }

    @SuppressWarnings("ReferenceEquality") // the node itself where nothing changed
    private Graph graph(Graph graph, Site site, Rule rule, int[] changes) {
      List<Node> nodes = new ArrayList<>(graph.nodes().size());
      boolean nested = false;
      for (Node node : graph.nodes()) {
        Node result = Graphs.mapBodies(node, body -> graph(body, site.nested(body), rule, changes));
        nested |= result != node;
        nodes.add(result);
      }
      Graph result = rule.apply(nested ? graph.withNodes(nodes) : graph, site);
      changes[0] += site.takeChanges();
      return result;
    }

    /** Drops types that are declared for values that are gone. */
    private static Graph tidy(Graph graph) {
      Set<String> defined = Graphs.defined(graph);
      List<ValueInfo> values =
          graph.valueInfo().stream().filter(value -> defined.contains(value.name())).toList();
      List<Node> nodes =
          graph.nodes().stream().map(node -> Graphs.mapBodies(node, Run::tidy)).toList();
      return graph.withNodes(nodes).withValueInfo(values);
    }
  }
}
