package org.sardonyx.torch.exported;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.torch.pickle.Pickled;

/** What a program of torch.export says of tensors: types by the numbers of its schema, sizes. */
final class Meta {

  /** SymPy's own form of a symbol: {@code Symbol('s0', positive=True, integer=True)}. */
  private static final Pattern SYMBOL =
      Pattern.compile("Symbol\\('([A-Za-z_]\\w*)'(?:, [^()]*)?\\)");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");
  private static final Pattern INTEGER =
      Pattern.compile("Integer\\((-?\\d{1,18})\\)|(-?\\d{1,18})");

  private static final Map<Long, DataType> TYPES =
      Map.ofEntries(
          Map.entry(1L, DataType.UINT8),
          Map.entry(2L, DataType.INT8),
          Map.entry(3L, DataType.INT16),
          Map.entry(4L, DataType.INT32),
          Map.entry(5L, DataType.INT64),
          Map.entry(6L, DataType.FLOAT16),
          Map.entry(7L, DataType.FLOAT),
          Map.entry(8L, DataType.DOUBLE),
          Map.entry(12L, DataType.BOOL),
          Map.entry(13L, DataType.BFLOAT16),
          Map.entry(28L, DataType.UINT16),
          Map.entry(29L, DataType.FLOAT8E4M3FN),
          Map.entry(30L, DataType.FLOAT8E5M2),
          Map.entry(31L, DataType.FLOAT8E4M3FNUZ),
          Map.entry(32L, DataType.FLOAT8E5M2FNUZ));

  private Meta() {}

  static DataType type(Json number) {
    DataType type = TYPES.get(number.integer());
    if (type == null) {
      throw new UnsupportedModel(
          number.path() + ": elements of PyTorch's type " + number.integer() + " of the schema");
    }
    return type;
  }

  /** Returns the number that operators of PyTorch know a type by. */
  static long code(Json number) {
    long code = number.integer();
    if (code < 1 || code > 13) {
      throw new UnsupportedModel(number.path() + ": elements of the schema's type " + code);
    }
    return code == 13 ? 15 : code - 1;
  }

  /** Returns a size: a Long, the name of a symbol, or an empty text for what is computed. */
  static Object size(Json size) {
    Map.Entry<String, Json> one = size.only();
    if (one.getKey().equals("as_int")) {
      return one.getValue().integer();
    }
    if (!one.getKey().equals("as_expr")) {
      throw new MalformedModel(size.path() + " is neither as_int nor as_expr");
    }
    String expression = one.getValue().get("expr_str").text().strip();
    Matcher symbol = SYMBOL.matcher(expression);
    if (symbol.matches()) {
      return symbol.group(1);
    }
    Matcher integer = INTEGER.matcher(expression);
    if (integer.matches()) {
      return Long.valueOf(integer.group(1) == null ? integer.group(2) : integer.group(1));
    }
    return NAME.matcher(expression).matches() ? expression : "";
  }

  /** Returns the sizes of a tensor. */
  static List<Object> sizes(Json meta) {
    List<Object> sizes = new ArrayList<>();
    meta.get("sizes").list().forEach(size -> sizes.add(size(size)));
    return sizes;
  }

  /** Returns the view of a storage that a weight is, by what is said of it. */
  static Pickled.TensorView view(Json meta, String key, long bytes) {
    DataType type = type(meta.get("dtype"));
    List<Long> shape = known(meta, "sizes");
    List<Long> strides = known(meta, "strides");
    Json offset = meta.get("storage_offset");
    if (!(size(offset) instanceof Long first)) {
      throw new MalformedModel(offset.path() + " is no number");
    }
    long width = type.bits() / 8;
    String name = type == DataType.BOOL ? "bool" : name(type);
    Pickled.Storage storage = new Pickled.Storage("UntypedStorage", key, bytes / width, 0);
    return new Pickled.TensorView(storage, name, first, shape, strides, null);
  }

  private static List<Long> known(Json meta, String what) {
    List<Long> numbers = new ArrayList<>();
    for (Json size : meta.get(what).list()) {
      if (!(size(size) instanceof Long number)) {
        throw new MalformedModel(size.path() + " is no number");
      }
      numbers.add(number);
    }
    return numbers;
  }

  private static String name(DataType type) {
    return switch (type) {
      case FLOAT -> "float32";
      case DOUBLE -> "float64";
      case FLOAT8E4M3FN -> "float8_e4m3fn";
      case FLOAT8E5M2 -> "float8_e5m2";
      case FLOAT8E4M3FNUZ -> "float8_e4m3fnuz";
      case FLOAT8E5M2FNUZ -> "float8_e5m2fnuz";
      default -> type.specName();
    };
  }
}
