package org.sardonyx.operators.ml;

import java.util.Arrays;
import java.util.Comparator;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * CastMap: the values of a map from integers as [1, C], in ascending order of the keys; or, sparse,
 * each at the place its key names.
 *
 * @param to the type of the output
 * @param length the length of a sparse output; -1 where it is dense
 */
public record CastMap(DataType to, long length) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("CastMap")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T1")
          .output("Y", "T2")
          .attribute("cast_to", "TO_FLOAT")
          .attribute("map_form", "DENSE")
          .attribute("max_map", 1)
          .type("T1", Types.of("map(int64,float)", "map(int64,string)"))
          .type("T2", DataType.FLOAT, DataType.INT64, DataType.STRING)
          .create(CastMap::of);

  static CastMap of(Attributes attributes) {
    String to = attributes.getString("cast_to");
    String form = attributes.getString("map_form");
    long length = attributes.getInt("max_map");
    if (!form.equals("DENSE") && !form.equals("SPARSE")) {
      throw new InvalidModel("map_form \"" + form + "\"");
    }
    return new CastMap(
        switch (to) {
          case "TO_FLOAT" -> DataType.FLOAT;
          case "TO_STRING" -> DataType.STRING;
          case "TO_INT64" -> DataType.INT64;
          default -> throw new InvalidModel("cast_to \"" + to + "\"");
        },
        form.equals("SPARSE") ? length : -1);
  }

  @Override
  public void infer(Inference in) {
    in.output(0, to, Shape.of(Dim.of(1), length < 0 ? in.fresh() : Dim.of(length)));
  }

  @Override
  public void run(Invocation in) {
    MapValue map = (MapValue) in.value(0);
    long[] keys = map.keys().longs();
    Integer[] order = new Integer[keys.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> keys[i]));
    Tensor y = in.zeros(0, to, 1, length < 0 ? keys.length : Axes.size(length));
    for (int i = 0; i < order.length; i++) {
      long place = length < 0 ? i : keys[order[i]];
      if (place < 0 || place >= y.size()) {
        throw new OperatorFailed("a key of the map is not in [0, " + length + ")");
      }
      set(y, (int) place, (Tensor) map.values().elements().get(order[i]));
    }
  }

  private void set(Tensor y, int at, Tensor value) {
    try {
      if (value.dataType() == DataType.STRING) {
        String text = value.strings()[0].strip();
        switch (to) {
          case STRING -> y.strings()[at] = value.strings()[0];
          case FLOAT -> y.floats()[at] = Float.parseFloat(text);
          default -> y.longs()[at] = Long.parseLong(text);
        }
      } else {
        float number = (float) value.getDouble(0);
        switch (to) {
          case STRING -> y.strings()[at] = Float.toString(number);
          case FLOAT -> y.floats()[at] = number;
          default -> y.longs()[at] = (long) number;
        }
      }
    } catch (NumberFormatException e) {
      throw new OperatorFailed("a value of the map is no " + to.specName(), e);
    }
  }
}
