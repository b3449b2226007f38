package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Operators that go through many elements ask now and then whether the run is to end, counted and
 * not timed: {@link CancellationTest} says how soon that is. A step takes some nanoseconds, so five
 * million of them are below the promised tenth of a second.
 */
class CheckpointsTest {

  static final int MANY = 5 << 20;
  private static final int OFTEN = MANY;

  record Case(
      String name,
      String operator,
      UnaryOperator<GraphBuilder.Call> attributes,
      Tensor[] inputs,
      int outputs) {}

  static Case of(String operator, Tensor... inputs) {
    return new Case(operator, operator, call -> call, inputs, 1);
  }

  static Case of(
      String name, String operator, UnaryOperator<GraphBuilder.Call> with, Tensor... inputs) {
    return new Case(name, operator, with, inputs, 1);
  }

  static Case with(String name, String attribute, long value, Tensor... inputs) {
    return of(name, name.split(" ", 2)[0], call -> call.with(attribute, value), inputs);
  }

  static Tensor floats(int... shape) {
    Tensor x = Tensor.zeros(DataType.FLOAT, shape);
    float[] values = x.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 7919) % 1009;
    }
    return x;
  }

  static Tensor longs(int... shape) {
    return Tensor.zeros(DataType.INT64, shape);
  }

  static Tensor bools(int... shape) {
    Tensor x = Tensor.zeros(DataType.BOOL, shape);
    Arrays.fill(x.bytes(), (byte) 1);
    return x;
  }

  static Tensor strings(int n) {
    Tensor x = Tensor.zeros(DataType.STRING, n);
    Arrays.fill(x.strings(), "ab c");
    return x;
  }

  private static String[] texts(int n) {
    String[] texts = new String[n];
    Arrays.fill(texts, "12");
    return texts;
  }

  private static final int HALF = MANY / 2;

  static Stream<Supplier<Case>> cases() {
    int side = 2896;
    return Stream.of(
        () ->
            of(
                "Transpose",
                "Transpose",
                call -> call.with(Attribute.of("perm", 1, 0)),
                floats(2048, 4096)),
        () ->
            of(
                "Transpose of three axes",
                "Transpose",
                call -> call.with(Attribute.of("perm", 2, 1, 0)),
                floats(128, 256, 256)),
        () -> with("Gather", "axis", 0, floats(16), longs(MANY)),
        () -> with("Gather of rows", "axis", 0, floats(16, 4), longs(MANY / 4)),
        () -> with("GatherElements", "axis", 0, floats(MANY), longs(MANY)),
        () -> of("GatherND", floats(16), longs(MANY, 1)),
        () -> with("ScatterElements", "axis", 0, floats(MANY), longs(MANY), floats(MANY)),
        () -> of("ScatterND", floats(16), longs(MANY, 1), floats(MANY)),
        () ->
            of(
                "Slice",
                floats(2, MANY),
                Tensor.vector(MANY - 1),
                Tensor.vector(-MANY - 1),
                Tensor.vector(1),
                Tensor.vector(-1)),
        () ->
            of("Concat", "Concat", call -> call.with("axis", 1), floats(HALF, 1), floats(HALF, 1)),
        () ->
            new Case(
                "Split", "Split", call -> call.with("axis", 1), new Tensor[] {floats(HALF, 2)}, 2),
        () -> of("Pad", floats(MANY, 1), Tensor.vector(0, 0, 1, 0)),
        () -> of("Tile", floats(HALF, 1), Tensor.vector(1, 3)),
        () -> of("Expand", floats(HALF, 1), Tensor.vector(HALF, 3)),
        () -> with("DepthToSpace", "blocksize", 2, floats(1, 8, 1024, 1024)),
        () -> with("SpaceToDepth", "blocksize", 2, floats(1, 2, 2048, 2048)),
        () -> of("OneHot", longs(MANY / 4), Tensor.scalar(4L), Tensor.of(new float[] {0, 1}, 2)),
        () -> of("Compress", floats(MANY), bools(MANY)),
        () -> of("NonZero", bools(MANY)),
        () -> of("NonZero of nothing", "NonZero", call -> call, longs(MANY)),
        () ->
            of(
                "ConstantOfShape",
                "ConstantOfShape",
                call -> call.with("value", Tensor.vector(1)),
                Tensor.vector(MANY)),
        () ->
            new Case(
                "DynamicQuantizeLinear",
                "DynamicQuantizeLinear",
                call -> call,
                new Tensor[] {floats(MANY)},
                3),
        () ->
            of(
                "NegativeLogLikelihoodLoss",
                "NegativeLogLikelihoodLoss",
                call -> call.with("reduction", "none"),
                floats(MANY, 1),
                longs(MANY)),
        () ->
            new Case(
                "SoftmaxCrossEntropyLoss",
                "SoftmaxCrossEntropyLoss",
                call -> call,
                new Tensor[] {floats(HALF, 2), longs(HALF)},
                2),
        () ->
            of(
                "Einsum of one, a sum",
                "Einsum",
                call -> call.with("equation", "ij->"),
                floats(HALF, 2)),
        () ->
            of(
                "Einsum of one, transposed",
                "Einsum",
                call -> call.with("equation", "ij->ji"),
                floats(HALF, 2)),
        () ->
            of(
                "Einsum of integers",
                "Einsum",
                call -> call.with("equation", "ij->i"),
                longs(HALF, 2)),
        () -> of("Pow of a square", "Pow", call -> call, floats(MANY), Tensor.scalar(2f)),
        () -> of("Unique", floats(MANY)),
        () ->
            new Case(
                "TopK of one row",
                "TopK",
                call -> call,
                new Tensor[] {floats(1, MANY), Tensor.vector(3)},
                2),
        () ->
            new Case(
                "TopK of rows",
                "TopK",
                call -> call,
                new Tensor[] {floats(MANY / 8, 8), Tensor.vector(3)},
                2),
        () ->
            new Case(
                "TopK of all",
                "TopK",
                call -> call,
                new Tensor[] {floats(1, MANY), Tensor.vector(MANY)},
                2),
        () -> of("Trilu", floats(side, side)),
        () -> of("Range", Tensor.scalar(0L), Tensor.scalar((long) MANY), Tensor.scalar(1L)),
        () ->
            of(
                "Resize nearest",
                "Resize",
                call -> call.with("mode", "nearest"),
                floats(1, 1, 1024, 1024),
                Tensor.zeros(DataType.FLOAT, 0),
                Tensor.of(new float[] {1, 1, 3, 3}, 4)),
        () ->
            of(
                "Resize linear",
                "Resize",
                call -> call.with("mode", "linear"),
                floats(1, 1, 1024, 1024),
                Tensor.zeros(DataType.FLOAT, 0),
                Tensor.of(new float[] {1, 1, 3, 3}, 4)),
        () -> of("Hardmax", floats(MANY / 8, 8)),
        () -> of("Where", bools(MANY), floats(MANY), floats(1)),
        () -> of("IsNaN", floats(MANY)),
        () -> of("IsInf", floats(MANY)),
        () -> of("Not", bools(MANY)),
        () -> of("And", bools(MANY), bools(MANY)),
        () -> of("Equal", floats(MANY), floats(1)),
        () -> of("Greater", longs(MANY), longs(1)),
        () -> of("Add of int64", "Add", call -> call, longs(MANY), longs(1)),
        () -> of("Mod of int64", "Mod", call -> call, longs(MANY), Tensor.vector(3)),
        () -> of("Sum", floats(MANY), floats(MANY)),
        () -> of("Mean", floats(MANY), floats(MANY)),
        () -> of("Max", floats(MANY), floats(MANY)),
        () -> of("Neg of int64", "Neg", call -> call, longs(MANY)),
        () -> of("Abs of int64", "Abs", call -> call, longs(MANY)),
        () -> of("Sign", longs(MANY)),
        () -> of("Clip", floats(MANY), Tensor.scalar(1f), Tensor.scalar(2f)),
        () -> of("Clip of int64", "Clip", call -> call, longs(MANY), Tensor.scalar(1L)),
        () -> of("Round", floats(MANY)),
        () -> of("BitwiseNot", longs(MANY)),
        () ->
            of(
                "BitShift",
                "BitShift",
                call -> call.with("direction", "LEFT"),
                Tensor.zeros(DataType.UINT64, MANY),
                Tensor.zeros(DataType.UINT64, 1)),
        () -> with("Cast to string", "to", 8, longs(MANY)),
        () -> with("Cast of strings", "to", 7, Tensor.of(DataType.STRING, texts(MANY), MANY)),
        () -> with("Cast to float16", "to", 10, floats(MANY)),
        () -> with("Cast to double", "to", 11, floats(MANY)),
        () -> with("Cast to int8", "to", 3, floats(MANY)),
        () -> with("Cast of int64", "to", 1, longs(MANY)),
        () -> with("Cast of int32", "to", 1, Tensor.zeros(DataType.INT32, MANY)),
        () -> with("Cast of uint64", "to", 1, Tensor.zeros(DataType.UINT64, MANY)),
        () -> with("Cast of double", "to", 1, Tensor.zeros(DataType.DOUBLE, MANY)),
        () -> of("CastLike", floats(MANY), longs(1)),
        () -> of("Col2Im", floats(1, 2, HALF), Tensor.vector(1, HALF), Tensor.vector(1, 1)),
        () -> of("QuantizeLinear", floats(MANY), Tensor.scalar(1f)),
        () -> of("DequantizeLinear", Tensor.zeros(DataType.INT8, MANY), Tensor.scalar(1f)),
        () -> of("Shrink", floats(MANY)),
        () -> of("PRelu", floats(HALF, 2), floats(2)),
        () ->
            of("CumSum along nothing", "CumSum", call -> call, floats(MANY, 1), Tensor.scalar(1L)),
        () -> with("ArgMax of short rows", "axis", 1, floats(HALF, 2)),
        () ->
            of(
                "ReduceSum of short rows",
                "ReduceSum",
                call -> call,
                floats(HALF, 2),
                Tensor.vector(1)),
        () ->
            of(
                "ReduceMax of columns",
                "ReduceMax",
                call -> call,
                floats(3, HALF),
                Tensor.vector(0)),
        () -> of("ReduceSum of int64", "ReduceSum", call -> call, longs(MANY), Tensor.vector(0)),
        () -> of("ReverseSequence", floats(HALF / 2, 4), Tensor.vector(HALF / 2, 1, 1, 1)),
        () -> of("CenterCropPad", floats(1, MANY), Tensor.vector(1, MANY - 2)),
        () -> with("LRN", "size", 3, floats(1, 8, 1024, 1024)),
        () ->
            of(
                "BatchNormalization",
                floats(8, 4, 512, 512),
                floats(4),
                floats(4),
                floats(4),
                floats(4)),
        () ->
            of(
                "LpPool",
                "LpPool",
                call -> call.with(Attribute.of("kernel_shape", 2, 2)),
                floats(1, 8, 1024, 1024)),
        () -> of("GlobalAveragePool", floats(MANY / 4, 1, 2, 2)),
        () -> of("GlobalMaxPool", floats(MANY / 4, 1, 2, 2)),
        () -> of("StringConcat", strings(HALF), strings(1)),
        () ->
            of(
                "StringNormalizer",
                "StringNormalizer",
                call -> call.with("case_change_action", "UPPER"),
                strings(HALF)),
        () ->
            new Case(
                "StringSplit", "StringSplit", call -> call, new Tensor[] {strings(MANY / 4)}, 2),
        () -> of("Bernoulli", Tensor.zeros(DataType.FLOAT, MANY)),
        () ->
            of(
                "RandomUniformLike",
                "RandomUniformLike",
                call -> call.with("dtype", 1),
                floats(MANY)),
        () ->
            of("RandomNormalLike", "RandomNormalLike", call -> call.with("dtype", 1), floats(MANY)),
        () ->
            of(
                "MatMul of two batches",
                "MatMul",
                call -> call,
                floats(MANY / 4, 2, 2),
                floats(MANY / 4, 2, 2)),
        () ->
            of(
                "Einsum of a diagonal",
                "Einsum",
                call -> call.with("equation", "bij,bjk->bik"),
                floats(MANY / 4, 2, 2),
                floats(MANY / 4, 2, 2)));
  }

  private static GraphBuilder.Call call(GraphBuilder g, Case one) {
    Ref[] refs = new Ref[one.inputs().length];
    for (int i = 0; i < refs.length; i++) {
      Object[] dims = new Object[one.inputs()[i].rank()];
      Arrays.fill(dims, "?");
      refs[i] = g.input("x" + i, one.inputs()[i].dataType(), dims);
    }
    return one.attributes().apply(g.call(one.operator(), refs));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asks(Supplier<Case> made) {
    check(made.get(), Models.OPSET);
  }

  static void check(Case one, int opset) {
    GraphBuilder g = new GraphBuilder("g");
    Ref[] outputs = call(g, one).outputs(one.outputs()).toArray(Ref[]::new);
    for (int i = 0; i < outputs.length; i++) {
      g.output("y" + i, outputs[i], null);
    }
    AtomicLong asked = new AtomicLong();
    Session session =
        Session.compile(
            g.model(opset),
            SessionOptions.standard().withSeed(1L).withCheckpoint(asked::incrementAndGet));
    Map<String, Value> values = new LinkedHashMap<>();
    long elements = 0;
    for (int i = 0; i < one.inputs().length; i++) {
      values.put("x" + i, one.inputs()[i]);
      elements = Math.max(elements, one.inputs()[i].size());
    }
    Map<String, Value> results = session.run(values);
    for (Value result : results.values()) {
      elements = Math.max(elements, ((Tensor) result).size());
    }
    long least = 1 + elements / OFTEN;
    assertTrue(
        asked.get() >= least, () -> one.name() + ": asked " + asked + " times, expected " + least);
  }
}
