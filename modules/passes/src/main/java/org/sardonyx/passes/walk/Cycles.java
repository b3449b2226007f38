package org.sardonyx.passes.walk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** Finds what depends on itself, by Tarjan's algorithm without recursion. */
public final class Cycles {

  private static final int NEW = -1;

  private final List<List<Integer>> next;
  private final int[] index;
  private final int[] low;
  private final boolean[] open;
  private final Deque<Integer> stack = new ArrayDeque<>();
  private final List<List<Integer>> found = new ArrayList<>();
  private int counter;

  private Cycles(List<List<Integer>> next) {
    this.next = next;
    this.index = new int[next.size()];
    this.low = new int[next.size()];
    this.open = new boolean[next.size()];
    Arrays.fill(index, NEW);
  }

  /**
   * Returns the groups of vertices each of which reaches every other of its group, and itself;
   * ascending.
   *
   * @param next the edges from each vertex
   */
  public static List<List<Integer>> of(List<List<Integer>> next) {
    Cycles cycles = new Cycles(next);
    for (int i = 0; i < next.size(); i++) {
      if (cycles.index[i] == NEW) {
        cycles.visit(i);
      }
    }
    cycles.found.sort((a, b) -> Integer.compare(a.getFirst(), b.getFirst()));
    return cycles.found;
  }

  private void visit(int root) {
    Deque<int[]> path = new ArrayDeque<>(); // vertex, position among its edges
    path.push(new int[] {root, 0});
    enter(root);
    while (!path.isEmpty()) {
      int[] at = path.peek();
      int vertex = at[0];
      if (at[1] < next.get(vertex).size()) {
        int to = next.get(vertex).get(at[1]++);
        if (index[to] == NEW) {
          enter(to);
          path.push(new int[] {to, 0});
        } else if (open[to]) {
          low[vertex] = Math.min(low[vertex], index[to]);
        }
        continue;
      }
      path.pop();
      if (!path.isEmpty()) {
        int from = path.peek()[0];
        low[from] = Math.min(low[from], low[vertex]);
      }
      if (low[vertex] == index[vertex]) {
        close(vertex);
      }
    }
  }

  private void enter(int vertex) {
    index[vertex] = counter;
    low[vertex] = counter;
    counter++;
    stack.push(vertex);
    open[vertex] = true;
  }

  private void close(int vertex) {
    List<Integer> group = new ArrayList<>();
    int member;
    do {
      member = stack.pop();
      open[member] = false;
      group.add(member);
    } while (member != vertex);
    if (group.size() > 1 || next.get(vertex).contains(vertex)) {
      Collections.sort(group);
      found.add(group);
    }
  }
}
