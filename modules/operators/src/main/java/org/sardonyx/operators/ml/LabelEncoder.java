package org.sardonyx.operators.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * LabelEncoder: every element replaced as two parallel lists say.
 *
 * @param values what each key becomes, by place in {@code results}
 * @param keyType the type of the keys; null where version 1 takes either
 * @param results the values
 * @param otherwise one element, for keys that are not listed
 * @param backward version 1 for integers, which are places in a list of strings; else null
 */
public record LabelEncoder(
    Map<Object, Integer> values,
    DataType keyType,
    Tensor results,
    Tensor otherwise,
    @Nullable LabelEncoder backward)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LabelEncoder")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T1")
          .output("Y", "T2")
          .optional("classes_strings", Kind.STRINGS)
          .attribute("default_int64", -1)
          .attribute("default_string", "_Unused")
          .type("T1", DataType.INT64, DataType.STRING)
          .type("T2", DataType.INT64, DataType.STRING)
          .version(2)
          .without("classes_strings")
          .attribute("default_float", -0.0f)
          .optional("keys_floats", Kind.FLOATS)
          .optional("keys_int64s", Kind.INTS)
          .optional("keys_strings", Kind.STRINGS)
          .optional("values_floats", Kind.FLOATS)
          .optional("values_int64s", Kind.INTS)
          .optional("values_strings", Kind.STRINGS)
          .type("T1", DataType.FLOAT, DataType.INT64, DataType.STRING)
          .type("T2", DataType.FLOAT, DataType.INT64, DataType.STRING)
          .version(4)
          .optional("default_tensor", Kind.TENSOR)
          .optional("keys_tensor", Kind.TENSOR)
          .optional("values_tensor", Kind.TENSOR)
          .type(
              "T1",
              DataType.DOUBLE,
              DataType.FLOAT,
              DataType.INT16,
              DataType.INT32,
              DataType.INT64,
              DataType.STRING)
          .type(
              "T2",
              DataType.DOUBLE,
              DataType.FLOAT,
              DataType.INT16,
              DataType.INT32,
              DataType.INT64,
              DataType.STRING)
          .create(LabelEncoder::of);

  static LabelEncoder of(Attributes attributes) {
    if (attributes.version() == 1) {
      List<String> classes = attributes.getStrings("classes_strings");
      Tensor strings = Tensor.of(classes.toArray(new String[0]), classes.size());
      long[] places = new long[classes.size()];
      Arrays.setAll(places, i -> i);
      Tensor numbers = Tensor.vector(places);
      Tensor noString = Tensor.of(new String[] {attributes.getString("default_string")}, 1);
      Tensor noNumber = Tensor.vector(attributes.getInt("default_int64"));
      return make(strings, numbers, noNumber, make(numbers, strings, noString, null));
    }
    Tensor keys = list(attributes, "keys");
    Tensor values = list(attributes, "values");
    if (keys.size() != values.size()) {
      throw new InvalidModel(keys.size() + " keys and " + values.size() + " values");
    }
    Tensor otherwise = attributes.getTensorOrNull("default_tensor");
    DataType type = values.dataType();
    String text = attributes.getString("default_string");
    long integer = attributes.getInt("default_int64");
    float real = attributes.getFloat("default_float");
    if (otherwise == null) {
      otherwise = Tensor.zeros(type, 1);
      if (type == DataType.STRING) {
        otherwise.strings()[0] = text;
      } else if (type.isFloat()) {
        otherwise.setDouble(0, real);
      } else {
        otherwise.setLong(0, integer);
      }
    }
    if (otherwise.dataType() != type || otherwise.size() != 1) {
      throw new InvalidModel("default_tensor " + otherwise + " for values " + values);
    }
    return make(keys, values, otherwise, null);
  }

  private static LabelEncoder make(
      Tensor keys, Tensor values, Tensor otherwise, @Nullable LabelEncoder backward) {
    Map<Object, Integer> places = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      places.put(key(keys, i), i);
    }
    return new LabelEncoder(places, keys.dataType(), values, otherwise, backward);
  }

  private static Tensor list(Attributes attributes, String prefix) {
    float[] floats = attributes.getFloatsOrNull(prefix + "_floats");
    long[] integers = attributes.getIntsOrNull(prefix + "_int64s");
    List<String> strings = attributes.getStringsOrNull(prefix + "_strings");
    Tensor tensor = attributes.getTensorOrNull(prefix + "_tensor");
    List<Tensor> given = new ArrayList<>();
    if (floats != null && floats.length > 0) {
      given.add(Tensor.of(floats, floats.length));
    }
    if (integers != null && integers.length > 0) {
      given.add(Tensor.vector(integers));
    }
    if (strings != null && !strings.isEmpty()) {
      given.add(Tensor.of(strings.toArray(new String[0]), strings.size()));
    }
    if (tensor != null) {
      given.add(tensor);
    }
    if (given.size() != 1) {
      throw new InvalidModel("one attribute " + prefix + "_* must be given");
    }
    return given.getFirst();
  }

  @Override
  public void infer(Inference in) {
    DataType from = in.elementType(0);
    if (from != null) {
      in.output(0, chosen(from).results.dataType(), in.shape(0));
    }
  }

  private LabelEncoder chosen(DataType from) {
    LabelEncoder chosen = backward != null && from != DataType.STRING ? backward : this;
    if (chosen.keyType != from) {
      throw new InvalidModel(
          "keys of type " + chosen.keyType.specName() + " for elements of type " + from.specName());
    }
    return chosen;
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    LabelEncoder chosen = chosen(x.dataType());
    Tensor y = in.output(0, chosen.results.dataType(), x.shape());
    int[] sources = new int[x.size()];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = chosen.values.getOrDefault(key(x, i), -1);
    }
    Moves.fill(in, chosen.otherwise.reshaped(1), y);
    Moves moves = Moves.of(in, chosen.results, y);
    moves.pick(sources, 0);
    moves.done();
  }

  /** Returns an element as a key: every NaN is one key. */
  private static Object key(Tensor x, int i) {
    return switch (x.dataType()) {
      case STRING -> x.strings()[i];
      case FLOAT -> Float.floatToIntBits(x.floats()[i]);
      case DOUBLE -> Double.doubleToLongBits(x.doubles()[i]);
      default -> x.getLong(i);
    };
  }
}
