package org.sardonyx.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.ModelException;
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
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

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

  /** The most bytes that a specification may have. */
  public static final long MAX_BYTES = 1 << 20;

  private final Section root;
  private final StoredWeights weights;
  private final Network net;
  private final Map<String, Flow> flows = new LinkedHashMap<>();

  private Specification(Section root, StoredWeights weights, @Nullable Target target) {
    this.root = root;
    this.weights = weights;
    String name = root.text("name", "model");
    Target own = Target.of(root.text("target", "standard"));
    this.net = new Network(name, target == null ? own : target);
  }

  /**
   * Builds the model of a file.
   *
   * @param target the versions to write it in; null for those that the file names
   * @throws InvalidInput where the file says what cannot be, or weights are missing, are left, or
   *     do not fit
   */
  public static Model build(Path file, StoredWeights weights, @Nullable Target target) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new LimitExceeded("specification", Files.size(file) + " bytes; most is " + MAX_BYTES);
      }
      return build(Files.readString(file, StandardCharsets.UTF_8), weights, target);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new InvalidInput("the specification is not UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ModelException e) {
      throw e.within(String.valueOf(file.getFileName()));
    }
  }

  /** As {@link #build(Path, StoredWeights, Target)}, from text. */
  public static Model build(String text, StoredWeights weights, @Nullable Target target) {
    Object parsed;
    LoadSettings settings =
        LoadSettings.builder().setAllowDuplicateKeys(false).setMaxAliasesForCollections(20).build();
    try {
      parsed = new Load(settings).loadFromString(text);
    } catch (YamlEngineException e) {
      throw new InvalidInput(
          "the specification is neither YAML nor JSON: "
              + Text.escape(String.valueOf(e.getMessage()).replaceAll("\\s+", " ")),
          e);
    }
    return new Specification(Section.of("specification", parsed), weights, target).model();
  }

  private Model model() {
    WeightFormat format = WeightFormat.of(root.text("format", "onnx"));
    if (root.has("description")) {
      net.describe(root.text("description"));
    }
    if (root.has("metadata")) {
      Section metadata = root.section("metadata");
      metadata.keys().forEach(key -> net.note(key, metadata.text(key)));
    }
    Section inputs = root.section("inputs");
    String last = "";
    for (String name : inputs.keys()) {
      flows.put(name, input(name, inputs.section(name)));
      last = last.isEmpty() ? name : last;
    }
    List<?> layers = root.list("layers");
    for (int i = 0; i < layers.size(); i++) {
      Section section = Section.of("layers[" + i + "]", layers.get(i));
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
    for (String name : outputs.keys()) {
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
        section.value("time") instanceof Integer size
            ? axes.withTime(size.longValue())
            : axes.withTime(section.text("time", "time"));
    axes =
        section.value("batch") instanceof Integer size
            ? axes.withBatch(size.longValue())
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
