package org.sardonyx.kernels.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Chain.Operation;
import org.sardonyx.kernels.Unary;

/** A chain as loops of its own: one, or several over a tile where one would hold too much. */
final class ChainCode implements Chain.Code {

  /** Functions that spend a good part of what the compiler inlines into one method. */
  private static final Set<Unary> LARGE =
      EnumSet.of(
          Unary.EXP,
          Unary.LOG,
          Unary.SIGMOID,
          Unary.TANH,
          Unary.ERF,
          Unary.SOFTPLUS,
          Unary.GELU,
          Unary.GELU_TANH,
          Unary.SILU);

  /** Functions that would leave no room for anything else: the kernels' own loops compute them. */
  private static final Set<Unary> ALONE = EnumSet.of(Unary.SIGMOID, Unary.SILU);

  /** The kernels' own loops of functions. */
  interface Functions {
    void run(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n);
  }

  /** One function as a loop of a chain, or of one number. */
  private record Alone(Functions functions, Unary f, int x, int y, boolean moves)
      implements ChainLoops.Loop {

    @Override
    public void run(float[][] arrays, int[] offsets, int from, int to) {
      if (moves) {
        functions.run(f, arrays[x], offsets[x] + from, arrays[y], offsets[y] + from, to - from);
      } else if (from == 0) {
        functions.run(f, arrays[x], offsets[x], arrays[y], offsets[y], 1);
      }
    }
  }

  /** Operations of one loop, where a large one counts as many, before one that is ours. */
  private static final int MOST_WEIGHT = 16;

  /** Operations of one loop, before one of the API's own, which the compiler always takes in. */
  private static final int MOST_WEIGHT_OF_ALL = 24;

  private static final int LARGE_WEIGHT = 9;
  private static final int LANES = UnaryLoops.LANES;

  /** Operations of vectors for one of a chain, which may load and store beside. */
  private static final int OPERATIONS = 3;

  /** How often a sample runs, for one time that it says what the inputs are. */
  private static final int SAMPLES = 8;

  private final Chain chain;
  private final int moving;

  /** Whether the result moves along a row; one number is left to others. */
  private final boolean isRow;

  private final Part part;
  private final Functions functions;
  private volatile ChainLoops.Loop @Nullable [] loops;

  /**
   * @param moving a bit for each input: whether it moves along a row
   */
  ChainCode(Chain chain, int moving, WarmUp warmUp, Functions functions) {
    this.functions = functions;
    this.chain = chain;
    this.moving = moving;
    boolean[] moves = moves();
    this.isRow = moves[moves.length - 1];
    this.part =
        new Part(
            warmUp,
            () -> {
              // Once: to make room takes longer than what the loops do in it.
              Chain.Work room = chain.work();
              return new Part.Work(work(chain), (x, y) -> sample(room, x, y), null);
            });
  }

  /** Returns which values move along a row: inputs, and what is computed of some that do. */
  private boolean[] moves() {
    int inputs = chain.inputs();
    boolean[] moves = new boolean[inputs + chain.operations().size()];
    for (int i = 0; i < inputs; i++) {
      moves[i] = (moving >> i & 1) != 0;
    }
    for (int i = inputs; i < moves.length; i++) {
      for (int operand : chain.operations().get(i - inputs).operands()) {
        moves[i] |= moves[operand];
      }
    }
    return moves;
  }

  private void sample(Chain.Work work, float[] x, float[] y) {
    for (int i = 0; i < chain.inputs(); i++) {
      work.input(i, x, moving >> i & 1);
    }
    int[] begins = new int[chain.inputs()];
    for (int i = 0; i < SAMPLES; i++) {
      run(work, begins, y, 0, Part.LENGTH / 8, true);
    }
  }

  /** Returns the operations of vectors of a sample. */
  private static int work(Chain chain) {
    int all = 1; // what begins and ends
    for (Operation operation : chain.operations()) {
      all += weight(operation) == 1 ? OPERATIONS : Parts.FUNCTION;
    }
    return SAMPLES * Parts.VECTORS * all;
  }

  @Override
  public boolean isReady() {
    return isRow && part.isReady();
  }

  @Override
  public int least() {
    return LANES;
  }

  @Override
  public void run(Chain.Work work, int[] begins, float[] y, int yOffset, int n) {
    run(work, begins, y, yOffset, n, false);
  }

  /**
   * Runs the loops.
   *
   * @param own only those that are this chain's own: the kernels see to the others themselves
   */
  private void run(Chain.Work work, int[] begins, float[] y, int yOffset, int n, boolean own) {
    ChainLoops.Loop[] made = made();
    int last = made.length - 1;
    int rows = 0;
    while (rows < last && made[rows] instanceof Alone alone && !alone.moves) {
      rows++;
    }
    // Numbers are all that lies between such loops.
    int tile = rows == last ? n : Chain.TILE;
    for (int at = 0; at < n; at += tile) {
      // The last tile overlaps the one before where it would be shorter than a vector.
      int begin = n - at < LANES ? n - LANES : at;
      int length = Math.min(tile, n - begin);
      work.place(begins, begin, y, yOffset, last > 0);
      for (ChainLoops.Loop loop : made) {
        if (loop instanceof Alone alone && (own || (at > 0 && !alone.moves))) {
          continue;
        }
        int whole = length - length % LANES;
        int from = 0;
        int to = whole;
        while (from < length) {
          loop.run(work.arrays(), work.offsets(), from, to);
          from = to == length ? length : length - LANES;
          to = length;
        }
      }
    }
  }

  /**
   * Computes elements {@code from} to {@code to}, a multiple of the lanes many, in a loop that
   * takes arrays and offsets as they are: of a chain that is one loop.
   */
  void run(float[][] arrays, int[] offsets, int from, int to) {
    made()[0].run(arrays, offsets, from, to);
  }

  private ChainLoops.Loop[] made() {
    ChainLoops.Loop[] known = loops;
    return known != null ? known : makeOnce();
  }

  private synchronized ChainLoops.Loop[] makeOnce() {
    ChainLoops.Loop[] known = loops;
    if (known == null) {
      known = make();
      loops = known;
    }
    return known;
  }

  private ChainLoops.Loop[] make() {
    List<Operation> operations = chain.operations();
    int inputs = chain.inputs();
    int count = operations.size();
    boolean[] moves = moves();
    List<ChainLoops.Loop> result = new ArrayList<>();
    int from = 0;
    while (from < count) {
      if (operations.get(from) instanceof Operation.OfOne(Unary f, int x) && isAlone(f, x, moves)) {
        result.add(new Alone(functions, f, x, inputs + from, moves[x]));
        from++;
        continue;
      }
      int to = from;
      int weight = 0;
      while (to < count
          && (to == from || weight + weight(operations.get(to)) <= most(operations.get(to)))
          && !(operations.get(to) instanceof Operation.OfOne(Unary f, int x)
              && isAlone(f, x, moves))) {
        weight += weight(operations.get(to));
        to++;
      }
      result.add(
          ChainLoops.loop(
              operations.subList(from, to), inputs + from, moves, wanted(from, to, operations)));
      from = to;
    }
    return result.toArray(ChainLoops.Loop[]::new);
  }

  private static boolean isAlone(Unary f, int x, boolean[] moves) {
    return (moves[x] ? ALONE : LARGE).contains(f);
  }

  private static int weight(Operation operation) {
    return operation instanceof Operation.OfOne(Unary f, int _) && LARGE.contains(f)
        ? LARGE_WEIGHT
        : 1;
  }

  /** Returns what a loop may weigh with an operation as its last. */
  private static int most(Operation operation) {
    return switch (operation) {
      case Operation.OfTwo _ -> MOST_WEIGHT_OF_ALL;
      case Operation.OfOne(Unary f, int _)
          when f == Unary.ABS || f == Unary.NEG || f == Unary.SQRT ->
          MOST_WEIGHT_OF_ALL;
      default -> MOST_WEIGHT;
    };
  }

  /** Returns the values of operations {@code from} to {@code to} that others read. */
  private List<Integer> wanted(int from, int to, List<Operation> operations) {
    List<Integer> wanted = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int value = chain.inputs() + i;
      boolean isRead = i == operations.size() - 1;
      for (Operation later : operations.subList(to, operations.size())) {
        isRead |= Arrays.stream(later.operands()).anyMatch(operand -> operand == value);
      }
      if (isRead) {
        wanted.add(value);
      }
    }
    return wanted;
  }
}
