package org.sardonyx.operators.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;

/**
 * An equation of Einstein's summation: letters for dimensions, {@code ...} for any number of
 * further ones, and what is left in the output. Without an arrow the output is the ellipsis and
 * then, in alphabetical order, the letters that occur once.
 *
 * @param inputs the letters of each input, {@link #ELLIPSIS} among them
 * @param output the letters of the output
 */
record EinsumEquation(List<List<Integer>> inputs, List<Integer> output) {

  /** Stands for the dimensions of an ellipsis. */
  static final int ELLIPSIS = -1;

  EinsumEquation {
    inputs = List.copyOf(inputs);
    output = List.copyOf(output);
  }

  static EinsumEquation parse(String equation) {
    String text = equation.replace(" ", "");
    int arrow = text.indexOf("->");
    String left = arrow < 0 ? text : text.substring(0, arrow);
    List<List<Integer>> inputs = new ArrayList<>();
    for (String term : left.split(",", -1)) {
      inputs.add(letters(term));
    }
    List<Integer> output =
        arrow < 0 ? implicit(inputs) : letters(text.substring(arrow + "->".length()));
    for (int letter : output) {
      if (inputs.stream().noneMatch(term -> term.contains(letter)) && letter != ELLIPSIS) {
        throw new InvalidModel("Einsum: a letter of the output is in no input");
      }
      if (output.stream().filter(other -> other == letter).count() > 1) {
        throw new InvalidModel("Einsum: a letter is twice in the output");
      }
    }
    return new EinsumEquation(inputs, output);
  }

  private static List<Integer> implicit(List<List<Integer>> inputs) {
    TreeMap<Integer, Integer> counts = new TreeMap<>();
    for (List<Integer> term : inputs) {
      for (int letter : term) {
        counts.merge(letter, 1, Integer::sum);
      }
    }
    // The ellipsis sorts first, and stays however often it occurs.
    List<Integer> output = new ArrayList<>();
    counts.forEach((letter, count) -> {
      if (letter == ELLIPSIS || count == 1) {
        output.add(letter);
      }
    });
    return output;
  }

  private static List<Integer> letters(String term) {
    List<Integer> letters = new ArrayList<>();
    for (int i = 0; i < term.length(); i++) {
      char c = term.charAt(i);
      if (term.startsWith("...", i)) {
        if (letters.contains(ELLIPSIS)) {
          throw new InvalidModel("Einsum: a term has two ellipses");
        }
        letters.add(ELLIPSIS);
        i += 2;
      } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        letters.add((int) c);
      } else {
        throw new InvalidModel("Einsum: an equation is letters, commas, ellipses and an arrow");
      }
    }
    return letters;
  }

  /**
   * Returns the labels of a tensor's dimensions: letters, and for those of an ellipsis numbers
   * below {@link #ELLIPSIS}, the last dimension having the highest.
   *
   * @return null where the tensor has not as many dimensions as the term
   */
  static int @Nullable [] labels(List<Integer> term, int rank) {
    boolean ellipsis = term.contains(ELLIPSIS);
    int further = rank - term.size() + (ellipsis ? 1 : 0);
    if (further < 0 || (further > 0 && !ellipsis)) {
      return null;
    }
    int[] labels = new int[rank];
    int at = 0;
    for (int letter : term) {
      if (letter != ELLIPSIS) {
        labels[at++] = letter;
      } else {
        for (int i = 0; i < further; i++) {
          labels[at++] = ELLIPSIS - (further - i);
        }
      }
    }
    return labels;
  }

  /** Returns the labels of the output where the longest ellipsis has {@code further} dimensions. */
  int[] outputLabels(int further) {
    int rank = output.size() + (output.contains(ELLIPSIS) ? further - 1 : 0);
    int[] labels = labels(output, rank);
    return labels == null ? new int[0] : labels;
  }

  @Override
  public String toString() {
    return Arrays.toString(new Object[] {inputs, output});
  }
}
