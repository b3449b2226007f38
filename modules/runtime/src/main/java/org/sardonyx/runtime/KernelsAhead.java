package org.sardonyx.runtime;

import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.kernels.Kernels;

/**
 * Has the kernels of this machine loaded beside the first model, which is not compiled for them
 * before it is simplified: the Vector API takes about as long as that. Where a first run would
 * spend most of its time in loops that are not compiled yet, these are rehearsed.
 */
final class KernelsAhead extends Thread {

  /** Products from which on a first run is worth a rehearsal, which takes time from the load. */
  private static final int MANY = 20;

  private static boolean begun;

  private final Graph graph;

  private KernelsAhead(Graph graph) {
    super("sardonyx-kernels");
    this.graph = graph;
    setDaemon(true);
  }

  /** Begins, the first time it is called. */
  static synchronized void begin(Graph graph) {
    if (!begun && System.getProperty("sardonyx.kernels") == null) {
      begun = true;
      new KernelsAhead(graph).start();
    }
  }

  @Override
  public void run() {
    Kernels kernels;
    try {
      kernels = Kernels.best();
    } catch (RuntimeException | LinkageError e) {
      return; // whoever asks for the kernels is told what is wrong
    }
    int convolutions = 0;
    int products = 0;
    for (Node node : graph.nodes()) {
      convolutions += node.opType().contains("Conv") ? 1 : 0;
      products += node.opType().contains("MatMul") ? 1 : 0;
    }
    if (convolutions + products >= 2 * MANY || convolutions >= MANY) {
      kernels.rehearse(convolutions >= MANY);
    }
  }
}
