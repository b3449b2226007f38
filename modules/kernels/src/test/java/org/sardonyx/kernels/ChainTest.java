package org.sardonyx.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.kernels.Chain.Operation;
import org.sardonyx.kernels.vector.VectorKernels;

/** Chains against the loops of the kernels, one after the other. */
class ChainTest {

  private static final long SEED = Long.getLong("seed", 1);
  private static final float[] SPECIAL = {
    0,
    -0f,
    1,
    -1,
    3,
    6,
    -3,
    Float.NaN,
    1e-40f,
    1e30f,
    -1e30f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  @Test
  void scalar() {
    chains(Kernels.scalar(), 60);
  }

  /** Tiles at first, then generated code: rows of one shape are computed more than once. */
  @Test
  void vectors() {
    chains(new VectorKernels(false), 60);
  }

  @Test
  void everyShortLengthAndEveryFunctionByGeneratedCode() {
    Kernels kernels = new VectorKernels(false);
    SplittableRandom random = new SplittableRandom(SEED);
    for (Unary f : Unary.values()) {
      Chain chain =
          new Chain(
              2,
              List.of(
                  new Operation.OfTwo(Binary.ADD, 0, 1),
                  new Operation.OfOne(f, 2),
                  new Operation.OfTwo(Binary.MUL, 3, 0)));
      for (int n = 1; n <= 70; n++) {
        check(kernels, chain, new int[] {1, n % 2}, n, random, f + " of " + n);
      }
    }
  }

  @Test
  void severalLoopsShareTiles() {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      operations.add(new Operation.OfOne(Unary.TANH, i == 0 ? 0 : 2 * i));
      operations.add(new Operation.OfTwo(Binary.ADD, 1 + 2 * i, i));
    }
    Chain chain = new Chain(1, operations);
    SplittableRandom random = new SplittableRandom(SEED);
    for (Kernels kernels : List.of(Kernels.scalar(), new VectorKernels(false))) {
      for (int n : new int[] {1, 15, 1023, 1024, 1025, 2050, 5000}) {
        check(kernels, chain, new int[] {1}, n, random, kernels.name() + " of " + n);
      }
    }
  }

  @Test
  void anInputMayBeWrittenOver() {
    SplittableRandom random = new SplittableRandom(SEED);
    Chain chain =
        new Chain(
            3,
            List.of(
                new Operation.OfTwo(Binary.ADD, 0, 1),
                new Operation.OfOne(Unary.SIGMOID, 3),
                new Operation.OfTwo(Binary.MUL, 0, 4),
                new Operation.OfTwo(Binary.SUB, 5, 2)));
    for (Kernels kernels : List.of(Kernels.scalar(), new VectorKernels(false))) {
      for (int n = 1; n < 2100; n += n < 70 ? 1 : 97) {
        for (int run = 0; run < 6; run++) {
          float[] x = floats(random, n + 3);
          float[] z = floats(random, n);
          float[] b = {random.nextFloat()};
          float[] apart = new float[n + 3];
          int[] begins = {3, 0, 0};
          chain.run(kernels, over(chain, x, b, z), begins, apart, 3, n);
          Chain.Work work = over(chain, x, b, z);
          for (int i = 0; i < run; i++) { // code comes after some rows
            chain.run(kernels, work, begins, apart, 3, n);
          }
          chain.run(kernels, work, begins, x, 3, n);
          assertArrayEquals(
              Arrays.copyOfRange(apart, 3, n + 3),
              Arrays.copyOfRange(x, 3, n + 3),
              kernels.name() + " of " + n + ", run " + run);
        }
      }
    }
  }

  private static Chain.Work over(Chain chain, float[] x, float[] b, float[] z) {
    Chain.Work work = chain.work();
    work.input(0, x, 1);
    work.input(1, b, 0);
    work.input(2, z, 1);
    return work;
  }

  private static float[] floats(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (random.nextFloat() - 0.5f) * 10;
    }
    return x;
  }

  @Test
  void refusesWhatReadsLaterValues() {
    List<Operation> operations = List.of(new Operation.OfOne(Unary.RELU, 1));
    assertThrows(IllegalArgumentException.class, () -> new Chain(1, operations));
  }

  private static final List<Unary> UNARY = List.of(Unary.values());
  private static final List<Binary> ARITHMETIC =
      List.of(Binary.ADD, Binary.SUB, Binary.MUL, Binary.DIV);

  private static void chains(Kernels kernels, int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int c = 0; c < count; c++) {
      int inputs = 1 + random.nextInt(4);
      List<Operation> operations = new ArrayList<>();
      int size = 1 + random.nextInt(12);
      for (int i = 0; i < size; i++) {
        // The last value before is among the operands, so that everything counts.
        int before = i == 0 ? 0 : inputs + i - 1;
        int other = random.nextInt(inputs + i);
        operations.add(
            switch (random.nextInt(5)) {
              case 0 -> new Operation.OfOne(UNARY.get(random.nextInt(UNARY.size())), before);
              case 1 -> new Operation.Clamp(-1, random.nextInt(7), before);
              case 2 -> new Operation.HardSigmoid(1 / 6f, 0.5f, before);
              case 3 -> new Operation.OfTwo(arithmetic(random), other, before);
              default -> new Operation.OfTwo(arithmetic(random), before, other);
            });
      }
      Chain chain = new Chain(inputs, operations);
      int[] steps = new int[inputs];
      for (int i = 0; i < inputs; i++) {
        steps[i] = random.nextInt(3) == 0 ? 0 : 1;
      }
      int n = 1 + random.nextInt(c % 4 == 0 ? 3000 : 40);
      check(kernels, chain, steps, n, random, "seed " + SEED + " chain " + c + " " + operations);
    }
  }

  private static Binary arithmetic(SplittableRandom random) {
    return ARITHMETIC.get(random.nextInt(ARITHMETIC.size()));
  }

  private static void check(
      Kernels kernels, Chain chain, int[] steps, int n, SplittableRandom random, String what) {
    int count = steps.length;
    Chain.Work work = chain.work();
    float[][] in = new float[count][];
    int[] begins = new int[count];
    for (int i = 0; i < count; i++) {
      begins[i] = random.nextInt(5);
      in[i] = new float[begins[i] + n];
      for (int k = 0; k < in[i].length; k++) {
        in[i][k] =
            random.nextInt(9) == 0
                ? SPECIAL[random.nextInt(SPECIAL.length)]
                : (float) (8 * random.nextDouble() - 4);
      }
      work.input(i, in[i], steps[i]);
    }
    float[] expected = oneByOne(kernels, chain, in, begins, steps, n);
    for (int run = 0; run < 7; run++) {
      float[] y = new float[n + 3];
      Arrays.fill(y, 77);
      chain.run(kernels, work, begins, y, 2, n);
      float[] actual = Arrays.copyOfRange(y, 2, 2 + n);
      assertArrayEquals(bits(expected), bits(actual), what + ", run " + run);
      assertArrayEquals(new float[] {77, 77, 77}, new float[] {y[0], y[1], y[n + 2]}, what);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  private static float[] oneByOne(
      Kernels kernels, Chain chain, float[][] in, int[] begins, int[] steps, int n) {
    List<float[]> values = new ArrayList<>();
    for (int i = 0; i < in.length; i++) {
      float[] value = new float[n];
      for (int k = 0; k < n; k++) {
        value[k] = in[i][begins[i] + k * steps[i]];
      }
      values.add(value);
    }
    for (Operation operation : chain.operations()) {
      float[] y = new float[n];
      switch (operation) {
        case Operation.OfOne(Unary f, int x) -> kernels.unary(f, values.get(x), 0, y, 0, n);
        case Operation.OfTwo(Binary f, int a, int b) ->
            kernels.binary(f, values.get(a), 0, values.get(b), 0, y, 0, n);
        case Operation.Clamp(float least, float greatest, int x) ->
            kernels.clamp(least, greatest, values.get(x), 0, y, 0, n);
        case Operation.HardSigmoid(float alpha, float beta, int x) -> {
          for (int i = 0; i < n; i++) {
            y[i] = Math.max(0, Math.min(1, alpha * values.get(x)[i] + beta));
          }
        }
      }
      values.add(y);
    }
    return values.getLast();
  }
}
