package org.sardonyx.conformance.diff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.diff.Difference.Kind;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;

/**
 * Compares two models by what they compute, not by how they are written: nodes are paired by what
 * they read, so that a model with other names, or with its nodes in another order, has no
 * difference of meaning. Weights are compared by value; how far they are apart is given in units in
 * the last place.
 */
public final class ModelDiff {

  private final List<Difference> differences = new ArrayList<>();

  private ModelDiff() {}

  /** Returns the differences, those of the model as a whole first; empty where there are none. */
  public static List<Difference> of(Model before, Model after) {
    ModelDiff diff = new ModelDiff();
    diff.describe(before, after);
    diff.opsets(before.opsetImports(), after.opsetImports());
    diff.signature(before.graph(), after.graph());
    new GraphDiff("", before.graph(), after.graph(), null, diff.differences).compare();
    diff.functions(before, after);
    return List.copyOf(diff.differences);
  }

  private void describe(Model before, Model after) {
    description("IR version", before.irVersion(), after.irVersion());
    description("producer", before.producerName(), after.producerName());
    description("producer version", before.producerVersion(), after.producerVersion());
    description("domain", before.domain(), after.domain());
    description("model version", before.modelVersion(), after.modelVersion());
    description("text", before.docString(), after.docString());
    Map<String, String> first = metadata(before);
    Map<String, String> second = metadata(after);
    both(first, second)
        .forEach(key ->
            description(
                "metadata " + Text.escape(key),
                first.getOrDefault(key, ""),
                second.getOrDefault(key, "")));
    description("training information", before.trainingInfo().size(), after.trainingInfo().size());
  }

  private static Map<String, String> metadata(Model model) {
    Map<String, String> map = new LinkedHashMap<>();
    for (Entry entry : model.metadata()) {
      map.put(entry.key(), entry.value());
    }
    return map;
  }

  private static List<String> both(Map<String, ?> first, Map<String, ?> second) {
    Map<String, Boolean> keys = new TreeMap<>();
    first.keySet().forEach(key -> keys.put(key, true));
    second.keySet().forEach(key -> keys.put(key, true));
    return List.copyOf(keys.keySet());
  }

  private void description(String what, Object before, Object after) {
    if (!before.equals(after)) {
      add(Kind.DESCRIPTION, what, before.toString(), after.toString());
    }
  }

  private void opsets(List<OpsetImport> before, List<OpsetImport> after) {
    Map<String, Long> first = versions(before);
    Map<String, Long> second = versions(after);
    for (String domain : both(first, second)) {
      Long a = first.get(domain);
      Long b = second.get(domain);
      if (a == null || !a.equals(b)) {
        add(Kind.OPSET, domain, a == null ? "" : a.toString(), b == null ? "" : b.toString());
      }
    }
  }

  private static Map<String, Long> versions(List<OpsetImport> imports) {
    Map<String, Long> versions = new LinkedHashMap<>();
    for (OpsetImport imported : imports) {
      versions.put(imported.domain().isEmpty() ? "ai.onnx" : imported.domain(), imported.version());
    }
    return versions;
  }

  private void signature(Graph before, Graph after) {
    values("input", GraphDiff.given(before), GraphDiff.given(after));
    values("output", before.outputs(), after.outputs());
  }

  private void values(String what, List<ValueInfo> before, List<ValueInfo> after) {
    for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
      String a = i < before.size() ? shown(before.get(i)) : "";
      String b = i < after.size() ? shown(after.get(i)) : "";
      if (!a.equals(b)) {
        add(Kind.SIGNATURE, what + " " + i, a, b);
      }
    }
  }

  private static String shown(ValueInfo value) {
    return Text.escape(value.name())
        + (value.type() == null ? "" : " " + Text.escape(value.type().toString()));
  }

  private void functions(Model before, Model after) {
    Map<String, Function> first = functions(before);
    Map<String, Function> second = functions(after);
    for (String name : both(first, second)) {
      Function a = first.get(name);
      Function b = second.get(name);
      String place = "function " + Text.escape(name);
      if (a == null || b == null) {
        add(Kind.FUNCTION, place, shown(a), shown(b));
        continue;
      }
      if (!a.attributes().equals(b.attributes())
          || a.inputs().size() != b.inputs().size()
          || a.outputs().size() != b.outputs().size()
          || !a.attributeDefaults().equals(b.attributeDefaults())) {
        add(Kind.FUNCTION, place, "has one signature", "has another");
      }
      if (!versions(a.opsetImports()).equals(versions(b.opsetImports()))) {
        add(Kind.OPSET, place, a.opsetImports().toString(), b.opsetImports().toString());
      }
      new GraphDiff(place, body(a), body(b), null, differences).compare();
    }
  }

  private static Map<String, Function> functions(Model model) {
    Map<String, Function> functions = new LinkedHashMap<>();
    for (Function function : model.functions()) {
      String overload = function.overload().isEmpty() ? "" : ":" + function.overload();
      functions.put(function.domain() + "." + function.name() + overload, function);
    }
    return functions;
  }

  private static String shown(@Nullable Function function) {
    return function == null ? "" : function.nodes().size() + " nodes";
  }

  private static Graph body(Function function) {
    return new Graph(
        function.name(),
        function.nodes(),
        function.inputs().stream().map(name -> new ValueInfo(name, null)).toList(),
        function.outputs().stream().map(name -> new ValueInfo(name, null)).toList(),
        List.of());
  }

  private void add(Kind kind, String place, String before, String after) {
    differences.add(new Difference(kind, place, Text.escape(before), Text.escape(after)));
  }
}
