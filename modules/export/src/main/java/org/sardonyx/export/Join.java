package org.sardonyx.export;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.convert.IrVersion;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Renaming;
import org.sardonyx.tensor.TensorData;

/**
 * Makes one model of two: outputs of the first become inputs of the second. The older of the two is
 * converted to the ai.onnx of the newer; where both have a name, that of the second gets a number.
 */
public final class Join {

  private Join() {}

  /**
   * Returns the joined model: its inputs are those of the first and what is left of the second's,
   * its outputs those of the second and what is left of the first's.
   *
   * @param wires inputs of the second by outputs of the first
   * @throws InvalidInput where a wire leads from or to nothing, or two functions have one name
   */
  public static Model of(Model first, Model second, Map<String, String> wires) {
    long opset = Math.max(Opsets.of(first).version(""), Opsets.of(second).version(""));
    long ir = Math.max(first.irVersion(), second.irVersion());
    Model a = lifted(first, opset, ir);
    Model b = lifted(second, opset, ir);
    Set<String> outs = names(a.graph().outputs());
    Set<String> ins = names(b.graph().inputs());
    wires.forEach((from, to) -> {
      if (!outs.contains(from)) {
        throw new InvalidInput(
            "the first model has no output \"" + Text.escape(from) + "\": " + outs);
      }
      if (!ins.contains(to)) {
        throw new InvalidInput("the second model has no input \"" + Text.escape(to) + "\": " + ins);
      }
    });
    if (new LinkedHashSet<>(wires.values()).size() != wires.size()) {
      throw new InvalidInput("two outputs cannot go into one input");
    }
    Names taken = Names.of(a);
    Map<String, String> renamed = new LinkedHashMap<>();
    wires.forEach((from, to) -> renamed.put(to, from));
    for (String name : Graphs.defined(b.graph())) {
      if (!renamed.containsKey(name)) {
        renamed.put(name, taken.fresh(name));
      }
    }
    Graph moved = moved(b.graph(), renamed, taken);
    Set<String> used = wires.keySet();
    List<ValueInfo> inputs = new ArrayList<>(a.graph().inputs());
    moved.inputs().stream().filter(value -> !used.contains(value.name())).forEach(inputs::add);
    List<ValueInfo> outputs = new ArrayList<>(moved.outputs());
    a.graph().outputs().stream()
        .filter(value -> !used.contains(value.name()))
        .forEach(outputs::add);
    Graph graph =
        new Graph(
            a.graph().name() + "_" + b.graph().name(),
            both(a.graph().nodes(), moved.nodes()),
            inputs,
            outputs,
            List.of(),
            both(a.graph().initializers(), moved.initializers()),
            both(a.graph().sparseInitializers(), moved.sparseInitializers()),
            "",
            List.of(),
            Extra.NONE);
    Map<String, Entry> metadata = new LinkedHashMap<>();
    both(a.metadata(), b.metadata()).forEach(e -> metadata.putIfAbsent(e.key(), e));
    Model joined =
        new Model(
            ir,
            imports(a, b),
            a.producerName(),
            a.producerVersion(),
            a.domain(),
            0,
            "",
            graph,
            functions(a, b),
            List.copyOf(metadata.values()),
            List.of(),
            Extra.NONE);
    Check.of(Operators.standard()).requireValid(joined);
    return joined;
  }

  private static Model lifted(Model model, long opset, long ir) {
    Model lifted =
        Opsets.of(model).version("") == opset || opset < 1
            ? model
            : ConvertOpset.of(Operators.standard()).to((int) opset).apply(model);
    return lifted.irVersion() == ir ? lifted : IrVersion.to(ir).apply(lifted);
  }

  private static Set<String> names(List<ValueInfo> values) {
    Set<String> names = new LinkedHashSet<>();
    values.forEach(value -> names.add(value.name()));
    return names;
  }

  private static Graph moved(Graph graph, Map<String, String> names, Names taken) {
    Renaming renaming = Renaming.deep(names, taken::fresh);
    List<TensorData> initializers =
        graph.initializers().stream().map(t -> t.named(renaming.apply(t.name()))).toList();
    List<SparseTensorData> sparse =
        graph.sparseInitializers().stream()
            .map(t ->
                new SparseTensorData(
                    t.values().named(renaming.apply(t.values().name())),
                    t.indices(),
                    t.shape(),
                    t.extra()))
            .toList();
    return new Graph(
        graph.name(),
        graph.nodes().stream().map(renaming::apply).toList(),
        graph.inputs().stream().map(v -> v.withName(renaming.apply(v.name()))).toList(),
        graph.outputs().stream().map(v -> v.withName(renaming.apply(v.name()))).toList(),
        List.of(),
        initializers,
        sparse,
        "",
        List.of(),
        Extra.NONE);
  }

  private static List<OpsetImport> imports(Model a, Model b) {
    Map<String, OpsetImport> all = new LinkedHashMap<>();
    for (OpsetImport one : both(a.opsetImports(), b.opsetImports())) {
      OpsetImport before = all.putIfAbsent(Opsets.domain(one.domain()), one);
      if (before != null && before.version() != one.version()) {
        throw new InvalidInput(
            "the models import "
                + Text.escape(one.domain())
                + " in versions "
                + before.version()
                + " and "
                + one.version());
      }
    }
    return List.copyOf(all.values());
  }

  private static List<Function> functions(Model a, Model b) {
    List<Function> all = new ArrayList<>(a.functions());
    for (Function function : b.functions()) {
      boolean there = false;
      for (Function before : a.functions()) {
        boolean named =
            before.domain().equals(function.domain())
                && before.name().equals(function.name())
                && before.overload().equals(function.overload());
        if (named && !before.equals(function)) {
          throw new InvalidInput(
              "both models have a function "
                  + Text.escape(function.domain() + "." + function.name())
                  + ", and they differ");
        }
        there |= named;
      }
      if (!there) {
        all.add(function);
      }
    }
    return all;
  }

  private static <T> List<T> both(List<T> a, List<T> b) {
    List<T> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }
}
