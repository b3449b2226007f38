package org.sardonyx.operators.ml;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * CategoryMapper: strings to integers or integers to strings, by two parallel lists.
 *
 * @param strings to integers
 * @param integers to strings
 * @param defaultInt64 for strings that are not listed
 * @param defaultString for integers that are not listed
 */
public record CategoryMapper(
    Map<String, Long> strings, Map<Long, String> integers, long defaultInt64, String defaultString)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("CategoryMapper")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T1")
          .output("Y", "T2")
          .optional("cats_int64s", Kind.INTS)
          .optional("cats_strings", Kind.STRINGS)
          .attribute("default_int64", -1)
          .attribute("default_string", "_Unused")
          .type("T1", DataType.INT64, DataType.STRING)
          .type("T2", DataType.INT64, DataType.STRING)
          .create(CategoryMapper::of);

  static CategoryMapper of(Attributes attributes) {
    long[] integers = attributes.getIntsOrNull("cats_int64s");
    List<String> strings = attributes.getStringsOrNull("cats_strings");
    if (integers == null || strings == null || integers.length != strings.size()) {
      throw new InvalidModel("cats_int64s and cats_strings must be as long as each other");
    }
    Map<String, Long> toInt = new HashMap<>();
    Map<Long, String> toString = new HashMap<>();
    for (int i = 0; i < integers.length; i++) {
      toInt.put(strings.get(i), integers[i]);
      toString.put(integers[i], strings.get(i));
    }
    return new CategoryMapper(
        toInt,
        toString,
        attributes.getInt("default_int64"),
        attributes.getString("default_string"));
  }

  @Override
  public void infer(Inference in) {
    DataType from = in.elementType(0);
    if (from != null) {
      in.output(0, from == DataType.STRING ? DataType.INT64 : DataType.STRING, in.shape(0));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.dataType() == DataType.STRING) {
      long[] y = in.output(0, DataType.INT64, x.shape()).longs();
      for (int i = 0; i < y.length; i++) {
        y[i] = strings.getOrDefault(x.strings()[i], defaultInt64);
      }
    } else {
      String[] y = in.output(0, DataType.STRING, x.shape()).strings();
      for (int i = 0; i < y.length; i++) {
        y[i] = integers.getOrDefault(x.longs()[i], defaultString);
      }
    }
  }
}
