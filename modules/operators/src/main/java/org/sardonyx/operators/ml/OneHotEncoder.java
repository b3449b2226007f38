package org.sardonyx.operators.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * OneHotEncoder: for every element one place for each category, [..., C], with 1 at its own.
 *
 * @param categories the categories
 * @param zeros whether an element of no category gives zeros; else it fails
 */
public record OneHotEncoder(Labels categories, boolean zeros) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("OneHotEncoder")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .output("Y", "tensor(float)")
          .optional("cats_int64s", Kind.INTS)
          .optional("cats_strings", Kind.STRINGS)
          .attribute("zeros", 1)
          .type(
              "T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64, DataType.STRING)
          .create(OneHotEncoder::of);

  static OneHotEncoder of(Attributes attributes) {
    return new OneHotEncoder(
        Labels.of(attributes, "cats_int64s", "cats_strings"), attributes.getFlag("zeros"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank()) {
      List<Dim> result = new ArrayList<>(x.dims());
      result.add(Dim.of(categories.size()));
      in.output(0, DataType.FLOAT, Shape.of(result));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.dataType() == DataType.STRING != (categories.type() == DataType.STRING)) {
      throw new OperatorFailed("categories of type " + categories.type() + " for " + x);
    }
    Map<Object, Integer> places = new HashMap<>();
    Tensor keys = categories.keys();
    for (int i = 0; i < keys.size(); i++) {
      places.put(
          keys.dataType() == DataType.STRING ? keys.strings()[i] : (Object) keys.getLong(i), i);
    }
    int[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
    shape[x.rank()] = keys.size();
    float[] y = in.zeros(0, DataType.FLOAT, shape).floats();
    for (int i = 0; i < x.size(); i++) {
      Object key =
          switch (x.dataType()) {
            case STRING -> x.strings()[i];
            case FLOAT, DOUBLE -> (long) x.getDouble(i);
            default -> x.getLong(i);
          };
      Integer place = places.get(key);
      if (place != null) {
        y[i * keys.size() + place] = 1;
      } else if (!zeros) {
        throw new OperatorFailed("element " + i + " of " + x + " is of no category");
      }
    }
  }
}
