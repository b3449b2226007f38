package org.sardonyx.export;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.yaml.Section;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.Axes;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Flow;
import org.sardonyx.layers.Layout;
import org.sardonyx.layers.Lengths;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.State;
import org.sardonyx.layers.Target;
import org.sardonyx.layers.Tokens;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.DataType;

/**
 * Builds a model from a readable description of its architecture, in YAML or JSON, and weights by
 * the names that the framework gives them. The schema is {@code docs/model-spec.schema.json}.
 *
 * <pre>
 * name: tagger
 * format: pytorch
 * inputs:
 *   ids: {kind: tokens, lengths: n}
 * layers:
 *   - {layer: embedding, weights: words}
 *   - {layer: lstm, weights: rnn, layers: 2, bidirectional: true}
 *   - {layer: dense, weights: head, activation: softmax, name: tags}
 * outputs: {probabilities: tags}
 * </pre>
 */
public final class Specification {

  private final Section root;
  private final StoredWeights weights;
  private final Network net;
  private final Map<String, Flow> flows = new LinkedHashMap<>();

  private Specification(Section root, StoredWeights weights, @Nullable Target target) {
    this.root = root;
    this.weights = weights;
    String name = root.text("name", "model");
    Target own = Target.of(root.text("target", "standard"));
    this.net = new Network(name, target == null ? own : target).keeping(new Spool()::keep);
  }

  /**
   * Builds the model of a file.
   *
   * @param target the versions to write it in; null for those that the file names
   * @throws InvalidInput where the file says what cannot be, or weights are missing, are left, or
   *     do not fit
   */
  public static Model build(Path file, StoredWeights weights, @Nullable Target target) {
    return new Specification(Section.read(file), weights, target).model();
  }

  /** As {@link #build(Path, StoredWeights, Target)}, from text. */
  public static Model build(String text, StoredWeights weights, @Nullable Target target) {
    return new Specification(Section.parse("specification", text), weights, target).model();
  }

  private Model model() {
    WeightFormat format = WeightFormat.of(root.text("format", "onnx"));
    if (root.has("description")) {
      net.describe(root.text("description"));
    }
    if (root.has("metadata")) {
      Section metadata = root.section("metadata");
      metadata.names().forEach(key -> net.note(key, metadata.text(key)));
    }
    Section inputs = root.section("inputs");
    String last = "";
    for (String name : inputs.names()) {
      flows.put(name, input(name, inputs.section(name)));
      last = last.isEmpty() ? name : last;
    }
    if (!root.has("layers")) {
      throw root.wrong("layers", "is missing");
    }
    List<Section> layers = root.sections("layers");
    for (int i = 0; i < layers.size(); i++) {
      Section section = layers.get(i);
      String name = section.text("name", "layer " + i);
      Flow from = flow(section, section.text("from", last));
      SpecLayers kinds = new SpecLayers(section, weights, format, from, key -> flow(section, key));
      if (section.has("name")) {
        net.naming(name);
      }
      Flow result = kinds.add();
      section.end();
      if (flows.putIfAbsent(name, result) != null) {
        throw section.wrong("\"" + Text.escape(name) + "\" is there twice");
      }
      last = name;
    }
    Section outputs = root.section("outputs");
    for (String name : outputs.names()) {
      output(name, flow(outputs, outputs.text(name)));
    }
    root.end();
    weights.end();
    return net.model();
  }

  private Flow flow(Section section, String name) {
    Flow flow = flows.get(name);
    if (flow == null) {
      throw section.wrong(
          "nothing is called \""
              + Text.escape(name)
              + "\"; there are "
              + flows.keySet().stream().map(Text::escape).toList());
    }
    return flow;
  }

  private Flow input(String name, Section section) {
    Axes axes = Axes.of(section.choice("layout", Layout.class, Layout.BATCH_TIME_FEATURES));
    axes =
        section.hasWhole("time")
            ? axes.withTime(section.whole("time"))
            : axes.withTime(section.text("time", "time"));
    axes =
        section.hasWhole("batch")
            ? axes.withBatch(section.whole("batch"))
            : axes.withBatch(section.text("batch", "batch"));
    Flow flow =
        switch (section.text("kind", "series")) {
          case "series" -> {
            Series series = net.series(name, section.integer("features"), axes);
            if (section.has("lengths")) {
              yield series.withLengths(lengths(section));
            }
            yield section.has("mask")
                ? series.withMask(net.mask(section.text("mask"), DataType.BOOL, axes))
                : series;
          }
          case "tokens" -> {
            Tokens tokens = net.tokens(name, axes);
            if (section.has("lengths")) {
              yield tokens.withLengths(lengths(section));
            }
            yield section.has("mask")
                ? tokens.withMask(net.mask(section.text("mask"), DataType.BOOL, axes))
                : tokens;
          }
          case "features" -> net.features(name, section.integer("features"), axes.batch());
          default -> throw section.wrong("\"kind\" is series, tokens or features");
        };
    section.end();
    return flow;
  }

  private Lengths lengths(Section section) {
    return net.lengths(section.text("lengths"));
  }

  private void output(String name, Flow flow) {
    try {
      give(name, flow);
    } catch (IllegalArgumentException e) {
      throw new InvalidInput(
          "outputs: \"" + Text.escape(name) + "\" is no name, or the name of something else", e);
    }
  }

  private void give(String name, Flow flow) {
    switch (flow) {
      case Series series -> net.output(name, series);
      case Features features -> net.output(name, features);
      case State state -> net.output(name, state);
      case Flow other ->
          throw new InvalidInput(
              "outputs: \""
                  + Text.escape(name)
                  + "\" is nothing that can be given: "
                  + other.getClass().getSimpleName());
    }
  }
}
