package org.sardonyx.operators.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * StringNormalizer: [C] or [1, C] without the elements that are stop words, in upper or lower case.
 * Where nothing is left the output is one empty string.
 *
 * @param action what happens to the case
 * @param caseSensitive whether stop words are compared as they are
 * @param locale whose upper and lower case
 * @param stopwords the stop words
 */
public record StringNormalizer(
    Action action, boolean caseSensitive, Locale locale, Set<String> stopwords)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("StringNormalizer")
          .version(10)
          .input("X", "tensor(string)")
          .output("Y", "tensor(string)")
          .attribute("case_change_action", "NONE")
          .attribute("is_case_sensitive", 0)
          .optional("locale", Kind.STRING)
          .optional("stopwords", Kind.STRINGS)
          .create(StringNormalizer::of);

  /** What happens to the case. */
  enum Action {
    NONE,
    LOWER,
    UPPER
  }

  static StringNormalizer of(Attributes attributes) {
    String action = attributes.getString("case_change_action");
    boolean caseSensitive = attributes.getFlag("is_case_sensitive");
    Locale locale =
        Locale.forLanguageTag(attributes.getString("locale", "en_US").replace('_', '-'));
    List<String> words = attributes.getStringsOrNull("stopwords");
    Set<String> stopwords = new HashSet<>();
    for (String word : words == null ? List.<String>of() : words) {
      stopwords.add(caseSensitive ? word : word.toLowerCase(locale));
    }
    return new StringNormalizer(
        switch (action) {
          case "NONE" -> Action.NONE;
          case "LOWER" -> Action.LOWER;
          case "UPPER" -> Action.UPPER;
          default -> throw new InvalidModel("case_change_action \"" + action + "\"");
        },
        caseSensitive,
        locale,
        Set.copyOf(stopwords));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank()) {
      in.shape(0, x.rank() == 1 ? Shape.of(in.fresh()) : Shape.of(Dim.of(1), in.fresh()));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() < 1 || x.rank() > 2 || (x.rank() == 2 && x.dim(0) != 1)) {
      throw new OperatorFailed("StringNormalizer of " + x);
    }
    List<String> kept = new ArrayList<>();
    for (String text : x.strings()) {
      in.checkpoint(64);
      if (!stopwords.contains(caseSensitive ? text : text.toLowerCase(locale))) {
        kept.add(
            switch (action) {
              case NONE -> text;
              case LOWER -> text.toLowerCase(locale);
              case UPPER -> text.toUpperCase(locale);
            });
      }
    }
    if (kept.isEmpty()) {
      kept.add("");
    }
    String[] y = kept.toArray(new String[0]);
    in.set(0, x.rank() == 1 ? Tensor.of(y, y.length) : Tensor.of(y, 1, y.length));
  }
}
