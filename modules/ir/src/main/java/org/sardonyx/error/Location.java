package org.sardonyx.error;

import java.util.ArrayList;
import java.util.List;

/**
 * Where in a model something was found: the file, then graphs, nodes and attributes from the
 * outside in, for example {@code model.onnx > node "loop" (Loop-13) > body > node "add" (Add-14)}.
 *
 * @param path the steps from the outside in; empty when nothing is known
 */
public record Location(List<String> path) {

  /** A location of which nothing is known. */
  public static final Location NOWHERE = new Location(List.of());

  public Location {
    path = List.copyOf(path);
  }

  /** Returns this location seen from one step further out. */
  public Location within(String outer) {
    List<String> longer = new ArrayList<>(path.size() + 1);
    longer.add(outer);
    longer.addAll(path);
    return new Location(longer);
  }

  /** Returns the location one step further in. */
  public Location then(String inner) {
    List<String> longer = new ArrayList<>(path);
    longer.add(inner);
    return new Location(longer);
  }

  /** Returns how a node is named in a path: {@code node "name" (LSTM)}. */
  public static String node(String name, String opType) {
    return name.isEmpty()
        ? "node (" + Text.escape(opType) + ")"
        : "node \"" + Text.escape(name) + "\" (" + Text.escape(opType) + ")";
  }

  @Override
  public String toString() {
    return String.join(" > ", path);
  }
}
