package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Bytes;
import org.sardonyx.graph.Node;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Chain.Operation;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Finds elementwise nodes that can be computed together: one of them gives the result, and what the
 * others give is read by them alone.
 */
final class Fusion {

  private static final int MOST_PARTS = 24;
  private static final int MOST_INPUTS = 12;

  /** From here on operators of two inputs broadcast as numpy does. */
  private static final int NUMPY = 7;

  private static final Map<String, Unary> UNARY =
      Map.ofEntries(
          Map.entry("Abs", Unary.ABS),
          Map.entry("Neg", Unary.NEG),
          Map.entry("Relu", Unary.RELU),
          Map.entry("Exp", Unary.EXP),
          Map.entry("Log", Unary.LOG),
          Map.entry("Sqrt", Unary.SQRT),
          Map.entry("Reciprocal", Unary.RECIPROCAL),
          Map.entry("Sigmoid", Unary.SIGMOID),
          Map.entry("Tanh", Unary.TANH),
          Map.entry("Erf", Unary.ERF),
          Map.entry("Softplus", Unary.SOFTPLUS));

  private static final Map<String, Binary> BINARY =
      Map.of("Add", Binary.ADD, "Sub", Binary.SUB, "Mul", Binary.MUL, "Div", Binary.DIV);

  private final boolean observed;

  Fusion(boolean observed) {
    this.observed = observed;
  }

  /**
   * Returns the steps with those fused that can be.
   *
   * @param all the steps
   * @param constants by slot: what every run finds there
   * @param kept slots that are read from outside
   */
  List<Step> fuse(List<Step> all, List<@Nullable Value> constants, int[] kept) {
    List<Step> attending = AttentionPattern.fuse(all, constants, kept, observed);
    List<Step> finishing = Epilogue.fuse(attending, constants, kept);
    List<Step> steps = FusedSum.fuse(finishing, constants, kept, observed);
    StepWiring wiring = new StepWiring(steps, constants.size(), kept);
    int[] makers = new int[constants.size()];
    Arrays.fill(makers, -1);
    for (int i = 0; i < steps.size(); i++) {
      if (isElementwise(steps.get(i), constants)) {
        makers[steps.get(i).out()[0]] = i;
      }
    }
    Map<Integer, Step> fused = new HashMap<>();
    Set<Integer> gone = new LinkedHashSet<>();
    for (int i = steps.size() - 1; i >= 0; i--) {
      if (!gone.contains(i) && isElementwise(steps.get(i), constants)) {
        Set<Integer> group = group(i, steps, wiring, makers);
        Step step = group.size() < 2 ? null : step(group, steps, constants);
        if (step != null) {
          fused.put(i, step);
          gone.addAll(group);
        }
      }
    }
    List<Step> result = new ArrayList<>(steps.size());
    for (int i = 0; i < steps.size(); i++) {
      Step step = fused.get(i);
      if (step != null) {
        result.add(step);
      } else if (!gone.contains(i)) {
        result.add(steps.get(i));
      }
    }
    return result;
  }

  /** Returns the steps to compute together with step {@code last}, itself included, in order. */
  private static Set<Integer> group(int last, List<Step> steps, StepWiring wiring, int[] makers) {
    TreeSet<Integer> group = new TreeSet<>(List.of(last));
    boolean grows = true;
    while (grows && group.size() < MOST_PARTS) {
      grows = false;
      Map<Integer, Integer> reads = new HashMap<>();
      for (int i : group) {
        for (int slot : steps.get(i).in()) {
          reads.put(slot, reads.getOrDefault(slot, 0) + 1);
        }
      }
      for (Map.Entry<Integer, Integer> read : reads.entrySet()) {
        int maker = read.getKey() < 0 ? -1 : makers[read.getKey()];
        if (maker >= 0
            && wiring.readers(read.getKey()) == read.getValue()
            && group.size() < MOST_PARTS) {
          grows |= group.add(maker);
        }
      }
    }
    return group;
  }

  private @Nullable Step step(
      Set<Integer> group, List<Step> steps, List<@Nullable Value> constants) {
    List<Step> parts = new ArrayList<>(group.size());
    Set<Integer> made = new HashSet<>();
    for (int i : group) {
      parts.add(steps.get(i));
      made.add(steps.get(i).out()[0]);
    }
    List<Integer> inputs = new ArrayList<>();
    for (Step part : parts) {
      for (int slot : operands(part)) {
        if (!made.contains(slot) && !inputs.contains(slot)) {
          inputs.add(slot);
        }
      }
    }
    int count = inputs.size();
    if (count > MOST_INPUTS) {
      return null;
    }
    Map<Integer, Integer> numbers = new HashMap<>();
    for (int slot : inputs) {
      numbers.put(slot, numbers.size());
    }
    List<Operation> operations = new ArrayList<>();
    for (Step part : parts) {
      operations.add(operation(part, constants, numbers));
      numbers.put(part.out()[0], count + operations.size() - 1);
    }
    FusedChain chain = new FusedChain(new Chain(count, operations), releasing(parts, -1));
    return joined(parts, chain, inputs, parts.getLast().out(), observed);
  }

  /**
   * Returns one step for several, which gives what the last of them gives.
   *
   * @param inputs the slots that it reads, in the order in which it does
   * @param out the slots that it fills
   */
  static Step joined(
      List<Step> parts, Fused operator, List<Integer> inputs, int[] out, boolean observed) {
    // What an operation has in itself is read where the nodes run one by one.
    Set<Integer> slots = new LinkedHashSet<>(inputs);
    StringJoiner name = new StringJoiner("+");
    for (Step part : parts) {
      name.add(part.def().name());
      for (int slot : part.in()) {
        if (slot >= 0) {
          slots.add(slot);
        }
      }
    }
    for (Step part : parts) {
      slots.remove(part.out()[0]);
    }
    Step last = parts.getLast();
    OperatorDef def =
        OperatorDef.named(name.toString())
            .version(1)
            .mixedInput("inputs", "T", 1)
            .output("y", "F")
            .optionalOutput("sum", "F")
            .type("T", DataType.FLOAT, DataType.BOOL)
            .type("F", DataType.FLOAT)
            .create(_ -> operator);
    int[] in = Draft.ints(slots);
    Step step =
        new Step(
            last.key(),
            last.node(),
            last.calls(),
            def,
            new Formals(def, def.versions().getFirst(), in.length),
            operator,
            in,
            out,
            new boolean[in.length],
            Map.of(),
            new int[0],
            null,
            Reuse.NEVER);
    return observed ? step.withPlace(new Place(step, List.of())) : step;
  }

  /**
   * Returns the parts with what each may drop of what lies between them.
   *
   * @param kept a slot that is read elsewhere too; -1 for none
   */
  static List<Step> releasing(List<Step> parts, int kept) {
    List<Step> releasing = new ArrayList<>();
    Set<Integer> open = new LinkedHashSet<>();
    for (Step part : parts) {
      open.add(part.out()[0]);
    }
    open.remove(parts.getLast().out()[0]);
    open.remove(kept);
    for (Step part : parts.reversed()) {
      List<Integer> release = new ArrayList<>();
      for (int slot : part.in()) {
        if (open.remove(slot)) {
          release.add(slot);
        }
      }
      releasing.add(part.withRelease(Draft.ints(release)));
    }
    return releasing.reversed();
  }

  /** Returns the steps that are left where others took over what some did. */
  static List<Step> left(List<@Nullable Step> steps) {
    List<Step> left = new ArrayList<>(steps.size());
    for (Step step : steps) {
      if (step != null) {
        left.add(step);
      }
    }
    return left;
  }

  /** Returns the slots that an operation computes of. */
  private static int[] operands(Step step) {
    boolean two = BINARY.containsKey(step.def().name());
    return two ? step.in() : new int[] {step.in()[0]};
  }

  /** Whether an operator is ours, and no other that the user brought under its name. */
  private static boolean isOurs(OperatorDef def) {
    return def.equals(Operators.standard().find(def.domain(), def.name()));
  }

  /** Returns the function of one input that a step applies to each element, or null. */
  static @Nullable Unary function(Step step) {
    OperatorDef def = step.def();
    if (!isOurs(def)) {
      return null;
    }
    if (def.name().equals("Gelu")) {
      Attribute form = step.node().attribute("approximate");
      return form == null || form.value().equals(new Attribute.OfString(Bytes.of("none")))
          ? Unary.GELU
          : Unary.GELU_TANH;
    }
    return def.domain().isEmpty() ? UNARY.get(def.name()) : null;
  }

  /** Whether a step adds two inputs as numpy does. */
  static boolean isAddition(Step step) {
    OperatorDef def = step.def();
    return def.domain().isEmpty()
        && def.name().equals("Add")
        && isOurs(def)
        && step.formals().signature().sinceVersion() >= NUMPY;
  }

  private static boolean isElementwise(Step step, List<@Nullable Value> constants) {
    OperatorDef def = step.def();
    if (!def.domain().isEmpty() || !isOurs(def) || step.out().length != 1 || step.out()[0] < 0) {
      return false;
    }
    int version = step.formals().signature().sinceVersion();
    return switch (def.name()) {
      case "Clip" -> bounds(step, constants) != null;
      case "Pow" -> version >= NUMPY && isScalar(constants, step.in()[1], 2);
      case "HardSigmoid" -> true;
      default ->
          UNARY.containsKey(def.name()) || (version >= NUMPY && BINARY.containsKey(def.name()));
    };
  }

  private static Operation operation(
      Step step, List<@Nullable Value> constants, Map<Integer, Integer> numbers) {
    String name = step.def().name();
    int x = numbers.getOrDefault(step.in()[0], -1);
    Unary unary = UNARY.get(name);
    if (unary != null) {
      return new Operation.OfOne(unary, x);
    }
    return switch (name) {
      case "Clip" -> {
        float[] bounds = Objects.requireNonNull(bounds(step, constants));
        yield new Operation.Clamp(bounds[0], bounds[1], x);
      }
      case "Pow" -> new Operation.OfTwo(Binary.MUL, x, x);
      case "HardSigmoid" ->
          new Operation.HardSigmoid(
              attribute(step.node(), "alpha", 0.2f), attribute(step.node(), "beta", 0.5f), x);
      default ->
          new Operation.OfTwo(
              Objects.requireNonNull(BINARY.get(name)), x, numbers.getOrDefault(step.in()[1], -1));
    };
  }

  /** Returns between what a Clip of floats keeps its input; null where only a run knows. */
  private static float @Nullable [] bounds(Step step, List<@Nullable Value> constants) {
    if (step.formals().signature().sinceVersion() < 11) {
      float least = attribute(step.node(), "min", Float.NaN);
      float greatest = attribute(step.node(), "max", Float.NaN);
      return least <= greatest ? new float[] {least, greatest} : null;
    }
    float[] bounds = {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    for (int i = 1; i < step.in().length; i++) {
      if (step.in()[i] >= 0) {
        double bound = number(constants, step.in()[i]);
        if (Double.isNaN(bound)) {
          return null;
        }
        bounds[i - 1] = (float) bound;
      }
    }
    return bounds;
  }

  /** Returns the one float of a constant, NaN where it is none. */
  private static double number(List<@Nullable Value> constants, int slot) {
    return slot >= 0
            && constants.get(slot) instanceof Tensor tensor
            && tensor.dataType() == DataType.FLOAT
            && tensor.size() == 1
        ? tensor.getDouble(0)
        : Double.NaN;
  }

  private static boolean isScalar(List<@Nullable Value> constants, int slot, double wanted) {
    return number(constants, slot) == wanted
        && constants.get(slot) instanceof Tensor tensor
        && tensor.rank() == 0;
  }

  private static float attribute(Node node, String name, float otherwise) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfFloat(float value)
        ? value
        : otherwise;
  }
}
