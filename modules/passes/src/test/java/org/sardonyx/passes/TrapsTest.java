package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.tensor.DataType.BOOL;
import static org.sardonyx.tensor.DataType.FLOAT;
import static org.sardonyx.tensor.DataType.INT64;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;

/** What is valid and yet likely not meant, or read in another way elsewhere, is warned of. */
class TrapsTest {

  private static List<String> rules(Model model) {
    List<Diagnostic> found = Check.of(Models.OPERATORS).check(model);
    assertEquals(
        List.of(),
        found.stream().filter(d -> d.severity() != Severity.WARNING).toList(),
        "a trap is no error");
    return found.stream().map(Diagnostic::rule).sorted().toList();
  }

  /** One unit, one input, and attributes beside hidden_size. */
  private static Model recurrent(String operator, int opset, String outputs, Attribute... more) {
    int gates = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
    List<Attribute> attributes =
        Stream.concat(Stream.of(Attribute.of("hidden_size", 1L)), Stream.of(more)).toList();
    Node node = Models.of(operator, "x w r -> " + outputs, attributes.toArray(new Attribute[0]));
    return Models.named("g")
        .input("x", FLOAT, 1, 1, 1)
        .constant("w", Tensor.zeros(FLOAT, 1, gates, 1))
        .constant("r", Tensor.zeros(FLOAT, 1, gates, 1))
        .node(node)
        .output(node.outputs().getLast(), FLOAT, "?", "?", "?")
        .model(10, opset);
  }

  private static Attribute names(String... functions) {
    return new Attribute("activations", Attribute.OfStrings.of(List.of(functions)));
  }

  private static Attribute numbers(String name, Float... values) {
    return new Attribute(name, new Attribute.OfFloats(List.of(values)));
  }

  private static Attribute alpha(Float... values) {
    return numbers("activation_alpha", values);
  }

  private static Attribute beta(Float... values) {
    return numbers("activation_beta", values);
  }

  static Stream<Arguments> recurrentTraps() {
    return Stream.of(
        Arguments.of("", recurrent("LSTM", 22, "_ h")),
        Arguments.of("trap-layout", recurrent("GRU", 14, "_ h", Attribute.of("layout", 1L))),
        Arguments.of("", recurrent("GRU", 14, "_ h", Attribute.of("layout", 0L))),
        Arguments.of("trap-clip", recurrent("LSTM", 7, "_ h", Attribute.of("clip", 1f))),
        Arguments.of("", recurrent("GRU", 7, "_ h", Attribute.of("clip", 1f))),
        Arguments.of("trap-only-y-c", recurrent("LSTM", 22, "_ _ c")),
        Arguments.of("", recurrent("LSTM", 22, "_ h c")),
        // Both readings give LeakyRelu the first number, or they do not.
        Arguments.of("", recurrent("GRU", 22, "_ h", names("LeakyRelu", "Tanh"), alpha(0.5f))),
        Arguments.of(
            "trap-activation-list",
            recurrent("GRU", 22, "_ h", names("Sigmoid", "LeakyRelu"), alpha(0.5f, 0.1f))),
        Arguments.of(
            "", recurrent("GRU", 22, "_ h", names("Sigmoid", "LeakyRelu"), alpha(0.5f, 0.5f))),
        Arguments.of(
            "trap-activation-list",
            recurrent("GRU", 22, "_ h", names("Elu", "HardSigmoid"), alpha(1f, 1f), beta(0.5f))),
        // What is not given is 0 there, and 1 here.
        Arguments.of("trap-activation-default", recurrent("RNN", 22, "_ h", names("Affine"))),
        Arguments.of(
            "trap-activation-default", recurrent("RNN", 22, "_ h", names("thresholdedrelu"))),
        Arguments.of(
            "trap-activation-default", recurrent("RNN", 22, "_ h", names("ScaledTanh"), alpha(1f))),
        Arguments.of("", recurrent("RNN", 22, "_ h", names("ScaledTanh"), alpha(1f), beta(1f))),
        Arguments.of("", recurrent("RNN", 22, "_ h", names("Affine"), alpha(2f))),
        Arguments.of(
            "trap-activation-default",
            recurrent("GRU", 22, "_ h", names("ThresholdedRelu", "ThresholdedRelu"), alpha(1f))),
        Arguments.of("", recurrent("RNN", 22, "_ h", names("HardSigmoid"))));
  }

  @ParameterizedTest
  @MethodSource("recurrentTraps")
  void recurrentOperators(String rule, Model model) {
    assertEquals(rule.isEmpty() ? List.of() : List.of(rule), rules(model));
  }

  @Test
  void hiddenSizeAndTheResetOfTorch() {
    Models gru =
        Models.named("g")
            .input("x", FLOAT, 3, 1, 2)
            .constant("w", Tensor.zeros(FLOAT, 1, 6, 2))
            .constant("r", Tensor.zeros(FLOAT, 1, 6, 2))
            .node("GRU", "x w r -> y", Attribute.of("layout", 0))
            .output("y", FLOAT, 3, 1, 1, 2);
    assertEquals(List.of("trap-hidden-size"), rules(gru.model()));
    Model model = gru.model();
    Model torch =
        new Model(
            8,
            model.opsetImports(),
            "pytorch",
            "2.10.1",
            "",
            0,
            "",
            model.graph(),
            List.of(),
            List.of(),
            List.of(),
            Extra.NONE);
    assertEquals(List.of("trap-gru-reset", "trap-hidden-size"), rules(torch));
    Check.of(Models.OPERATORS).requireValid(torch);
  }

  @Test
  void masksThatAreNotInfinite() {
    assertEquals(
        List.of("trap-mask"),
        rules(
            Models.named("g")
                .input("s", FLOAT, "n", "t")
                .input("m", BOOL, "n", "t")
                .constant("low", Tensor.scalar(-10000f))
                .node("Where", "m low s -> masked")
                .node("Softmax", "masked -> y")
                .output("y", FLOAT, "n", "t")
                .model()));
  }

  @Test
  void loopsWithoutACondition() {
    Graph body =
        Models.named("body")
            .input("i", INT64)
            .input("c", BOOL)
            .input("v", FLOAT, 1)
            .node("Identity", "c -> c2")
            .node("Neg", "v -> v2")
            .output("c2")
            .output("v2")
            .graph();
    Models loop = Models.named("g").input("m", INT64).input("go", BOOL).input("x", FLOAT, 1);
    Attribute attribute = Attribute.of("body", body);
    assertEquals(
        List.of("trap-loop-condition", "trap-loop-condition"),
        rules(
            loop.node("Loop", "m _ x -> a", attribute)
                .node("Loop", "_ _ x -> b", attribute)
                .node("Loop", "m go x -> y", attribute)
                .output("y", FLOAT, 1)
                .model()));
  }

  @Test
  void whatAttentionMeantInOtherYears() {
    Attribute cap = Attribute.of("softcap", 2f);
    Attribute mode = Attribute.of("qk_matmul_output_mode", 1L);
    assertEquals(List.of("trap-softcap"), attention(24, cap, mode));
    assertEquals(List.of(), attention(24, cap));
    assertEquals(List.of("trap-window"), attention(25, Attribute.of("left_window_size", 1L)));
  }

  private static List<String> attention(int opset, Attribute... attributes) {
    return rules(
        Models.named("g")
            .input("q", FLOAT, 1, 1, 2, 4)
            .node("Attention", "q q q -> y", attributes)
            .output("y", FLOAT, 1, 1, 2, 4)
            .model(11, opset));
  }
}
