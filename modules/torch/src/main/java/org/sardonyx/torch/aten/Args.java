package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;

/**
 * What an operator is called with.
 *
 * @param op its name, for messages
 * @param given by place
 * @param named by name
 */
public record Args(String op, List<@Nullable Object> given, Map<String, @Nullable Object> named) {

  int count() {
    return given.size();
  }

  boolean has(int index, String name) {
    return index < given.size() || named.containsKey(name);
  }

  @Nullable Object get(int index, String name) {
    return index >= 0 && index < given.size() ? given.get(index) : named.get(name);
  }

  Object need(int index, String name) {
    Object value = get(index, name);
    if (value == null) {
      throw new UnsupportedModel(op + ": argument " + name + " is not given");
    }
    return value;
  }

  private UnsupportedModel unfit(String name, @Nullable Object value, String wanted) {
    return new UnsupportedModel(
        op + ": argument " + name + " is " + Show.kind(value) + ", expected " + wanted);
  }

  Ten ten(int index, String name) {
    Object value = get(index, name);
    if (value instanceof Ten ten) {
      return ten;
    }
    throw unfit(name, value, "a tensor");
  }

  @Nullable Ten optional(int index, String name) {
    Object value = get(index, name);
    return value == null ? null : ten(index, name);
  }

  /** An int that is known. */
  long integer(int index, String name, long otherwise) {
    Object value = get(index, name);
    return switch (value) {
      case null -> otherwise;
      case Long n -> n;
      case Boolean b -> b ? 1 : 0;
      case Ten ten when ten.now().scalar() instanceof Long n -> n;
      default -> throw unfit(name, value, "an int that is known when the model is made");
    };
  }

  double number(int index, String name, double otherwise) {
    Object value = get(index, name);
    return switch (value) {
      case null -> otherwise;
      case Long n -> n;
      case Double d -> d;
      case Ten ten when ten.now().scalar() instanceof Number n -> n.doubleValue();
      default -> throw unfit(name, value, "a number that is known when the model is made");
    };
  }

  boolean flag(int index, String name, boolean otherwise) {
    Object value = get(index, name);
    return switch (value) {
      case null -> otherwise;
      case Boolean b -> b;
      case Long n -> n != 0;
      default -> throw unfit(name, value, "a bool that is known when the model is made");
    };
  }

  @Nullable String text(int index, String name) {
    Object value = get(index, name);
    return value instanceof String text ? text : null;
  }

  /** A number that may be computed. */
  Object scalar(int index, String name) {
    Object value = get(index, name);
    Object number = Pairs.number(value);
    if (number == null) {
      throw unfit(name, value, "a number");
    }
    return number;
  }

  /** An int that may be computed. */
  Object whole(int index, String name) {
    Object value = get(index, name);
    if (value instanceof Items || value instanceof Several) {
      throw unfit(name, value, "an int");
    }
    return numbers(value, name).getFirst();
  }

  /** Numbers that may be computed: of a list, a tuple, or one alone. */
  List<Object> numbers(int index, String name) {
    return numbers(get(index, name), name);
  }

  List<Object> numbers(@Nullable Object value, String name) {
    List<@Nullable Object> items =
        switch (value) {
          case Items list when list.isKnown() -> list.items();
          case Several tuple -> tuple.items();
          case Long n -> List.of(n);
          case Sym sym -> List.of(sym);
          case Ten ten when ten.now().scalar() != null -> List.of(ten);
          case null, default -> throw unfit(name, value, "ints");
        };
    List<Object> numbers = new ArrayList<>();
    for (@Nullable Object item : items) {
      switch (item) {
        case Long n -> numbers.add(n);
        case Sym sym when sym.type() == DataType.INT64 -> numbers.add(sym);
        case Ten ten when ten.now().scalar() instanceof Long n -> numbers.add(n);
        case Ten ten when ten.now().scalar() instanceof Sym sym -> numbers.add(sym);
        case null, default -> throw unfit(name, item, "an int");
      }
    }
    return numbers;
  }

  /** Ints that are known; one alone counts {@code times} times. */
  long[] integers(int index, String name, int times, long otherwise) {
    Object value = get(index, name);
    if (value == null
        || (value instanceof Items list && list.isKnown() && list.items().isEmpty())) {
      long[] same = new long[times];
      java.util.Arrays.fill(same, otherwise);
      return same;
    }
    List<Object> numbers = numbers(value, name);
    int count = numbers.size() == 1 ? Math.max(times, 1) : numbers.size();
    long[] known = new long[count];
    for (int i = 0; i < count; i++) {
      if (!(numbers.get(numbers.size() == 1 ? 0 : i) instanceof Long n)) {
        throw unfit(name, value, "ints that are known when the model is made");
      }
      known[i] = n;
    }
    return known;
  }

  /** Axes: null where none are given. */
  long @Nullable [] axes(int index, String name) {
    Object value = get(index, name);
    if (value == null
        || (value instanceof Items list && list.isKnown() && list.items().isEmpty())) {
      return null;
    }
    return integers(index, name, 1, 0);
  }

  List<Ten> tens(int index, String name) {
    Object value = get(index, name);
    List<@Nullable Object> items =
        switch (value) {
          case Items list when list.isKnown() -> list.items();
          case Several tuple -> tuple.items();
          case null, default -> throw unfit(name, value, "a list of tensors");
        };
    List<Ten> tens = new ArrayList<>();
    for (@Nullable Object item : items) {
      if (!(item instanceof Ten ten)) {
        throw unfit(name, item, "a tensor");
      }
      tens.add(ten);
    }
    return tens;
  }

  /** An element type by PyTorch's number; null where none is given. */
  @Nullable DataType type(int index, String name) {
    Object value = get(index, name);
    return switch (value) {
      case null -> null;
      case Long code -> dataType(code);
      default -> throw unfit(name, value, "an element type");
    };
  }

  static DataType dataType(long code) {
    return switch ((int) code) {
      case 0 -> DataType.UINT8;
      case 1 -> DataType.INT8;
      case 2 -> DataType.INT16;
      case 3 -> DataType.INT32;
      case 4 -> DataType.INT64;
      case 5 -> DataType.FLOAT16;
      case 6 -> DataType.FLOAT;
      case 7 -> DataType.DOUBLE;
      case 11 -> DataType.BOOL;
      case 15 -> DataType.BFLOAT16;
      default -> throw new UnsupportedModel("elements of PyTorch's type " + code);
    };
  }

  static long code(DataType type) {
    return switch (type) {
      case UINT8 -> 0;
      case INT8 -> 1;
      case INT16 -> 2;
      case INT32 -> 3;
      case INT64 -> 4;
      case FLOAT16 -> 5;
      case FLOAT -> 6;
      case DOUBLE -> 7;
      case BOOL -> 11;
      case BFLOAT16 -> 15;
      default -> throw new UnsupportedModel("elements of type " + type.specName());
    };
  }
}
