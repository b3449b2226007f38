package org.sardonyx.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;

/**
 * Reads from the graph which states of recurrent operators an input begins and an output ends with,
 * where only operators that move elements lie between.
 *
 * <p>An exporter that stacks the states of two LSTMs into one input and one output gives them names
 * that say nothing; that the input is cut into the {@code initial_h} and {@code initial_c} of just
 * the nodes whose {@code Y_h} and {@code Y_c} make the output says all.
 */
final class StateFlow {

  /** A state of a recurrent node: its place among the inputs, 5 for h and 6 for c. */
  private record Slot(int node, int place) {}

  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");
  private static final int INITIAL_H = 5;
  private static final int Y_H = 1;

  /** Operators whose first input is moved and whose others say how. */
  private static final Set<String> MOVES =
      Set.of(
          "Identity",
          "Slice",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Reshape",
          "Flatten",
          "Split",
          "Gather",
          "Concat");

  private final List<Node> nodes;
  private final Map<String, Set<Integer>> consumers = new HashMap<>();
  private final Map<String, Integer> producers = new HashMap<>();

  StateFlow(Graph graph) {
    nodes = graph.nodes();
    for (int n = 0; n < nodes.size(); n++) {
      for (String input : nodes.get(n).inputs()) {
        consumers.computeIfAbsent(input, _ -> new HashSet<>()).add(n);
      }
      for (String output : nodes.get(n).outputs()) {
        producers.put(output, n);
      }
    }
  }

  /** Whether the output holds just the next values of the states that the input begins. */
  boolean connects(String input, String output) {
    Set<Slot> begun = begunBy(input);
    return !begun.isEmpty() && begun.equals(endedIn(output));
  }

  private Set<Slot> begunBy(String input) {
    Set<Slot> slots = new HashSet<>();
    Set<String> seen = new HashSet<>();
    Deque<String> values = new ArrayDeque<>(List.of(input));
    while (!values.isEmpty()) {
      String value = values.pop();
      if (value.isEmpty() || !seen.add(value)) {
        continue;
      }
      for (int n : consumers.getOrDefault(value, Set.of())) {
        Node node = nodes.get(n);
        if (isRecurrent(node)) {
          for (int place = INITIAL_H;
              place < Math.min(INITIAL_H + 2, node.inputs().size());
              place++) {
            if (node.inputs().get(place).equals(value)) {
              slots.add(new Slot(n, place));
            }
          }
        } else if (moved(node).contains(value)) {
          values.addAll(node.outputs());
        }
      }
    }
    return slots;
  }

  /** Empty also where anything but such states goes into the output. */
  private Set<Slot> endedIn(String output) {
    Set<Slot> slots = new HashSet<>();
    Set<String> seen = new HashSet<>();
    Deque<String> values = new ArrayDeque<>(List.of(output));
    while (!values.isEmpty()) {
      String value = values.pop();
      if (!seen.add(value)) {
        continue;
      }
      Integer producer = producers.get(value);
      if (producer == null) {
        return Set.of();
      }
      Node node = nodes.get(producer);
      int place = node.outputs().indexOf(value);
      if (isRecurrent(node) && place >= Y_H) {
        slots.add(new Slot(producer, place - Y_H + INITIAL_H));
      } else if (!moved(node).isEmpty()) {
        values.addAll(moved(node));
      } else {
        return Set.of();
      }
    }
    return slots;
  }

  private static boolean isRecurrent(Node node) {
    return node.isOnnx() && RECURRENT.contains(node.opType());
  }

  private static List<String> moved(Node node) {
    if (!node.isOnnx() || !MOVES.contains(node.opType()) || node.inputs().isEmpty()) {
      return List.of();
    }
    return node.isOnnx("Concat") ? node.inputs() : node.inputs().subList(0, 1);
  }
}
