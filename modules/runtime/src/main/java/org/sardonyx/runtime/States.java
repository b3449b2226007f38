package org.sardonyx.runtime;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.tensor.Value;

/**
 * Which outputs of a model go back into which inputs at the next call, and how they begin.
 *
 * <pre>{@code
 * States.inferred()                                  // h0/hn, past_key_values.0.key/present.0.key ...
 * States.inferred().size("batch", 4)                 // the zeros to begin with have this batch
 * States.of("hn", "h0").and("cn", "c0").zeros("h0", 2, 1, 64).zeros("c0", 2, 1, 64)
 * }</pre>
 *
 * @param inputsByOutput the input that each state output goes to; empty to infer the pairs from the
 *     model
 * @param initial values to begin with, by input
 * @param zeros shapes of zeros to begin with, by input
 * @param sizes sizes of named dimensions of the zeros to begin with
 */
public record States(
    Map<String, String> inputsByOutput,
    Map<String, Value> initial,
    Map<String, List<Integer>> zeros,
    Map<String, Long> sizes) {

  public States {
    inputsByOutput = Collections.unmodifiableMap(new LinkedHashMap<>(inputsByOutput));
    initial = Map.copyOf(initial);
    zeros = Map.copyOf(zeros);
    sizes = Map.copyOf(sizes);
  }

  /**
   * Leaves it to the names of inputs and outputs which belong together, or to the graph where an
   * input begins and an output ends the states of the same recurrent operators; a model that does
   * not say it for certain is refused when the stream is made.
   */
  public static States inferred() {
    return new States(Map.of(), Map.of(), Map.of(), Map.of());
  }

  /** States that {@code output} goes to {@code input} at the next call. */
  public static States of(String output, String input) {
    return inferred().and(output, input);
  }

  /** States that {@code output} goes to {@code input}, too. */
  public States and(String output, String input) {
    Map<String, String> more = new LinkedHashMap<>(inputsByOutput);
    more.put(output, input);
    return new States(more, initial, zeros, sizes);
  }

  /** Begins {@code input} with {@code value}. */
  public States initial(String input, Value value) {
    Map<String, Value> more = new LinkedHashMap<>(initial);
    more.put(input, value);
    return new States(inputsByOutput, more, zeros, sizes);
  }

  /** Begins {@code input} with zeros of this shape and the type that the model declares. */
  public States zeros(String input, int... shape) {
    Map<String, List<Integer>> more = new LinkedHashMap<>(zeros);
    more.put(input, Arrays.stream(shape).boxed().toList());
    return new States(inputsByOutput, initial, more, sizes);
  }

  /** Gives a named dimension a size, for zeros to begin with. */
  public States size(String dimension, long size) {
    Map<String, Long> more = new LinkedHashMap<>(sizes);
    more.put(dimension, size);
    return new States(inputsByOutput, initial, zeros, more);
  }
}
