package org.sardonyx.operators.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.graph.Attribute.Kind;
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
 * StringSplit: the parts of every string [..., most parts], those that are missing empty, and their
 * numbers. Without a delimiter strings are split at whitespace, any amount of which is one
 * separator.
 *
 * @param delimiter the delimiter; empty for whitespace
 * @param maxsplit how often to split at most; what remains is the last part
 */
public record StringSplit(String delimiter, long maxsplit) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("StringSplit")
          .version(20)
          .input("X", "T1")
          .output("Y", "T2")
          .output("Z", "T3")
          .optional("delimiter", Kind.STRING)
          .optional("maxsplit", Kind.INT)
          .type("T1", DataType.STRING)
          .type("T2", DataType.STRING)
          .type("T3", DataType.INT64)
          .create(StringSplit::of);

  static StringSplit of(Attributes attributes) {
    return new StringSplit(
        attributes.getString("delimiter", ""), attributes.getInt("maxsplit", Long.MAX_VALUE));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank()) {
      List<Dim> parts = new ArrayList<>(x.dims());
      parts.add(in.fresh());
      in.shape(0, Shape.of(parts));
    }
    in.shape(1, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    List<List<String>> all = new ArrayList<>();
    int most = 0;
    for (String text : x.strings()) {
      in.checkpoint(64);
      List<String> parts = delimiter.isEmpty() ? words(text) : parts(text);
      most = Math.max(most, parts.size());
      all.add(parts);
    }
    int[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
    shape[x.rank()] = most;
    String[] y = in.zeros(0, DataType.STRING, shape).strings();
    long[] counts = in.output(1, DataType.INT64, x.shape()).longs();
    for (int i = 0; i < all.size(); i++) {
      List<String> parts = all.get(i);
      counts[i] = parts.size();
      for (int k = 0; k < parts.size(); k++) {
        y[i * most + k] = parts.get(k);
      }
    }
  }

  private List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    int end = text.indexOf(delimiter);
    while (end >= 0 && parts.size() < maxsplit) {
      parts.add(text.substring(start, end));
      start = end + delimiter.length();
      end = text.indexOf(delimiter, start);
    }
    parts.add(text.substring(start));
    return parts;
  }

  private List<String> words(String text) {
    List<String> parts = new ArrayList<>();
    int at = skip(text, 0, true);
    while (at < text.length()) {
      int end = parts.size() < maxsplit ? skip(text, at, false) : text.length();
      // What remains may end in whitespace, and keeps that within.
      int last = end;
      while (isSpace(text.charAt(last - 1))) {
        last--;
      }
      parts.add(text.substring(at, last));
      at = skip(text, end, true);
    }
    return parts;
  }

  /** Returns the first place from {@code at} on that is not, or is, whitespace. */
  private static int skip(String text, int at, boolean space) {
    int i = at;
    while (i < text.length() && isSpace(text.charAt(i)) == space) {
      i++;
    }
    return i;
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
