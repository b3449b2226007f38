package org.sardonyx.operators.text.microsoft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.text.Regex;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Tokenizer: splits each string of X [C] or [N, C] into tokens along a new last axis, filled up
 * with pad_value. Separators are taken away one after the other, each from what the ones before
 * left; tokenexp instead finds the tokens. An expression of RE2's syntax matches as far to the left
 * as it can and from there as much as it can.
 *
 * @param mark whether U+0002 stands before the tokens and U+0003 behind
 * @param least the fewest characters of a token
 * @param pad what fills up
 * @param separators the separators; empty for single characters; null where there is an expression
 * @param expression the expression of a token, or null
 */
public record Tokenizer(
    boolean mark,
    long least,
    String pad,
    @Nullable List<Regex> separators,
    @Nullable Regex expression)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Tokenizer")
          .domain("com.microsoft")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .required("mark", Kind.INT)
          .required("mincharnum", Kind.INT)
          .required("pad_value", Kind.STRING)
          .optional("separators", Kind.STRINGS)
          .optional("tokenexp", Kind.STRING)
          .type("T", DataType.STRING)
          .accuracy(Accuracy.EXACT)
          .create(Tokenizer::of);

  private static Tokenizer of(Attributes attributes) {
    List<String> separators =
        Objects.requireNonNullElse(attributes.getStringsOrNull("separators"), List.of());
    String expression = attributes.getString("tokenexp", "");
    boolean hasSeparators = !separators.isEmpty();
    if (hasSeparators == !expression.isEmpty()) {
      throw new InvalidModel("one of separators and tokenexp must be given");
    }
    long least = attributes.getInt("mincharnum");
    if (least < 1) {
      throw new InvalidModel("mincharnum " + least + " must be positive");
    }
    boolean characters = hasSeparators ? separators.equals(List.of("")) : expression.equals(".");
    if (characters && least > 1) {
      throw new InvalidModel("mincharnum " + least + " leaves no single character");
    }
    List<Regex> patterns = new ArrayList<>();
    if (hasSeparators && !characters) {
      for (String separator : separators) {
        patterns.add(pattern(separator));
      }
    }
    return new Tokenizer(
        attributes.getFlag("mark"),
        least,
        attributes.getString("pad_value"),
        hasSeparators || characters ? List.copyOf(patterns) : null,
        hasSeparators || characters ? null : pattern(expression));
  }

  private static Regex pattern(String expression) {
    if (expression.isEmpty()) {
      throw new InvalidModel("a separator is empty");
    }
    return Regex.compile(expression);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    if (x.rank() != 1 && x.rank() != 2) {
      throw in.invalid("Tokenizer of " + x);
    }
    if (x.dims().stream().allMatch(dim -> dim instanceof Dim.Known(long size) && size > 0)) {
      List<Dim> dims = new ArrayList<>(x.dims());
      dims.add(in.fresh());
      in.shape(0, Shape.of(dims));
    } else if (x.dims().stream().noneMatch(dim -> dim.is(0))) {
      // An empty X keeps its shape, whose rank is one less.
      in.shape(0, Shape.UNKNOWN);
    } else {
      in.shape(0, Sizes.shape(x.dims(), in));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() != 1 && x.rank() != 2) {
      throw new OperatorFailed("Tokenizer of " + x);
    }
    if (x.size() == 0) {
      in.set(0, x);
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    int most = 0;
    for (String text : x.strings()) {
      List<String> tokens = tokens(text, in::checkpoint);
      rows.add(tokens);
      most = Math.max(most, tokens.size());
    }
    int width = most == 0 ? 0 : most + (mark ? 2 : 0);
    int[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
    shape[x.rank()] = width;
    String[] y = in.output(0, DataType.STRING, shape).strings();
    for (int r = 0; r < rows.size() && width > 0; r++) {
      List<String> row = new ArrayList<>(rows.get(r));
      if (mark) {
        row.addFirst("\u0002");
        row.addLast("\u0003");
      }
      for (int i = 0; i < width; i++) {
        y[r * width + i] = i < row.size() ? row.get(i) : pad;
      }
    }
  }

  private List<String> tokens(String text, LongConsumer meanwhile) {
    List<String> tokens = new ArrayList<>();
    if (expression != null) {
      for (int[] match : matches(expression, text, meanwhile)) {
        keep(text.substring(match[0], match[1]), tokens);
      }
      return tokens;
    }
    List<Regex> patterns = separators == null ? List.of() : separators;
    if (patterns.isEmpty()) {
      text.codePoints().forEach(c -> tokens.add(Character.toString(c)));
      return tokens;
    }
    tokens.add(text);
    for (Regex separator : patterns) {
      List<String> pieces = new ArrayList<>();
      for (String token : tokens) {
        int from = 0;
        for (int[] match : matches(separator, token, meanwhile)) {
          keep(token.substring(from, match[0]), pieces);
          from = match[1];
        }
        keep(token.substring(from), pieces);
      }
      tokens.clear();
      tokens.addAll(pieces);
    }
    return tokens;
  }

  private void keep(String token, List<String> tokens) {
    if (!token.isEmpty() && token.codePointCount(0, token.length()) >= least) {
      tokens.add(token);
    }
  }

  /** Returns [start, end) of the longest match at each leftmost place, none of them empty. */
  private static List<int[]> matches(Regex pattern, String text, LongConsumer meanwhile) {
    List<int[]> matches = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int end = pattern.longest(text, from, meanwhile);
      if (end > from) {
        matches.add(new int[] {from, end});
        from = end;
      } else {
        from += Character.charCount(text.codePointAt(from));
      }
    }
    return matches;
  }
}
