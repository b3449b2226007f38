package org.sardonyx.passes.walk;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;

/**
 * The order of nodes.
 *
 * @param nodes every node, each after what it reads as far as that is possible, else as given
 * @param cyclic the nodes that cannot be put in order: on a cycle, or behind one
 */
public record Order(List<Node> nodes, List<Node> cyclic) {

  public Order {
    nodes = List.copyOf(nodes);
    cyclic = List.copyOf(cyclic);
  }

  /** Whether each node comes after those of this list that it reads. */
  public static boolean isSorted(Collection<Node> nodes) {
    Set<String> later = new HashSet<>();
    for (Node node : nodes) {
      later.addAll(node.outputs());
    }
    later.remove("");
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (later.contains(input)) {
          return false;
        }
      }
      for (Graph body : Graphs.bodies(node)) {
        if (!Collections.disjoint(later, Graphs.captured(body))) {
          return false;
        }
      }
      for (String output : node.outputs()) { // removeAll would look a list through for each
        later.remove(output);
      }
    }
    return true;
  }

  /** Sorts {@code nodes}, keeping their order wherever it is free. Not recursive. */
  public static Order of(List<Node> nodes) {
    Map<String, Integer> producer = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        if (!output.isEmpty()) {
          producer.putIfAbsent(output, i);
        }
      }
    }
    int[] waiting = new int[nodes.size()];
    List<List<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      readers.add(new ArrayList<>(2));
    }
    for (int i = 0; i < nodes.size(); i++) {
      Set<Integer> before = new HashSet<>();
      for (String read : Graphs.reads(nodes.get(i))) {
        Integer from = producer.get(read);
        if (from != null && before.add(from)) {
          readers.get(from).add(i);
        }
      }
      waiting[i] = before.size();
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waiting.length; i++) {
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    List<Node> sorted = new ArrayList<>(nodes.size());
    boolean[] done = new boolean[nodes.size()];
    while (!ready.isEmpty()) {
      int i = ready.remove();
      done[i] = true;
      sorted.add(nodes.get(i));
      for (int reader : readers.get(i)) {
        if (--waiting[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    List<Node> cyclic = new ArrayList<>();
    for (int i = 0; i < done.length; i++) {
      if (!done[i]) {
        cyclic.add(nodes.get(i));
        sorted.add(nodes.get(i));
      }
    }
    return new Order(sorted, cyclic);
  }
}
