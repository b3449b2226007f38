package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Branches and loops that are decided when the model runs: If and Loop. */
public final class Control {

  private static final int MOST_ROUNDS = 8;

  private final Emit e;

  public Control(Emit e) {
    this.e = e;
  }

  /** What follows a program: changes the variables, or throws {@link Raised}. */
  public interface Body {
    void run(Map<String, @Nullable Object> variables);
  }

  /** An exception that the program raises. */
  public static final class Raised extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Raised(String what) {
      super(what, null, false, false);
    }
  }

  /** A value for a variable that was declared and not given one. */
  public static Object uninitialized() {
    return Form.Uninitialized.VALUE;
  }

  /** Returns why a value cannot be used; null where it can. */
  public static @Nullable String unusable(@Nullable Object value) {
    return value instanceof Form.Apart(String why) ? why : null;
  }

  /** What came of a body: its graph, its variables, and what it changed. */
  private record Ran(
      GraphBuilder graph,
      Map<String, @Nullable Object> variables,
      Map<Cell, Object> changed,
      boolean raised) {}

  private Ran run(String name, Map<String, @Nullable Object> before, Body body) {
    GraphBuilder outer = e.begin(name);
    GraphBuilder graph = e.graph();
    Map<String, @Nullable Object> variables = new LinkedHashMap<>(before);
    boolean raised = false;
    Map<Cell, Object> old = Map.of();
    try {
      body.run(variables);
    } catch (Raised _) {
      raised = true;
    } finally {
      old = e.end(outer);
    }
    Map<Cell, Object> changed = new LinkedHashMap<>();
    old.forEach((cell, state) -> {
      changed.put(cell, cell.state());
      cell.restore(state);
    });
    return new Ran(graph, variables, changed, raised);
  }

  /** Follows a body whose graph is thrown away. */
  public void tried(Map<String, @Nullable Object> variables, Body body) {
    run("tried", variables, body);
  }

  /** A branch that raises is taken never to be reached: checks of the program are not kept. */
  public void branch(
      Sym condition, Map<String, @Nullable Object> variables, Body then, Body otherwise) {
    Ran yes = run("then_branch", variables, then);
    Ran no = run("else_branch", variables, otherwise);
    if (yes.raised() && no.raised()) {
      throw new Raised("both branches raise");
    }
    if (yes.raised() || no.raised()) {
      e.note("a check that raises an exception is left out: it is taken to pass");
      (yes.raised() ? otherwise : then).run(variables);
      return;
    }
    Map<String, Form> forms = new LinkedHashMap<>();
    for (String name : yes.variables().keySet()) {
      @Nullable Object a = yes.variables().get(name);
      @Nullable Object b = no.variables().get(name);
      if (no.variables().containsKey(name) && (a != b || a != variables.get(name))) {
        forms.put(name, a == b ? new Form.Same(a) : joined(a, b));
      }
    }
    Set<Cell> cells = new LinkedHashSet<>(yes.changed().keySet());
    cells.addAll(no.changed().keySet());
    Map<Cell, Form> states = new LinkedHashMap<>();
    for (Cell cell : cells) {
      Form a = form(yes.changed().getOrDefault(cell, cell.state()));
      Form b = form(no.changed().getOrDefault(cell, cell.state()));
      Form joined = Form.join(e, a, b);
      if (joined instanceof Form.Apart(String why)) {
        throw new org.sardonyx.error.UnsupportedModel(
            "what a branch that depends on data changes in place is lost behind it: " + why);
      }
      states.put(cell, joined);
    }
    List<Type> types = new ArrayList<>();
    forms.values().forEach(form -> Form.types(form, types));
    states.values().forEach(form -> Form.types(form, types));
    if (!types.isEmpty()) {
      for (Ran ran : List.of(yes, no)) {
        List<Ref> refs = new ArrayList<>();
        inside(
            ran.graph(),
            () -> {
              forms.forEach((name, form) -> Form.refs(e, form, ran.variables().get(name), refs));
              states.forEach((cell, form) ->
                  Form.refs(
                      e, form, valueOf(ran.changed().getOrDefault(cell, cell.state())), refs));
            });
        for (int i = 0; i < refs.size(); i++) {
          ran.graph().output(e.newName("out"), refs.get(i), types.get(i));
        }
      }
    }
    List<Ref> results =
        types.isEmpty()
            ? List.of()
            : e.graph()
                .call("If", condition.ref())
                .with("then_branch", yes.graph().graph())
                .with("else_branch", no.graph().graph())
                .outputs(e.newNames("if", types.size()));
    var next = results.iterator();
    forms.forEach((name, form) -> variables.put(name, Form.value(e, form, next)));
    states.forEach((cell, form) -> {
      e.changing(cell);
      cell.restore(Form.state(Form.value(e, form, next)));
    });
  }

  private Form joined(@Nullable Object a, @Nullable Object b) {
    return a instanceof Form.Apart x
        ? x
        : b instanceof Form.Apart y ? y : Form.join(e, Form.of(e, a), Form.of(e, b));
  }

  private Form form(Object state) {
    return Form.of(e, valueOf(state));
  }

  @SuppressWarnings("unchecked")
  private Object valueOf(Object state) {
    return switch (state) {
      case Items.Sequence sequence -> e.items(sequence);
      case List<?> items -> e.items((List<@Nullable Object>) items);
      default -> state;
    };
  }

  private void inside(GraphBuilder graph, Runnable work) {
    e.inside(graph, work);
  }

  /**
   * Follows a loop.
   *
   * @param trips how often; null where only the condition says
   * @param condition the condition before the first round; null where there is none
   * @param counter the variable that counts; empty where there is none
   * @param body one round; changes the variables, {@code conditionAfter} among them
   * @param conditionAfter the variable with the condition for the next round; empty where none
   * @param assigned the variables that the body changes
   */
  public void loop(
      @Nullable Object trips,
      @Nullable Object condition,
      String counter,
      Map<String, @Nullable Object> variables,
      Set<String> assigned,
      Body body,
      String conditionAfter) {
    Map<String, Form> forms = new LinkedHashMap<>();
    for (String name : assigned) {
      if (variables.containsKey(name) && !name.equals(counter)) {
        forms.put(name, Form.of(e, variables.get(name)));
      }
    }
    Map<Cell, Form> states = new LinkedHashMap<>();
    Set<Items> scans = new LinkedHashSet<>();
    Set<Items> sequences = new LinkedHashSet<>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      if (round(
          trips,
          condition,
          counter,
          variables,
          forms,
          states,
          scans,
          sequences,
          body,
          conditionAfter)) {
        return;
      }
    }
    throw new org.sardonyx.error.UnsupportedModel(
        "a loop whose variables change their kind from round to round");
  }

  private boolean round(
      @Nullable Object trips,
      @Nullable Object condition,
      String counter,
      Map<String, @Nullable Object> variables,
      Map<String, Form> forms,
      Map<Cell, Form> states,
      Set<Items> scans,
      Set<Items> sequences,
      Body body,
      String conditionAfter) {
    List<Type> types = new ArrayList<>();
    forms.values().forEach(form -> Form.types(form, types));
    states.values().forEach(form -> Form.types(form, types));
    String[] names = e.newNames("carried", types.size());
    String count = e.newName("iteration");
    String going = e.newName("going");
    List<Ref> formals = new ArrayList<>();
    Map<Items, Integer> reads = new LinkedHashMap<>();
    scans.forEach(list -> reads.put(list, list.reads()));
    Ran ran =
        run(
            "body",
            variables,
            inner -> {
              e.graph().input(count, Type.tensor(DataType.INT64, Shape.SCALAR));
              e.graph().input(going, Type.tensor(DataType.BOOL, Shape.SCALAR));
              for (int i = 0; i < names.length; i++) {
                formals.add(e.graph().input(names[i], types.get(i)));
              }
              var next = formals.iterator();
              forms.forEach((name, form) -> inner.put(name, Form.value(e, form, next)));
              states.forEach((cell, form) -> {
                e.changing(cell);
                cell.restore(Form.state(Form.value(e, form, next)));
              });
              if (!counter.isEmpty()) {
                inner.put(counter, new Sym(new Ref(count), DataType.INT64, e.freshDim()));
              }
              body.run(inner);
            });
    if (ran.raised()) {
      throw new Raised("a loop whose every round raises");
    }
    boolean settled = true;
    for (Map.Entry<String, Form> entry : forms.entrySet()) {
      Form joined = Form.join(e, entry.getValue(), Form.of(e, ran.variables().get(entry.getKey())));
      if (!Form.alike(joined, entry.getValue())) {
        entry.setValue(joined);
        settled = false;
      }
    }
    Map<Items, Ten> appended = new LinkedHashMap<>();
    for (Map.Entry<Cell, Object> change : ran.changed().entrySet()) {
      Cell cell = change.getKey();
      if (cell instanceof Items list && !states.containsKey(list) && !sequences.contains(list)) {
        Ten item = appendedOnce(list, change.getValue());
        boolean read = reads.containsKey(list) && list.reads() > reads.get(list);
        if (item != null && !read) {
          settled &= !scans.add(list);
          appended.put(list, item);
          continue;
        }
        scans.remove(list);
        sequences.add(list);
      }
      Form before = states.getOrDefault(cell, form(cell.state()));
      Form joined = Form.join(e, before, form(change.getValue()));
      if (joined instanceof Form.Apart(String why)) {
        throw new org.sardonyx.error.UnsupportedModel(
            "what a loop changes in place cannot go round it: " + why);
      }
      Form before2 = states.put(cell, joined);
      settled &= before2 != null && Form.alike(joined, before2);
    }
    if (!settled) {
      return false;
    }
    finish(trips, condition, variables, forms, states, appended, ran, going, conditionAfter);
    return true;
  }

  /** The only tensor that a list has more than before; null where it is otherwise. */
  private @Nullable Ten appendedOnce(Items list, Object after) {
    Object before = list.state();
    if (before instanceof List<?> old
        && after instanceof List<?> now
        && now.size() == old.size() + 1) {
      for (int i = 0; i < old.size(); i++) {
        if (old.get(i) != now.get(i)) {
          return null;
        }
      }
      boolean tensors = old.stream().allMatch(i -> i instanceof Ten || Scalars.isNumber(i));
      return tensors ? Sequences.tensor(e, now.getLast()) : null;
    }
    return null;
  }

  private void finish(
      @Nullable Object trips,
      @Nullable Object condition,
      Map<String, @Nullable Object> variables,
      Map<String, Form> forms,
      Map<Cell, Form> states,
      Map<Items, Ten> appended,
      Ran ran,
      String going,
      String conditionAfter) {
    List<Type> types = new ArrayList<>();
    forms.values().forEach(form -> Form.types(form, types));
    states.values().forEach(form -> Form.types(form, types));
    List<Ref> outs = new ArrayList<>();
    Ref[] next = new Ref[1];
    inside(
        ran.graph(),
        () -> {
          forms.forEach((name, form) -> Form.refs(e, form, ran.variables().get(name), outs));
          states.forEach((cell, form) ->
              Form.refs(e, form, valueOf(ran.changed().getOrDefault(cell, cell.state())), outs));
          appended.values().forEach(item -> outs.add(e.ref(item)));
          next[0] =
              conditionAfter.isEmpty()
                  ? new Ref(going)
                  : e.scalar(
                      new Scalars(e).truth(ran.variables().get(conditionAfter)), DataType.BOOL);
        });
    ran.graph().output(e.newName("go_on"), next[0], Type.tensor(DataType.BOOL, Shape.SCALAR));
    List<Ten> items = List.copyOf(appended.values());
    for (int i = 0; i < outs.size(); i++) {
      Type type =
          i < types.size()
              ? types.get(i)
              : Form.tensor(
                  e.type(items.get(i - types.size())), items.get(i - types.size()).now().dims());
      ran.graph().output(e.newName("out"), outs.get(i), type);
    }
    List<Ref> inputs = new ArrayList<>();
    inputs.add(trips == null ? Ref.ABSENT : e.scalar(trips, DataType.INT64));
    inputs.add(condition == null ? Ref.ABSENT : e.scalar(condition, DataType.BOOL));
    if (condition == null) {
      inputs.set(1, e.ref(e.constant(Tensor.scalar(true))));
    }
    forms.forEach((name, form) -> Form.refs(e, form, variables.get(name), inputs));
    states.forEach((cell, form) -> Form.refs(e, form, valueOf(cell.state()), inputs));
    List<Ref> results =
        e.graph()
            .call("Loop", inputs.toArray(Ref[]::new))
            .with("body", ran.graph().graph())
            .outputs(e.newNames("loop", outs.size()));
    var result = results.iterator();
    forms.forEach((name, form) -> variables.put(name, Form.value(e, form, result)));
    states.forEach((cell, form) -> {
      e.changing(cell);
      cell.restore(Form.state(Form.value(e, form, result)));
    });
    Dim length = trips == null ? e.freshDim() : Emit.dimOf(trips);
    appended.forEach((list, item) -> {
      e.changing(list);
      List<Dim> dims = e.hasRank(item) ? e.dims(item) : null;
      list.restore(
          stack(list, new Items.Sequence(result.next(), true, e.type(item), dims, length)));
    });
  }

  /** What was in a list before the loop stands before what the loop adds. */
  private Items.Sequence stack(Items list, Items.Sequence scanned) {
    if (list.items().isEmpty()) {
      return scanned;
    }
    List<Ref> parts = new ArrayList<>();
    for (@Nullable Object item : list.items()) {
      parts.add(
          e.node(
              "Unsqueeze",
              e.cast(java.util.Objects.requireNonNull(Sequences.tensor(e, item)), scanned.type()),
              e.int1(0)));
    }
    // A loop of no rounds gives no sizes of what it would have collected: those of the others hold.
    Ten first = java.util.Objects.requireNonNull(Sequences.tensor(e, list.items().getFirst()));
    Ref count = e.call("Shape", scanned.ref()).with("end", 1).output();
    Ref sizes = e.call("Concat", count, e.shapeOf(first)).with("axis", 0).output();
    parts.add(e.call("Reshape", scanned.ref(), sizes).with("allowzero", 1).output());
    Ref all = e.call("Concat", parts.toArray(Ref[]::new)).with("axis", 0).output();
    Dim length = scanned.length().plus(list.items().size());
    return new Items.Sequence(
        all,
        true,
        scanned.type(),
        scanned.dims(),
        length instanceof Dim.Unknown ? e.freshDim() : length);
  }
}
