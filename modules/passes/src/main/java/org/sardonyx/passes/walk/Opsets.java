package org.sardonyx.passes.walk;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;

/** The versions of the operator sets that hold in a graph or function. */
public final class Opsets {

  /** The newest version of each operator set that is known here. */
  private static final Map<String, Integer> NEWEST =
      Map.of(
          "", 28,
          "ai.onnx.ml", 5,
          "ai.onnx.training", 1,
          "ai.onnx.preview", 1,
          "ai.onnx.preview.training", 1);

  private final Map<String, Long> versions = new LinkedHashMap<>();

  private Opsets() {}

  /** Returns what the main graph of {@code model} imports; before IR 3 that is ai.onnx 1. */
  public static Opsets of(Model model) {
    Opsets opsets = of(model.opsetImports());
    if (model.irVersion() < 3 && model.opsetImports().isEmpty()) {
      opsets.versions.put("", 1L);
    }
    return opsets;
  }

  public static Opsets of(List<OpsetImport> imports) {
    Opsets opsets = new Opsets();
    for (OpsetImport imported : imports) {
      opsets.versions.putIfAbsent(domain(imported.domain()), imported.version());
    }
    return opsets;
  }

  /** Returns what a function imports; what it leaves out holds as in the model. */
  public static Opsets of(Function function, Opsets model) {
    Opsets opsets = of(function.opsetImports());
    model.versions.forEach(opsets.versions::putIfAbsent);
    return opsets;
  }

  /** Returns the version of the operators of {@code domain}, or -1 where they are not imported. */
  public long version(String domain) {
    Long version = versions.get(domain(domain));
    return version == null ? -1 : version;
  }

  public Map<String, Long> versions() {
    return Map.copyOf(versions);
  }

  /** Returns the one spelling of a domain: ai.onnx is the empty one. */
  public static String domain(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  /** Returns the newest version known of the operators of {@code domain}; null for foreign ones. */
  public static @Nullable Integer newest(String domain) {
    return NEWEST.get(domain(domain));
  }

  /** Returns the domains that the specification defines. */
  public static Set<String> standardDomains() {
    return NEWEST.keySet();
  }
}
