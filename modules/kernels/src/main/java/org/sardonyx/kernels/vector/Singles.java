package org.sardonyx.kernels.vector;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Chain.Operation;
import org.sardonyx.kernels.Unary;

/**
 * Loops of one operation each: chains of one. The compiler itself makes vectors of such loops only
 * where it knows that arrays do not overlap, which offsets hide from it.
 */
final class Singles {

  /** From here on vectors save more than it takes to call them. */
  private static final int LEAST = 4 * UnaryLoops.LANES;

  /** Which inputs move, in bits. */
  static final int LEFT = 1;

  static final int RIGHT = 2;
  private static final int FORMS = 4;
  private static final float[] NONE = {};

  /** What a thread calls a loop with; between calls it holds no array of others. */
  private static final class Room {
    final float[][] arrays = new float[3][];
    final int[] offsets = new int[3];
    final float[] number = new float[1];
  }

  private final ChainCodes codes;
  private final ThreadLocal<Room> rooms = ThreadLocal.withInitial(Room::new);

  // By what moves; of one that two threads make, either will do.
  private final Map<Unary, @Nullable ChainCode[]> unary = new EnumMap<>(Unary.class);
  private final Map<Binary, @Nullable ChainCode[]> binary = new EnumMap<>(Binary.class);

  Singles(ChainCodes codes) {
    this.codes = codes;
    for (Unary f : Unary.values()) {
      unary.put(f, new @Nullable ChainCode[FORMS]);
    }
    for (Binary f : Binary.values()) {
      binary.put(f, new @Nullable ChainCode[FORMS]);
    }
  }

  /** Returns where to find an input that does not move, until the thread asks again. */
  float[] number(float x) {
    float[] number = rooms.get().number;
    number[0] = x;
    return number;
  }

  /**
   * Computes f of as many of the n elements as are whole vectors, where y may be x.
   *
   * @return how many; 0 where vectors are not fast yet
   */
  int run(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    if (n < LEAST) {
      return 0;
    }
    @Nullable ChainCode[] forms = Objects.requireNonNull(unary.get(f));
    ChainCode code = forms[LEFT];
    if (code == null) {
      code = codes.get(new Chain(1, List.of(new Operation.OfOne(f, 0))), LEFT);
      forms[LEFT] = code;
    }
    return run(code, x, xo, y, yo, y, yo, n);
  }

  /** As the other, where an input that does not move is one number. */
  int run(Binary f, int moving, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    if (n < LEAST) {
      return 0;
    }
    @Nullable ChainCode[] forms = Objects.requireNonNull(binary.get(f));
    ChainCode code = forms[moving];
    if (code == null) {
      code = codes.get(new Chain(2, List.of(new Operation.OfTwo(f, 0, 1))), moving);
      forms[moving] = code;
    }
    return run(code, a, ao, b, bo, y, yo, n);
  }

  private int run(ChainCode code, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    if (!code.isReady()) {
      return 0;
    }
    Room room = rooms.get();
    float[][] arrays = room.arrays;
    arrays[0] = a;
    arrays[1] = b;
    arrays[2] = y;
    room.offsets[0] = ao;
    room.offsets[1] = bo;
    room.offsets[2] = yo;
    int whole = n - n % UnaryLoops.LANES;
    code.run(arrays, room.offsets, whole);
    arrays[0] = NONE;
    arrays[1] = NONE;
    arrays[2] = NONE;
    return whole;
  }
}
