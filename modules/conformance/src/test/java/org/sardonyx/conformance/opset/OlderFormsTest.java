package org.sardonyx.conformance.opset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;
import org.sardonyx.type.Type;

/** What operators become before their first version, on the inputs where that is hard. */
class OlderFormsTest {

  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private static Model to(int version, Model model) {
    return ConvertOpset.of(Operators.standard()).to(version).apply(model);
  }

  /** The one output of a function of tensors is the same under older versions. */
  private static void same(
      DataType type, BiFunction<GraphBuilder, List<Ref>, Ref> function, int oldest, Tensor... in) {
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (Tensor tensor : in) {
      inputs.put("x" + inputs.size(), tensor);
    }
    Value expected =
        Session.compile(model(Type.tensor(type), function, inputs)).run(inputs).get("y");
    Model model = model(expected.type(), function, inputs);
    for (int version = 20; version >= oldest; version--) {
      Model older = to(version, model);
      assertEquals(List.of(), Check.of(Operators.standard()).check(older), "version " + version);
      assertEquals(expected, Session.compile(older).run(inputs).get("y"), "version " + version);
    }
  }

  private static Model model(
      Type type, BiFunction<GraphBuilder, List<Ref>, Ref> function, Map<String, Value> inputs) {
    GraphBuilder g = new GraphBuilder("g");
    List<Ref> refs = new ArrayList<>();
    inputs.forEach((name, value) -> refs.add(g.input(name, value.type())));
    g.output("y", function.apply(g, refs), type);
    return g.model(21);
  }

  private static Tensor floats(float... values) {
    return Tensor.of(values, values.length);
  }

  @Test
  void nothingIsEqualToNaN() {
    same(
        DataType.BOOL,
        (g, x) -> g.node("Equal", x.get(0), x.get(1)),
        7,
        floats(1, NAN, INF, -0f, NAN, -INF),
        floats(1, NAN, INF, 0, 2, INF));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Equal", "Less", "Greater"})
  void longsAreComparedToTheLastBit(String operator) {
    long[] hard = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53, (1L << 53) + 1, -(1L << 31)};
    long[] a = new long[hard.length * hard.length];
    long[] b = new long[a.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = hard[i / hard.length];
      b[i] = hard[i % hard.length];
    }
    for (DataType type : List.of(DataType.INT64, DataType.UINT64)) {
      same(
          DataType.BOOL,
          (g, x) -> g.node(operator, x.get(0), x.get(1)),
          7,
          Tensor.fromLongs(type, a, a.length),
          Tensor.fromLongs(type, b, b.length));
    }
  }

  @Test
  void gridsOfKnownSizeAreProducts() {
    Tensor theta = Tensor.of(new float[] {1, 2, 3, -1, 0.5f, 4, 0, 1, -2, 8, 0, 0.25f}, 2, 2, 3);
    for (long[] size : new long[][] {{2, 1, 2, 4}, {2, 5, 1, 8}}) {
      same(
          DataType.FLOAT,
          (g, x) -> g.node("AffineGrid", x.get(0), g.constant(Tensor.vector(size))),
          7,
          theta);
    }
    same(
        DataType.DOUBLE,
        (g, x) ->
            g.call("AffineGrid", x.get(0), g.constant(Tensor.vector(1, 1, 3, 5, 2)))
                .with("align_corners", 1)
                .output(),
        7,
        Tensor.of(new double[] {1, 0, 2, 3, 0, 1, 0, -1, 4, 0.5, 0.25, 2}, 1, 3, 4));
  }

  @Test
  void sequencesAreMappedByALoop() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 10, opset_import: ["": 21]>
            g (seq(float[N]) s, seq(float[N]) t, float[1] z) => (seq(float[N]) a, seq(int64[1]) b)
            {
              a, b = SequenceMap (s, t, z) <body = each (float[N] x, float[N] y, float[1] w)
                  => (float[N] u, int64[1] v)
              {
                xy = Add (x, y)
                u = Mul (xy, w)
                v = Shape (x)
              }>
            }
            """);
    Value s = sequence(floats(1, 2), floats(3));
    Value t = sequence(floats(10, 20), floats(30));
    Map<String, Value> inputs = Map.of("s", s, "t", t, "z", floats(2));
    Map<String, Value> expected = Session.compile(model).run(inputs);
    assertEquals(sequence(floats(22, 44), floats(66)), expected.get("a"));
    for (int version = 17; version >= 13; version--) {
      Model older = to(version, model);
      assertEquals(List.of(), Check.of(Operators.standard()).check(older), "version " + version);
      assertEquals(expected, Session.compile(older).run(inputs), "version " + version);
    }
    assertThrows(UnsupportedModel.class, () -> to(12, model));
  }

  private static Value sequence(Tensor... tensors) {
    return new SequenceValue(Type.tensor(DataType.FLOAT), List.of(tensors));
  }

  @Test
  void whatIsNotChosenDoesNotCount() {
    same(
        DataType.FLOAT,
        (g, x) -> g.node("Where", x.get(0), x.get(1), x.get(2)),
        7,
        Tensor.of(new boolean[] {true, false}, 2, 1),
        floats(1, -0f, INF),
        floats(NAN, INF, -INF));
    same(
        DataType.FLOAT,
        (g, x) -> g.call("Shrink", x.get(0)).with("bias", 0.25f).output(),
        7,
        floats(1, -1, 0.5f, -0.5f, NAN, INF, -INF));
  }

  @Test
  void numbersThatAreNone() {
    Tensor x = floats(1, NAN, INF, -INF, 0, Float.MAX_VALUE);
    same(DataType.BOOL, (g, in) -> g.node("IsNaN", in.get(0)), 1, x);
    for (int way = 0; way < 4; way++) {
      int low = way & 1;
      int high = way >> 1;
      same(
          DataType.BOOL,
          (g, in) ->
              g.call("IsInf", in.get(0))
                  .with("detect_negative", low)
                  .with("detect_positive", high)
                  .output(),
          7,
          x);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT64,0", "INT64,1", "INT32,0", "INT8,0", "UINT8,0", "INT16,1"})
  void remaindersHaveTheSignOfTheDivisor(DataType type, int fmod) {
    boolean signed = type != DataType.UINT8;
    long[] a = signed ? new long[] {7, -7, 7, -7, 0, 6, -6} : new long[] {7, 8, 0, 255, 3, 6, 9};
    long[] b = signed ? new long[] {3, 3, -3, -3, -3, -3, 3} : new long[] {3, 5, 2, 7, 4, 3, 10};
    same(
        type,
        (g, x) -> g.call("Mod", x.get(0), x.get(1)).with("fmod", fmod).output(),
        7,
        Tensor.fromLongs(type, a, 7),
        Tensor.fromLongs(type, b, 7));
  }

  @Test
  void rangesOfComputedEnds() {
    same(
        DataType.INT64,
        (g, x) -> g.node("Range", x.get(0), x.get(1), x.get(2)),
        9,
        Tensor.scalar(5L),
        Tensor.scalar(-4L),
        Tensor.scalar(-3L));
    same(
        DataType.FLOAT,
        (g, x) -> g.node("Range", x.get(0), x.get(1), x.get(2)),
        9,
        Tensor.scalar(0.5f),
        Tensor.scalar(2f),
        Tensor.scalar(0.25f));
    same(
        DataType.INT64,
        (g, x) -> g.node("Range", x.get(0), x.get(1), x.get(2)),
        9,
        Tensor.scalar(3L),
        Tensor.scalar(3L),
        Tensor.scalar(1L));
  }

  @Test
  void elementsFromTheEnd() {
    same(
        DataType.INT32,
        (g, x) -> g.call("GatherElements", x.get(0), x.get(1)).with("axis", -1).output(),
        7,
        Tensor.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3),
        Tensor.of(new long[] {-1, 0, 1, -3}, 2, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ReduceMax", "ReduceSum", "ReduceMean", "ReduceL1", "ReduceProd"})
  void axesThatAreComputed(String operator) {
    Tensor x = Tensor.of(new float[] {1, -2, 3, 4, -5, 6, 7, 8, -9, 10, 11, 12}, 2, 3, 2);
    for (int keep = 0; keep < 2; keep++) {
      int kept = keep;
      for (Tensor axes : List.of(Tensor.vector(1), Tensor.vector(-1, 0), Tensor.vector())) {
        for (int noop = 0; noop < 2; noop++) {
          int none = noop;
          same(
              DataType.FLOAT,
              (g, in) ->
                  g.call(operator, in.get(0), in.get(1))
                      .with("keepdims", kept)
                      .with("noop_with_empty_axes", none)
                      .output(),
              9,
              x,
              axes);
        }
      }
    }
  }

  @Test
  void croppedAndPadded() {
    Tensor x = Tensor.of(new float[20], 4, 5);
    for (int i = 0; i < 20; i++) {
      x.floats()[i] = i + 1;
    }
    for (Tensor sizes : List.of(Tensor.vector(3, 8), Tensor.vector(7, 2), Tensor.vector(4, 5))) {
      same(DataType.FLOAT, (g, in) -> g.node("CenterCropPad", in.get(0), in.get(1)), 11, x, sizes);
    }
    same(
        DataType.FLOAT,
        (g, in) -> g.call("CenterCropPad", in.get(0), in.get(1)).withInts("axes", -1).output(),
        11,
        x,
        Tensor.vector(2));
  }

  @Test
  void oneHotOfWhatIsNowhere() {
    same(
        DataType.FLOAT,
        (g, x) -> g.node("OneHot", x.get(0), x.get(1), x.get(2)),
        9,
        Tensor.vector(-5, -4, -1, 0, 3, 4),
        Tensor.scalar(4L),
        floats(0, 1));
  }

  @Test
  void remaindersOfFloatsAreRefused() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    g.output("y", g.call("Mod", x, x).with("fmod", 1).output(), Type.tensor(DataType.FLOAT));
    assertThrows(UnsupportedModel.class, () -> to(9, g.model(13)));
  }
}
