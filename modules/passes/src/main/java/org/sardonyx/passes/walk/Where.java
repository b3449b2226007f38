package org.sardonyx.passes.walk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Location;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Node;

/**
 * A place in a model while it is walked; becomes text only when something is found there.
 *
 * @param outer the place around this one; null for the model itself
 * @param step a {@link Node}, or the name of a graph, attribute or function
 * @param depth how many graphs and functions lie around this place
 */
public record Where(@Nullable Where outer, Object step, int depth) {

  /** The model itself. */
  public static final Where MODEL = new Where(null, "", 0);

  public Where node(Node node) {
    return new Where(this, node, depth);
  }

  /** Returns the graph in attribute {@code attribute} of the node at this place. */
  public Where body(String attribute) {
    return new Where(this, Text.escape(attribute), depth + 1);
  }

  public Where function(String domain, String name) {
    String full = domain.isEmpty() ? name : domain + "." + name;
    return new Where(this, "function \"" + Text.escape(full) + "\"", depth + 1);
  }

  /** Returns a named part of the model that is no graph. */
  public Where part(String name) {
    return new Where(this, name, depth);
  }

  public Location location() {
    Deque<String> path = new ArrayDeque<>();
    for (Where at = this; at != null; at = at.outer) {
      String text = at.step instanceof Node node ? node.label() : (String) at.step;
      if (!text.isEmpty()) {
        path.addFirst(text);
      }
    }
    return new Location(new ArrayList<>(path));
  }
}
