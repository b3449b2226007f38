package org.sardonyx.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Values as people and as JSON want to see them. */
final class Show {

  private static final int FEW = 64;

  private Show() {}

  /** Returns the type, and the elements where they are few, else how they are spread. */
  static String text(Value value) {
    return switch (value) {
      case Tensor tensor -> tensor + " " + elements(tensor);
      case SequenceValue sequence ->
          sequence.type().spec()
              + " of "
              + sequence.elements().size()
              + ": "
              + sequence.elements().stream().map(Show::text).toList();
      case OptionalValue optional ->
          optional.type().spec()
              + (optional.value() == null ? " (none)" : ": " + text(optional.value()));
      case MapValue map -> "map " + text(map.keys()) + " -> " + text(map.values());
      case SparseTensor sparse -> sparse.type() + " " + text(sparse.values());
    };
  }

  /** Returns a structure for JSON with every element. */
  static Object json(Value value) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", value.type().spec());
    switch (value) {
      case Tensor tensor -> {
        json.put("shape", tensor.shape());
        json.put("data", list(tensor));
      }
      case SequenceValue sequence ->
          json.put("elements", sequence.elements().stream().map(Show::json).toList());
      case OptionalValue optional -> {
        Value held = optional.value();
        json.put("value", held == null ? List.of() : json(held));
      }
      case MapValue map -> {
        json.put("keys", json(map.keys()));
        json.put("values", json(map.values()));
      }
      case SparseTensor sparse -> {
        json.put("values", json(sparse.values()));
        json.put("indices", json(sparse.indices()));
      }
    }
    return json;
  }

  private static List<Object> list(Tensor tensor) {
    List<Object> list = new ArrayList<>();
    DataType type = tensor.dataType();
    for (int i = 0; i < tensor.size(); i++) {
      list.add(
          switch (type.kind()) {
            case STRING -> tensor.strings()[i];
            case BOOL -> tensor.getBoolean(i);
            case FLOAT ->
                type == DataType.DOUBLE
                    ? (Object) tensor.getDouble(i)
                    : (Object) (float) tensor.getDouble(i);
            case SIGNED -> tensor.getLong(i);
            case UNSIGNED ->
                type == DataType.UINT64
                    ? Long.toUnsignedString(tensor.getLong(i))
                    : (Object) tensor.getLong(i);
            case COMPLEX ->
                type == DataType.COMPLEX64
                    ? List.of(tensor.floats()[2 * i], tensor.floats()[2 * i + 1])
                    : List.of(tensor.doubles()[2 * i], tensor.doubles()[2 * i + 1]);
          });
    }
    return list;
  }

  private static String elements(Tensor tensor) {
    DataType type = tensor.dataType();
    if (tensor.size() <= FEW || !(type.isFloat() || type.isInteger())) {
      List<Object> all = list(tensor);
      return all.size() <= FEW ? all.toString() : all.subList(0, FEW) + " ...";
    }
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    int notFinite = 0;
    for (int i = 0; i < tensor.size(); i++) {
      double x = tensor.getDouble(i);
      if (Double.isFinite(x)) {
        min = Math.min(min, x);
        max = Math.max(max, x);
        sum += x;
      } else {
        notFinite++;
      }
    }
    return String.format(
        Locale.ROOT,
        "min %.6g, mean %.6g, max %.6g%s",
        min,
        sum / Math.max(1, tensor.size() - notFinite),
        max,
        notFinite == 0 ? "" : ", " + notFinite + " not finite");
  }
}
