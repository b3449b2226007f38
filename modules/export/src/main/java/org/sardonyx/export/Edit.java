package org.sardonyx.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Renaming;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Changes models by the names of their values. Every result is a valid model; what cannot become
 * one is refused.
 */
public final class Edit {

  private Edit() {}

  private static Model checked(Model model) {
    Check.of(Operators.standard()).requireValid(model);
    return model;
  }

  private static Inferred infer(Model model) {
    return Infer.of(Operators.standard()).infer(model);
  }

  /**
   * Gives values of the main graph other names, in nested graphs that read them, too.
   *
   * @param names new names by old ones
   * @throws InvalidInput where a value is not there, or a new name is taken
   */
  public static Model rename(Model model, Map<String, String> names) {
    Graph graph = model.graph();
    Set<String> defined = Graphs.defined(graph);
    Set<String> result = new LinkedHashSet<>(defined);
    names.keySet().forEach(result::remove);
    names.forEach((old, fresh) -> {
      if (!defined.contains(old)) {
        throw new InvalidInput(
            "the main graph has no value \"" + Text.escape(old) + "\"" + similar(old, defined));
      }
      if (fresh.isEmpty() || !result.add(fresh)) {
        throw new InvalidInput("\"" + Text.escape(fresh) + "\" is no new name");
      }
    });
    return checked(model.withGraph(renamed(graph, names)));
  }

  /** Puts a prefix before every name of the main graph, of nodes too; inputs and outputs stay. */
  public static Model prefix(Model model, String prefix) {
    Graph graph = model.graph();
    Set<String> kept = new LinkedHashSet<>();
    graph.inputs().forEach(value -> kept.add(value.name()));
    graph.outputs().forEach(value -> kept.add(value.name()));
    Map<String, String> names = new LinkedHashMap<>();
    for (String name : Graphs.defined(graph)) {
      if (!kept.contains(name)) {
        names.put(name, prefix + name);
      }
    }
    Model renamed = rename(model, names);
    Graph result = renamed.graph();
    return checked(
        renamed.withGraph(
            result.withNodes(
                result.nodes().stream()
                    .map(n -> n.name().isEmpty() ? n : n.withName(prefix + n.name()))
                    .toList())));
  }

  private static String similar(String name, Set<String> all) {
    List<String> near =
        all.stream()
            .filter(other -> other.contains(name) || name.contains(other))
            .limit(5)
            .map(Text::escape)
            .toList();
    return near.isEmpty() ? "" : "; there are " + near;
  }

  static Graph renamed(Graph graph, Map<String, String> names) {
    Renaming renaming = Renaming.uses(names);
    return new Graph(
        graph.name(),
        graph.nodes().stream().map(renaming::apply).toList(),
        values(graph.inputs(), renaming),
        values(graph.outputs(), renaming),
        values(graph.valueInfo(), renaming),
        graph.initializers().stream().map(t -> t.named(renaming.apply(t.name()))).toList(),
        graph.sparseInitializers(),
        graph.docString(),
        graph.metadata(),
        graph.extra());
  }

  private static List<ValueInfo> values(List<ValueInfo> values, Renaming renaming) {
    return values.stream().map(value -> value.withName(renaming.apply(value.name()))).toList();
  }

  /**
   * Makes values of the main graph outputs.
   *
   * @param names the values; empty for all that nodes give
   * @throws InvalidInput where a value is not there
   */
  public static Model tap(Model model, List<String> names) {
    Inferred inferred = infer(model);
    Graph graph = model.graph();
    Set<String> there = new LinkedHashSet<>();
    graph.outputs().forEach(output -> there.add(output.name()));
    Set<String> made = new LinkedHashSet<>();
    graph.nodes().forEach(node -> made.addAll(node.outputs()));
    made.remove("");
    List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
    for (String name : names.isEmpty() ? List.copyOf(made) : names) {
      if (!made.contains(name)) {
        throw new InvalidInput(
            "no node of the main graph gives \"" + Text.escape(name) + "\"" + similar(name, made));
      }
      if (there.add(name)) {
        outputs.add(new ValueInfo(name, inferred.type(inferred.model().graph(), name)));
      }
    }
    Set<String> declared = Set.copyOf(there);
    return checked(
        model.withGraph(
            graph
                .withOutputs(outputs)
                .withValueInfo(
                    graph.valueInfo().stream()
                        .filter(value -> !declared.contains(value.name()))
                        .toList())));
  }

  /**
   * Takes what is said about a model out of it: descriptions, metadata, types of values between.
   *
   * @param weightsFrom initializers of so many elements or more become inputs; negative for none
   */
  public static Model strip(Model model, long weightsFrom) {
    Graph graph = model.graph();
    List<TensorData> kept = new ArrayList<>();
    List<ValueInfo> inputs = new ArrayList<>(graph.inputs());
    Set<String> listed = new LinkedHashSet<>();
    graph.inputs().forEach(input -> listed.add(input.name()));
    for (TensorData data : graph.initializers()) {
      long elements = data.shape().elements().sizeOrMinusOne();
      if (weightsFrom < 0 || elements < weightsFrom) {
        kept.add(data);
      } else if (listed.add(data.name())) {
        inputs.add(new ValueInfo(data.name(), data.type()));
      }
    }
    List<Node> nodes =
        graph.nodes().stream()
            .map(n ->
                new Node(
                    n.name(),
                    n.domain(),
                    n.opType(),
                    n.overload(),
                    n.inputs(),
                    n.outputs(),
                    n.attributes(),
                    "",
                    List.of(),
                    n.extra()))
            .toList();
    Graph bare =
        new Graph(
            graph.name(),
            nodes,
            inputs,
            graph.outputs(),
            List.of(),
            kept,
            graph.sparseInitializers(),
            "",
            List.of(),
            graph.extra());
    return checked(
        new Model(
            model.irVersion(),
            model.opsetImports(),
            "",
            "",
            "",
            0,
            "",
            bare,
            model.functions(),
            List.of(),
            model.trainingInfo(),
            Extra.NONE));
  }

  /**
   * Gives initializers of the main graph other elements.
   *
   * @throws InvalidInput where there is no such initializer, or type or shape differ
   */
  public static Model weights(Model model, Map<String, Tensor> weights) {
    Graph graph = model.graph();
    Set<String> left = new TreeSet<>(weights.keySet());
    List<TensorData> all = new ArrayList<>();
    for (TensorData data : graph.initializers()) {
      Tensor given = weights.get(data.name());
      left.remove(data.name());
      if (given == null) {
        all.add(data);
      } else if (!given.type().equals(data.type())) {
        throw new InvalidInput(
            "\""
                + Text.escape(data.name())
                + "\" is "
                + data.type()
                + ", the weights given are "
                + given);
      } else {
        all.add(TensorData.of(data.name(), given));
      }
    }
    if (!left.isEmpty()) {
      throw new InvalidInput(
          "the main graph has no initializers " + left.stream().map(Text::escape).toList());
    }
    return checked(model.withGraph(graph.withInitializers(all)));
  }

  /**
   * Makes dimensions of inputs fixed or dynamic. Types of values between are left out, those of
   * outputs keep what does not depend on it.
   *
   * @param dims by the name of a dimension, {@code batch}, or an input and an axis, {@code x.0}
   * @throws InvalidInput where there is no such dimension
   * @throws org.sardonyx.error.InvalidModel where nodes contradict the new sizes
   */
  public static Model dims(Model model, Map<String, Dim> dims) {
    Set<String> left = new TreeSet<>(dims.keySet());
    Graph graph = model.graph();
    List<ValueInfo> inputs =
        graph.inputs().stream().map(value -> withDims(value, dims, left)).toList();
    if (!left.isEmpty()) {
      throw new InvalidInput(
          "no input has the dimensions "
              + left.stream().map(Text::escape).toList()
              + "; they are called by name, or as input.axis");
    }
    List<ValueInfo> open = new ArrayList<>();
    for (ValueInfo output : graph.outputs()) {
      open.add(
          output.type() instanceof Type.OfTensor(var element, Shape shape) && shape.hasRank()
              ? new ValueInfo(output.name(), Type.tensor(element, Shape.ofRank(shape.rank())))
              : output);
    }
    Model changed =
        model.withGraph(graph.withInputs(inputs).withOutputs(open).withValueInfo(List.of()));
    Inferred inferred = infer(changed);
    List<ValueInfo> outputs = new ArrayList<>();
    for (ValueInfo output : open) {
      Type type = inferred.type(inferred.model().graph(), output.name());
      outputs.add(type == null ? output : new ValueInfo(output.name(), type));
    }
    return checked(changed.withGraph(changed.graph().withOutputs(outputs)));
  }

  private static ValueInfo withDims(ValueInfo value, Map<String, Dim> dims, Set<String> left) {
    if (!(value.type() instanceof Type.OfTensor(var element, Shape shape)) || !shape.hasRank()) {
      return value;
    }
    List<Dim> all = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      Dim dim = shape.dim(axis);
      String place = value.name() + "." + axis;
      String key =
          dims.containsKey(place)
              ? place
              : dim instanceof Dim.Named(String name) && dims.containsKey(name) ? name : "";
      Dim other = dims.get(key);
      left.remove(key);
      all.add(other == null ? dim : other);
    }
    return new ValueInfo(value.name(), Type.tensor(element, Shape.of(all)));
  }

  /**
   * Returns the Reshape nodes of the main graph whose constant shape has a number that an input's
   * dimension had before it was made dynamic: they may have frozen it.
   */
  public static List<String> frozen(Model before, Map<String, Dim> dims) {
    Set<Long> sizes = new LinkedHashSet<>();
    for (ValueInfo input : before.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()) {
        for (int axis = 0; axis < shape.rank(); axis++) {
          Dim other = dims.get(input.name() + "." + axis);
          if (other != null && !other.isKnown() && shape.dim(axis) instanceof Dim.Known(long n)) {
            sizes.add(n);
          }
        }
      }
    }
    Map<String, TensorData> constants = new HashMap<>();
    before.graph().initializers().forEach(data -> constants.put(data.name(), data));
    List<String> found = new ArrayList<>();
    for (Node node : before.graph().nodes()) {
      if (node.isOnnx("Reshape") && node.inputs().size() == 2) {
        @Nullable TensorData shape = constants.get(node.inputs().get(1));
        if (shape != null && has(shape.load(), sizes)) {
          found.add(node.label());
        }
      }
    }
    return found;
  }

  private static boolean has(Tensor shape, Set<Long> sizes) {
    for (int i = 0; i < shape.size(); i++) {
      if (shape.getLong(i) > 1 && sizes.contains(shape.getLong(i))) {
        return true;
      }
    }
    return false;
  }
}
