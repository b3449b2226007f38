package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Texts. */
final class TextRecipes {

  private TextRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        d -> {
          d.attr(
              "pattern",
              "a+",
              "a+",
              "",
              "[A-Z].*",
              "(a|b)*",
              "\\d+(\\.\\d+)?",
              "x y|ä",
              "^-?[0-9]$");
          d.require(!d.label().contains("pattern=absent"));
          d.in(Numbers.of(d, DataType.STRING, Numbers.shape(d)));
        },
        "RegexFullMatch");
    recipes.put(
        d -> {
          d.attr("case_change_action", "NONE", "NONE", "LOWER", "UPPER");
          d.attr("is_case_sensitive", 0L, 0L, 1L);
          d.attr("locale", "", "en_US");
          d.attr("stopwords", new String[0], new String[] {"b"}, new String[] {"a", "B"});
          boolean matrix = d.flag("rank 2");
          Tensor words = Tensor.of(new String[] {"a", "B", "Zebra", "b", "x y"}, 5);
          d.in(matrix ? words.reshaped(1, 5) : words).out(DataType.STRING);
        },
        "StringNormalizer");
    recipes.put(
        d -> {
          d.attr("delimiter", "", "", ",", " ", "ab");
          d.attr("maxsplit", -1L, 1L, 0L, 5L);
          int[] shape =
              d.pick("shape", new int[] {4}, new int[] {}, new int[] {2, 2}, new int[] {0});
          Tensor texts = Tensor.zeros(DataType.STRING, shape);
          String[] choice = {"a b c", "", "a,b,,c", "  x  y ", "zabyabx", "one"};
          for (int i = 0; i < texts.size(); i++) {
            texts.strings()[i] = choice[d.random.nextInt(choice.length)];
          }
          d.in(texts);
        },
        "StringSplit");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.attr("mode", "TF", "TF", "IDF", "TFIDF");
          d.set("min_gram_length", 1L);
          d.set("max_gram_length", d.pick("max_gram_length", 1L, 2L));
          d.set("max_skip_count", d.pick("max_skip_count", 0L, 1L));
          d.set("ngram_counts", new long[] {0, 2});
          d.set("ngram_indexes", new long[] {0, 2, 1});
          if (type == DataType.STRING) {
            d.set("pool_strings", new String[] {"a", "B", "a", "B"});
          } else {
            d.set("pool_int64s", new long[] {1, 2, 1, 2});
          }
          d.attr("weights", new float[0], new float[] {0.5f, 2, 3});
          int[] shape = d.pick("shape", new int[] {6}, new int[] {2, 4});
          d.in(
              type == DataType.STRING
                  ? Numbers.of(d, type, shape)
                  : Numbers.integers(d, type, 0, 4, shape));
        },
        "TfIdfVectorizer");
    recipes.put(
        d -> {
          d.attr("mark", 0L, 0L, 1L);
          d.set("mincharnum", d.pick("mincharnum", 1L, 2L));
          d.set("pad_value", "#");
          if (d.flag("tokenexp")) {
            d.set("tokenexp", "[a-z]+");
          } else {
            String separator = d.pick("separators", " ", "", ",");
            d.require(!separator.isEmpty() || d.label().contains("mincharnum=1"));
            d.set("separators", new String[] {separator});
          }
          Tensor texts = Tensor.of(new String[] {"a bc d", "one", "x,yz", "ab  cd"}, 4);
          d.in(d.flag("rank 2") ? texts.reshaped(2, 2) : texts);
        },
        "com.microsoft.Tokenizer");
    recipes.put(
        d -> {
          DataType type = d.type();
          boolean positive = d.attr("positive", 1L, 0L, 1L) == 1;
          d.attr("seed", 0L, 7L);
          d.in(
              type == DataType.STRING || type.isFloat()
                  ? Numbers.of(d, type, Numbers.shape(d))
                  : Numbers.any(d, type, Numbers.shape(d)));
          d.out(positive ? DataType.UINT32 : DataType.INT32);
        },
        "com.microsoft.MurmurHash3");
  }
}
