package org.sardonyx.conformance.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Each rule on a model that breaks it, and on its neighbour that does not. */
class LintTest {

  private static Set<String> rules(Model model, String... ignored) {
    return Lint.of(Operators.standard()).lint(model, List.of(ignored)).found().stream()
        .map(Diagnostic::rule)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Model model(Consumer<GraphBuilder> build) {
    GraphBuilder g = new GraphBuilder("lint");
    build.accept(g);
    return typed(g.model(21));
  }

  /** Outputs declare their types, as they must. */
  private static Model typed(Model model) {
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    return model.withGraph(
        model
            .graph()
            .withOutputs(
                model.graph().outputs().stream()
                    .map(output ->
                        new ValueInfo(
                            output.name(), inferred.type(inferred.model().graph(), output.name())))
                    .toList()));
  }

  @Test
  void whatNothingReads() {
    Model model =
        model(g -> {
          Ref x = g.input("x", DataType.FLOAT, 2, 3);
          g.input("lengths", DataType.INT32, 2);
          g.constant("unused", Tensor.of(new float[] {1}, 1));
          g.call("Exp", x).named("lost").output();
          g.output("y", g.node("Tanh", x), null);
        });
    assertEquals(Set.of("unread-input", "unread-weight", "dead-node"), rules(model));
    Model used = model(g -> g.output("y", g.node("Tanh", g.input("x", DataType.FLOAT, 2)), null));
    assertEquals(Set.of(), rules(used));
  }

  @Test
  void whatABodyReadsIsRead() {
    Model model =
        model(g -> {
          Ref x = g.input("x", DataType.FLOAT, 2);
          Ref c = g.input("c", DataType.BOOL);
          GraphBuilder then = g.body("then");
          then.output("t", then.node("Exp", x), null);
          GraphBuilder otherwise = g.body("else");
          otherwise.output("e", otherwise.node("Neg", x), null);
          g.output(
              "y",
              g.call("If", c)
                  .with("then_branch", then.graph())
                  .with("else_branch", otherwise.graph())
                  .output(),
              null);
        });
    assertEquals(Set.of(), rules(model));
  }

  @Test
  void frozenBatch() {
    assertEquals(Set.of("frozen-batch"), rules(reshape("batch", 2, 6)));
    assertEquals(Set.of(), rules(reshape("batch", -1, 6)));
    assertEquals(Set.of(), rules(reshape("batch", 0, 6)));
    assertEquals(Set.of(), rules(reshape(2, 2, 6)));
  }

  private static Model reshape(Object batch, long first, long second) {
    return model(g -> {
      Ref x = g.input("x", DataType.FLOAT, batch, 2, 3);
      g.output("y", g.node("Reshape", x, g.constant(Tensor.vector(first, second))), null);
    });
  }

  @Test
  void forgetGateInTheWrongPlace() {
    assertEquals(Set.of("gate-order"), rules(lstm(1, 0, false)));
    assertEquals(Set.of(), rules(lstm(0, 1, false)));
    assertEquals(Set.of(), rules(lstm(1, 1, false)));
    assertEquals(Set.of(), rules(lstm(0, 0, false)));
  }

  @Test
  void frozenState() {
    assertEquals(Set.of("frozen-state"), rules(lstm(0, 1, true)));
  }

  private static Model lstm(float outputGate, float forgetGate, boolean state) {
    Random random = new Random(3);
    float[] bias = new float[32];
    for (int i = 0; i < 4; i++) {
      bias[4 + i] = outputGate + 0.1f * (float) random.nextGaussian();
      bias[8 + i] = forgetGate + 0.1f * (float) random.nextGaussian();
    }
    return model(g -> {
      List<Ref> in = new ArrayList<>();
      in.add(g.input("x", DataType.FLOAT, "time", "batch", 3));
      in.add(g.constant("w", Tensor.of(new float[48], 1, 16, 3)));
      in.add(g.constant("r", Tensor.of(new float[64], 1, 16, 4)));
      in.add(g.constant("b", Tensor.of(bias, 1, 32)));
      if (state) {
        in.add(Ref.ABSENT);
        in.add(g.constant("h0", Tensor.of(new float[8], 1, 2, 4)));
      }
      g.output("y", g.call("LSTM", in.toArray(Ref[]::new)).with("hidden_size", 4).output(), null);
    });
  }

  @Test
  void twoBiasesOfTheCandidate() {
    assertEquals(Set.of("gru-two-biases"), rules(gru(0, true)));
    assertEquals(Set.of(), rules(gru(1, true)));
    assertEquals(Set.of(), rules(gru(0, false)));
  }

  private static Model gru(long linearBeforeReset, boolean recurrentBias) {
    float[] bias = new float[12];
    Arrays.fill(bias, 0, recurrentBias ? 12 : 6, 0.3f);
    return model(g ->
        g.output(
            "y",
            g.call(
                    "GRU",
                    g.input("x", DataType.FLOAT, "time", 1, 3),
                    g.constant("w", Tensor.of(new float[18], 1, 6, 3)),
                    g.constant("r", Tensor.of(new float[12], 1, 6, 2)),
                    g.constant("b", Tensor.of(bias, 1, 12)))
                .with("hidden_size", 2)
                .with("linear_before_reset", linearBeforeReset)
                .output(),
            null));
  }

  @Test
  void directionsMixed() {
    assertEquals(Set.of("bidirectional-reshape"), rules(bidirectional(false)));
    assertEquals(Set.of(), rules(bidirectional(true)));
  }

  private static Model bidirectional(boolean transposed) {
    return model(g -> {
      Ref y =
          g.call(
                  "RNN",
                  g.input("x", DataType.FLOAT, "time", "batch", 3),
                  g.constant("w", Tensor.of(new float[12], 2, 2, 3)),
                  g.constant("r", Tensor.of(new float[8], 2, 2, 2)))
              .with("hidden_size", 2)
              .with("direction", "bidirectional")
              .output();
      Ref read = transposed ? g.call("Transpose", y).withInts("perm", 0, 2, 1, 3).output() : y;
      g.output("y", g.node("Reshape", read, g.constant(Tensor.vector(0, 0, 4))), null);
    });
  }

  @Test
  void causalWithFewerQueries() {
    assertEquals(Set.of("causal-alignment"), rules(attention(2, 5, 1)));
    assertEquals(Set.of(), rules(attention(5, 5, 1)));
    assertEquals(Set.of(), rules(attention(2, 5, 0)));
  }

  private static Model attention(int queries, int keys, long causal) {
    GraphBuilder g = new GraphBuilder("attention");
    Ref q = g.input("q", DataType.FLOAT, 1, 2, queries, 4);
    Ref k = g.input("k", DataType.FLOAT, 1, 2, keys, 4);
    g.output("y", g.call("Attention", q, k, k).with("is_causal", causal).output(), null);
    return typed(g.model(23));
  }

  @Test
  void weightsThatAreNotFinite() {
    Model broken =
        model(g ->
            g.output(
                "y",
                g.node(
                    "Add",
                    g.input("x", DataType.FLOAT, 3),
                    g.constant("w", Tensor.of(new float[] {1.5f, Float.NaN, 2}, 3))),
                null));
    assertEquals(Set.of("not-finite-weight"), rules(broken));
    float gone = Float.NEGATIVE_INFINITY;
    Model mask =
        model(g ->
            g.output(
                "y",
                g.node(
                    "Add",
                    g.input("x", DataType.FLOAT, 3),
                    g.constant("m", Tensor.of(new float[] {0, gone, gone}, 3))),
                null));
    assertEquals(Set.of(), rules(mask));
  }

  @Test
  void softmaxTwiceAndTraining() {
    Model model =
        model(g -> {
          Ref x = g.input("x", DataType.FLOAT, 2, 3);
          Ref twice = g.node("Softmax", g.node("Softmax", x));
          Ref dropped =
              g.node(
                  "Dropout",
                  twice,
                  g.constant(Tensor.scalar(0.5f)),
                  g.constant(Tensor.scalar(true)));
          g.output("y", dropped, null);
        });
    assertEquals(Set.of("softmax-of-softmax", "training-mode"), rules(model));
  }

  @Test
  void suppressionsByRuleByNodeAndInTheModel() {
    Model model =
        model(g -> {
          Ref x = g.input("x", DataType.FLOAT, 2);
          g.call("Exp", x).named("a").output();
          g.call("Exp", x).named("b").output();
          g.output("y", g.node("Tanh", x), null);
        });
    Lint lint = Lint.of(Operators.standard());
    assertEquals(2, lint.lint(model, List.of()).found().size());
    assertEquals(0, lint.lint(model, List.of("dead-node")).found().size());
    Lint.Result one = lint.lint(model, List.of("dead-node:a", "unread-input"));
    assertEquals(1, one.found().size());
    assertTrue(one.found().getFirst().location().toString().contains("\"b\""));
    assertEquals(List.of("unread-input"), one.unused());
    Model marked =
        new Model(
            model.irVersion(),
            model.opsetImports(),
            "",
            "",
            "",
            0,
            "",
            model.graph(),
            List.of(),
            List.of(new Entry(Lint.KEY, "dead-node:a, dead-node:b")),
            List.of(),
            model.extra());
    Lint.Result none = lint.lint(marked, List.of());
    assertEquals(0, none.found().size());
    assertEquals(2, none.suppressed().size());
  }

  @Test
  void everyRuleHasItsOwnNameAndARemedy() {
    Set<String> ids = new LinkedHashSet<>();
    for (LintRule rule : LintRule.all()) {
      assertTrue(ids.add(rule.id()), rule.id());
      assertFalse(rule.fix().isBlank() || rule.says().isBlank(), rule.id());
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void sarifNamesRulesPlacesAndSuppressions() {
    Model model =
        model(g -> {
          Ref x = g.input("x", DataType.FLOAT, 2);
          g.call("Exp", x).named("lost </script>").output();
          g.output("y", g.node("Tanh", x), null);
        });
    Lint lint = Lint.of(Operators.standard());
    Map<String, Object> log = Sarif.of("models/a b%.onnx", "1", lint.lint(model, List.of()));
    assertEquals("2.1.0", log.get("version"));
    Map<String, Object> run = ((List<Map<String, Object>>) log.get("runs")).getFirst();
    Map<String, Object> result = ((List<Map<String, Object>>) run.get("results")).getFirst();
    assertEquals("dead-node", result.get("ruleId"));
    assertEquals(0, result.get("ruleIndex"));
    assertEquals("warning", result.get("level"));
    assertTrue(log.toString().contains("models/a%20b%25.onnx"), log::toString);
    assertFalse(result.containsKey("suppressions"));
    log = Sarif.of("m", "1", lint.lint(model, List.of("dead-node")));
    assertTrue(log.toString().contains("suppressions"), log::toString);
  }
}
