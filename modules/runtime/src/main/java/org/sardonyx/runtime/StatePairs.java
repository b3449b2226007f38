package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Finds the outputs of a model that are the next values of inputs. */
final class StatePairs {

  private StatePairs() {}

  /**
   * Returns the pairs that the user states, checked, or else those that names or the graph, and
   * types, make certain.
   *
   * @return inputs by output
   * @throws InvalidInput where a name does not exist or types do not fit, and where the pairs are
   *     not certain; lists the candidates then
   */
  static Map<String, String> of(
      List<ValueInfo> inputs, List<ValueInfo> outputs, Graph graph, Map<String, String> stated) {
    return stated.isEmpty()
        ? infer(inputs, outputs, new StateFlow(graph))
        : check(inputs, outputs, stated);
  }

  private static Map<String, String> check(
      List<ValueInfo> inputs, List<ValueInfo> outputs, Map<String, String> stated) {
    List<String> problems = new ArrayList<>();
    stated.forEach((output, input) -> {
      ValueInfo o = find(outputs, output);
      ValueInfo i = find(inputs, input);
      if (o == null) {
        problems.add("there is no output \"" + Text.escape(output) + "\"");
      }
      if (i == null) {
        problems.add("there is no input \"" + Text.escape(input) + "\"");
      }
      if (o != null && i != null && !fits(o, i)) {
        problems.add(label(o) + " does not fit " + label(i));
      }
    });
    if (stated.values().stream().distinct().count() < stated.size()) {
      problems.add("two outputs go to one input");
    }
    if (!problems.isEmpty()) {
      throw new InvalidInput(String.join("\n  ", problems));
    }
    return stated;
  }

  private static Map<String, String> infer(
      List<ValueInfo> inputs, List<ValueInfo> outputs, StateFlow flow) {
    Map<String, String> pairs = new LinkedHashMap<>();
    List<String> doubts = new ArrayList<>();
    for (ValueInfo input : inputs) {
      StateNames name = StateNames.input(input.name());
      List<ValueInfo> matches =
          outputs.stream()
              .filter(o ->
                  fits(o, input)
                      && (StateNames.output(o.name()).belongsTo(name)
                          || flow.connects(input.name(), o.name())))
              .toList();
      if (matches.size() == 1) {
        String output = matches.getFirst().name();
        String other = pairs.putIfAbsent(output, input.name());
        if (other != null) {
          doubts.add(
              "output \""
                  + Text.escape(output)
                  + "\" may belong to \""
                  + Text.escape(other)
                  + "\" and to \""
                  + Text.escape(input.name())
                  + "\"");
        }
      } else if (matches.size() > 1) {
        doubts.add(label(input) + " may be any of " + labels(matches));
      }
    }
    if (pairs.isEmpty() && doubts.isEmpty()) {
      doubts.add(
          "no output is called like the next value of an input, and no states of recurrent"
              + " operators go from an input to an output alone");
    }
    if (!doubts.isEmpty()) {
      throw new InvalidInput(
          "which outputs go back into which inputs is not certain: state it with"
              + " States.of(output, input)\n  "
              + String.join("\n  ", doubts)
              + "\n  outputs that fit inputs by type and shape:\n  "
              + String.join("\n  ", candidates(inputs, outputs)));
    }
    return pairs;
  }

  private static List<String> candidates(List<ValueInfo> inputs, List<ValueInfo> outputs) {
    List<String> lines = new ArrayList<>();
    for (ValueInfo input : inputs) {
      List<ValueInfo> fitting = outputs.stream().filter(o -> fits(o, input)).toList();
      if (!fitting.isEmpty()) {
        lines.add(label(input) + ": " + labels(fitting));
      }
    }
    return lines.isEmpty() ? List.of("none") : lines;
  }

  /**
   * Whether a value of the output may go into the input: the types are the same and no two known
   * dimensions differ. Names of dimensions say nothing, since exporters make them up for outputs.
   */
  private static boolean fits(ValueInfo output, ValueInfo input) {
    Type a = output.type();
    Type b = input.type();
    if (a == null || b == null) {
      return true;
    }
    if (a instanceof Type.OfTensor(var _, Shape x) && b instanceof Type.OfTensor(var _, Shape y)) {
      return a.spec().equals(b.spec()) && fits(x, y);
    }
    return a.spec().equals(b.spec());
  }

  private static boolean fits(Shape a, Shape b) {
    if (!a.hasRank() || !b.hasRank()) {
      return true;
    }
    if (a.rank() != b.rank()) {
      return false;
    }
    for (int d = 0; d < a.rank(); d++) {
      if (a.dim(d) instanceof Dim.Known(long x)
          && b.dim(d) instanceof Dim.Known(long y)
          && x != y
          && x >= 0
          && y >= 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable ValueInfo find(List<ValueInfo> list, String name) {
    return list.stream().filter(info -> info.name().equals(name)).findFirst().orElse(null);
  }

  private static String labels(List<ValueInfo> infos) {
    return String.join(", ", infos.stream().map(StatePairs::label).toList());
  }

  private static String label(ValueInfo info) {
    Type type = info.type();
    return "\""
        + Text.escape(info.name())
        + "\""
        + (type == null ? "" : " (" + Text.escape(type.toString()) + ")");
  }
}
