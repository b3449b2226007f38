package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** ai.onnx.ml without its trees. */
final class MlRecipes {

  private static final String ML = "ai.onnx.ml.";

  private MlRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        d -> {
          int[] shape = d.pick("shape", new int[] {4}, new int[] {3, 4}, new int[] {2, 2, 4});
          d.in(Numbers.of(d, d.type(), shape)).param(Tensor.of(new long[] {2, 0, 2}, 1, 3));
        },
        ML + "ArrayFeatureExtractor");
    recipes.put(
        d -> {
          d.attr("threshold", 0f, 1f, -0.5f);
          d.in(Numbers.of(d, d.type(), d.pick("shape", new int[] {5}, new int[] {3, 4})));
        },
        ML + "Binarizer");
    recipes.put(MlRecipes::castMap, ML + "CastMap");
    recipes.put(
        d -> {
          DataType from = d.type("T1");
          boolean texts = from == DataType.STRING;
          d.set("cats_int64s", new long[] {1, 2, 3})
              .set("cats_strings", new String[] {"a", "B", "ab"});
          if (texts) {
            d.attr("default_int64", -1L, 9L);
          } else {
            d.attr("default_string", "_Unused", "other");
          }
          int[] shape = d.pick("shape", new int[] {5}, new int[] {2, 3});
          d.in(texts ? Numbers.of(d, from, shape) : Numbers.integers(d, from, 0, 5, shape));
          d.out(texts ? DataType.INT64 : DataType.STRING);
        },
        ML + "CategoryMapper");
    recipes.put(MlRecipes::dictVectorizer, ML + "DictVectorizer");
    recipes.put(
        d -> {
          DataType type = d.type();
          int count = d.pick("inputs", 1, 2, 3);
          long[] sizes = new long[count];
          for (int i = 0; i < count; i++) {
            sizes[i] = i + 1L;
            d.in(Numbers.of(d, type, 2, i + 1));
          }
          if (d.flag("inputdimensions")) {
            d.set("inputdimensions", sizes);
          }
        },
        ML + "FeatureVectorizer");
    recipes.put(MlRecipes::imputer, ML + "Imputer");
    recipes.put(MlRecipes::labels, ML + "LabelEncoder");
    recipes.put(MlRecipes::linearClassifier, ML + "LinearClassifier");
    recipes.put(
        d -> {
          d.set("coefficients", new float[] {0.5f, -1, 2, 0.25f, 1, -0.75f});
          d.set("targets", 2L);
          d.attr("intercepts", new float[0], new float[] {0.5f, -0.25f});
          post(d, true);
          d.in(Numbers.of(d, d.type(), 4, 3));
        },
        ML + "LinearRegressor");
    recipes.put(
        d -> {
          d.attr("norm", "MAX", "MAX", "L1", "L2");
          d.in(Numbers.of(d, d.type(), d.pick("shape", new int[] {2, 4}, new int[] {4})));
        },
        ML + "Normalizer");
    recipes.put(
        d -> {
          DataType type = d.type();
          if (type == DataType.STRING) {
            d.set("cats_strings", new String[] {"a", "B", "ab"});
          } else {
            d.set("cats_int64s", new long[] {1, 2, 3});
          }
          long zeros = d.attr("zeros", 1L, 0L, 1L);
          int[] shape = d.pick("shape", new int[] {4}, new int[] {2, 3});
          d.in(
              type == DataType.STRING
                  ? words(d, zeros == 1, shape)
                  : cast(type, Numbers.integers(d, DataType.INT64, 1, zeros == 1 ? 6 : 4, shape)));
        },
        ML + "OneHotEncoder");
    recipes.put(
        d -> {
          boolean each = d.flag("for each feature");
          d.set("offset", each ? new float[] {1, 2, -1} : new float[] {0.5f});
          d.set("scale", each ? new float[] {2, 0.5f, 4} : new float[] {2});
          d.in(Numbers.of(d, d.type(), d.pick("shape", new int[] {2, 3}, new int[] {3})));
        },
        ML + "Scaler");
    recipes.put(MlRecipes::zipMap, ML + "ZipMap");
    recipes.put(MlRecipes::svmClassifier, ML + "SVMClassifier");
    recipes.put(
        d -> {
          boolean vectors = !d.flag("linear");
          kernel(d, vectors);
          d.attr("one_class", 0L, 0L, 1L);
          post(d, true);
          if (vectors) {
            d.set("support_vectors", new float[] {1, 0, -1, 0.5f, 2, 1});
            d.set("coefficients", new float[] {0.75f, -0.5f}).set("n_supports", 2L);
          } else {
            d.set("coefficients", new float[] {0.75f, -0.5f, 1});
          }
          d.set("rho", new float[] {0.25f});
          d.in(Numbers.of(d, d.type(), 4, 3));
        },
        ML + "SVMRegressor");
  }

  private static Tensor cast(DataType type, Tensor of) {
    return Tensor.fromDoubles(type, of.toDoubles(), of.shape());
  }

  private static Tensor words(Draw d, boolean others, int... shape) {
    String[] known = {"a", "B", "ab", "other"};
    Tensor words = Tensor.zeros(DataType.STRING, shape);
    for (int i = 0; i < words.size(); i++) {
      words.strings()[i] = known[d.random.nextInt(others ? 4 : 3)];
    }
    return words;
  }

  static void post(Draw d, boolean single) {
    d.attr("post_transform", "NONE", "NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT");
    d.require(single || !d.label().contains("PROBIT"));
  }

  private static MapValue map(Draw d, Tensor keys, DataType values) {
    List<Value> elements = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      elements.add(
          values == DataType.STRING
              ? Tensor.of(new String[] {String.valueOf(i)})
              : Numbers.of(d, values));
    }
    return new MapValue(keys, new SequenceValue(Type.tensor(values, Shape.SCALAR), elements));
  }

  private static void castMap(Draw d) {
    boolean texts = d.flag("texts");
    String to = d.attr("cast_to", "TO_FLOAT", "TO_FLOAT", "TO_INT64", "TO_STRING");
    boolean sparse = d.attr("map_form", "DENSE", "DENSE", "SPARSE").equals("SPARSE");
    d.attr("max_map", 1L, 5L);
    d.require(!sparse || d.label().contains("max_map=5"));
    d.in(map(d, Tensor.vector(1, 3), texts ? DataType.STRING : DataType.FLOAT));
    d.out(
        switch (to) {
          case "TO_INT64" -> DataType.INT64;
          case "TO_STRING" -> DataType.STRING;
          default -> DataType.FLOAT;
        });
  }

  private static void dictVectorizer(Draw d) {
    String kind =
        d.pick(
            "map",
            "int64 to float",
            "string to float",
            "int64 to double",
            "string to int64",
            "int64 to string",
            "string to double");
    Tensor keys =
        kind.startsWith("int64") ? Tensor.vector(3, 1) : Tensor.of(new String[] {"B", "a"}, 2);
    if (kind.startsWith("int64")) {
      d.set("int64_vocabulary", new long[] {1, 2, 3});
    } else {
      d.set("string_vocabulary", new String[] {"a", "ab", "B"});
    }
    DataType values =
        kind.endsWith("float")
            ? DataType.FLOAT
            : kind.endsWith("double")
                ? DataType.DOUBLE
                : kind.endsWith("string") ? DataType.STRING : DataType.INT64;
    d.in(map(d, keys, values)).out(values);
  }

  private static void imputer(Draw d) {
    DataType type = d.type();
    boolean each = d.flag("for each feature");
    boolean nan = type.isFloat() && d.flag("NaN");
    if (type.isFloat()) {
      d.set("imputed_value_floats", each ? new float[] {1.5f, 2, 3} : new float[] {7});
      d.set("replaced_value_float", nan ? Float.NaN : 2f);
    } else {
      d.set("imputed_value_int64s", each ? new long[] {5, 6, 7} : new long[] {7});
      d.set("replaced_value_int64", 2L);
    }
    Tensor x = Numbers.coarse(d, type, 4, 3);
    if (nan) {
      x.setDouble(1, Double.NaN);
    }
    d.in(x);
  }

  private static void labels(Draw d) {
    DataType from = d.type("T1");
    DataType to = d.type("T2");
    int[] shape = d.pick("shape", new int[] {5}, new int[] {2, 3}, new int[] {});
    if (d.version() == 1) {
      d.require(from != to);
      d.set("classes_strings", new String[] {"a", "B", "ab"});
      if (to == DataType.INT64) {
        d.attr("default_int64", -1L, 9L);
      } else {
        d.attr("default_string", "_Unused", "other");
      }
      d.in(
          from == DataType.STRING
              ? words(d, true, shape)
              : Numbers.integers(d, from, -1, 5, shape));
      d.out(to);
      return;
    }
    boolean tensors =
        d.declares("keys_tensor") && (isOther(from) || isOther(to) || d.flag("tensors"));
    Tensor keys = sample(from, 0);
    Tensor values = sample(to, 5);
    if (tensors) {
      d.set("keys_tensor", keys).set("values_tensor", values);
      d.set("default_tensor", sample(to, 20).dataType() == to ? one(to) : values);
    } else {
      list(d, "keys_", keys);
      list(d, "values_", values);
      switch (to) {
        case STRING -> d.attr("default_string", "_Unused", "other");
        case FLOAT -> d.attr("default_float", 0f, 2.5f);
        default -> d.attr("default_int64", -1L, 9L);
      }
    }
    Tensor x = Tensor.zeros(from, shape);
    for (int i = 0; i < x.size(); i++) {
      int at = d.random.nextInt(4);
      if (from == DataType.STRING) {
        x.strings()[i] = at == 3 ? "other" : keys.strings()[at];
      } else {
        x.setDouble(i, at == 3 ? 99 : keys.getDouble(at));
      }
    }
    d.in(x).out(to);
  }

  private static boolean isOther(DataType type) {
    return type != DataType.STRING && type != DataType.INT64 && type != DataType.FLOAT;
  }

  private static Tensor one(DataType type) {
    return type == DataType.STRING
        ? Tensor.of(new String[] {"none"}, 1)
        : cast(type, Tensor.vector(42));
  }

  private static Tensor sample(DataType type, int from) {
    return type == DataType.STRING
        ? Tensor.of(new String[] {"k" + from, "l" + from, "m" + from}, 3)
        : cast(type, Tensor.vector(from + 1, from + 2, from + 4));
  }

  private static void list(Draw d, String prefix, Tensor of) {
    switch (of.dataType()) {
      case STRING -> d.set(prefix + "strings", of.strings());
      case FLOAT -> d.set(prefix + "floats", of.floats());
      default -> d.set(prefix + "int64s", of.longs());
    }
  }

  static DataType classes(Draw d, String ints, int count) {
    boolean texts = d.flag("texts");
    if (texts) {
      String[] names = new String[count];
      for (int i = 0; i < count; i++) {
        names[i] = "c" + i;
      }
      d.set("classlabels_strings", names);
      return DataType.STRING;
    }
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = 10L + i;
    }
    d.set(ints, numbers);
    return DataType.INT64;
  }

  private static void linearClassifier(Draw d) {
    DataType type = d.type("T1");
    int count = d.pick("classes", 3, 2);
    float[] coefficients = new float[3 * count];
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] = (float) d.random.nextGaussian();
    }
    d.set("coefficients", coefficients);
    d.set("intercepts", count == 3 ? new float[] {0.1f, -0.2f, 0.3f} : new float[] {0.1f, -0.2f});
    DataType labels = classes(d, "classlabels_ints", count);
    d.attr("multi_class", 0L, 0L, 1L);
    post(d, true);
    d.in(Numbers.of(d, type, 4, 3)).out(labels, DataType.FLOAT);
  }

  private static void zipMap(Draw d) {
    int rank = d.pick("rank", 2, 1);
    DataType keys = classes(d, "classlabels_int64s", 3);
    d.in(rank == 2 ? Numbers.of(d, DataType.FLOAT, 2, 3) : Numbers.of(d, DataType.FLOAT, 3));
    d.give(new Type.OfSequence(new Type.OfMap(keys, Type.tensor(DataType.FLOAT, Shape.SCALAR))));
  }

  private static void kernel(Draw d, boolean vectors) {
    String kernel =
        vectors ? d.attr("kernel_type", "LINEAR", "LINEAR", "POLY", "RBF", "SIGMOID") : "LINEAR";
    if (!kernel.equals("LINEAR")) {
      d.set("kernel_params", new float[] {0.25f, 0.5f, 2});
    }
  }

  private static void svmClassifier(Draw d) {
    DataType type = d.type("T1");
    boolean linear = d.flag("linear");
    kernel(d, !linear);
    int count = linear ? 3 : d.pick("classes", 3, 2);
    DataType labels = classes(d, "classlabels_ints", count);
    if (linear) {
      d.set("coefficients", new float[] {0.5f, -1, 2, 0.25f, 1, -0.75f, 1, 1, -1});
      d.set("rho", new float[] {0.25f});
    } else {
      d.set("vectors_per_class", count == 3 ? new long[] {1, 2, 1} : new long[] {1, 1});
      int vectors = count == 3 ? 4 : 2;
      float[] support = new float[3 * vectors];
      float[] coefficients = new float[(count - 1) * vectors];
      int pairs = count * (count - 1) / 2;
      float[] rho = new float[pairs];
      fill(d, support);
      fill(d, coefficients);
      fill(d, rho);
      d.set("support_vectors", support).set("coefficients", coefficients).set("rho", rho);
      if (d.flag("probabilities")) {
        float[] a = new float[pairs];
        float[] b = new float[pairs];
        fill(d, a);
        fill(d, b);
        d.set("prob_a", a).set("prob_b", b);
      }
    }
    post(d, true);
    d.in(Numbers.of(d, type, 4, 3)).out(labels, DataType.FLOAT);
  }

  static void fill(Draw d, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) d.random.nextGaussian();
    }
  }
}
