package org.sardonyx.conformance.html;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Places the nodes of a graph without cycles in layers, so that edges go down, cross seldom and are
 * short: layers by longest path, order within them by the mean of neighbours, several times down
 * and up; long edges pass through a place of their own in each layer between.
 */
final class Layering {

  /**
   * An edge.
   *
   * @param from a node
   * @param to a node that comes after it
   */
  record Edge(int from, int to) {}

  /**
   * Where everything is.
   *
   * @param x the middle of each node, in units of {@code 1} for the least distance
   * @param layer the layer of each node, from 0
   * @param bends for each edge, where it passes through the layers between
   */
  record Placed(double[] x, int[] layer, List<List<Bend>> bends) {}

  /** A place on an edge. */
  record Bend(double x, int layer) {}

  private static final int SWEEPS = 8;
  private static final int LONGEST = 40;
  private static final int MOST_BENDS = 60_000;
  private static final double NARROW = 0.35;

  private final int nodes;
  private final List<Edge> edges;
  private final List<int[]> chains = new ArrayList<>();
  private final int[] rank;
  private int count;
  private int[] layerOf;
  private double[] wish = new double[0];
  private final List<List<Integer>> up = new ArrayList<>();
  private final List<List<Integer>> down = new ArrayList<>();

  private Layering(int nodes, List<Edge> edges) {
    this.nodes = nodes;
    this.edges = edges;
    this.rank = ranks(nodes, edges);
    this.count = nodes;
    this.layerOf = rank;
  }

  /**
   * Places nodes.
   *
   * @param nodes how many there are; edges go from lesser to greater numbers
   */
  static Placed place(int nodes, List<Edge> edges) {
    for (Edge edge : edges) {
      if (edge.from() >= edge.to() || edge.from() < 0 || edge.to() >= nodes) {
        throw new IllegalArgumentException("edges go from lesser to greater numbers: " + edge);
      }
    }
    return new Layering(nodes, edges).place();
  }

  private static int[] ranks(int nodes, List<Edge> edges) {
    int[] rank = new int[nodes];
    List<Edge> sorted = edges.stream().sorted(Comparator.comparingInt(Edge::from)).toList();
    for (Edge edge : sorted) {
      rank[edge.to()] = Math.max(rank[edge.to()], rank[edge.from()] + 1);
    }
    // What nothing leads to stands just above the first that reads it.
    boolean[] led = new boolean[nodes];
    int[] least = new int[nodes];
    Arrays.fill(least, Integer.MAX_VALUE);
    for (Edge edge : edges) {
      led[edge.to()] = true;
      least[edge.from()] = Math.min(least[edge.from()], rank[edge.to()]);
    }
    for (int i = 0; i < nodes; i++) {
      if (!led[i] && least[i] != Integer.MAX_VALUE) {
        rank[i] = least[i] - 1;
      }
    }
    return rank;
  }

  private Placed place() {
    bends();
    wish = new double[count];
    List<List<Integer>> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      while (layers.size() <= layerOf[i]) {
        layers.add(new ArrayList<>());
      }
      layers.get(layerOf[i]).add(i);
    }
    double[] position = new double[count];
    for (List<Integer> layer : layers) {
      number(layer, position);
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean downwards = sweep % 2 == 0;
      for (int l = 0; l < layers.size(); l++) {
        List<Integer> layer = layers.get(downwards ? l : layers.size() - 1 - l);
        List<List<Integer>> neighbours = downwards ? up : down;
        wishes(layer, neighbours, position);
        layer.sort(Comparator.comparingDouble(i -> wish[i]));
        number(layer, position);
      }
    }
    double[] x = position.clone();
    for (int sweep = 0; sweep < 2 * SWEEPS; sweep++) {
      boolean downwards = sweep % 2 == 0;
      for (int l = 0; l < layers.size(); l++) {
        List<Integer> layer = layers.get(downwards ? l : layers.size() - 1 - l);
        wishes(layer, downwards ? up : down, x);
        spread(layer, x);
      }
    }
    double least = Arrays.stream(x).min().orElse(0);
    for (int i = 0; i < x.length; i++) {
      x[i] -= least;
    }
    List<List<Bend>> bends = new ArrayList<>();
    for (int[] chain : chains) {
      bends.add(Arrays.stream(chain).mapToObj(i -> new Bend(x[i], layerOf[i])).toList());
    }
    return new Placed(Arrays.copyOf(x, nodes), rank, bends);
  }

  /** Gives edges over several layers a place in each; very long ones go straight. */
  private void bends() {
    List<Integer> layers = new ArrayList<>();
    for (int r : rank) {
      layers.add(r);
      up.add(new ArrayList<>());
      down.add(new ArrayList<>());
    }
    for (Edge edge : edges) {
      int span = rank[edge.to()] - rank[edge.from()];
      boolean bent = span <= LONGEST && layers.size() - nodes + span <= MOST_BENDS;
      int[] chain = new int[bent ? Math.max(0, span - 1) : 0];
      int before = edge.from();
      for (int i = 0; i < chain.length; i++) {
        chain[i] = layers.size();
        layers.add(rank[edge.from()] + i + 1);
        up.add(new ArrayList<>());
        down.add(new ArrayList<>());
        link(before, chain[i]);
        before = chain[i];
      }
      link(before, edge.to());
      chains.add(chain);
    }
    count = layers.size();
    layerOf = layers.stream().mapToInt(Integer::intValue).toArray();
  }

  private void link(int from, int to) {
    down.get(from).add(to);
    up.get(to).add(from);
  }

  private double width(int i) {
    return i < nodes ? 1 : NARROW;
  }

  private void number(List<Integer> layer, double[] position) {
    double at = 0;
    for (int i : layer) {
      position[i] = at + width(i) / 2;
      at += width(i);
    }
    for (int i : layer) {
      position[i] -= at / 2;
    }
  }

  /** Fills in where each of a layer wants to be: in the middle of its neighbours. */
  private void wishes(List<Integer> layer, List<List<Integer>> neighbours, double[] position) {
    for (int i : layer) {
      wish[i] =
          neighbours.get(i).stream().mapToDouble(n -> position[n]).average().orElse(position[i]);
    }
  }

  /** As near to where they want to be as the distances between them allow. */
  private void spread(List<Integer> layer, double[] x) {
    int n = layer.size();
    double[] left = new double[n];
    double[] right = new double[n];
    for (int i = 0; i < n; i++) {
      double wanted = wish[layer.get(i)];
      left[i] = i == 0 ? wanted : Math.max(wanted, left[i - 1] + distance(layer, i));
    }
    for (int i = n - 1; i >= 0; i--) {
      double wanted = wish[layer.get(i)];
      right[i] = i == n - 1 ? wanted : Math.min(wanted, right[i + 1] - distance(layer, i + 1));
    }
    for (int i = 0; i < n; i++) {
      x[layer.get(i)] = (left[i] + right[i]) / 2;
    }
  }

  private double distance(List<Integer> layer, int i) {
    return (width(layer.get(i - 1)) + width(layer.get(i))) / 2;
  }
}
