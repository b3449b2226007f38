package org.sardonyx.passes.check;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Where;

/** Legal nodes that are likely not meant so, or that other engines read in another way. */
final class TrapRules {

  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");

  /** Activation functions that read alpha; of those, which read beta too. */
  private static final Set<String> ALPHA =
      Set.of("affine", "leakyrelu", "thresholdedrelu", "scaledtanh", "hardsigmoid", "elu");

  private static final Set<String> BETA = Set.of("affine", "scaledtanh", "hardsigmoid");

  /** Of those, which have another default here than 0. */
  private static final Set<String> ZERO_ALPHA = Set.of("affine", "thresholdedrelu", "scaledtanh");

  private static final Set<String> ZERO_BETA = Set.of("scaledtanh");

  private final Report report;
  private final boolean torchWithWrongGru;

  TrapRules(Model model, Report report) {
    this.report = report;
    this.torchWithWrongGru =
        model.producerName().toLowerCase(java.util.Locale.ROOT).contains("torch")
            && isFrom210(model.producerVersion());
  }

  private static boolean isFrom210(String version) {
    String[] parts = version.split("[^0-9]+", 3);
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      return major > 2 || (major == 2 && minor >= 10);
    } catch (NumberFormatException _) {
      return false;
    }
  }

  void check(Node node, Where at) {
    if (!node.isOnnx()) {
      return;
    }
    if (RECURRENT.contains(node.opType())) {
      recurrent(node, at);
    }
    if (node.opType().equals("Loop")) {
      loop(node, at);
    }
    if (node.opType().equals("Attention")) {
      attention(node, at);
    }
  }

  private void recurrent(Node node, Where at) {
    if (node.opType().equals("GRU")
        && torchWithWrongGru
        && integer(node, "linear_before_reset", 0) == 0) {
      report.warning(
          "trap-gru-reset",
          at,
          "linear_before_reset is 0, and PyTorch's GRU computes what 1 means: its exporter left the"
              + " attribute out in this version; set it to 1");
    }
    if (node.attribute("hidden_size") == null) {
      report.warning(
          "trap-hidden-size", at, "hidden_size is left out; ONNX Runtime refuses the node");
    }
    if (integer(node, "layout", 0) != 0) {
      report.warning(
          "trap-layout", at, "layout is 1, which ONNX Runtime refuses and others compute wrong");
    }
    if (node.opType().equals("LSTM") && node.attribute("clip") != null) {
      report.warning(
          "trap-clip",
          at,
          "clip is set; ONNX Runtime does not clip the input of the last activation");
    }
    if (node.opType().equals("LSTM")
        && node.outputs().size() == 3
        && node.outputs().get(0).isEmpty()
        && node.outputs().get(1).isEmpty()) {
      report.warning(
          "trap-only-y-c",
          at,
          "Y_c is the only output that is named; ONNX Runtime fails to plan it");
    }
    activations(node, at);
  }

  /**
   * The lists of alpha and beta can be read with one entry for each activation, or with one for
   * each that needs it, as ONNX Runtime does.
   */
  private void activations(Node node, Where at) {
    List<String> names = strings(node, "activations");
    if (names.isEmpty()) {
      return;
    }
    readings(node, names, "activation_alpha", ALPHA, at);
    readings(node, names, "activation_beta", BETA, at);
    missing(node, names, "activation_alpha", ALPHA, ZERO_ALPHA, at);
    missing(node, names, "activation_beta", BETA, ZERO_BETA, at);
  }

  /** Functions whose number ONNX Runtime takes for 0 where its list does not reach to them. */
  private void missing(
      Node node,
      List<String> names,
      String attribute,
      Set<String> reading,
      Set<String> zero,
      Where at) {
    Attribute given = node.attribute(attribute);
    int count =
        given != null && given.value() instanceof Attribute.OfFloats(List<Float> values)
            ? values.size()
            : 0;
    int used = 0;
    for (String name : names) {
      String lower = name.toLowerCase(java.util.Locale.ROOT);
      if (!reading.contains(lower)) {
        continue;
      }
      if (used >= count && zero.contains(lower)) {
        report.warning(
            "trap-activation-default",
            at,
            "activation "
                + Report.quote(name)
                + " without "
                + attribute
                + ": ONNX Runtime takes 0");
        return;
      }
      used++;
    }
  }

  private void readings(
      Node node, List<String> names, String attribute, Set<String> reading, Where at) {
    Attribute given = node.attribute(attribute);
    if (given == null || !(given.value() instanceof Attribute.OfFloats(List<Float> values))) {
      return;
    }
    int used = 0;
    for (int i = 0; i < names.size(); i++) {
      if (!reading.contains(names.get(i).toLowerCase(java.util.Locale.ROOT))) {
        continue;
      }
      Float compact = used < values.size() ? values.get(used) : null;
      Float positional = i < values.size() ? values.get(i) : null;
      if (compact == null ? positional != null : !compact.equals(positional)) {
        report.warning(
            "trap-activation-list",
            at,
            attribute
                + " means different values for "
                + Report.quote(names.get(i))
                + " when read one for each activation and one for each that needs it");
        return;
      }
      used++;
    }
  }

  private void loop(Node node, Where at) {
    boolean trips = !node.inputs().isEmpty() && !node.inputs().get(0).isEmpty();
    boolean condition = node.inputs().size() > 1 && !node.inputs().get(1).isEmpty();
    if (!condition) {
      report.warning(
          "trap-loop-condition",
          at,
          (trips ? "without a condition as input" : "without trip count and condition")
              + " the condition that the body returns is ignored"
              + (trips ? "" : " and the loop never ends")
              + "; ONNX Runtime obeys it all the same");
    }
  }

  private void attention(Node node, Where at) {
    if (node.attribute("softcap") != null && node.attribute("qk_matmul_output_mode") != null) {
      report.warning(
          "trap-softcap",
          at,
          "softcap with qk_matmul_output_mode: the order of softcap and mask, and what the modes show,"
              + " was changed after operator set 24 was published");
    }
    if (node.attribute("left_window_size") != null || node.attribute("right_window_size") != null) {
      report.warning(
          "trap-window",
          at,
          "window sizes came late to operator set 25; older engines refuse them");
    }
  }

  private static long integer(Node node, String name, long otherwise) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfInt(long value)
        ? value
        : otherwise;
  }

  private static List<String> strings(Node node, String name) {
    @Nullable Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfStrings strings
        ? strings.texts()
        : List.of();
  }
}
