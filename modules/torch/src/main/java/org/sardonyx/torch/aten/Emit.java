package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;

/** The graph that is being built, and what is known of its values. */
public final class Emit {

  /** The version of ai.onnx that models are written in. */
  public static final long OPSET = 20;

  /** Ranks of inputs, the likeliest first: batches of vectors; of numbers of words and classes. */
  private static final List<Integer> RANKS = List.of(3, 2, 4, 1, 5, 0);

  private static final List<Integer> TWO = List.of(2, 3, 4, 1, 5, 0);

  private static final List<Integer> WHOLE_RANKS = List.of(2, 1, 3, 0, 4, 5);

  private final GraphBuilder root;
  private GraphBuilder graph;
  private int depth;
  private final Choices choices;
  private final Constants constants;
  private final Map<String, Dim> fixed = new HashMap<>();
  private final List<Map<Cell, Object>> frames = new ArrayList<>();
  private final List<String> inputNames = new ArrayList<>();
  private final java.util.Set<String> notes = new java.util.LinkedHashSet<>();
  private int fresh;
  private long progress;

  public Emit(String name, Choices choices) {
    this.root = new GraphBuilder(name);
    this.graph = root;
    this.choices = choices;
    this.constants = new Constants(root, inputNames);
  }

  public GraphBuilder root() {
    return root;
  }

  public GraphBuilder graph() {
    return graph;
  }

  public Choices choices() {
    return choices;
  }

  /** Returns the weights that were used, as initializers that are not loaded. */
  public List<TensorData> weights() {
    return constants.weights();
  }

  /** Adds a weight under its own name, as the default of an input. */
  public void addWeight(TensorData weight) {
    constants.add(weight);
  }

  /** Notes what a person should know of the model. */
  public void note(String text) {
    notes.add(text);
  }

  public java.util.Set<String> notes() {
    return notes;
  }

  /** How far the program was followed. */
  public long progress() {
    return progress;
  }

  void advance() {
    progress++;
  }

  // Bodies of branches and loops.

  /** Begins a body; what is changed from here on is remembered. */
  public GraphBuilder begin(String bodyName) {
    GraphBuilder outer = graph;
    graph = graph.body(bodyName);
    depth++;
    frames.add(new LinkedHashMap<>());
    return outer;
  }

  /** Ends a body, and returns what was changed in it with what it was before. */
  public Map<Cell, Object> end(GraphBuilder outer) {
    graph = outer;
    depth--;
    return frames.removeLast();
  }

  /** Adds to a body that is already left. */
  void inside(GraphBuilder body, Runnable work) {
    GraphBuilder outer = graph;
    graph = body;
    try {
      work.run();
    } finally {
      graph = outer;
    }
  }

  private int named;

  /** Returns a name that no value of the graph has. */
  String newName(String stem) {
    return stem + "." + ++named;
  }

  String[] newNames(String stem, int count) {
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = newName(stem);
    }
    return names;
  }

  public int depth() {
    return depth;
  }

  /** Must be called before a cell is changed. */
  void changing(Cell cell) {
    for (int i = 0; i < frames.size(); i++) {
      if (cell.depth() <= i) {
        frames.get(i).putIfAbsent(cell, cell.state());
      }
    }
  }

  // Values.

  public Ten input(int number, Ref ref, @Nullable DataType type, @Nullable List<Dim> dims) {
    return new Ten(depth, number, new Ten.State(ref, type, dims, null, null));
  }

  /** Names the inputs, for what is said of them. */
  public void inputNames(List<String> names) {
    inputNames.addAll(names);
  }

  public Ten ten(Ref ref, DataType type, @Nullable List<Dim> dims) {
    return new Ten(depth, -1, new Ten.State(ref, type, dims, null, null));
  }

  /** The elements of a tensor in another shape, or some of them: of its type, known or not. */
  Ten shaped(Ten of, Ref ref, List<Dim> dims) {
    DataType type = of.now().type();
    return new Ten(
        depth, type == null ? of.origin() : -1, new Ten.State(ref, type, dims, null, null));
  }

  /** A tensor of what may still be unknown of the input that it is made of. */
  Ten like(Ten of, Ref ref) {
    return new Ten(
        depth, of.origin(), new Ten.State(ref, of.now().type(), of.now().dims(), null, null));
  }

  Ten like(Ten of, Ref ref, @Nullable DataType type) {
    return new Ten(depth, of.origin(), new Ten.State(ref, type, of.now().dims(), null, null));
  }

  public Ten constant(TensorData data) {
    Object scalar = null;
    if (data.shape().rank() == 0 && data.dataType() != DataType.STRING) {
      Tensor tensor = data.load();
      scalar =
          data.dataType() == DataType.BOOL
              ? (Object) tensor.getBoolean(0)
              : data.dataType().isInteger() ? (Object) tensor.getLong(0) : tensor.getDouble(0);
    }
    return new Ten(0, -1, new Ten.State(null, data.dataType(), data.shape().dims(), data, scalar));
  }

  Ten constant(Tensor tensor) {
    return constant(TensorData.of("", tensor));
  }

  public Items items(List<@Nullable Object> items) {
    return new Items(depth, items);
  }

  public Table table(Map<?, ? extends @Nullable Object> entries) {
    return new Table(depth, entries);
  }

  public Items items(Items.Sequence sequence) {
    Items list = new Items(depth, List.of());
    list.restore(sequence);
    return list;
  }

  /** A tensor of rank 0 of a number that is known, or will be. */
  Ten number(Object value, DataType type) {
    return new Ten(
        depth,
        -1,
        new Ten.State(
            value instanceof Sym sym ? cast(sym.ref(), sym.type(), type) : null,
            type,
            List.of(),
            value instanceof Sym ? null : TensorData.of("", scalarTensor(value, type)),
            value));
  }

  static Tensor scalarTensor(Object value, DataType type) {
    Tensor tensor = Tensor.zeros(type);
    fill(tensor, value);
    return tensor;
  }

  static void fill(Tensor tensor, Object value) {
    for (int i = 0; i < tensor.size(); i++) {
      switch (value) {
        case Boolean b when tensor.dataType().isFloat() -> tensor.setDouble(i, b ? 1 : 0);
        case Boolean b -> tensor.setLong(i, b ? 1 : 0);
        case Long n when tensor.dataType().isFloat() -> tensor.setDouble(i, n);
        case Long n -> tensor.setLong(i, n);
        case Double d when tensor.dataType().isFloat() -> tensor.setDouble(i, d);
        case Double d -> tensor.setLong(i, (long) (double) d);
        default -> throw new UnsupportedModel("a number is expected, not " + Show.kind(value));
      }
    }
  }

  /**
   * Returns the value in the graph; a constant becomes an initializer when it is first asked for.
   */
  public Ref ref(Ten ten) {
    Ten.State now = ten.now();
    if (now.ref() != null) {
      return now.ref();
    }
    return constants.ref(Objects.requireNonNull(now.data()));
  }

  Ref ints(long... values) {
    return ref(constant(Tensor.vector(values)));
  }

  Ref int1(long value) {
    return ints(value);
  }

  /** A constant of rank 0. */
  Ref scalar(Object value, DataType type) {
    return value instanceof Sym sym
        ? cast(sym.ref(), sym.type(), type)
        : ref(constant(scalarTensor(value, type)));
  }

  public Ref node(String op, Ref... refs) {
    return graph.node(op, refs);
  }

  GraphBuilder.Call call(String op, Ref... refs) {
    return graph.call(op, refs);
  }

  Ref cast(Ref ref, DataType from, DataType to) {
    return from == to ? ref : graph.call("Cast", ref).with("to", to.code()).output();
  }

  Ref cast(Ten ten, DataType to) {
    Ten.State now = ten.now();
    if (now.ref() == null && now.data() != null && now.scalar() != null) {
      return scalar(now.scalar(), to);
    }
    return now.type() == to
        ? ref(ten)
        : graph.call("Cast", ref(ten)).with("to", to.code()).output();
  }

  // Types, ranks and sizes.

  private String nameOf(int origin) {
    return origin < inputNames.size() ? inputNames.get(origin) : "input " + origin;
  }

  /** Lengths of rows are called so. */
  private static boolean isLength(String name) {
    return name.contains("len");
  }

  /** Returns the type of the elements; of an input that has none yet, the likeliest of these. */
  DataType type(Ten ten, DataType... likely) {
    DataType type = ten.now().type();
    if (type != null) {
      return type;
    }
    String name = nameOf(ten.origin());
    List<DataType> options = new ArrayList<>(List.of(likely));
    if (options.isEmpty() && isLength(name)) {
      options.add(DataType.INT64);
    } else if (options.isEmpty() && name.contains("pad")) {
      options.add(DataType.BOOL); // key_padding_mask, and what is called like it
    }
    for (DataType other : List.of(DataType.FLOAT, DataType.INT64, DataType.BOOL)) {
      if (!options.contains(other)) {
        options.add(other);
      }
    }
    if (choices.choose("type " + name, options) == DataType.INT64) {
      choices.reorder("rank " + name, RANKS, WHOLE_RANKS);
    }
    throw new Choices.Again();
  }

  /** Returns the type of what is computed with a weight, which is that of the weight. */
  DataType typeBy(Ten ten, Ten weight, String op) {
    DataType wanted = type(weight);
    DataType type = type(ten, wanted);
    if (type != wanted) {
      throw new Mismatch(op + " of " + type.specName() + " by a weight of " + wanted.specName());
    }
    return type;
  }

  boolean hasType(Ten ten) {
    return ten.now().type() != null;
  }

  /** Whether a rank is known, or was chosen. */
  boolean hasRank(Ten ten) {
    return ten.now().dims() != null;
  }

  /** Whether the rank is that of an input that was not asked for. */
  boolean rankIsOpen(Ten ten) {
    return ten.now().dims() == null && ten.origin() >= 0;
  }

  private final java.util.Set<Integer> alone = new java.util.HashSet<>();

  /** Notes that the only element of a tensor was asked for. */
  void alone(Ten ten) {
    if (rankIsOpen(ten)) {
      alone.add(ten.origin());
    }
  }

  /** Settles the rank of an input that nothing asked for: models declare one. */
  public void settle(Ten input) {
    if (rankIsOpen(input)) {
      if (!alone.contains(input.origin())) {
        choices.choose(assumed(input), List.of(true));
      }
      dims(input, alone.contains(input.origin()) ? 0 : 2);
    } else if (choices.chosen(assumed(input)) != null) {
      String name = nameOf(input.origin());
      note(
          "nothing in the program says the rank of "
              + name
              + ": "
              + rank(input)
              + " was assumed; --input "
              + name
              + "="
              + type(input).specName()
              + "[...] says otherwise");
    }
  }

  private String assumed(Ten input) {
    return "assumed rank " + nameOf(input.origin());
  }

  /** Returns the sizes; of an input of unknown rank, one of the likeliest of these ranks. */
  public List<Dim> dims(Ten ten, Integer... likely) {
    List<Dim> dims = ten.now().dims();
    if (dims != null) {
      return dims.stream().map(this::resolve).toList();
    }
    if (ten.origin() < 0) {
      throw new UnsupportedModel(
          "the rank of a tensor depends on data: the branches of an if gave it several");
    }
    if (likely.length == 0) {
      choices.choose(assumed(ten), List.of(true));
    }
    List<Integer> options = new ArrayList<>(List.of(likely));
    String name = nameOf(ten.origin());
    if (likely.length == 0 && (isLength(name) || rows.contains(ten.origin()))) {
      options.add(isLength(name) ? 1 : 2);
    }
    List<Integer> rest = ten.now().type() == DataType.INT64 ? WHOLE_RANKS : RANKS;
    for (Integer other : rest) {
      if (!options.contains(other)) {
        options.add(other);
      }
    }
    choices.choose("rank " + name, options);
    throw new Choices.Again();
  }

  private final java.util.Set<Integer> rows = new java.util.HashSet<>();

  /** Notes that a layer for rows is what an input goes through first. */
  void ofRows(Ten ten) {
    if (rankIsOpen(ten)) {
      rows.add(ten.origin());
    }
  }

  /**
   * Says what rank a tensor must have for an operator to be what it is called after, where the rank
   * of an input was but guessed: a picture is no batch of rows.
   */
  public void hint(Ten ten, int rank) {
    List<Dim> dims = ten.now().dims();
    if (ten.origin() < 0 || (dims != null && dims.size() == rank)) {
      return;
    }
    String name = nameOf(ten.origin());
    if (dims != null && !Integer.valueOf(dims.size()).equals(choices.chosen("rank " + name))) {
      return; // in another shape than the input
    }
    List<Integer> options = new ArrayList<>(List.of(rank));
    RANKS.stream().filter(r -> r != rank).forEach(options::add);
    if (dims == null) {
      choices.choose("rank " + name, options);
      throw new Choices.Again();
    }
    if (choices.reorder("rank " + name, RANKS, options)
        || choices.reorder("rank " + name, TWO, options)) {
      throw new Choices.Again();
    }
  }

  public int rank(Ten ten, Integer... likely) {
    return dims(ten, likely).size();
  }

  /** Returns an axis that may count from the end as one that does not. */
  int axis(long axis, int rank) {
    long positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank) {
      throw new Mismatch("axis " + axis + " of a tensor of rank " + rank);
    }
    return (int) positive;
  }

  Dim resolve(Dim dim) {
    Dim known = dim;
    for (int i = 0; i < 100 && known instanceof Dim.Named(String name); i++) {
      Dim next = fixed.get(name);
      if (next == null) {
        return known;
      }
      known = next;
    }
    return known;
  }

  /** Notes that two sizes must be the same, as the operators want it. */
  void same(Dim a, Dim b, String what) {
    Dim x = resolve(a);
    Dim y = resolve(b);
    if (x.equals(y)) {
      return;
    }
    if (x.isKnown() && y.isKnown()) {
      throw new Mismatch(what + ": sizes " + x + " and " + y);
    }
    if (x instanceof Dim.Named(String name)) {
      fixed.put(name, y);
    } else if (y instanceof Dim.Named(String name)) {
      fixed.put(name, x);
    }
  }

  /** Returns a size of which nothing is known but that it is one. */
  Dim freshDim() {
    return Dim.named("size_" + ++fresh);
  }

  /** Returns an integer of which nothing is known, not even whether it is negative. */
  Dim valueDim() {
    return Dim.named("value_" + ++fresh);
  }

  static boolean isSize(Dim dim) {
    return dim instanceof Dim.Named(String name) && !name.startsWith("value_");
  }

  public List<Dim> freshDims(int rank) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add(freshDim());
    }
    return dims;
  }

  // Sizes as numbers of the program.

  /** Returns a size as a number: a Long where it is known. */
  Object size(Ten ten, int axis) {
    Dim dim = dims(ten).get(axis);
    if (dim.isKnown()) {
      return dim.sizeOrMinusOne();
    }
    Ref shape = graph.call("Shape", ref(ten)).with("start", axis).with("end", axis + 1L).output();
    return new Sym(graph.node("Squeeze", shape, int1(0)), DataType.INT64, dim);
  }

  /** What is known of a number as a size: at least that it is one. */
  Dim sizeOf(Object number) {
    Dim dim = dimOf(number);
    return dim instanceof Dim.Unknown ? freshDim() : dim;
  }

  static Dim dimOf(Object number) {
    return switch (number) {
      case Long n when n >= 0 -> Dim.of(n);
      case Sym sym -> sym.dim();
      default -> Dim.UNKNOWN;
    };
  }

  /** Returns numbers as a vector of int64. */
  Ref vector(List<Object> numbers) {
    if (numbers.stream().allMatch(n -> n instanceof Long)) {
      return ints(numbers.stream().mapToLong(n -> (Long) n).toArray());
    }
    List<Ref> parts = new ArrayList<>();
    List<Long> run = new ArrayList<>();
    for (Object number : numbers) {
      if (number instanceof Long n) {
        run.add(n);
        continue;
      }
      flush(run, parts);
      parts.add(graph.node("Unsqueeze", scalar(number, DataType.INT64), int1(0)));
    }
    flush(run, parts);
    return parts.size() == 1
        ? parts.getFirst()
        : graph.call("Concat", parts.toArray(Ref[]::new)).with("axis", 0).output();
  }

  private void flush(List<Long> run, List<Ref> parts) {
    if (!run.isEmpty()) {
      parts.add(ints(run.stream().mapToLong(Long::longValue).toArray()));
      run.clear();
    }
  }

  private final java.util.Set<String> zeros = new java.util.HashSet<>();

  /** Notes that all elements of a value are zero. */
  void zero(Ref ref) {
    zeros.add(ref.name());
  }

  /** Whether all elements are surely zero. */
  boolean isZero(Ten ten) {
    Ref ref = ten.now().ref();
    return ref != null && zeros.contains(ref.name());
  }

  Ref shapeOf(Ten ten) {
    List<Dim> dims = ten.now().dims();
    if (dims != null && dims.stream().allMatch(d -> resolve(d).isKnown())) {
      return ints(dims.stream().mapToLong(d -> resolve(d).sizeOrMinusOne()).toArray());
    }
    return graph.node("Shape", ref(ten));
  }

  /** What the sizes or types of a program contradict: another choice may not. */
  public static final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Mismatch(String what) {
      super(what, null, false, false);
    }
  }
}
