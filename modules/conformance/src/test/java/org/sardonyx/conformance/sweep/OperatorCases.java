package org.sardonyx.conformance.sweep;

import static org.sardonyx.conformance.sweep.RecurrentCase.pick;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sardonyx.graph.Attribute;
import org.sardonyx.operators.Signature;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** How small valid inputs are drawn for an operator; one line for each, by families. */
final class OperatorCases {

  /** Draws the attributes, inputs and outputs of a node. */
  interface Recipe {
    void draw(Draw draw);
  }

  /** A node in the making. */
  static final class Draw {
    final Random random;
    final DataType type;
    final Signature signature;
    final Case.Builder node;
    final StringBuilder label;

    Draw(Random random, DataType type, Signature signature, String operator, int opset) {
      this.random = random;
      this.type = type;
      this.signature = signature;
      this.node = Case.of(operator, opset);
      this.label =
          new StringBuilder(operator).append('-').append(opset).append(' ').append(type.specName());
    }

    boolean declares(String attribute) {
      return signature.attributes().containsKey(attribute);
    }

    Draw set(String attribute, long value) {
      node.attribute(attribute, value);
      label.append(' ').append(attribute).append('=').append(value);
      return this;
    }

    Draw set(String attribute, float value) {
      node.attribute(attribute, value);
      label.append(' ').append(attribute).append('=').append(value);
      return this;
    }

    Draw set(String attribute, String value) {
      node.attribute(attribute, value);
      label.append(' ').append(attribute).append('=').append(value);
      return this;
    }

    Draw set(String attribute, long... values) {
      node.attribute(Attribute.of(attribute, values));
      label.append(' ').append(attribute).append('=').append(Arrays.toString(values));
      return this;
    }

    Draw in(Tensor value) {
      label.append(' ').append(value);
      node.input("i" + label.length(), value);
      return this;
    }

    /** An input that is an initializer, as axes and shapes mostly are. */
    Draw fixed(Tensor value) {
      label.append(' ').append(value);
      if (value.dataType() == DataType.INT64 && value.size() < 9) {
        label.append(Arrays.toString(value.longs()));
      }
      node.constant("i" + label.length(), value);
      return this;
    }

    Draw out(DataType... types) {
      for (int i = 0; i < types.length; i++) {
        node.output("o" + i, types[i]);
      }
      return this;
    }

    /** Numbers of the type: normal, or small integers of both signs where there are any. */
    Tensor numbers(int... shape) {
      return switch (type.kind()) {
        case FLOAT -> Tensors.normal(random, type, 1.5, shape);
        case SIGNED -> Tensors.integers(random, type, -9, 10, shape);
        case BOOL -> Tensors.integers(random, type, 0, 2, shape);
        default -> Tensors.integers(random, type, 0, 12, shape);
      };
    }

    Tensor positive(double from, double to, int... shape) {
      if (!type.isFloat()) {
        return Tensors.integers(random, type, 1, 7, shape);
      }
      double[] values = new double[Tensor.checkedSize(shape)];
      for (int i = 0; i < values.length; i++) {
        values[i] = from + random.nextDouble() * (to - from);
      }
      return Tensor.fromDoubles(type, values, shape);
    }

    /** One of a few shapes, empty and scalar ones among them. */
    int[] shape() {
      return pick(
          random,
          new int[] {},
          new int[] {1},
          new int[] {5},
          new int[] {0, 3},
          new int[] {2, 3},
          new int[] {3, 1, 4},
          new int[] {2, 2, 3, 2},
          new int[] {17});
    }

    int axis(int rank) {
      return random.nextInt(2 * rank) - rank;
    }

    Tensor longs(long... values) {
      return Tensor.vector(values);
    }
  }

  private final Map<String, Recipe> recipes = new LinkedHashMap<>();

  static Map<String, Recipe> all() {
    OperatorCases cases = new OperatorCases();
    cases.elementwise();
    cases.reductions();
    cases.moves();
    cases.indexing();
    cases.products();
    cases.networks();
    cases.quantized();
    return cases.recipes;
  }

  private void put(Recipe recipe, String... names) {
    for (String name : names) {
      recipes.put(name, recipe);
    }
  }

  private static Recipe unary(double from, double to) {
    return d -> d.in(d.positive(from, to, d.shape())).out(d.type);
  }

  private void elementwise() {
    put(
        d -> d.in(d.numbers(d.shape())).out(d.type),
        "Abs",
        "Asinh",
        "Atan",
        "Ceil",
        "Cos",
        "Cosh",
        "Erf",
        "Exp",
        "Floor",
        "HardSwish",
        "Identity",
        "Mish",
        "Neg",
        "Not",
        "Relu",
        "Round",
        "Sigmoid",
        "Sign",
        "Sin",
        "Sinh",
        "Softplus",
        "Softsign",
        "Tan",
        "Tanh",
        "BitwiseNot",
        "Reciprocal");
    put(unary(-1, 1), "Acos", "Asin");
    put(unary(-0.99, 0.99), "Atanh");
    put(unary(1, 9), "Acosh");
    put(unary(0, 9), "Sqrt");
    put(unary(1e-3, 9), "Log");
    put(d -> withSpecials(d).out(DataType.BOOL), "IsNaN");
    put(
        d -> {
          d.set("detect_negative", d.random.nextInt(2)).set("detect_positive", d.random.nextInt(2));
          withSpecials(d).out(DataType.BOOL);
        },
        "IsInf");
    put(
        d -> {
          for (String name : List.of("alpha", "beta", "gamma", "lambd", "bias")) {
            if (d.declares(name) && d.random.nextBoolean()) {
              d.set(name, pick(d.random, 0.1f, 0.5f, 1.25f));
            }
          }
          d.in(d.numbers(d.shape())).out(d.type);
        },
        "Celu",
        "Elu",
        "HardSigmoid",
        "LeakyRelu",
        "Selu",
        "Shrink",
        "ThresholdedRelu",
        "Swish");
    put(
        d ->
            d.set("approximate", pick(d.random, "none", "tanh"))
                .in(d.numbers(d.shape()))
                .out(d.type),
        "Gelu");
    put(
        d -> d.set("axis", d.axis(2)).in(d.numbers(3, 4)).out(d.type),
        "Softmax",
        "LogSoftmax",
        "Hardmax");
    put(
        OperatorCases::twoNumbers,
        "Add",
        "Sub",
        "Mul",
        "PRelu",
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor");
    put(d -> pair(d, d.numbers(2, 3), d.positive(0.5, 4, 3)).out(d.type), "Div");
    put(d -> pair(d, d.positive(0.1, 3, 2, 3), d.numbers(3)).out(d.type), "Pow");
    put(
        d -> {
          d.set("fmod", d.type.isFloat() ? 1 : d.random.nextInt(2));
          pair(d, d.numbers(2, 3), d.positive(0.5, 4, 3)).out(d.type);
        },
        "Mod");
    put(
        d -> {
          d.set("direction", pick(d.random, "LEFT", "RIGHT"));
          pair(d, d.numbers(2, 3), Tensors.integers(d.random, d.type, 0, 5, 3)).out(d.type);
        },
        "BitShift");
    put(
        d -> pair(d, d.numbers(2, 3), d.numbers(3)).out(DataType.BOOL),
        "And",
        "Or",
        "Xor",
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual");
    put(
        d -> {
          d.in(d.numbers(2, 3));
          for (int i = d.random.nextInt(3); i > 0; i--) {
            d.in(pick(d.random, d.numbers(3), d.numbers(2, 1), d.numbers(2, 3)));
          }
          d.out(d.type);
        },
        "Max",
        "Min",
        "Mean",
        "Sum");
    put(
        d ->
            d.in(Tensors.integers(d.random, DataType.BOOL, 0, 2, 2, 1))
                .in(Tensors.normal(d.random, DataType.FLOAT, 1, 3))
                .in(Tensors.normal(d.random, DataType.FLOAT, 1, 2, 3))
                .out(DataType.FLOAT),
        "Where");
    put(
        d -> {
          d.in(d.numbers(d.shape()));
          Tensor low = Tensor.zeros(d.type);
          Tensor high = Tensor.zeros(d.type);
          low.setDouble(0, 0);
          high.setDouble(0, 2);
          d.in(low);
          if (d.random.nextBoolean()) {
            d.in(high);
          }
          d.out(d.type);
        },
        "Clip");
  }

  private static void twoNumbers(Draw d) {
    pair(d, d.numbers(2, 1, 3), pick(d.random, d.numbers(3), d.numbers(1, 3), d.numbers(1)))
        .out(d.type);
  }

  private static Draw pair(Draw d, Tensor a, Tensor b) {
    return d.in(a).in(b);
  }

  private static Draw withSpecials(Draw d) {
    Tensor x = d.numbers(2, 3);
    x.setDouble(1, Double.NaN);
    x.setDouble(2, Double.POSITIVE_INFINITY);
    x.setDouble(4, Double.NEGATIVE_INFINITY);
    return d.in(x);
  }

  private void reductions() {
    put(
        d -> {
          boolean logarithm = d.signature.inputs().size() > 0 && d.label.indexOf("Log") >= 0;
          d.set("keepdims", d.random.nextInt(2));
          boolean asInput = d.signature.inputs().size() > 1;
          long[] axes = pick(d.random, new long[] {0}, new long[] {-1}, new long[] {0, 2});
          int kind = d.random.nextInt(4);
          if (!asInput && kind > 0) {
            d.set("axes", axes);
          }
          if (d.declares("noop_with_empty_axes")) {
            d.set("noop_with_empty_axes", d.random.nextInt(2));
          }
          d.in(logarithm ? d.positive(0.1, 3, 2, 3, 2) : d.numbers(2, 3, 2));
          if (asInput && kind > 0) {
            d.fixed(d.longs(axes));
          }
          d.out(d.type);
        },
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare");
    put(
        d -> {
          d.set("axis", d.axis(2)).set("keepdims", d.random.nextInt(2));
          d.set("select_last_index", d.random.nextInt(2));
          d.in(coarse(d, 3, 4)).out(DataType.INT64);
        },
        "ArgMax",
        "ArgMin");
    put(
        d -> {
          d.set("exclusive", d.random.nextInt(2)).set("reverse", d.random.nextInt(2));
          Tensor axis = Tensor.of(new int[] {d.axis(2)});
          d.in(d.numbers(3, 4)).fixed(axis).out(d.type);
        },
        "CumSum");
    put(
        d -> {
          d.set("axis", d.axis(2)).set("largest", d.random.nextInt(2)).set("sorted", 1);
          d.in(coarse(d, 4, 4)).fixed(d.longs(1 + d.random.nextInt(4)));
          d.out(d.type, DataType.INT64);
        },
        "TopK");
  }

  /** Numbers with equal ones among them. */
  private static Tensor coarse(Draw d, int... shape) {
    Tensor x = Tensor.zeros(d.type, shape);
    for (int i = 0; i < x.size(); i++) {
      x.setDouble(i, d.random.nextInt(5));
    }
    return x;
  }

  private void moves() {
    put(d -> d.in(d.numbers(2, 3, 2)).out(DataType.INT64), "Shape", "Size");
    put(d -> d.set("axis", d.random.nextInt(4)).in(d.numbers(2, 3, 2)).out(d.type), "Flatten");
    put(
        d ->
            d.set("perm", pick(d.random, new long[] {2, 0, 1}, new long[] {1, 0, 2}))
                .in(d.numbers(2, 3, 4))
                .out(d.type),
        "Transpose");
    put(
        d -> d.set("axis", d.axis(2)).in(d.numbers(2, 2)).in(d.numbers(2, 2)).out(d.type),
        "Concat");
    put(
        d ->
            d.in(d.numbers(2, 3, 2))
                .fixed(
                    d.longs(pick(d.random, new long[] {0, -1}, new long[] {3, 4}, new long[] {-1})))
                .out(d.type),
        "Reshape");
    put(d -> d.in(d.numbers(1, 3, 1)).fixed(d.longs(pick(d.random, 0, -1))).out(d.type), "Squeeze");
    put(
        d -> d.in(d.numbers(2, 3)).fixed(d.longs(pick(d.random, 0, 1, -1))).out(d.type),
        "Unsqueeze");
    put(d -> d.in(d.numbers(3, 1)).fixed(d.longs(2, 1, 4)).out(d.type), "Expand");
    put(d -> d.in(d.numbers(2, 3)).fixed(d.longs(2, d.random.nextInt(3))).out(d.type), "Tile");
    put(
        d -> d.set("axis", d.axis(2)).in(d.numbers(4, 4)).fixed(d.longs(1, 3)).out(d.type, d.type),
        "Split");
    put(
        d ->
            d.in(d.numbers(5, 4))
                .fixed(d.longs(pick(d.random, 0, 1, -2, 9), pick(d.random, 0, 3)))
                .fixed(d.longs(pick(d.random, 5, -1, -100, 1000), pick(d.random, 4, -3)))
                .fixed(d.longs(0, -1))
                .fixed(d.longs(pick(d.random, 1, 2, -1), pick(d.random, 1, -1)))
                .out(d.type),
        "Slice");
    put(
        d -> {
          String mode = pick(d.random, "constant", "reflect", "edge", "wrap");
          d.set("mode", mode).in(d.numbers(3, 4)).fixed(d.longs(1, 2, pick(d.random, 0, 2), 1));
          if (mode.equals("constant") && d.random.nextBoolean()) {
            d.in(d.numbers());
          }
          d.out(d.type);
        },
        "Pad");
    put(
        d ->
            d.set("blocksize", 2)
                .set("mode", pick(d.random, "DCR", "CRD"))
                .in(d.numbers(1, 8, 2, 3))
                .out(d.type),
        "DepthToSpace");
    put(d -> d.set("blocksize", 2).in(d.numbers(1, 2, 4, 6)).out(d.type), "SpaceToDepth");
    put(
        d ->
            d.set("upper", d.random.nextInt(2))
                .in(d.numbers(2, 3, 4))
                .fixed(Tensor.scalar((long) d.random.nextInt(5) - 2))
                .out(d.type),
        "Trilu");
    put(d -> d.set("k", d.random.nextInt(5) - 2).in(d.numbers(3, 4)).out(d.type), "EyeLike");
    put(
        d ->
            d.set("batch_axis", 1)
                .set("time_axis", 0)
                .in(d.numbers(4, 3, 2))
                .in(d.longs(1, 4, 2))
                .out(d.type),
        "ReverseSequence");
    put(
        d -> {
          DataType to =
              pick(
                  d.random,
                  DataType.FLOAT,
                  DataType.DOUBLE,
                  DataType.FLOAT16,
                  DataType.INT32,
                  DataType.INT8,
                  DataType.UINT8,
                  DataType.INT64,
                  DataType.BOOL);
          Tensor x =
              d.type.isFloat() && to.kind() == DataType.Kind.UNSIGNED
                  ? d.positive(0, 9, 3, 4)
                  : d.numbers(3, 4);
          d.set("to", to.code()).in(x).out(to);
        },
        "Cast");
  }

  private void indexing() {
    put(
        d -> d.set("axis", d.axis(2)).in(d.numbers(3, 4)).in(indices(d, -3, 3, 2, 2)).out(d.type),
        "Gather");
    put(
        d -> d.set("axis", d.axis(2)).in(d.numbers(3, 3)).in(indices(d, -3, 3, 2, 3)).out(d.type),
        "GatherElements");
    put(
        d -> {
          int batch = d.random.nextInt(2);
          d.set("batch_dims", batch).in(d.numbers(2, 3, 2));
          d.in(batch == 1 ? indices(d, 0, 2, 2, 1) : indices(d, -2, 2, 3, 2)).out(d.type);
        },
        "GatherND");
    put(
        d -> {
          d.set("axis", d.axis(2));
          reduction(d);
          d.in(d.numbers(3, 4)).in(Tensor.of(new long[] {0, 2, 1, -1}, 1, 4));
          d.in(d.numbers(1, 4)).out(d.type);
        },
        "ScatterElements");
    put(
        d -> {
          reduction(d);
          d.in(d.numbers(3, 4)).in(Tensor.of(new long[] {2, 0}, 2, 1)).in(d.numbers(2, 4));
          d.out(d.type);
        },
        "ScatterND");
    put(d -> d.in(coarse(d, 3, 4)).out(DataType.INT64), "NonZero");
    put(
        d ->
            d.set("axis", pick(d.random, 0, -1, 1))
                .in(d.type == DataType.INT64 ? indices(d, -4, 4, 3) : coarse(d, 3))
                .in(Tensor.scalar(4L))
                .in(Tensor.of(new float[] {0.5f, 2}, 2))
                .out(DataType.FLOAT),
        "OneHot");
    put(
        d ->
            d.set("sorted", d.random.nextInt(2))
                .in(coarse(d, 9))
                .out(d.type, DataType.INT64, DataType.INT64, DataType.INT64),
        "Unique");
  }

  private static Tensor indices(Draw d, int low, int high, int... shape) {
    return Tensors.integers(d.random, DataType.INT64, low, high, shape);
  }

  private static void reduction(Draw d) {
    if (d.declares("reduction")) {
      d.set("reduction", pick(d.random, "none", "add", "mul", "max", "min"));
    }
  }

  private void products() {
    put(
        d -> {
          int[][] shapes =
              pick(
                  d.random,
                  new int[][] {{2, 3}, {3, 4}},
                  new int[][] {{3}, {3, 2}},
                  new int[][] {{2, 3}, {3}},
                  new int[][] {{2, 1, 2, 3}, {4, 3, 2}},
                  new int[][] {{2, 0}, {0, 3}});
          d.in(d.numbers(shapes[0])).in(d.numbers(shapes[1])).out(d.type);
        },
        "MatMul");
    put(
        d -> {
          boolean a = d.random.nextBoolean();
          boolean b = d.random.nextBoolean();
          d.set("alpha", 0.5f).set("beta", 2f).set("transA", a ? 1 : 0).set("transB", b ? 1 : 0);
          d.in(a ? d.numbers(3, 2) : d.numbers(2, 3)).in(b ? d.numbers(4, 3) : d.numbers(3, 4));
          if (d.random.nextBoolean()) {
            d.in(pick(d.random, d.numbers(4), d.numbers(2, 1), d.numbers(1), d.numbers(2, 4)));
          }
          d.out(d.type);
        },
        "Gemm");
    put(
        d -> {
          boolean one = d.random.nextBoolean();
          d.set("equation", one ? pick(d.random, "ii->i", "ij->ji", "ij->") : "ij,jk->ik");
          d.in(d.numbers(3, 3));
          if (!one) {
            d.in(d.numbers(3, 2));
          }
          d.out(d.type);
        },
        "Einsum");
    put(d -> d.in(d.numbers(2, 3, 3)).out(d.type), "Det");
  }

  private void networks() {
    put(
        d -> {
          int group = pick(d.random, 1, 1, 2);
          if (d.random.nextInt(3) == 0) {
            d.set("auto_pad", pick(d.random, "SAME_UPPER", "SAME_LOWER", "VALID"));
          } else {
            d.set("pads", pick(d.random, new long[] {1, 0, 2, 1}, new long[] {0, 0, 0, 0}));
            d.set("dilations", pick(d.random, new long[] {1, 1}, new long[] {2, 1}));
          }
          d.set("strides", pick(d.random, new long[] {1, 1}, new long[] {2, 3}));
          d.set("group", group).in(d.numbers(2, 4, 7, 6)).in(d.numbers(6, 4 / group, 3, 2));
          if (d.random.nextBoolean()) {
            d.in(d.numbers(6));
          }
          d.out(d.type);
        },
        "Conv");
    put(
        d -> {
          int group = pick(d.random, 1, 2);
          d.set("strides", pick(d.random, new long[] {1, 1}, new long[] {2, 3}));
          d.set("pads", pick(d.random, new long[] {1, 0, 1, 1}, new long[] {0, 0, 0, 0}));
          d.set("group", group).in(d.numbers(1, 4, 3, 4)).in(d.numbers(4, 3, 3, 2));
          d.out(d.type);
        },
        "ConvTranspose");
    put(
        d -> {
          window(d);
          d.set("dilations", pick(d.random, new long[] {1, 1}, new long[] {2, 1}));
          d.in(d.numbers(1, 2, 7, 6)).out(d.type, DataType.INT64);
        },
        "MaxPool");
    put(
        d -> {
          window(d);
          d.set("count_include_pad", d.random.nextInt(2)).in(d.numbers(1, 2, 7, 6)).out(d.type);
        },
        "AveragePool");
    put(
        d -> {
          window(d);
          d.set("p", pick(d.random, 1, 2, 3)).in(d.numbers(1, 2, 7, 6)).out(d.type);
        },
        "LpPool");
    put(
        d -> d.in(d.numbers(2, 3, 4, 5)).out(d.type),
        "GlobalAveragePool",
        "GlobalMaxPool",
        "MeanVarianceNormalization");
    put(
        d ->
            d.in(d.numbers(2, 3, 4))
                .in(d.numbers(3))
                .in(d.numbers(3))
                .in(d.numbers(3))
                .in(d.positive(0.2, 2, 3))
                .out(d.type),
        "BatchNormalization");
    put(
        d -> d.in(d.numbers(2, 3, 4)).in(d.numbers(3)).in(d.numbers(3)).out(d.type),
        "InstanceNormalization");
    put(
        d -> {
          d.set("axis", -1).in(d.numbers(2, 3, 5)).in(d.numbers(5));
          if (d.random.nextBoolean() && d.label.indexOf("RMS") < 0) {
            d.in(d.numbers(5));
          }
          d.out(d.type);
        },
        "LayerNormalization",
        "RMSNormalization");
    put(
        d ->
            d.set("num_groups", 2)
                .in(d.numbers(2, 4, 3))
                .in(d.numbers(4))
                .in(d.numbers(4))
                .out(d.type),
        "GroupNormalization");
    put(
        d ->
            d.set("size", pick(d.random, 3, 2))
                .set("alpha", 0.1f)
                .in(d.numbers(1, 5, 3, 2))
                .out(d.type),
        "LRN");
    put(
        d ->
            d.set("axis", d.axis(2)).set("p", pick(d.random, 1, 2)).in(d.numbers(3, 4)).out(d.type),
        "LpNormalization");
    put(
        d -> {
          String mode =
              d.type == DataType.BOOL
                  ? "nearest"
                  : pick(d.random, "nearest", "linear", d.type.isFloat() ? "cubic" : "linear");
          d.set("mode", mode);
          d.set(
              "coordinate_transformation_mode",
              pick(d.random, "half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"));
          if (mode.equals("nearest")) {
            d.set("nearest_mode", pick(d.random, "floor", "ceil", "round_prefer_floor"));
          }
          d.in(d.numbers(1, 1, 4, 5)).fixed(Tensor.zeros(DataType.FLOAT, 0));
          d.fixed(Tensor.zeros(DataType.FLOAT, 0)).fixed(d.longs(1, 1, 7, 3)).out(d.type);
        },
        "Resize");
    put(
        d -> {
          d.set("mode", d.type.isFloat() ? pick(d.random, "linear", "cubic") : "nearest");
          d.set("padding_mode", pick(d.random, "zeros", "border", "reflection"));
          d.set("align_corners", d.random.nextInt(2)).in(d.numbers(1, 2, 4, 5));
          d.in(Tensors.normal(d.random, DataType.FLOAT, 0.7, 1, 3, 2, 2)).out(d.type);
        },
        "GridSample");
  }

  private static void window(Draw d) {
    d.set("kernel_shape", 3, 2)
        .set("strides", pick(d.random, new long[] {1, 1}, new long[] {2, 3}));
    if (d.random.nextInt(4) == 0) {
      d.set("auto_pad", pick(d.random, "SAME_UPPER", "SAME_LOWER", "VALID"));
    } else {
      d.set("pads", pick(d.random, new long[] {1, 0, 1, 1}, new long[] {0, 0, 0, 0}));
      if (d.declares("ceil_mode")) {
        d.set("ceil_mode", d.random.nextInt(2));
      }
    }
  }

  private void quantized() {
    put(
        d -> {
          // Powers of two: by the text the quotient is rounded to float16, ONNX Runtime keeps it in
          // float.
          Tensor scale = Tensor.fromDoubles(d.type, new double[] {0.125, 0.25, 0.0625}, 3);
          Tensor zero = Tensor.of(DataType.UINT8, new byte[] {3, 0, (byte) 200}, 3);
          d.set("axis", 1).in(d.numbers(2, 3)).fixed(scale).fixed(zero).out(DataType.UINT8);
        },
        "QuantizeLinear");
    put(
        d -> {
          Tensor scale = Tensor.of(new float[] {0.1f, 0.3f, 0.05f}, 3);
          d.set("axis", 1).in(d.numbers(2, 3)).fixed(scale).fixed(d.numbers(3)).out(DataType.FLOAT);
        },
        "DequantizeLinear");
    put(
        d -> d.in(d.numbers(3, 4)).out(DataType.UINT8, DataType.FLOAT, DataType.UINT8),
        "DynamicQuantizeLinear");
    put(
        d ->
            d.in(d.numbers(2, 3))
                .in(d.numbers(3, 4))
                .fixed(d.numbers())
                .fixed(d.numbers())
                .out(DataType.INT32),
        "MatMulInteger");
  }

  /** The element types that a recipe can draw of what the first input may be. */
  static List<DataType> types(Signature signature) {
    List<DataType> types = new ArrayList<>();
    if (signature.inputs().isEmpty()) {
      return types;
    }
    for (DataType type : DataType.values()) {
      boolean drawn =
          switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT8, INT16, INT32, INT64, UINT8, BOOL -> true;
            default -> false;
          };
      if (drawn
          && signature
              .typesOf(signature.inputs().getFirst())
              .contains("tensor(" + type.specName() + ")")) {
        types.add(type);
      }
    }
    return types;
  }
}
