package org.sardonyx.conformance.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.html.Layering.Edge;
import org.sardonyx.conformance.html.Layering.Placed;

/** Places of nodes. */
class LayeringTest {

  @Test
  void aDiamondHasTwoSidesThatDoNotCross() {
    Placed placed =
        Layering.place(
            6,
            List.of(
                new Edge(0, 1),
                new Edge(0, 2),
                new Edge(1, 3),
                new Edge(2, 4),
                new Edge(3, 5),
                new Edge(4, 5)));
    assertEquals(
        List.of(0, 1, 1, 2, 2, 3), java.util.Arrays.stream(placed.layer()).boxed().toList());
    assertEquals(
        placed.x()[1] < placed.x()[2], placed.x()[3] < placed.x()[4], "the sides stay sides");
    assertEquals(placed.x()[0], placed.x()[5], 1e-9);
  }

  @Test
  void aLongEdgePassesThroughEachLayerBetween() {
    Placed placed =
        Layering.place(4, List.of(new Edge(0, 1), new Edge(1, 2), new Edge(2, 3), new Edge(0, 3)));
    assertEquals(List.of(1, 2), placed.bends().get(3).stream().map(Layering.Bend::layer).toList());
    assertTrue(Math.abs(placed.bends().get(3).getFirst().x() - placed.x()[1]) >= 0.5);
  }

  @Test
  void whatNothingLeadsToStandsNearItsReader() {
    Placed placed = Layering.place(4, List.of(new Edge(0, 1), new Edge(1, 3), new Edge(2, 3)));
    assertEquals(placed.layer()[3] - 1, placed.layer()[2]);
  }

  @Test
  void noTwoNodesOfALayerOverlapAndEdgesGoDown() {
    Random random = new Random(7);
    for (int round = 0; round < 20; round++) {
      int nodes = 1 + random.nextInt(200);
      List<Edge> edges = new ArrayList<>();
      for (int to = 1; to < nodes; to++) {
        for (int k = random.nextInt(3); k >= 0; k--) {
          edges.add(new Edge(random.nextInt(to), to));
        }
      }
      Placed placed = Layering.place(nodes, edges);
      for (Edge edge : edges) {
        assertTrue(placed.layer()[edge.from()] < placed.layer()[edge.to()]);
      }
      Map<Integer, List<Double>> layers = new HashMap<>();
      for (int i = 0; i < nodes; i++) {
        layers.computeIfAbsent(placed.layer()[i], _ -> new ArrayList<>()).add(placed.x()[i]);
      }
      layers
          .values()
          .forEach(layer -> {
            layer.sort(null);
            for (int i = 1; i < layer.size(); i++) {
              assertTrue(layer.get(i) - layer.get(i - 1) >= 1 - 1e-9, layer::toString);
            }
          });
    }
  }

  /** A model of five thousand nodes is placed while one waits. */
  @Test
  void aLargeGraph() {
    List<Edge> edges = new ArrayList<>();
    for (int i = 1; i < 5000; i++) {
      edges.add(new Edge(i - 1, i));
      edges.add(new Edge(Math.max(0, i - 37), i));
    }
    long start = System.nanoTime();
    Placed placed = Layering.place(5000, edges);
    assertEquals(4999, placed.layer()[4999]);
    assertTrue(System.nanoTime() - start < 20e9);
  }

  @Test
  void edgesThatGoUpAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Layering.place(2, List.of(new Edge(1, 0))));
  }
}
