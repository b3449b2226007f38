package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.runtime.CheckpointsTest.bools;
import static org.sardonyx.runtime.CheckpointsTest.floats;
import static org.sardonyx.runtime.CheckpointsTest.longs;
import static org.sardonyx.runtime.CheckpointsTest.strings;
import static org.sardonyx.runtime.CheckpointsTest.with;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.runtime.CheckpointsTest.Case;
import org.sardonyx.tensor.Tensor;

/**
 * Every operator of ai.onnx asks whether the run is to end, as {@link CheckpointsTest} counts it:
 * here those that need nothing but one kind of input, there the others; and one that is in neither
 * is listed with the reason.
 */
class EveryOperatorAsksTest {

  private static final int MANY = CheckpointsTest.MANY;

  /** A version that has them all. */
  private static final int OPSET = 28;

  private static final List<String> OF_FLOATS =
      names(
          """
          Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu
          HardSigmoid HardSwish LeakyRelu Log LogSoftmax LpNormalization Mish Reciprocal Relu Selu
          Sigmoid Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu
          """);

  private static final List<String> OF_TWO =
      names("Div GreaterOrEqual Less LessOrEqual Min Mul Pow Sub");

  private static final List<String> OF_BOOLS = names("Or Xor");

  private static final List<String> OF_BITS = names("BitwiseAnd BitwiseOr BitwiseXor");

  private static final List<String> REDUCTIONS =
      names(
          """
          ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMean ReduceMin ReduceProd
          ReduceSumSquare
          """);

  /** What gives on what it is given, or makes no more than some numbers. */
  private static final String HOLDS =
      """
      Constant Flatten Identity Optional OptionalGetElement OptionalHasElement Reshape SequenceAt
      SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength Shape Size Squeeze
      Unsqueeze
      """;

  /** What does little but write memory: the JVM's first use of it is one step. */
  private static final String WRITES = "BitCast EyeLike MelWeightMatrix";

  /** What runs other nodes, between which the run asks. */
  private static final String RUNS = "If Loop Scan SequenceMap";

  /** What {@link CancellationTest} measures, where a product or window of each element is long. */
  private static final String MEASURED =
      """
      AveragePool Conv ConvTranspose Det Gemm InstanceNormalization LayerNormalization MatMulInteger
      MaxPool
      """;

  /** What is computed by the code of another that is counted or measured. */
  private static final Map<String, String> AS_ANOTHER =
      Map.ofEntries(
          Map.entry("ConcatFromSequence", "Concat"),
          Map.entry("ConvInteger", "Conv"),
          Map.entry("QLinearConv", "Conv"),
          Map.entry("QLinearMatMul", "MatMulInteger"),
          Map.entry("GroupNormalization", "InstanceNormalization"),
          Map.entry("RandomNormal", "RandomNormalLike"),
          Map.entry("RandomUniform", "RandomUniformLike"),
          Map.entry("RMSNormalization", "LayerNormalization"),
          Map.entry("Scatter", "ScatterElements"),
          Map.entry("SimplifiedLayerNormalization", "LayerNormalization"),
          Map.entry("SplitToSequence", "Split"),
          Map.entry("Upsample", "Resize"));

  private static Case of(String name, UnaryOperator<GraphBuilder.Call> with, Tensor... inputs) {
    return CheckpointsTest.of(name, name, with, inputs);
  }

  private static List<String> names(String text) {
    return Arrays.asList(text.strip().split("\\s+", -1));
  }

  private static Stream<Case> each(List<String> names, Tensor... inputs) {
    return names.stream().map(name -> of(name, c -> c, inputs));
  }

  static Stream<Supplier<Case>> cases() {
    int half = MANY / 2;
    return Stream.of(
            each(OF_FLOATS, floats(half, 2)),
            each(OF_TWO, floats(MANY), floats(MANY)),
            each(OF_BOOLS, bools(MANY), bools(MANY)),
            each(OF_BITS, longs(MANY), longs(MANY)),
            each(REDUCTIONS, floats(half, 2), Tensor.vector(1)),
            others())
        .flatMap(cases -> cases)
        .map(one -> () -> one);
  }

  private static Stream<Case> others() {
    int half = MANY / 2;
    Tensor image = floats(1, 4, 1024, 1280);
    return Stream.of(
        with("ArgMin", "axis", 1, floats(half, 2)),
        of("CumProd", c -> c, floats(half, 2), Tensor.scalar(1L)),
        of("AffineGrid", c -> c, floats(1, 2, 3), Tensor.vector(1, 1, 2048, 2600)),
        of("GridSample", c -> c, image, floats(1, 1024, 1280, 2)),
        of("GlobalLpPool", c -> c, floats(half / 2, 1, 2, 2)),
        of("MeanVarianceNormalization", c -> c, image),
        of("RegexFullMatch", c -> c.with("pattern", "a.*"), strings(MANY)),
        of("BlackmanWindow", c -> c, Tensor.scalar((long) MANY)),
        of("HammingWindow", c -> c, Tensor.scalar((long) MANY)),
        of("HannWindow", c -> c, Tensor.scalar((long) MANY)),
        of("SwiGLU", c -> c, floats(MANY), floats(MANY)),
        of("Dropout", c -> c, floats(MANY), Tensor.scalar(0.5f), Tensor.scalar(true)),
        of(
            "NonMaxSuppression",
            c -> c,
            floats(1, MANY / 4, 4),
            floats(1, 1, MANY / 4),
            Tensor.scalar(1L)),
        of(
            "TfIdfVectorizer",
            c ->
                c.with("mode", "TF")
                    .with("min_gram_length", 1)
                    .with("max_gram_length", 1)
                    .with("max_skip_count", 0)
                    .withInts("ngram_counts", 0)
                    .withInts("ngram_indexes", 0)
                    .withInts("pool_int64s", 0),
            longs(MANY)),
        of("DFT", c -> c, floats(1, 1 << 20, 1)),
        of("STFT", c -> c, floats(1, MANY, 1), Tensor.scalar(512L), floats(512)),
        of("MaxUnpool", c -> c.withInts("kernel_shape", 1), floats(1, 1, MANY), longs(1, 1, MANY)),
        of(
            "RotaryEmbedding",
            c -> c,
            floats(half / 4, 1, 1, 8),
            floats(1, 4),
            floats(1, 4),
            longs(half / 4, 1)),
        of("TensorScatter", c -> c, floats(1, 1, half, 2), floats(1, 1, half, 2)),
        new Case(
            "CausalConvWithState",
            "CausalConvWithState",
            c -> c,
            new Tensor[] {floats(1, half / 2, 4), floats(half / 2, 1, 2)},
            2),
        of(
            "DeformConv",
            c -> c,
            floats(1, 1, 1024, 1280),
            floats(1, 1, 2, 2),
            floats(1, 8, 1023, 1279)),
        of(
            "MaxRoiPool",
            c -> c.with(Attribute.of("pooled_shape", 1024, 1280)),
            image,
            floats(1, 5)),
        of(
            "RoiAlign",
            c -> c.with("output_height", 1024).with("output_width", 1280),
            image,
            floats(1, 4),
            longs(1)),
        new Case(
            "Attention",
            "Attention",
            c -> c,
            new Tensor[] {floats(1, 1, 1024, 4), floats(1, 1, 5120, 4), floats(1, 1, 5120, 4)},
            1),
        new Case(
            "RNN",
            "RNN",
            c -> c.with("hidden_size", 1),
            new Tensor[] {floats(half, 1, 1), floats(1, 1, 1), floats(1, 1, 1)},
            1),
        new Case(
            "GRU",
            "GRU",
            c -> c.with("hidden_size", 1),
            new Tensor[] {floats(half, 1, 1), floats(1, 3, 1), floats(1, 3, 1)},
            1),
        new Case(
            "LSTM",
            "LSTM",
            c -> c.with("hidden_size", 1),
            new Tensor[] {floats(half, 1, 1), floats(1, 4, 1), floats(1, 4, 1)},
            1),
        new Case(
            "LinearAttention",
            "LinearAttention",
            c -> c.with("q_num_heads", 1).with("kv_num_heads", 1).with("update_rule", "linear"),
            new Tensor[] {floats(1, half, 1), floats(1, half, 1), floats(1, half, 1)},
            2),
        new Case(
            "Multinomial",
            "Multinomial",
            c -> c.with("sample_size", MANY).with("dtype", 7),
            new Tensor[] {floats(1, 8)},
            1));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asks(Supplier<Case> made) {
    CheckpointsTest.check(made.get(), OPSET);
  }

  @Test
  void everyOperatorIsCountedOrHasItsReason() {
    Set<String> counted =
        Stream.concat(CheckpointsTest.cases(), cases())
            .map(one -> one.get().operator())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known = new TreeSet<>(counted);
    for (String text : List.of(HOLDS, WRITES, RUNS, MEASURED)) {
      known.addAll(names(text));
    }
    known.addAll(AS_ANOTHER.keySet());
    Set<String> all =
        Operators.standard().all().stream()
            .filter(def -> def.domain().isEmpty() || def.domain().equals("ai.onnx"))
            .map(OperatorDef::name)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> missing = new TreeSet<>(all);
    missing.removeAll(known);
    assertEquals(Set.of(), missing);
    known.removeAll(all);
    assertEquals(Set.of(), known, "there is no such operator");
    Set<String> others = new TreeSet<>(AS_ANOTHER.values());
    others.removeAll(counted);
    others.removeAll(names(MEASURED));
    assertEquals(Set.of(), others, "neither counted nor measured");
  }
}
