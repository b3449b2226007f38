package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;

/** RNN, GRU and LSTM. */
final class RecurrentChanges {

  private static final int INITIAL_H = 5;
  private static final int INITIAL_C = 6;

  private RecurrentChanges() {}

  static void add(Changes all) {
    for (String name : List.of("GRU", "LSTM", "RNN")) {
      all.change(
          name,
          7,
          rewrite -> rewrite.keep(rewrite.without("output_sequence")),
          RecurrentChanges::sequenceDown);
      all.change(name, 14, Adapter.KEEP, RecurrentChanges::layoutDown);
      all.types(name, 22);
    }
    all.change("GRU", 3, RecurrentChanges::directionUp, RecurrentChanges::stateDown);
  }

  private static void sequenceDown(Rewrite rewrite) {
    rewrite.keep(
        rewrite.wants(0)
            ? with(rewrite.node(), Attribute.of("output_sequence", 1L))
            : rewrite.node());
  }

  /** The first text has {@code foward}, which means what it does not say. */
  private static void directionUp(Rewrite rewrite) {
    boolean misspelled = rewrite.text("direction", "").equals("foward");
    rewrite.keep(
        misspelled || !rewrite.gives("direction")
            ? with(rewrite.node(), Attribute.of("direction", "forward"))
            : rewrite.node());
  }

  /** The first version always gives Y_h. */
  private static void stateDown(Rewrite rewrite) {
    List<String> outputs = new ArrayList<>(rewrite.node().outputs());
    while (outputs.size() < 2) {
      outputs.add("");
    }
    if (outputs.get(1).isEmpty()) {
      outputs.set(1, rewrite.fresh("unread"));
    }
    rewrite.keep(rewrite.node().withOutputs(outputs));
  }

  /** With layout 1 the batch comes first everywhere; what goes in and comes out is turned. */
  private static void layoutDown(Rewrite rewrite) {
    Node bare = rewrite.without("layout");
    if (rewrite.integer("layout", 0) == 0) {
      rewrite.keep(bare);
      return;
    }
    Attribute turn = Attribute.of("perm", new long[] {1, 0, 2});
    List<String> inputs = new ArrayList<>(bare.inputs());
    inputs.set(0, rewrite.op("Transpose", inputs.get(0), turn));
    int[] states =
        bare.opType().equals("LSTM") ? new int[] {INITIAL_H, INITIAL_C} : new int[] {INITIAL_H};
    for (int state : states) {
      if (rewrite.has(state)) {
        inputs.set(state, rewrite.op("Transpose", inputs.get(state), turn));
      }
    }
    List<String> outputs = new ArrayList<>(bare.outputs());
    for (int i = 0; i < outputs.size(); i++) {
      if (!outputs.get(i).isEmpty()) {
        outputs.set(i, rewrite.fresh("turned"));
      }
    }
    rewrite.keep(bare.withInputs(inputs).withOutputs(outputs));
    Attribute back = Attribute.of("perm", new long[] {2, 0, 1, 3});
    for (int i = 0; i < outputs.size(); i++) {
      if (!outputs.get(i).isEmpty()) {
        rewrite.op(
            "Transpose", List.of(outputs.get(i)), List.of(rewrite.out(i)), i == 0 ? back : turn);
      }
    }
  }
}
