package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class AlikeTest {

  private final Random random = new Random(3);

  private static Tensor drawn(int n, DoubleSupplier source) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, n);
    for (int i = 0; i < n; i++) {
      tensor.setDouble(i, source.getAsDouble());
    }
    return tensor;
  }

  @Test
  void byHand() {
    Tensor a = Tensor.of(new float[] {1, 2, 3, 4}, 4);
    Tensor b = Tensor.of(new float[] {1, 2, 4, 5}, 4);
    // Differences 0, 0, -1, -1; below 4 lie three of a and two of b.
    assertEquals(new Alike(4, 2 / Math.sqrt(2), Math.sqrt(2) / 4), Alike.of(a, b));
    assertTrue(Alike.of(a, a).agrees());
    Tensor bools = Tensor.of(new boolean[] {true, false}, 2);
    assertEquals(new Alike(2, 0, 0), Alike.of(bools, Tensor.of(new boolean[] {false, true}, 2)));
    assertTrue(Alike.canCompare(bools, bools));
    assertFalse(Alike.canCompare(a, bools));
    assertFalse(Alike.canCompare(Tensor.of(new String[] {"a"}, 1), Tensor.of(new String[1], 1)));
  }

  @Test
  void whatIsAlikePassesAndOthersDoNot() {
    for (int i = 0; i < 200; i++) {
      Alike same = Alike.of(drawn(50, random::nextGaussian), drawn(50, random::nextGaussian));
      assertTrue(same.agrees(), same::summary);
      Alike coins =
          Alike.of(drawn(10, () -> random.nextInt(2)), drawn(10, () -> random.nextInt(2)));
      assertTrue(coins.agrees(), coins::summary);
    }
    Tensor normal = drawn(200, random::nextGaussian);
    assertFalse(Alike.of(normal, drawn(200, () -> random.nextGaussian() + 1)).agrees());
    assertFalse(Alike.of(normal, drawn(200, () -> 4 * random.nextGaussian())).agrees());
    assertFalse(Alike.of(normal, drawn(200, () -> Double.NaN)).agrees());
    Tensor coins = drawn(200, () -> random.nextInt(2));
    assertFalse(Alike.of(coins, drawn(200, () -> random.nextInt(10) == 0 ? 1 : 0)).agrees());
  }
}
