package org.sardonyx.conformance.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** What must not change a result by a single bit: the rest of the batch, and having run before. */
class InvarianceTest {

  /** Which axis of an input or output of a recurrent operator is the batch; -1 for weights. */
  private static int batchAxis(String name, boolean batchFirst) {
    return switch (name) {
      case "X", "initial_h", "initial_c", "Y_h", "Y_c" -> batchFirst ? 0 : 1;
      case "Y" -> batchFirst ? 0 : 2;
      case "sequence_lens" -> 0;
      default -> -1;
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"LSTM", "GRU", "RNN"})
  void rowsAreAloneAsTheyAreInABatch(String operator) {
    Random random = new Random(Sweep.seed());
    for (int i = 0; i < 150; i++) {
      RecurrentCase drawn = RecurrentCase.draw(operator, random);
      if (drawn.batch() < 2) {
        continue;
      }
      Case whole = drawn.build();
      Session session = Session.compile(whole.model());
      Map<String, Value> together = session.run(whole.inputs());
      boolean first = drawn.layout() == 1;
      for (int n = 0; n < drawn.batch(); n++) {
        Map<String, Value> alone = session.run(row(whole.inputs(), first, n));
        for (Map.Entry<String, Value> output : row(together, first, n).entrySet()) {
          assertEquals(
              output.getValue(),
              alone.get(output.getKey()),
              () -> output.getKey() + " of " + whole.label());
        }
      }
    }
  }

  @Test
  void runsAreRepeatable() {
    Random random = new Random(Sweep.seed());
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      cases.add(RecurrentCase.draw("LSTM", random).build());
      cases.add(RecurrentCase.draw("GRU", random).build());
      cases.add(AttentionCases.attention(random));
    }
    for (Case one : cases) {
      Session session = Session.compile(one.model());
      Map<String, Value> before = session.run(one.inputs());
      assertEquals(before, session.run(one.inputs()), one::label);
      assertEquals(before, Session.compile(one.model()).run(one.inputs()), one::label);
    }
  }

  private static Map<String, Value> row(Map<String, Value> all, boolean batchFirst, int n) {
    Map<String, Value> row = new LinkedHashMap<>();
    all.forEach((name, value) -> {
      int axis = batchAxis(name, batchFirst);
      row.put(name, axis < 0 ? value : slice((Tensor) value, axis, n));
    });
    return row;
  }

  /** The part of a tensor at {@code index} of an axis, the axis kept with size 1. */
  private static Tensor slice(Tensor tensor, int axis, int index) {
    int[] shape = tensor.shape();
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    int[] one = shape.clone();
    one[axis] = 1;
    Tensor part = Tensor.zeros(tensor.dataType(), one);
    assertNotNull(part.array());
    for (int i = 0; i < part.size(); i++) {
      int from = (i / inner * shape[axis] + index) * inner + i % inner;
      switch (part.array()) {
        case float[] a -> a[i] = tensor.floats()[from];
        case double[] a -> a[i] = tensor.doubles()[from];
        case short[] a -> a[i] = tensor.shorts()[from];
        case int[] a -> a[i] = tensor.ints()[from];
        default -> throw new IllegalStateException();
      }
    }
    return part;
  }
}
