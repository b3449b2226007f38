package org.sardonyx.operators.microsoft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class SmallOperatorsTest {

  @Test
  void murmurHashesAreThePublishedOnes() {
    Tensor x = Tensor.of(new String[] {"", "test", "Hello, world!"}, 3);
    OperatorRunner runner = run("MurmurHash3");
    assertArrayEquals(new long[] {0, 0xba6bd213L, 0xc0363e43L}, runner.run(x).toLongs());
    Tensor signed = runner.attribute("positive", 0).attribute("seed", 1).run(x);
    assertEquals(DataType.INT32, signed.dataType());
    assertEquals(0x514e28b7, signed.ints()[0]);
  }

  @Test
  void maskedPoolEndsEachRowAtTheFirstMasked() {
    Tensor x = Tensor.of(new float[] {5, 1, 2, 3, 4, 9, 7, 8, 6}, 1, 1, 3, 3);
    Tensor mask = Tensor.of(new int[] {1, 1, 0, 1, 0, 1, 1, 1, 1}, 1, 1, 3, 3);
    OperatorRunner runner = run("MaxpoolWithMask").ints("kernel_shape", 2, 2);
    // Of the second row the windows see 3 and nothing, of the first 5, 1 and 1.
    assertArrayEquals(new float[] {5, 1, 8, 8}, runner.run(x, mask).floats());
    Tensor line = Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
    Tensor first = Tensor.of(new int[] {0, 1}, 1, 1, 2);
    assertArrayEquals(
        new float[] {-Float.MAX_VALUE, -Float.MAX_VALUE},
        run("MaxpoolWithMask").ints("kernel_shape", 2).run(line, first).floats());
    Tensor each = Tensor.of(new int[] {1, 0, 1, 1}, 1, 2, 2);
    assertArrayEquals(
        new float[] {1, 4},
        run("MaxpoolWithMask").ints("kernel_shape", 2).run(line, each).floats());
    assertThrows(
        OperatorFailed.class,
        () ->
            run("MaxpoolWithMask")
                .ints("kernel_shape", 2)
                .run(line, Tensor.of(new int[3], 1, 1, 3)));
  }

  @Test
  void repeatedNGramsAreBlocked() {
    Tensor ids = Tensor.of(new long[] {1, 2, 3, 1, 2}, 1, 5);
    Tensor scores = Tensor.of(new float[] {5, 6, 7, 8}, 1, 4);
    Tensor y = run("NGramRepeatBlock").attribute("ngram_size", 3).run(ids, scores);
    assertArrayEquals(new float[] {5, 6, 7, Float.NEGATIVE_INFINITY}, y.floats());
    assertThrows(
        OperatorFailed.class,
        () ->
            run("NGramRepeatBlock")
                .attribute("ngram_size", 1)
                .run(Tensor.of(new long[] {9}, 1, 1), scores));
  }

  @Test
  void tokensBetweenSeparators() {
    Tensor x = Tensor.of(new String[] {"a bc,d", ""}, 2);
    OperatorRunner runner =
        run("Tokenizer")
            .attribute("mark", 1)
            .attribute("mincharnum", 1)
            .attribute("pad_value", "#")
            .strings("separators", " ", ",");
    Tensor y = runner.run(x);
    assertTrue(y.hasShape(2, 5));
    assertArrayEquals(
        new String[] {"\u0002", "a", "bc", "d", "\u0003", "\u0002", "\u0003", "#", "#", "#"},
        y.strings());
  }

  @Test
  void tokensAreAsLongAsTheyCanBe() {
    Tensor x = Tensor.of(new String[] {"abcab"}, 1);
    OperatorRunner runner =
        run("Tokenizer")
            .attribute("mark", 0)
            .attribute("mincharnum", 2)
            .attribute("pad_value", "")
            .attribute("tokenexp", "a|ab|abc");
    assertArrayEquals(new String[] {"abc", "ab"}, runner.run(x).strings());
    assertThrows(InvalidModel.class, () -> runner.strings("separators", " ").create(1));
    assertThrows(
        InvalidModel.class,
        () ->
            run("Tokenizer")
                .attribute("mark", 0)
                .attribute("mincharnum", 1)
                .attribute("pad_value", "")
                .attribute("tokenexp", "(")
                .create(1));
  }

  @Test
  void wordsAreEmbeddedByTheirBestPlace() {
    Tensor words = Tensor.of(new int[] {1, 2, 0, 0, 0, 0}, 2, 3);
    Tensor w = Tensor.of(new float[] {1}, 1, 1, 1, 1);
    Tensor bias = Tensor.of(new float[] {0}, 1);
    Tensor table = Tensor.of(new float[] {0, -1, 2}, 3, 1);
    Tensor y = run("WordConvEmbedding").run(words, w, bias, table);
    assertArrayEquals(new float[] {(float) Math.tanh(2), 0}, y.floats(), 1e-6f);
  }

  @Test
  void differentElementsInTheirOrder() {
    Tensor x = Tensor.of(new float[] {2, 1, 1, 3, 4, 3}, 6);
    List<Value> y = run("Unique").outputs(3).runAll(x);
    assertArrayEquals(new float[] {2, 1, 3, 4}, ((Tensor) y.get(0)).floats());
    assertArrayEquals(new long[] {0, 1, 1, 2, 3, 2}, ((Tensor) y.get(1)).longs());
    assertArrayEquals(new long[] {1, 2, 2, 1}, ((Tensor) y.get(2)).longs());
  }

  @Test
  void shapesAndRanges() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    assertTrue(run("ExpandDims").run(x, Tensor.of(new int[] {-1})).hasShape(2, 2, 1));
    assertArrayEquals(new float[] {1, 0, 3, 4}, run("Trilu").attribute("upper", 0).run(x).floats());
    assertArrayEquals(
        new float[] {9, 1, 2, 9, 3, 4},
        run("Pad").run(x, Tensor.of(new long[] {0, 1, 0, 0}, 1, 4), Tensor.scalar(9f)).floats());
    assertArrayEquals(
        new float[] {4, 1},
        run("GatherND").run(x, Tensor.of(new int[] {1, 1, 0, 0}, 2, 2)).floats());
    assertArrayEquals(
        new long[] {3, 4}, run("Range").run(Tensor.scalar(3L), Tensor.scalar(5L)).longs());
    assertArrayEquals(
        new float[] {1, 0.5f},
        run("Range").run(Tensor.scalar(1f), Tensor.scalar(0f), Tensor.scalar(-0.5f)).floats());
    Tensor grid = Tensor.of(new float[] {0, 0}, 1, 1, 1, 2);
    assertArrayEquals(
        new float[] {2.5f}, run("GridSample").run(x.reshaped(1, 1, 2, 2), grid).floats());
  }

  private static OperatorRunner run(String name) {
    return OperatorRunner.of("com.microsoft", name, 1);
  }
}
