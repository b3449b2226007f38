package org.sardonyx.passes.infer;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that a graph sees: its own, and those of the graphs around it. */
final class Scope {

  private final @Nullable Scope outer;
  private final Map<String, Facts> own = new LinkedHashMap<>();

  Scope(@Nullable Scope outer) {
    this.outer = outer;
  }

  void put(String name, Facts facts) {
    own.put(name, facts);
  }

  Facts get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Facts facts = scope.own.get(name);
      if (facts != null) {
        return facts;
      }
    }
    return Facts.NONE;
  }

  Map<String, Facts> own() {
    return own;
  }
}
