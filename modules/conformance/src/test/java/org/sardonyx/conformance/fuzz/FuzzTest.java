package org.sardonyx.conformance.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.reduce.Specimen;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.walk.Graphs;

/**
 * Random models in three engines: a few here, many with {@code -Dfuzz.count=2000 -Dfuzz.time=1800
 * -Dseed=7}; bundles of what is found go where {@code -Dfuzz.out=} says.
 */
class FuzzTest {

  private static final long SEED = Long.getLong("seed", 1);
  private static final int COUNT = Integer.getInteger("fuzz.count", 60);
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("fuzz.time", 20));

  @TempDir Path folder;

  private Fuzz.Summary run(LongFunction<Specimen> models, int count) throws EngineFailed {
    String out = System.getProperty("fuzz.out");
    try (NativeEngine ours = new NativeEngine();
        Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60))) {
      Fuzz.Summary summary =
          new Fuzz(ours, reference, Engine.Options.DEFAULT)
              .drawing(models)
              .withTime(TIME)
              .shrinkingFor(Duration.ofSeconds(20))
              .into(out == null ? folder : Path.of(out))
              .run(SEED, count);
      System.out.printf(
          "fuzz: seed %d, %d models, %d with the reference, %s%n",
          SEED, summary.models(), summary.compared(), summary.verdicts());
      return summary;
    }
  }

  @Test
  void enginesAgree() throws EngineFailed {
    Fuzz.Summary summary = run(RandomModel::of, COUNT);
    assertEquals(List.of(), summary.findings());
    assertTrue(summary.models() >= 10, () -> "only " + summary.models() + " models in " + TIME);
    // ONNX Runtime has few kernels for double.
    assertTrue(summary.compared() * 10 >= summary.models() * 8, summary::toString);
    assertTrue(
        summary.verdicts().getOrDefault(Verdict.AGREE, 0) * 10 >= summary.models() * 8,
        summary::toString);
  }

  @Test
  void chaosIsCalledChaos() throws EngineFailed {
    Fuzz.Summary summary = run(RandomModel::chaotic, Math.max(6, COUNT / 10));
    assertEquals(List.of(), summary.findings());
    assertEquals(Map.of(Verdict.DIVERGENT, summary.models()), summary.verdicts());
  }

  @Test
  void modelsAreValidAndTheSameForASeed() {
    TreeSet<String> operators = new TreeSet<>();
    int bodies = 0;
    for (long seed = 0; seed < 300; seed++) {
      Specimen one = RandomModel.of(seed);
      Check.of(Operators.standard()).requireValid(one.model());
      Specimen again = RandomModel.of(seed);
      assertArrayEquals(Onnx.toBytes(one.model()), Onnx.toBytes(again.model()));
      assertEquals(one.inputs(), again.inputs());
      assertFalse(one.model().graph().outputs().isEmpty(), "no outputs for seed " + seed);
      bodies += collect(one.model().graph(), operators, 0);
    }
    assertNotEquals(RandomModel.of(1).inputs(), RandomModel.of(2).inputs());
    assertTrue(bodies >= 2, "no body is within another");
    List<String> wanted =
        List.of(
            "Add",
            "ArgMax",
            "Attention",
            "AveragePool",
            "BatchNormalization",
            "Cast",
            "Clip",
            "Concat",
            "Conv",
            "ConvInteger",
            "ConvTranspose",
            "CumSum",
            "DepthToSpace",
            "DequantizeLinear",
            "Div",
            "DynamicQuantizeLinear",
            "Einsum",
            "Expand",
            "Flatten",
            "GRU",
            "Gather",
            "GatherElements",
            "Gelu",
            "Gemm",
            "GlobalAveragePool",
            "GroupNormalization",
            "If",
            "InstanceNormalization",
            "LSTM",
            "LayerNormalization",
            "LogSoftmax",
            "Loop",
            "LpNormalization",
            "MatMul",
            "MatMulInteger",
            "MaxPool",
            "MeanVarianceNormalization",
            "Mod",
            "Not",
            "PRelu",
            "Pad",
            "QLinearConv",
            "QLinearMatMul",
            "RMSNormalization",
            "RNN",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceProd",
            "ReduceSum",
            "Reshape",
            "Resize",
            "Scan",
            "ScatterND",
            "Shape",
            "Slice",
            "Softmax",
            "SpaceToDepth",
            "Split",
            "Squeeze",
            "Tile",
            "TopK",
            "Transpose",
            "Trilu",
            "Unsqueeze",
            "Where",
            "Xor");
    List<String> missing = new ArrayList<>(wanted);
    missing.removeAll(operators);
    assertEquals(List.of(), missing);
    assertTrue(operators.size() >= 110, () -> operators.size() + " operators: " + operators);
  }

  /** Returns the depth of bodies within bodies. */
  private static int collect(Graph graph, Set<String> operators, int depth) {
    int deepest = depth;
    for (Node node : graph.nodes()) {
      operators.add(node.opType());
      for (Graph body : Graphs.bodies(node)) {
        deepest = Math.max(deepest, collect(body, operators, depth + 1));
      }
    }
    return deepest;
  }

  /** Every family is drawn, and more often the greater its share. */
  @Test
  void familiesAreDrawn() {
    Map<RandomModel.Family, Integer> counts = new HashMap<>();
    Random random = new Random(3);
    for (int i = 0; i < 3000; i++) {
      counts.merge(RandomModel.Family.draw(random), 1, Integer::sum);
    }
    for (RandomModel.Family family : RandomModel.Family.values()) {
      assertTrue(counts.getOrDefault(family, 0) > 50, () -> family + ": " + counts);
    }
  }

  static Stream<Misreading> defects() {
    return Stream.of(
        Misreading.as("ReduceMax", "ReduceMin"),
        Misreading.without("GRU", "linear_before_reset"),
        Misreading.without("Scan", "scan_input_directions"),
        Misreading.without("Attention", "is_causal"));
  }

  @ParameterizedTest
  @MethodSource("defects")
  void aPlantedDefectIsFoundAndShrunk(Misreading wrong) throws EngineFailed, IOException {
    Fuzz.Finding found = null;
    for (long seed = 0; seed < 2000 && found == null; seed++) {
      Specimen drawn = RandomModel.of(seed);
      if (drawn.model().graph().nodes().stream().noneMatch(n -> n.isOnnx(wrong.operator()))) {
        continue;
      }
      Fuzz.Summary summary =
          new Fuzz(wrong, null, Engine.Options.DEFAULT)
              .shrinkingFor(Duration.ofMillis(1500))
              .into(folder)
              .run(seed, 1);
      found = summary.findings().stream().findFirst().orElse(null);
    }
    assertTrue(found != null, () -> wrong.operator() + " is not found out");
    Fuzz.Finding finding = found;
    Specimen small = finding.small().specimen();
    List<String> left =
        small.model().graph().nodes().stream().map(Node::opType).collect(Collectors.toList());
    assertEquals(Verdict.OURS_WORSE, finding.verdict(), finding::toString);
    assertEquals(List.of(wrong.operator()), left);
    Path bundle = folder.resolve("seed-" + finding.seed());
    assertEquals(bundle, finding.bundle());
    assertTrue(Files.exists(bundle.resolve("test_data_set_0")), bundle::toString);
    assertArrayEquals(
        Onnx.toBytes(RandomModel.of(finding.seed()).model()),
        Files.readAllBytes(bundle.resolve("drawn.onnx")));
  }
}
