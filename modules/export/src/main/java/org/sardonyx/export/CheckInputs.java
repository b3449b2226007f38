package org.sardonyx.export;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Draws the inputs on which an exported model is run: twice, and dynamic sizes differ. */
record CheckInputs(Model model, long seed) {

  private static final long[][] SIZES = {{2, 9}, {3, 14}};

  List<Map<String, Value>> sets() {
    Set<String> names = new LinkedHashSet<>();
    long fixedTime = Long.MAX_VALUE;
    for (ValueInfo input : model.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor(DataType _, Shape shape) && shape.hasRank()) {
        for (Dim dim : shape.dims()) {
          if (dim instanceof Dim.Named(String name)) {
            names.add(name);
          }
          if (shape.rank() == 3 && dim instanceof Dim.Known(long size)) {
            fixedTime = Math.min(fixedTime, size);
          }
        }
      }
    }
    List<Map<String, Value>> sets = new ArrayList<>();
    for (long[] size : names.isEmpty() ? new long[][] {SIZES[0]} : SIZES) {
      Map<String, Long> dims = new LinkedHashMap<>();
      for (String name : names) {
        dims.put(name, name.equals("batch") ? size[0] : size[1]);
      }
      boolean timed = names.stream().anyMatch(name -> !name.equals("batch"));
      long most = timed ? size[1] : Math.min(size[1], fixedTime);
      sets.add(RandomInputs.of(model, dims, lengths(most), seed + sets.size()));
    }
    return sets;
  }

  /** Numbers of rank 1 are lengths: from 1 to as many steps as there are. */
  private Map<String, RandomInputs.Range> lengths(long most) {
    Map<String, RandomInputs.Range> ranges = new LinkedHashMap<>();
    for (ValueInfo input : model.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor(DataType type, Shape shape)
          && type == DataType.INT32
          && shape.hasRank()
          && shape.rank() == 1) {
        ranges.put(input.name(), new RandomInputs.Range(1, most));
      }
    }
    return ranges;
  }
}
