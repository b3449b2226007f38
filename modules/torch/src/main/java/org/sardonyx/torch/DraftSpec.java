package org.sardonyx.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardonyx.error.Text;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;

/**
 * Begins a description of the model that a state_dict belongs to: what names and shapes say, in the
 * order of the file, with a question where they do not say it.
 */
public final class DraftSpec {

  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
  private final Map<String, String> unknown = new LinkedHashMap<>();
  private final List<String> layers = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private String input = "";
  private String encoded = "";
  private String memory = "";

  private DraftSpec() {}

  /**
   * Returns the description, in YAML, of {@code docs/model-spec.schema.json}.
   *
   * @param label what the description calls the file
   * @param tensors by the names that PyTorch gives them
   */
  public static String of(String label, Map<String, ? extends TensorData> tensors) {
    DraftSpec draft = new DraftSpec();
    Map<String, List<String>> modules = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      int dot = name.lastIndexOf('.');
      String module = dot < 0 ? "" : name.substring(0, dot);
      draft.shapes.put(name, tensor.shape().dims().stream().map(Dim::sizeOrMinusOne).toList());
      modules.computeIfAbsent(draft.owner(module, name), _ -> new ArrayList<>()).add(name);
    });
    modules.forEach(draft::layer);
    return draft.text(label);
  }

  /** The module that a spec speaks of: of encoders and decoders the whole layer, not its parts. */
  private String owner(String module, String name) {
    int at = name.indexOf(".self_attn.");
    int end = at;
    for (String part : List.of("linear1", "linear2", "norm1", "norm2", "norm3", "multihead_attn")) {
      if (end < 0) {
        int found = name.indexOf("." + part + ".");
        boolean ofLayer = found > 0 && isLayer(name.substring(0, found));
        end = ofLayer ? found : end;
      }
    }
    if (end >= 0 && isLayer(name.substring(0, end))) {
      return name.substring(0, end);
    }
    return module.endsWith(".out_proj") ? module.substring(0, module.length() - 9) : module;
  }

  /** A layer of a transformer: {@code layers.0}, as its name ends. */
  private static boolean isLayer(String name) {
    return name.matches("(.*\\.)?layers\\.\\d+");
  }

  private boolean has(String module, String part) {
    return shapes.containsKey(join(module, part));
  }

  private static String join(String module, String part) {
    return module.isEmpty() ? part : module + "." + part;
  }

  private List<Long> shape(String module, String part) {
    return shapes.getOrDefault(join(module, part), List.of());
  }

  private void layer(String module, List<String> names) {
    String weights = "weights: " + quoted(module);
    if (has(module, "weight_ih_l0")) {
      recurrent(module, weights);
    } else if (has(module, "multihead_attn.in_proj_weight")) {
      decoder(module, weights);
    } else if (has(module, "self_attn.in_proj_weight")) {
      attended(module + ".self_attn");
      add(
          "encoder",
          weights,
          "heads: " + heads(module + ".self_attn") + ", activation: relu",
          "heads, activation and norm_first are not in the file");
      encoded = "l" + (layers.size() - 1);
    } else if (has(module, "in_proj_weight")) {
      attended(module);
      add(
          "attention",
          weights,
          "kind: multi_head, heads: " + heads(module),
          "heads is not in the file");
    } else if (has(module, "running_mean")) {
      add("batch_norm", weights, "", "");
    } else if (has(module, "weight")) {
      plain(module, weights);
    } else if (has(module, "weight_ih") && has(module, "weight_hh")) {
      unknown.put(
          module,
          "weight_ih "
              + shape(module, "weight_ih")
              + ", a recurrent cell, whose loop is not in the file: torch.jit.script the module,"
              + " and import that");
    } else {
      unknown.put(module, String.join(", ", names));
    }
  }

  /** The first reads a target, or the input; all look at what the encoder gives, or at an input. */
  private void decoder(String module, String weights) {
    List<Long> shape = shape(module + ".self_attn", "in_proj_weight");
    long width = shape.size() == 2 ? shape.get(1) : 1;
    String from = "";
    if (memory.isEmpty()) {
      memory = encoded.isEmpty() ? "memory" : encoded;
      String fresh = encoded.isEmpty() ? "memory" : "target";
      from = encoded.isEmpty() ? "" : "from: target, ";
      attended(module + ".self_attn");
      inputs.add("  " + fresh + ": {kind: series, features: " + width + "}");
    }
    add(
        "decoder",
        weights,
        from
            + "heads: "
            + heads(module + ".self_attn")
            + ", memory: "
            + memory
            + ", activation: relu",
        "heads, what it reads and looks at, activation and norm_first are not in the file");
  }

  private void plain(String module, String weights) {
    List<Long> shape = shape(module, "weight");
    boolean bias = has(module, "bias");
    String name = module.toLowerCase(Locale.ROOT);
    boolean embedding =
        shape.size() == 2
            && !bias
            && (name.contains("emb") || name.contains("wte") || name.contains("wpe"));
    if (embedding) {
      if (input.isEmpty()) {
        input = "  ids: {kind: tokens}";
      }
      add("embedding", weights, "", "");
    } else if (shape.size() == 2) {
      first(shape.get(1), false);
      add(
          "dense",
          weights,
          "",
          bias ? "" : "or embedding: a table and a matrix without bias look alike");
    } else if (shape.size() == 3) {
      first(shape.get(1), true);
      add(
          "conv1d",
          weights,
          "padding: same",
          "stride, padding, dilation and groups are not in the file");
    } else if (shape.size() == 1 && bias) {
      add("layer_norm", weights, "", "");
      // The norm behind the last layer of an encoder is of what it gives.
      encoded = encoded.isEmpty() || !memory.isEmpty() ? encoded : "l" + (layers.size() - 1);
    } else if (shape.size() == 4) {
      unknown.put(
          module,
          "weight "
              + shape
              + ", a convolution of images, for which descriptions have no layer: torch.jit.save"
              + " the module, and import that");
    } else {
      unknown.put(module, "weight " + shape);
    }
  }

  private void recurrent(String module, String weights) {
    List<Long> input = shape(module, "weight_ih_l0");
    List<Long> state = shape(module, "weight_hh_l0");
    if (input.size() != 2 || state.size() != 2 || state.get(1) == 0) {
      unknown.put(module, "weight_ih_l0 " + input + ", weight_hh_l0 " + state);
      return;
    }
    boolean projected = has(module, "weight_hr_l0");
    long hidden = projected ? shape(module, "weight_hr_l0").get(1) : state.get(1);
    long gates = state.get(0) / hidden;
    String kind = gates == 4 ? "lstm" : gates == 3 ? "gru" : "rnn";
    int count = 1;
    while (has(module, "weight_ih_l" + count)) {
      count++;
    }
    first(input.get(1), true);
    String more =
        (count > 1 ? "layers: " + count : "")
            + (has(module, "weight_ih_l0_reverse")
                ? (count > 1 ? ", " : "") + "bidirectional: true"
                : "")
            + (projected ? ", form: projected" : "");
    String gateOrder =
        switch (kind) {
          case "lstm" -> "gates i f g o of PyTorch become i o f c of ONNX";
          case "gru" -> "gates r z n of PyTorch become z r h of ONNX, linear_before_reset 1";
          default -> "activation, tanh or relu, is not in the file";
        };
    String activation = kind.equals("rnn") ? (more.isEmpty() ? "" : ", ") + "activation: tanh" : "";
    add(kind, weights, (more + activation).replaceFirst("^, ", ""), gateOrder);
  }

  private void attended(String module) {
    List<Long> shape = shape(module, "in_proj_weight");
    if (shape.size() == 2) {
      first(shape.get(1), true);
    }
  }

  private void first(long features, boolean series) {
    if (input.isEmpty()) {
      input = "  x: {kind: " + (series ? "series" : "features") + ", features: " + features + "}";
    }
  }

  /** A guess: heads of 64, or a number of them that divides. */
  private long heads(String module) {
    List<Long> shape = shape(module, "in_proj_weight");
    long width = shape.size() == 2 ? shape.get(1) : 1;
    return width % 64 == 0 ? width / 64 : width % 8 == 0 ? 8 : width % 4 == 0 ? 4 : 1;
  }

  private void add(String kind, String weights, String more, String question) {
    String name = "l" + layers.size();
    layers.add(
        "  - {layer: "
            + kind
            + ", "
            + weights
            + (more.isEmpty() ? "" : ", " + more)
            + ", name: "
            + name
            + "}"
            + (question.isEmpty() ? "" : " # " + question));
  }

  private static String quoted(String text) {
    return "\"" + Text.escape(text).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private String text(String label) {
    StringBuilder out = new StringBuilder();
    out.append("# Drafted from ")
        .append(label)
        .append(": names and shapes alone. Confirm the order of the layers,\n");
    out.append(
        "# and what is marked; activations and pooling between layers are not in the file.\n");
    out.append("name: model\nformat: pytorch\ninputs:\n");
    out.append(input.isEmpty() ? "  x: {kind: series, features: 1} # not seen in the file" : input)
        .append('\n');
    inputs.forEach(line -> out.append(line).append('\n'));
    out.append("layers:\n");
    layers.forEach(line -> out.append(line).append('\n'));
    if (!unknown.isEmpty()) {
      out.append("# Not recognised; every weight must belong to a layer:\n");
      unknown.forEach((module, names) ->
          out.append("#   ")
              .append(Text.escape(module))
              .append(": ")
              .append(Text.escape(names))
              .append('\n'));
    }
    out.append("outputs: {y: l").append(Math.max(0, layers.size() - 1)).append("}\n");
    return out.toString();
  }
}
