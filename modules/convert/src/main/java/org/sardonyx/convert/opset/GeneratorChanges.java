package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Constants, ranges, windows, random numbers; signals and text. */
final class GeneratorChanges {

  private GeneratorChanges() {}

  static void add(Changes all) {
    all.change("Constant", 9, Adapter.KEEP, GeneratorChanges::constantDown);
    all.change("Constant", 11, Adapter.KEEP, GeneratorChanges::dense);
    all.change("Constant", 12, Adapter.KEEP, GeneratorChanges::asTensor);
    all.types("Constant", 13, 19, 21, 23, 24, 25);
    all.since("ConstantOfShape", 9, GeneratorChanges::constantOfShape);
    all.types("ConstantOfShape", 20, 21, 23, 24, 25);
    all.since("Range", 11, RangeBody::range);
    all.change(
        "Range",
        27,
        Adapter.KEEP,
        // What it is of are the types that are not there before.
        rewrite -> rewrite.keep(rewrite.without("stash_type")));
    for (String name :
        List.of("RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike")) {
      all.types(name, 22);
    }
    all.begins(7, "Multinomial");
    all.types("Multinomial", 22);
    all.since("Bernoulli", 15, GeneratorChanges::bernoulli);
    all.types("Bernoulli", 22);
    all.since("HannWindow", 17, rewrite -> window(rewrite, 0.5, 0.5, 0));
    all.since("HammingWindow", 17, rewrite -> window(rewrite, 25 / 46.0, 21 / 46.0, 0));
    all.since("BlackmanWindow", 17, rewrite -> window(rewrite, 0.42, 0.5, 0.08));
    all.begins(17, "DFT", "STFT", "MelWeightMatrix");
    all.change("DFT", 20, GeneratorChanges::dftUp, GeneratorChanges::dftDown);

    all.begins(9, "TfIdfVectorizer");
    all.begins(10, "StringNormalizer");
    all.begins(20, "RegexFullMatch", "StringConcat", "StringSplit");
  }

  /** The first Constant has floats only; others become constants of the main graph. */
  private static void constantDown(Rewrite rewrite) {
    Tensor value = Constants.value(rewrite.node());
    if (value == null) {
      throw rewrite.refuse("it does not say its value");
    }
    if (Compatibility.isEarlyConstant(value.dataType())) {
      rewrite.keep();
    } else if (rewrite.facts().isMain() && rewrite.isNoOutput(rewrite.out(0))) {
      rewrite.initializer(rewrite.out(0), value);
    } else {
      String name = rewrite.fresh("constant");
      rewrite.initializer(name, value);
      rewrite.last("Identity", List.of(name));
    }
  }

  private static void dense(Rewrite rewrite) {
    replaced(rewrite, "sparse_value");
  }

  private static void asTensor(Rewrite rewrite) {
    if (rewrite.gives("value") || rewrite.gives("sparse_value")) {
      rewrite.keep();
    } else {
      replaced(rewrite, null);
    }
  }

  private static void replaced(Rewrite rewrite, @Nullable String only) {
    if (only != null && !rewrite.gives(only)) {
      rewrite.keep();
      return;
    }
    Tensor value = Constants.value(rewrite.node());
    if (value == null) {
      throw rewrite.refuse("it does not say its value");
    }
    rewrite.keep(
        rewrite.node().withAttributes(List.of(Attribute.of("value", TensorData.of("", value)))));
  }

  private static void constantOfShape(Rewrite rewrite) {
    Tensor value =
        rewrite.attribute("value") instanceof Attribute.OfTensor(TensorData data)
            ? data.load().reshaped()
            : Tensor.scalar(0f);
    rewrite.last("Expand", List.of(rewrite.constant(value), rewrite.in(0)));
  }

  /** A uniform number below the probability. */
  private static void bernoulli(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    List<Attribute> attributes =
        new ArrayList<>(
            List.of(
                Attribute.of("dtype", (long) type.code()),
                Attribute.of("low", 0f),
                Attribute.of("high", 1f)));
    Attribute seed = rewrite.node().attribute("seed");
    if (seed != null) {
      attributes.add(seed);
    }
    String drawn =
        rewrite.op(
            "RandomUniformLike", List.of(rewrite.in(0)), attributes.toArray(Attribute[]::new));
    String below = rewrite.op("Less", List.of(drawn, rewrite.in(0)));
    long to = rewrite.integer("dtype", type.code());
    rewrite.last("Cast", List.of(below), Attribute.of("to", to));
  }

  /** a0 - a1 cos(2 pi i / m) + a2 cos(4 pi i / m), in float as the body of the function has it. */
  private static void window(Rewrite rewrite, double a0, double a1, double a2) {
    DataType inner = DataType.FLOAT;
    String size = rewrite.op("Cast", rewrite.in(0), Attribute.of("to", (long) inner.code()));
    size = rewrite.op("Reshape", List.of(size, rewrite.longs()));
    String steps = size;
    if (rewrite.integer("periodic", 1) == 0) {
      steps = rewrite.op("Sub", List.of(size, rewrite.scalar(inner, 1)));
    }
    String range =
        rewrite.op("Range", List.of(rewrite.scalar(inner, 0), size, rewrite.scalar(inner, 1)));
    String turn = rewrite.op("Mul", List.of(range, rewrite.scalar(inner, 2 * Math.PI)));
    String angle = rewrite.op("Div", List.of(turn, steps));
    String first = rewrite.op("Mul", List.of(rewrite.op("Cos", angle), rewrite.scalar(inner, a1)));
    String value = rewrite.op("Sub", List.of(rewrite.scalar(inner, a0), first));
    if (a2 != 0) {
      String twice = rewrite.op("Mul", List.of(angle, rewrite.scalar(inner, 2)));
      String second =
          rewrite.op("Mul", List.of(rewrite.op("Cos", twice), rewrite.scalar(inner, a2)));
      value = rewrite.op("Add", List.of(value, second));
    }
    rewrite.last(
        "Cast",
        List.of(value),
        Attribute.of("to", rewrite.integer("output_datatype", inner.code())));
  }

  private static void dftUp(Rewrite rewrite) {
    String axis = rewrite.constant(Tensor.scalar(rewrite.integer("axis", 1)));
    rewrite.keep(rewrite.without("axis").withInputs(List.of(rewrite.in(0), rewrite.in(1), axis)));
  }

  private static void dftDown(Rewrite rewrite) {
    long axis = rewrite.has(2) ? rewrite.fixed(2).getLong(0) : -2;
    List<String> inputs = new ArrayList<>(rewrite.node().inputs());
    Node node = rewrite.node().withInputs(inputs.subList(0, Math.min(2, inputs.size())));
    rewrite.keep(with(node, Attribute.of("axis", axis)));
  }
}
