package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * The arrays that the steps of one graph fill, kept from run to run. Nobody plans who gets which: a
 * slot takes an array of its size that no slot shows any more, and in the next run the same one
 * again, so that runs of the same shapes find everything as they left it and make nothing.
 *
 * <p>An array is free when no slot shows it, or one alone does that ends with the step that asks
 * and may be written over by it. What leaves the graph, in an output or in a sequence, is given
 * away for good; a slot whose array once left makes a new one for every run from then on.
 */
final class Buffers {

  /** Buffers of shapes that so many runs have not asked for are dropped. */
  private static final int KEPT_RUNS = 4;

  /** So many are looked at for one that is free: a graph may have a million values at once. */
  private static final int MOST_LOOKED_AT = 4096;

  /** So many that are lent are gone through for the one of an array. */
  private static final int FEW = 16;

  private static final int[] NONE = {};

  static final class Buffer {
    private int maker;
    private final DataType type;
    private final int size;
    private final Object array;
    private int holders;
    private boolean given;
    private long usedIn;

    Buffer(int maker, Tensor tensor) {
      this.maker = maker;
      this.type = tensor.dataType();
      this.size = tensor.size();
      this.array = tensor.array();
    }

    private boolean fits(DataType wanted, int elements) {
      return type == wanted && size == elements && !given;
    }

    /** Whether somebody outside may hold it. */
    boolean isGiven() {
      return given;
    }
  }

  private final List<Buffer> all = new ArrayList<>();

  /** By slot: what its value lies in; null for constants, inputs and whatever is not kept. */
  private final @Nullable Buffer[] shown;

  /** By slot: what its value lay in when it was made last, and that value. */
  private final @Nullable Buffer[] before;

  private final @Nullable Tensor[] made;

  /** By slot: the same for the time before that, where what was made last may be lent. */
  private final @Nullable Buffer[] earlier;

  private final @Nullable Tensor[] madeEarlier;

  /** What is lent by the run that ended last. */
  private List<Buffer> lent = new ArrayList<>();

  private List<Buffer> lending = new ArrayList<>();

  /** By array: what is lent, where that is much and somebody asked. */
  private final IdentityHashMap<Object, Buffer> lentByArray = new IdentityHashMap<>(0);

  /** By slot: whether what it made has left the graph. */
  private final boolean[] leaves;

  /** Slots that the step which runs may write over: nothing reads them after it. */
  private int[] ending = NONE;

  private long run;
  private boolean changed;

  Buffers(int slots) {
    this.shown = new @Nullable Buffer[slots];
    this.before = new @Nullable Buffer[slots];
    this.made = new @Nullable Tensor[slots];
    this.earlier = new @Nullable Buffer[slots];
    this.madeEarlier = new @Nullable Tensor[slots];
    this.leaves = new boolean[slots];
  }

  /** Begins a run. */
  void begin() {
    run++;
  }

  /**
   * Says what the next step may write over.
   *
   * @param slots that end with it; of those that hold as many elements of its type as it gives, it
   *     reads each for the last time before it writes it
   */
  void ending(int[] slots) {
    ending = slots;
  }

  /** As {@link #ending(int[])}, where it may write over nothing. */
  void noneEnding() {
    ending = NONE;
  }

  private boolean isFree(Buffer buffer) {
    return buffer.holders == 0 || (buffer.holders == 1 && isEnding(buffer));
  }

  private boolean isEnding(Buffer buffer) {
    for (int slot : ending) {
      if (shown[slot] == buffer) {
        return true;
      }
    }
    return false;
  }

  /** Returns a tensor for a slot to show; what it holds is not specified. */
  Tensor take(int slot, DataType type, int[] shape) {
    if (leaves[slot] || type == DataType.STRING) {
      drop(slot);
      return Tensor.zeros(type, shape);
    }
    turn(slot);
    Buffer buffer = before[slot];
    Tensor tensor = made[slot];
    if (buffer == null
        || tensor == null
        || !isFree(buffer)
        || tensor.dataType() != type
        || !tensor.hasShape(shape)) {
      return find(slot, type, shape);
    }
    buffer.maker = slot;
    show(slot, buffer);
    return tensor;
  }

  /** As {@link #take}, in the shape of another tensor. */
  Tensor takeLike(int slot, DataType type, Tensor like) {
    turn(slot);
    Buffer buffer = before[slot];
    Tensor tensor = made[slot];
    if (buffer == null
        || tensor == null
        || leaves[slot]
        || !isFree(buffer)
        || tensor.dataType() != type
        || !tensor.sameShape(like)) {
      return take(slot, type, like.shape());
    }
    buffer.maker = slot;
    show(slot, buffer);
    return tensor;
  }

  /** Looks at what a slot made the time before where what it made last is not free. */
  private void turn(int slot) {
    Buffer buffer = before[slot];
    Buffer other = earlier[slot];
    if (buffer != null && !isFree(buffer) && (other == null || isFree(other))) {
      Tensor tensor = made[slot];
      before[slot] = other;
      made[slot] = madeEarlier[slot];
      earlier[slot] = buffer;
      madeEarlier[slot] = tensor;
    }
  }

  private Tensor find(int slot, DataType type, int[] shape) {
    changed = true;
    drop(slot);
    int size = Tensor.checkedSize(shape);
    for (int over : ending) {
      Buffer buffer = shown[over];
      if (buffer != null && buffer.holders == 1 && buffer.fits(type, size)) {
        return make(slot, buffer, Tensor.of(type, buffer.array, shape));
      }
    }
    for (int i = 0; i < Math.min(MOST_LOOKED_AT, all.size()); i++) {
      Buffer buffer = all.get(i);
      if (buffer.holders == 0 && buffer.fits(type, size)) {
        return make(slot, buffer, Tensor.of(type, buffer.array, shape));
      }
    }
    Tensor tensor = Tensor.zeros(type, shape);
    Buffer buffer = new Buffer(slot, tensor);
    all.add(buffer);
    return make(slot, buffer, tensor);
  }

  private Tensor make(int slot, Buffer buffer, Tensor tensor) {
    before[slot] = buffer;
    made[slot] = tensor;
    buffer.maker = slot;
    show(slot, buffer);
    return tensor;
  }

  private void show(int slot, Buffer buffer) {
    drop(slot);
    shown[slot] = buffer;
    buffer.holders++;
    buffer.usedIn = run;
  }

  /** Notes that a slot shows the array of {@code tensor}, which it may share with others. */
  void share(int slot, Tensor tensor, Step step) {
    Buffer buffer = of(tensor.array(), step.in());
    if (buffer == null) {
      buffer = of(tensor.array(), step.out());
    }
    List<int[]> captured = step.captured();
    for (int i = 0; buffer == null && i < captured.size(); i++) {
      buffer = of(tensor.array(), captured.get(i));
    }
    if (buffer == null) {
      drop(slot);
    } else {
      show(slot, buffer);
    }
  }

  private @Nullable Buffer of(Object array, int[] slots) {
    for (int slot : slots) {
      Buffer buffer = slot < 0 ? null : shown[slot];
      if (buffer != null && buffer.array == array) {
        return buffer;
      }
    }
    return null;
  }

  /** Notes that a step has put what it sees into something that lives as long as it likes. */
  void giveAll(Step step) {
    give(step.in());
    give(step.out());
    step.captured().forEach(this::give);
  }

  /** Gives away what slots show. */
  void give(int[] slots) {
    for (int slot : slots) {
      Buffer buffer = slot < 0 ? null : shown[slot];
      if (buffer != null && !buffer.given) {
        buffer.given = true;
        buffer.holders++;
        leaves[buffer.maker] = true;
        changed = true;
      }
    }
  }

  /** Forgets which slots made what left: in runs to come nothing may leave. */
  void stay() {
    Arrays.fill(leaves, false);
  }

  /** Whether what a slot shows lies in an array of these. */
  boolean shows(int slot) {
    return shown[slot] != null;
  }

  /** Keeps what a slot shows from whoever looks for an array; null where that is none of these. */
  @Nullable Buffer pin(int slot) {
    Buffer buffer = shown[slot];
    if (buffer != null) {
      buffer.holders++;
    }
    return buffer;
  }

  void unpin(Buffer buffer) {
    buffer.holders--;
  }

  /** Notes that a slot shows an array that was pinned when it did before. */
  void showAgain(int slot, @Nullable Buffer buffer) {
    if (buffer == null) {
      drop(slot);
    } else {
      show(slot, buffer);
    }
  }

  /**
   * Lends what slots show until the next run has ended, and what they show of what the run before
   * lent; ends what that lent beside.
   */
  void lend(int[] slots, @Nullable Value[] frame) {
    for (int slot : slots) {
      Buffer buffer = shown[slot];
      if (buffer == null && frame[slot] instanceof Tensor tensor) {
        buffer = lent(tensor.array());
      }
      if (buffer != null) {
        buffer.holders++;
        lending.add(buffer);
      }
    }
    takeBack();
    List<Buffer> spare = lent;
    lent = lending;
    lending = spare;
  }

  private @Nullable Buffer lent(Object array) {
    if (lent.size() > FEW) {
      if (lentByArray.isEmpty()) {
        for (int i = 0; i < lent.size(); i++) {
          lentByArray.put(lent.get(i).array, lent.get(i));
        }
      }
      return lentByArray.get(array);
    }
    for (int i = 0; i < lent.size(); i++) {
      if (lent.get(i).array == array) {
        return lent.get(i);
      }
    }
    return null;
  }

  /** Ends what is lent. */
  void takeBack() {
    for (int i = 0; i < lent.size(); i++) {
      lent.get(i).holders--;
    }
    lent.clear();
    if (!lentByArray.isEmpty()) {
      lentByArray.clear();
    }
  }

  /** Notes that a slot shows nothing any more. */
  void drop(int slot) {
    Buffer buffer = shown[slot];
    if (buffer != null) {
      buffer.holders--;
      shown[slot] = null;
    }
  }

  /**
   * Ends a run: no slot shows anything.
   *
   * @return whether arrays have come or gone
   */
  boolean end() {
    boolean any = changed;
    for (int slot = 0; slot < shown.length; slot++) {
      drop(slot);
    }
    if (changed) {
      changed = false;
      all.removeIf(this::isDone);
      for (int slot = 0; slot < before.length; slot++) {
        Buffer buffer = before[slot];
        if (buffer != null && isDone(buffer)) {
          before[slot] = null;
          made[slot] = null;
        }
        buffer = earlier[slot];
        if (buffer != null && isDone(buffer)) {
          earlier[slot] = null;
          madeEarlier[slot] = null;
        }
      }
    }
    return any;
  }

  private boolean isDone(Buffer buffer) {
    return buffer.given || buffer.usedIn < run - KEPT_RUNS;
  }

  /** Sets every element to zero. */
  static void clear(Tensor tensor) {
    switch (tensor.array()) {
      case float[] a -> Arrays.fill(a, 0);
      case double[] a -> Arrays.fill(a, 0);
      case int[] a -> Arrays.fill(a, 0);
      case long[] a -> Arrays.fill(a, 0);
      case short[] a -> Arrays.fill(a, (short) 0);
      case byte[] a -> Arrays.fill(a, (byte) 0);
      default -> Arrays.fill((String[]) tensor.array(), "");
    }
  }

  /** Fills a tensor with what no operator may leave there. */
  static void poison(Tensor tensor) {
    switch (tensor.array()) {
      case float[] a -> Arrays.fill(a, Float.NaN);
      case double[] a -> Arrays.fill(a, Double.NaN);
      case int[] a -> Arrays.fill(a, 0x5a5a5a5a);
      case long[] a -> Arrays.fill(a, 0x5a5a5a5a5a5a5a5aL);
      case short[] a -> Arrays.fill(a, (short) 0x7e5a);
      case byte[] a -> Arrays.fill(a, (byte) 0x5a);
      default -> Arrays.fill((String[]) tensor.array(), "\u0000unwritten");
    }
  }
}
