package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Range: start + i delta, for as many i as ceil((limit - start) / delta) says. */
final class RangeBody {

  /** Longer ones are not written out. */
  private static final int MOST = 1 << 20;

  private RangeBody() {}

  static void range(Rewrite rewrite) {
    Tensor start = rewrite.constant(0);
    Tensor limit = rewrite.constant(1);
    Tensor delta = rewrite.constant(2);
    if (start == null || limit == null || delta == null || delta.getDouble(0) == 0) {
      computed(rewrite);
      return;
    }
    double distance = limit.getDouble(0) - start.getDouble(0);
    double count = Math.max(0, Math.ceil(distance / delta.getDouble(0)));
    if (!(count <= MOST)) {
      computed(rewrite);
      return;
    }
    DataType type = start.dataType();
    Tensor all = Tensor.zeros(type, (int) count);
    for (int i = 0; i < all.size(); i++) {
      if (type.isInteger()) {
        all.setLong(i, start.getLong(0) + i * delta.getLong(0));
      } else {
        all.setDouble(i, start.getDouble(0) + i * delta.getDouble(0));
      }
    }
    for (int input = 0; input < 3; input++) {
      rewrite.release(input);
    }
    rewrite.last("Identity", List.of(rewrite.constant(all)));
  }

  private static void computed(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    List<String> ends = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String end = rewrite.op("Reshape", List.of(rewrite.in(i), rewrite.longs(1)));
      ends.add(rewrite.op("Cast", end, to(DataType.DOUBLE)));
    }
    String distance = rewrite.op("Sub", List.of(ends.get(1), ends.get(0)));
    String steps = rewrite.op("Ceil", rewrite.op("Div", List.of(distance, ends.get(2))));
    String count = rewrite.op("Cast", rewrite.op("Relu", steps), to(DataType.INT64));
    Attribute one = Attribute.of("value", TensorData.of("", Tensor.vector(1)));
    String ones = rewrite.op("ConstantOfShape", count, one);
    String numbers = rewrite.op("Reshape", List.of(rewrite.op("NonZero", ones), rewrite.longs(-1)));
    DataType wide = type == DataType.INT16 ? DataType.INT64 : type;
    String first = rewrite.op("Cast", rewrite.in(0), to(wide));
    String step = rewrite.op("Cast", rewrite.in(2), to(wide));
    String far = rewrite.op("Mul", List.of(rewrite.op("Cast", numbers, to(wide)), step));
    String all = rewrite.op("Add", List.of(first, far));
    rewrite.last("Cast", List.of(all), to(type));
  }

  private static Attribute to(DataType type) {
    return Attribute.of("to", (long) type.code());
  }
}
