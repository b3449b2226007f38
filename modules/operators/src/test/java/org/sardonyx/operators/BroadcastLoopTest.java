package org.sardonyx.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BroadcastLoopTest {

  @Test
  void neighboursThatGoTogetherAreOneRow() {
    BroadcastLoop same = BroadcastLoop.of(new int[] {2, 3, 4}, new int[] {2, 3, 4}, new int[0]);
    assertEquals(24, same.length());
    assertEquals(1, same.step(0));
    assertEquals(0, same.step(1));
    BroadcastLoop channels =
        BroadcastLoop.of(new int[] {2, 3, 4, 5}, new int[] {2, 3, 4, 5}, new int[] {3, 1, 1});
    assertEquals(20, channels.length());
    BroadcastLoop bias = BroadcastLoop.of(new int[] {6, 7}, new int[] {6, 7}, new int[] {7});
    assertEquals(7, bias.length());
    assertEquals(1, bias.step(1));
  }

  @Test
  void everyElementIsReadWhereNumPyReadsIt() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 500; round++) {
      int[] output = new int[random.nextInt(5)];
      Arrays.setAll(output, i -> random.nextInt(4));
      int[] a = narrowed(output, random);
      int[] b = narrowed(output, random);
      BroadcastLoop loop = BroadcastLoop.of(output, a, b);
      int size = Axes.product(output, 0, output.length);
      int[] seen = new int[size];
      loop.each(
          OneInvocation.EMPTY,
          (o, at, n) -> {
            for (int i = 0; i < n; i++) {
              seen[o + i]++;
              assertEquals(place(output, o + i, a), at[0] + i * loop.step(0));
              assertEquals(place(output, o + i, b), at[1] + i * loop.step(1));
            }
          });
      assertEquals(size, Arrays.stream(seen).filter(n -> n == 1).count());
    }
  }

  /** Long rows come in pieces, between which the run may be ended. */
  @Test
  void longRowsAreCut() {
    int length = 1_000_003;
    BroadcastLoop loop =
        BroadcastLoop.of(new int[] {2, length}, new int[] {length}, new int[] {2, 1});
    int[] pieces = new int[1];
    long[] seen = new long[1];
    loop.each(
        OneInvocation.EMPTY,
        (o, at, n) -> {
          pieces[0]++;
          assertEquals(seen[0], o);
          assertEquals(o % length, at[0]);
          assertEquals(o / length, at[1]);
          seen[0] += n;
        });
    assertEquals(2L * length, seen[0]);
    assertEquals(8, pieces[0]);
  }

  private static int[] narrowed(int[] output, SplittableRandom random) {
    int[] shape = Arrays.copyOfRange(output, random.nextInt(output.length + 1), output.length);
    for (int i = 0; i < shape.length; i++) {
      shape[i] = random.nextBoolean() ? 1 : shape[i];
    }
    return shape;
  }

  private static int place(int[] output, int element, int[] shape) {
    int[] strides = Broadcast.strides(shape, output);
    int place = 0;
    for (int d = output.length - 1; d >= 0; d--) {
      place += element % output[d] * strides[d];
      element /= output[d];
    }
    return place;
  }
}
