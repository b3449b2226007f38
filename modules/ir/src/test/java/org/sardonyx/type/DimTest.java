package org.sardonyx.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.type.Dim.Op;

class DimTest {

  private static final Dim N = Dim.named("n");
  private static final Dim T = Dim.named("t");

  @Test
  void equalArithmeticLooksEqual() {
    assertEquals(N.plus(T).times(2), T.times(2).plus(N.times(2)));
    assertEquals(N, N.plus(T).minus(T));
    assertEquals(N.times(T), T.times(N));
    assertEquals(Dim.of(0), N.minus(N));
    assertEquals(N.plus(3), N.plus(5).minus(Dim.of(2)));
  }

  @Test
  void quotientsCancel() {
    assertEquals(T, N.times(T).times(4).dividedBy(N.times(4)));
    assertEquals(N.plus(T), N.plus(T).times(T).dividedBy(T));
    assertEquals(T.plus(1).dividedBy(2).plus(N), N.times(2).plus(T).plus(1).dividedBy(2));
    assertEquals(T.dividedBy(6), T.dividedBy(2).dividedBy(3));
    assertEquals(T.plus(7).dividedBy(8).toString(), "((t+7)/8)");
  }

  @Test
  void convolutionsOneAfterTheOtherDivideOnce() {
    Dim once = T.minus(Dim.of(1)).dividedBy(2).plus(1);
    Dim twice = once.minus(Dim.of(1)).dividedBy(2).plus(1);
    assertEquals(T.plus(3).dividedBy(4), twice);
  }

  @Test
  void largerAndSmallerAreDecidedWhereNamesAreSizes() {
    assertEquals(N.plus(T), N.plus(T).max(N));
    assertEquals(N, N.plus(T).min(N));
    assertEquals(N, N.max(Dim.of(0)));
    assertEquals(T, N.plus(T).minus(N.plus(T).min(N)).max(Dim.of(0)));
    assertEquals(T.min(Dim.of(1)), T.minus(T.minus(Dim.of(1)).max(Dim.of(0))));
    assertEquals(N.max(Dim.of(5)), N.max(Dim.of(3)).max(Dim.of(5)));
    assertEquals(N.min(T), T.min(N));
  }

  @Test
  void theSignIsKnownOnlyWhereItIs() {
    assertTrue(N.times(T).plus(2).isNeverNegative());
    assertTrue(N.minus(T).max(Dim.of(0)).isNeverNegative());
    assertFalse(N.minus(Dim.of(1)).isNeverNegative());
    assertFalse(Dim.UNKNOWN.isNeverNegative());
  }

  @Test
  void theUnknownStaysUnknown() {
    assertEquals(Dim.UNKNOWN, N.plus(Dim.UNKNOWN));
    assertEquals(Dim.of(0), Dim.UNKNOWN.times(0));
    assertFalse(Dim.UNKNOWN.sameAs(Dim.UNKNOWN));
    assertEquals(Dim.UNKNOWN, Dim.of(Long.MAX_VALUE).times(2));
    assertEquals(Dim.UNKNOWN, N.times(Long.MAX_VALUE).times(2));
  }

  @Test
  void longSumsAreGivenUp() {
    Dim sum = Dim.of(0);
    for (int i = 0; i < 1000; i++) {
      sum = sum.plus(Dim.named("d" + i));
    }
    assertEquals(Dim.UNKNOWN, sum);
  }

  /** Whatever the form, the value is that of the operations one by one. */
  @Test
  void evaluatesToWhatItIsMadeOf() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    List<Op> operations = List.of(Op.values());
    for (int round = 0; round < 3000; round++) {
      Map<String, Long> sizes = new HashMap<>();
      for (String name : new String[] {"n", "t", "c"}) {
        sizes.put(name, (long) random.nextInt(12));
      }
      Dim[] dims = new Dim[8];
      OptionalLong[] values = new OptionalLong[dims.length];
      for (int i = 0; i < dims.length; i++) {
        if (i < 3) {
          String name = new String[] {"n", "t", "c"}[i];
          dims[i] = Dim.named(name);
          values[i] = OptionalLong.of(sizes.get(name));
          continue;
        }
        int a = random.nextInt(i);
        boolean number = random.nextInt(3) == 0;
        int b = random.nextInt(i);
        Dim right = number ? Dim.of(random.nextInt(7) - 2) : dims[b];
        OptionalLong y = number ? right.evaluate(sizes) : values[b];
        Op op = operations.get(random.nextInt(operations.size()));
        dims[i] = apply(op, dims[a], right);
        values[i] =
            values[a].isPresent() && y.isPresent()
                ? op.apply(values[a].getAsLong(), y.getAsLong())
                : OptionalLong.empty();
        OptionalLong found = dims[i].evaluate(sizes);
        if (values[i].isPresent() && found.isPresent()) {
          assertEquals(values[i], found, "seed " + seed + ": " + dims[i] + " with " + sizes);
        }
        if (values[i].isPresent() && dims[i].isNeverNegative()) {
          assertTrue(values[i].getAsLong() >= 0, "seed " + seed + ": " + dims[i] + " " + sizes);
        }
        if (values[i].isPresent() && found.isEmpty()) {
          dims[i] = dims[0];
          values[i] = values[0];
        }
      }
    }
  }

  private static Dim apply(Op op, Dim a, Dim b) {
    return switch (op) {
      case ADD -> a.plus(b);
      case SUB -> a.minus(b);
      case MUL -> a.times(b);
      case DIV -> a.dividedBy(b);
      case MAX -> a.max(b);
      case MIN -> a.min(b);
    };
  }
}
