package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.infer.Evaluator;
import org.sardonyx.passes.infer.TypeBinding;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/** A graph in its model while rules work on it: what is known of it before any of them did. */
public final class Site {

  private final @Nullable Site outer;
  private final Graph source;
  private final Model model;
  private final Inferred inferred;
  private final Operators operators;
  private final Functions functions;
  private final Opsets opsets;
  private final Names names;
  private final Budget budget;
  private final Set<String> overridable = new HashSet<>();
  private final Map<String, TensorData> initializers = new HashMap<>();
  private int changes;
  private @Nullable Wiring wiring;

  /** Bytes that constant folding may still make. */
  public static final class Budget {
    private final long each;
    private final Evaluator.Time time = new Evaluator.Time();
    private long left;

    public Budget(long each, long all) {
      this.each = each;
      this.left = all;
    }

    long each() {
      return each;
    }

    Evaluator.Time time() {
      return time;
    }

    boolean take(long bytes) {
      if (bytes > each || bytes > left) {
        return false;
      }
      left -= bytes;
      return true;
    }
  }

  private Site(
      @Nullable Site outer,
      Graph source,
      Model model,
      Inferred inferred,
      Operators operators,
      Names names,
      Budget budget) {
    this.outer = outer;
    this.source = source;
    this.model = model;
    this.inferred = inferred;
    this.operators = operators;
    this.functions = Functions.of(model);
    this.opsets = Opsets.of(model);
    this.names = names;
    this.budget = budget;
    for (TensorData initializer : source.initializers()) {
      initializers.put(initializer.name(), initializer);
    }
    if (model.irVersion() >= 4) {
      for (ValueInfo input : source.inputs()) {
        overridable.add(input.name());
      }
    }
  }

  public static Site main(
      Model model, Inferred inferred, Operators operators, Names names, Budget budget) {
    return new Site(null, model.graph(), model, inferred, operators, names, budget);
  }

  /** Returns the site of a graph nested in this one. */
  public Site nested(Graph graph) {
    return new Site(this, graph, model, inferred, operators, names, budget);
  }

  /** Whether the types of what a graph defines are known: not where a rule has just made it. */
  public boolean knows(Graph graph) {
    return inferred.knows(graph);
  }

  public Names names() {
    return names;
  }

  Budget budget() {
    return budget;
  }

  public Opsets opsets() {
    return opsets;
  }

  /** Whether initializers may stand where no input is: from IR version 4 on. */
  public boolean hasFreeInitializers() {
    return model.irVersion() >= 4;
  }

  /** Notes that a rule did something. */
  public void changed() {
    changes++;
  }

  /** Returns how often rules did something since this was asked before. */
  public int takeChanges() {
    int now = changes;
    changes = 0;
    return now;
  }

  /**
   * Returns who makes and who reads the values of a graph; found once where one rule after the
   * other looks at it and changes nothing.
   */
  @SuppressWarnings("ReferenceEquality") // rules return the graph itself where nothing changed
  public Wiring wiring(Graph graph) {
    Wiring known = wiring;
    if (known == null || known.graph() != graph) {
      known = new Wiring(graph, this);
      wiring = known;
    }
    return known;
  }

  /** Returns the type of a value that the graph defined at first, or sees, or null. */
  public @Nullable Type type(String name) {
    for (Site site = this; site != null; site = site.outer) {
      Type type = site.inferred.type(site.source, name);
      if (type != null) {
        return type;
      }
    }
    return null;
  }

  /** Returns the elements of a small value that is known to be constant, or null. */
  public @Nullable Tensor constant(String name) {
    for (Site site = this; site != null; site = site.outer) {
      Tensor constant = site.inferred.constant(site.source, name);
      if (constant != null) {
        return constant;
      }
    }
    return null;
  }

  /** Returns the elements of a small integer value as far as they are known, or null. */
  public @Nullable List<Dim> elements(String name) {
    for (Site site = this; site != null; site = site.outer) {
      List<Dim> elements = site.inferred.elements(site.source, name);
      if (elements != null) {
        return elements;
      }
    }
    return null;
  }

  /** Returns the initializer of this name, of this graph or one around it; null for defaults. */
  public @Nullable TensorData initializer(String name) {
    for (Site site = this; site != null; site = site.outer) {
      TensorData initializer = site.initializers.get(name);
      if (initializer != null) {
        return site.overridable.contains(name) ? null : initializer;
      }
    }
    return null;
  }

  public boolean isOverridable(String name) {
    return overridable.contains(name);
  }

  /** Returns the definition of a node's operator that holds; null where it is not known. */
  @Nullable OperatorDef definition(Node node) {
    return functions.find(node) != null ? null : operators.find(node.domain(), node.opType());
  }

  /** Whether a node gives the same outputs for the same inputs, and nothing else depends on it. */
  public boolean isDeterministic(Node node) {
    OperatorDef def = definition(node);
    return def != null && def.accuracy() != Accuracy.RANDOM && !Graphs.hasBodies(node);
  }

  /**
   * Returns the operator of a node, or null where it cannot be made or does not take its inputs.
   *
   * @param inputs the types of the inputs; null for one that is not there
   */
  @Nullable Operator operator(Node node, List<@Nullable Type> inputs) {
    OperatorDef def = definition(node);
    Signature signature = def == null ? null : def.signature(opsets.version(node.domain()));
    if (def == null || signature == null) {
      return null;
    }
    List<String> wrong = new ArrayList<>();
    TypeBinding binding = new TypeBinding(signature, (rule, _) -> wrong.add(rule));
    for (int i = 0; i < inputs.size(); i++) {
      Type type = inputs.get(i);
      if (type != null) {
        binding.input(i, type);
      }
    }
    if (!wrong.isEmpty()) {
      return null;
    }
    try {
      return def.create(Attributes.of(node, signature));
    } catch (ModelException _) {
      return null;
    }
  }
}
