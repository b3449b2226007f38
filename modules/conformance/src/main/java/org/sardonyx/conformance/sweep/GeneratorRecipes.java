package org.sardonyx.conformance.sweep;

import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** What makes tensors from little: constants, ranges, windows, random numbers. */
final class GeneratorRecipes {

  private GeneratorRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(GeneratorRecipes::constant, "Constant");
    recipes.put(
        d -> {
          boolean value = d.flag("value");
          DataType type = value ? d.type("T2") : DataType.FLOAT;
          d.bind("T2", type);
          if (value) {
            d.set("value", Numbers.of(d, type, 1));
          }
          int[] shape =
              d.pick("shape", new int[] {1}, new int[] {2, 3}, new int[] {}, new int[] {2, 0});
          long[] sizes = java.util.Arrays.stream(shape).asLongStream().toArray();
          d.param(Tensor.of(sizes, sizes.length));
        },
        "ConstantOfShape");
    recipes.put(
        d -> {
          DataType from = d.type("T1");
          d.attr("k", 0L, 1L, -1L, 9L, -9L);
          DataType to = from;
          if (d.flag("dtype") || !d.allows("T2", from)) {
            to = d.type("T2");
            d.set("dtype", (long) to.code());
          }
          d.bind("T2", to);
          d.in(
              Numbers.of(
                  d, from, d.pick("shape", new int[] {3, 3}, new int[] {2, 4}, new int[] {3, 2})));
        },
        "EyeLike");
    recipes.put(
        d -> {
          DataType size = d.type("T1");
          DataType to = output(d, "T2");
          d.attr("periodic", 1L, 0L, 1L);
          d.param(Tensor.fromLongs(size, new long[] {d.pick("size", 2L, 1L, 5L, 8L)}));
          d.out(to);
        },
        "BlackmanWindow",
        "HammingWindow",
        "HannWindow");
    recipes.put(
        d -> {
          DataType ints = d.type("T1");
          DataType floats = d.type("T2");
          DataType to = output(d, "T3");
          d.param(Tensor.fromLongs(ints, new long[] {d.pick("num_mel_bins", 2L, 8L)}));
          d.param(Tensor.fromLongs(ints, new long[] {d.pick("dft_length", 16L, 32L)}));
          d.param(Tensor.fromLongs(ints, new long[] {8192}));
          d.param(Tensor.fromDoubles(floats, new double[] {d.pick("lower", 0, 512)}));
          d.param(Tensor.fromDoubles(floats, new double[] {4096}));
          d.out(to);
        },
        "MelWeightMatrix");
    recipes.put(
        d -> {
          DataType type = d.type();
          String way = d.pick("way", "up", "down", "none", "one");
          boolean short16 = type == DataType.FLOAT16 || type == DataType.BFLOAT16;
          d.attr("stash_type", 1L, 1L);
          double delta = type.isFloat() && !short16 ? 0.75 : 2;
          d.param(Tensor.fromDoubles(type, new double[] {1}));
          double end = way.equals("up") ? 10 : way.equals("down") ? -7 : way.equals("none") ? 0 : 2;
          d.param(Tensor.fromDoubles(type, new double[] {end}));
          if (d.domainIsMicrosoft() && d.flag("no delta")) {
            return;
          }
          d.param(Tensor.fromDoubles(type, new double[] {way.equals("down") ? -delta : delta}));
        },
        "Range",
        "com.microsoft.Range");
    recipes.put(
        d -> {
          DataType type = dtype(d, "T", DataType.FLOAT);
          parameters(d);
          d.attr("shape", new long[] {2}, new long[] {3}, new long[] {2, 3}, new long[] {2, 0});
          d.undetermined().out(type);
        },
        "RandomNormal",
        "RandomUniform");
    recipes.put(
        d -> {
          DataType from = d.type("T1");
          boolean given = !d.allows("T2", from) || d.flag("dtype");
          DataType to = given ? d.type("T2") : from;
          if (given) {
            d.set("dtype", (long) to.code());
          }
          d.bind("T2", to);
          parameters(d);
          d.in(Numbers.of(d, from, Numbers.shape(d)));
          d.undetermined();
        },
        "RandomNormalLike",
        "RandomUniformLike");
    recipes.put(
        d -> {
          DataType from = d.type("T1");
          boolean given = d.flag("dtype");
          DataType to = given ? d.type("T2") : from;
          if (given) {
            d.set("dtype", (long) to.code());
          }
          d.bind("T2", to);
          d.attr("seed", 0f, 3f);
          d.in(Numbers.between(d, from, 0, 1, Numbers.shape(d)));
          d.undetermined();
        },
        "Bernoulli");
    recipes.put(
        d -> {
          DataType from = d.type("T1");
          boolean given = d.flag("dtype");
          DataType to = given ? d.type("T2") : DataType.INT32;
          if (given) {
            d.set("dtype", (long) to.code());
          }
          d.bind("T2", to);
          d.attr("sample_size", 1L, 1L, 5L);
          d.attr("seed", 0f, 3f);
          d.in(Numbers.of(d, from, 2, 4));
          d.undetermined();
        },
        "Multinomial");
  }

  private static void parameters(Draw d) {
    d.attr("seed", 0f, 3f);
    d.attr("mean", 0f, 2f);
    d.attr("scale", 1f, 0.5f);
    d.attr("low", 0f, -1f);
    d.attr("high", 1f, 2f);
  }

  private static DataType dtype(Draw d, String variable, DataType otherwise) {
    if (!d.flag("dtype")) {
      d.bind(variable, otherwise);
      return otherwise;
    }
    DataType type = d.type(variable);
    d.set("dtype", (long) type.code());
    return type;
  }

  private static DataType output(Draw d, String variable) {
    if (!d.flag("output_datatype")) {
      return DataType.FLOAT;
    }
    DataType type = d.type(variable);
    d.set("output_datatype", (long) type.code());
    return type;
  }

  private static void constant(Draw d) {
    String form = "value";
    if (d.declares("value_int")) {
      form =
          d.pick(
              "form",
              "value",
              "value_float",
              "value_floats",
              "value_int",
              "value_ints",
              "value_string",
              "value_strings");
    }
    switch (form) {
      case "value_float" -> d.set(form, 1.5f).out(DataType.FLOAT);
      case "value_floats" -> d.set(form, new float[] {1, 2.5f}).out(DataType.FLOAT);
      case "value_int" -> d.set(form, 7L).out(DataType.INT64);
      case "value_ints" -> d.set(form, new long[] {3, -1}).out(DataType.INT64);
      case "value_string" -> d.set(form, "ab").out(DataType.STRING);
      case "value_strings" -> d.set(form, new String[] {"", "ä"}).out(DataType.STRING);
      default -> {
        DataType type = d.type("T");
        Tensor value = Numbers.any(d, type, Numbers.shape(d));
        d.set("value", new Attribute.OfTensor(TensorData.of("", value)));
        d.out(type);
      }
    }
  }
}
