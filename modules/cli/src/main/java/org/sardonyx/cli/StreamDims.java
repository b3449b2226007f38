package org.sardonyx.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** The sizes of one step of a stream: one row, one step of time, for every dimension so named. */
final class StreamDims {

  private StreamDims() {}

  static Map<String, Long> of(Model model) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (ValueInfo input : model.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor(DataType _, Shape shape) && shape.hasRank()) {
        for (Dim dim : shape.dims()) {
          if (dim instanceof Dim.Named(String name) && isStep(name.toLowerCase(Locale.ROOT))) {
            sizes.put(name, 1L);
          }
        }
      }
    }
    return sizes;
  }

  private static boolean isStep(String name) {
    return name.contains("time")
        || name.contains("seq")
        || name.contains("len")
        || name.contains("batch")
        || name.equals("t")
        || name.equals("n");
  }
}
