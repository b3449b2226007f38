package org.sardonyx.operators.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * TfIdfVectorizer: how often each n-gram of a pool is found in a row: [C] to [size], [N, C] to [N,
 * size]. The items of an n-gram are evenly spaced, with up to a number of items skipped between
 * two.
 *
 * @param pool the n-grams by their items, as a tree
 * @param size the length of a row of the output
 * @param minLength the least n
 * @param maxLength the greatest n
 * @param maxSkip how many items may lie between two
 * @param mode what is made of the counts
 * @param weights the weight of each place of the output; null for 1
 */
public record TfIdfVectorizer(
    Gram pool,
    int size,
    long minLength,
    long maxLength,
    long maxSkip,
    Mode mode,
    float @Nullable [] weights)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("TfIdfVectorizer")
          .version(9)
          .input("X", "T")
          .output("Y", "T1")
          .required("max_gram_length", Kind.INT)
          .required("max_skip_count", Kind.INT)
          .required("min_gram_length", Kind.INT)
          .required("mode", Kind.STRING)
          .required("ngram_counts", Kind.INTS)
          .required("ngram_indexes", Kind.INTS)
          .optional("pool_int64s", Kind.INTS)
          .optional("pool_strings", Kind.STRINGS)
          .optional("weights", Kind.FLOATS)
          .type("T", DataType.INT32, DataType.INT64, DataType.STRING)
          .type("T1", DataType.FLOAT)
          .accuracy(Accuracy.ROUNDED)
          .create(TfIdfVectorizer::of);

  private static final int LARGEST_OUTPUT = 1 << 26;

  /** What is made of the counts. */
  enum Mode {
    /** The counts. */
    TF,
    /** Weights where a count is not 0. */
    IDF,
    /** Counts times weights. */
    TFIDF
  }

  /**
   * A beginning of n-grams.
   *
   * @param place where its own count goes; -1 where it is no n-gram of the pool
   * @param next what may follow
   */
  record Gram(int[] place, Map<Object, Gram> next) {
    static Gram empty() {
      return new Gram(new int[] {-1}, new HashMap<>());
    }
  }

  static TfIdfVectorizer of(Attributes attributes) {
    long[] places = attributes.getInts("ngram_indexes");
    long[] starts = attributes.getInts("ngram_counts");
    float[] given = attributes.getFloatsOrNull("weights");
    List<String> strings = attributes.getStringsOrNull("pool_strings");
    long[] integers = attributes.getIntsOrNull("pool_int64s");
    if ((strings == null) == (integers == null)) {
      throw new InvalidModel("one of pool_strings and pool_int64s must be given");
    }
    List<Object> items = new ArrayList<>();
    if (strings != null) {
      items.addAll(strings);
    } else if (integers != null) {
      for (long integer : integers) {
        items.add(integer);
      }
    }
    if (given != null && given.length != places.length) {
      throw new InvalidModel(given.length + " weights for " + places.length + " n-grams");
    }
    int size = 0;
    for (long place : places) {
      if (place < 0) {
        throw new InvalidModel("ngram_indexes holds " + place);
      }
      if (place >= LARGEST_OUTPUT) {
        throw new LimitExceeded("elements", "a row of " + place + " places");
      }
      size = Math.max(size, (int) place + 1);
    }
    float[] weights = given == null ? null : new float[size];
    Gram pool = Gram.empty();
    int gram = 0;
    for (int n = 1; n <= starts.length; n++) {
      long end = n < starts.length ? starts[n] : items.size();
      long start = starts[n - 1];
      if (start < 0 || end < start || end > items.size() || (end - start) % n != 0) {
        throw new InvalidModel("ngram_counts " + Arrays.toString(starts) + " do not fit the pool");
      }
      for (int i = (int) start; i < end; i += n) {
        if (gram >= places.length) {
          throw new InvalidModel("more n-grams than ngram_indexes");
        }
        Gram at = pool;
        for (Object item : items.subList(i, i + n)) {
          at = at.next().computeIfAbsent(item, _ -> Gram.empty());
        }
        at.place()[0] = (int) places[gram];
        if (weights != null && given != null) {
          weights[(int) places[gram]] = given[gram];
        }
        gram++;
      }
    }
    String mode = attributes.getString("mode");
    return new TfIdfVectorizer(
        pool,
        size,
        attributes.getInt("min_gram_length"),
        attributes.getInt("max_gram_length"),
        attributes.getInt("max_skip_count"),
        switch (mode) {
          case "TF" -> Mode.TF;
          case "IDF" -> Mode.IDF;
          case "TFIDF" -> Mode.TFIDF;
          default -> throw new InvalidModel("mode \"" + mode + "\"");
        },
        weights);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank()) {
      in.shape(0, x.rank() == 2 ? Shape.of(x.dim(0), Dim.of(size)) : Shape.of(size));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() > 2) {
      throw new OperatorFailed("TfIdfVectorizer of " + x);
    }
    int rows = x.rank() == 2 ? x.dim(0) : 1;
    int length = rows == 0 ? 0 : x.size() / rows;
    int[] shape = x.rank() == 2 ? new int[] {rows, size} : new int[] {size};
    float[] y = in.zeros(0, DataType.FLOAT, shape).floats();
    Object[] items = new Object[x.size()];
    for (int i = 0; i < items.length; i++) {
      items[i] = x.dataType() == DataType.STRING ? x.strings()[i] : (Object) x.getLong(i);
    }
    for (int row = 0; row < rows; row++) {
      count(in, items, row * length, (row + 1) * length, y, row * size);
      for (int i = row * size; i < (row + 1) * size; i++) {
        float weight = weights == null ? 1 : weights[i - row * size];
        y[i] =
            switch (mode) {
              case TF -> y[i];
              case IDF -> y[i] > 0 ? weight : 0;
              case TFIDF -> y[i] * weight;
            };
      }
      in.checkpoint();
    }
  }

  private void count(Invocation in, Object[] items, int from, int to, float[] counts, int offset) {
    long steps = Math.min(maxSkip + 1, Math.max(1, to - from));
    for (int step = 1; step <= steps; step++) {
      in.checkpoint(8L * (to - from));
      for (int start = from; start < to; start++) {
        Gram at = pool;
        for (int n = 1; n <= maxLength; n++) {
          long place = start + (n - 1L) * step;
          Gram next = place < to ? at.next().get(items[(int) place]) : null;
          if (next == null) {
            break;
          }
          at = next;
          // A single item is the same whatever is skipped.
          boolean counts1 = n >= minLength && (n > 1 || step == 1);
          if (counts1 && at.place()[0] >= 0) {
            counts[offset + at.place()[0]]++;
          }
        }
      }
    }
  }
}
