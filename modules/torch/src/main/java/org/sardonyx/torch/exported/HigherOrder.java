package org.sardonyx.torch.exported;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.torch.aten.Aten;
import org.sardonyx.torch.aten.Control;
import org.sardonyx.torch.aten.Emit;
import org.sardonyx.torch.aten.Scalars;
import org.sardonyx.torch.aten.Several;
import org.sardonyx.torch.aten.Sym;

/** Operators of torch.export whose arguments are graphs: cond, while_loop, scan, and wrappers. */
final class HigherOrder {

  private static final String RESULT = "result";
  private static final String CONDITION = "condition";
  private static final String STEP = "step";

  private final Emit emit;
  private final ExportedGraph graphs;
  private final Scalars scalars;
  private final Control control;

  HigherOrder(Emit emit, ExportedGraph graphs) {
    this.emit = emit;
    this.graphs = graphs;
    this.scalars = new Scalars(emit);
    this.control = new Control(emit);
  }

  @Nullable Object call(String name, List<@Nullable Object> arguments) {
    return switch (name) {
      case "cond" -> cond(arguments);
      case "while_loop" -> whileLoop(arguments);
      case "scan" -> scan(arguments);
      case "wrap_with_set_grad_enabled", "invoke_subgraph", "wrap", "strict_mode" ->
          inline(arguments);
      case "wrap_with_autocast" -> {
        if (arguments.size() > 2 && Boolean.TRUE.equals(arguments.get(2))) {
          throw new UnsupportedModel(
              "autocast, whose types depend on the device: export the module without it");
        }
        yield inline(arguments);
      }
      default ->
          throw new UnsupportedModel(
              "the operator higher_order." + Text.escape(name) + " is not among those known");
    };
  }

  private static ExportedGraph.Sub sub(List<@Nullable Object> arguments, int index) {
    if (index < arguments.size() && arguments.get(index) instanceof ExportedGraph.Sub sub) {
      return sub;
    }
    throw new MalformedModel("argument " + index + " is no graph");
  }

  private static List<@Nullable Object> list(List<@Nullable Object> arguments, int index) {
    return index < arguments.size() ? ExportedGraph.list(arguments.get(index)) : List.of();
  }

  /** A graph that is called once; what comes before it does not change values. */
  private Object inline(List<@Nullable Object> arguments) {
    int at = 0;
    while (at < arguments.size() && !(arguments.get(at) instanceof ExportedGraph.Sub)) {
      at++;
    }
    List<@Nullable Object> rest =
        new ArrayList<>(arguments.subList(Math.min(at + 1, arguments.size()), arguments.size()));
    // A text among them is the name of the graph, for caches.
    rest.removeIf(argument -> argument instanceof String);
    if (rest.size() == 1 && rest.getFirst() instanceof org.sardonyx.torch.aten.Items list) {
      rest = new ArrayList<>(list.items());
    }
    return several(graphs.follow(sub(arguments, at), rest));
  }

  private static Several several(ExportedGraph.Results results) {
    return new Several(results.items(), List.of());
  }

  private @Nullable Object cond(List<@Nullable Object> arguments) {
    Object condition = scalars.truth(arguments.getFirst());
    ExportedGraph.Sub then = sub(arguments, 1);
    ExportedGraph.Sub otherwise = sub(arguments, 2);
    List<@Nullable Object> operands = list(arguments, 3);
    if (condition instanceof Boolean known) {
      return several(graphs.follow(known ? then : otherwise, operands));
    }
    Map<String, @Nullable Object> variables = new LinkedHashMap<>();
    control.branch(
        (Sym) condition,
        variables,
        inner -> inner.put(RESULT, several(graphs.follow(then, operands))),
        inner -> inner.put(RESULT, several(graphs.follow(otherwise, operands))));
    return usable(variables.get(RESULT));
  }

  private static @Nullable Object usable(@Nullable Object value) {
    String why = Control.unusable(value);
    if (why != null) {
      throw new UnsupportedModel("the branches do not go together: " + why);
    }
    return value;
  }

  private Object whileLoop(List<@Nullable Object> arguments) {
    ExportedGraph.Sub condition = sub(arguments, 0);
    ExportedGraph.Sub body = sub(arguments, 1);
    List<@Nullable Object> carried = list(arguments, 2);
    List<@Nullable Object> additional = list(arguments, 3);
    Map<String, @Nullable Object> variables = variables(carried);
    Set<String> assigned = new LinkedHashSet<>(variables.keySet());
    Object first = holds(condition, joined(carried, additional));
    if (Boolean.FALSE.equals(first)) {
      return new Several(carried, List.of());
    }
    control.loop(
        null,
        first,
        "",
        variables,
        assigned,
        inner -> {
          List<@Nullable Object> next =
              graphs.follow(body, joined(values(inner, carried.size()), additional)).items();
          set(inner, next, carried.size());
          inner.put(CONDITION, holds(condition, joined(values(inner, carried.size()), additional)));
        },
        CONDITION);
    return new Several(values(variables, carried.size()), List.of());
  }

  private Object holds(ExportedGraph.Sub condition, List<@Nullable Object> inputs) {
    return scalars.truth(graphs.follow(condition, inputs).items().getFirst());
  }

  /** The first axis of what is scanned is that of the steps; each step gives a slice of results. */
  private Object scan(List<@Nullable Object> arguments) {
    ExportedGraph.Sub body = sub(arguments, 0);
    List<@Nullable Object> init = list(arguments, 1);
    List<@Nullable Object> scanned = list(arguments, 2);
    boolean old = arguments.size() > 4;
    if (old && !Long.valueOf(0).equals(arguments.get(3))) {
      throw new UnsupportedModel("scan over another axis than the first");
    }
    boolean reverse = old && Boolean.TRUE.equals(arguments.get(4));
    List<@Nullable Object> additional = list(arguments, old ? 5 : 3);
    if (scanned.isEmpty()) {
      throw new UnsupportedModel("scan over nothing");
    }
    Object steps = aten("size", scanned.getFirst(), 0L);
    Map<String, @Nullable Object> variables = variables(init);
    Set<String> assigned = new LinkedHashSet<>(variables.keySet());
    int outputs = body.graph().get("outputs").list().size() - init.size();
    List<Object> lists = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      lists.add(emit.items(List.of()));
    }
    control.loop(
        steps,
        null,
        STEP,
        variables,
        assigned,
        inner -> {
          Object step = java.util.Objects.requireNonNull(inner.get(STEP));
          Object at = reverse ? aten("sub", aten("sub", steps, 1L), step) : step;
          List<@Nullable Object> inputs = new ArrayList<>(values(inner, init.size()));
          scanned.forEach(x -> inputs.add(aten("select", x, 0L, at)));
          List<@Nullable Object> next = graphs.follow(body, joined(inputs, additional)).items();
          set(inner, next, init.size());
          for (int i = 0; i < outputs; i++) {
            aten("append", lists.get(i), next.get(init.size() + i));
          }
        },
        "");
    List<@Nullable Object> results = new ArrayList<>(values(variables, init.size()));
    for (Object list : lists) {
      Object stacked = aten("stack", list, 0L);
      results.add(reverse ? aten("flip", stacked, emit.items(List.of(0L))) : stacked);
    }
    return new Several(results, List.of());
  }

  private Object aten(String name, @Nullable Object... arguments) {
    return java.util.Objects.requireNonNullElse(
        Aten.call(emit, name, java.util.Arrays.asList(arguments), Map.of()), "nothing");
  }

  private static Map<String, @Nullable Object> variables(List<@Nullable Object> values) {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>();
    set(variables, values, values.size());
    return variables;
  }

  private static void set(
      Map<String, @Nullable Object> variables, List<@Nullable Object> values, int count) {
    for (int i = 0; i < count; i++) {
      variables.put("carried" + i, values.get(i));
    }
  }

  private static List<@Nullable Object> values(Map<String, @Nullable Object> variables, int count) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(usable(variables.get("carried" + i)));
    }
    return values;
  }

  private static List<@Nullable Object> joined(List<@Nullable Object> a, List<@Nullable Object> b) {
    List<@Nullable Object> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }
}
