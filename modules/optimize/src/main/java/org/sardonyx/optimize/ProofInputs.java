package org.sardonyx.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Draws inputs of several sizes. Not every model runs on all of them: one that was frozen to a
 * batch of 1 runs on the last alone, one whose named dimensions are not free where their names say
 * so on those where they are the same.
 */
record ProofInputs(Model model, long seed) {

  /** Batch, other dimensions, and by how much each further name is larger. */
  private static final long[][] SIZES = {{2, 9, 0}, {3, 7, 2}, {1, 5, 1}, {1, 4, 0}};

  List<Map<String, Value>> sets() {
    Set<String> names = new LinkedHashSet<>();
    for (ValueInfo input : model.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()) {
        for (Dim dim : shape.dims()) {
          if (dim instanceof Dim.Named(String name)) {
            names.add(name);
          }
        }
      }
    }
    List<Map<String, Value>> sets = new ArrayList<>();
    for (long[] size : names.isEmpty() ? new long[][] {SIZES[0], SIZES[1]} : SIZES) {
      Map<String, Long> dims = new LinkedHashMap<>();
      long next = size[1];
      for (String name : names) {
        if (isBatch(name)) {
          dims.put(name, size[0]);
        } else {
          dims.put(name, next);
          next += size[2];
        }
      }
      try {
        sets.add(RandomInputs.of(model, dims, Map.of(), seed + sets.size()));
      } catch (ModelException _) {
        // Nothing can be drawn for an input: the caller says so where no set is left.
        break;
      }
    }
    return sets;
  }

  private static boolean isBatch(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("batch") || lower.equals("n") || lower.equals("b");
  }
}
