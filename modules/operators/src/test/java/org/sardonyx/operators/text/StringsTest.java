package org.sardonyx.operators.text;

import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class StringsTest {

  private static OperatorRunner of(String name, long opset) {
    return OperatorRunner.of(name, opset);
  }

  @Test
  void concat() {
    same(
        Tensors.strings(shape(2, 2), "ax", "ay", "bx", "by"),
        of("StringConcat", 20)
            .run(Tensors.strings(shape(2, 1), "a", "b"), Tensors.strings(shape(2), "x", "y")));
  }

  @Test
  void normalizer() {
    Tensor x = Tensors.strings(shape(1, 3), "Monday", "tuesday", "Äpfel");
    same(
        Tensors.strings(shape(1, 2), "MONDAY", "ÄPFEL"),
        of("StringNormalizer", 10)
            .attribute("case_change_action", "UPPER")
            .strings("stopwords", "TUESDAY")
            .run(x));
    same(
        x,
        of("StringNormalizer", 10)
            .attribute("is_case_sensitive", 1)
            .strings("stopwords", "TUESDAY")
            .run(x));
    same(
        Tensors.strings(shape(1), ""),
        of("StringNormalizer", 10).strings("stopwords", "a").run(Tensors.strings(shape(1), "A")));
  }

  @Test
  void split() {
    Tensor x = Tensors.strings(shape(3), "a,b,,c", "", "x");
    List<Value> y = of("StringSplit", 20).attribute("delimiter", ",").outputs(2).runAll(x);
    same(
        Tensors.strings(shape(3, 4), "a", "b", "", "c", "", "", "", "", "x", "", "", ""),
        (Tensor) y.get(0));
    same(Tensor.vector(4, 1, 1), (Tensor) y.get(1));
    Tensor words = Tensors.strings(shape(2), "  hello  big world ", " ");
    y = of("StringSplit", 20).attribute("maxsplit", 1).outputs(2).runAll(words);
    same(Tensors.strings(shape(2, 2), "hello", "big world", "", ""), (Tensor) y.get(0));
    same(Tensor.vector(2, 0), (Tensor) y.get(1));
  }

  private static OperatorRunner grams(String mode, int min, int max, int skip) {
    return of("TfIdfVectorizer", 9)
        .attribute("mode", mode)
        .attribute("min_gram_length", min)
        .attribute("max_gram_length", max)
        .attribute("max_skip_count", skip)
        .ints("ngram_counts", 0, 4)
        .ints("ngram_indexes", 0, 1, 2, 3, 4, 5, 6)
        .ints("pool_int64s", 2, 3, 5, 4, 5, 6, 7, 8, 6, 7);
  }

  @Test
  void tfIdf() {
    Tensor x = Tensors.ints(shape(2, 6), 1, 1, 3, 3, 3, 7, 8, 6, 7, 5, 6, 8);
    same(
        Tensors.floats(shape(2, 7), 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1),
        grams("TF", 1, 2, 0).run(x));
    same(
        Tensors.floats(shape(2, 7), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1),
        grams("TF", 2, 2, 5).run(x));
    same(
        Tensors.floats(shape(7), 0, 6, 0, 0, 0, 0, 0),
        grams("TFIDF", 1, 1, 0).floats("weights", 1, 2, 1, 1, 1, 1, 1).run(Tensor.vector(3, 3, 3)));
    same(
        Tensors.floats(shape(7), 0, 2, 0, 0, 0, 0, 0),
        grams("IDF", 1, 1, 0).floats("weights", 1, 2, 1, 1, 1, 1, 1).run(Tensor.vector(3, 3, 3)));
  }
}
