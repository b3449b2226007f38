package org.sardonyx.passes.simplify;

import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.TensorData;

/** Constant nodes. */
final class Constants {

  private Constants() {}

  static Node node(String output, TensorData value) {
    return new Node(
        "",
        "Constant",
        List.of(),
        List.of(output),
        List.of(Attribute.of("value", value.named(""))));
  }
}
