package org.sardonyx.export;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;

/** Keys and values of a specification; a key that nobody asks for is refused. */
final class Section {

  private final String place;
  private final Map<?, ?> values;
  private final Set<String> read = new HashSet<>();

  private Section(String place, Map<?, ?> values) {
    this.place = place;
    this.values = values;
  }

  static Section of(String place, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      for (Object key : map.keySet()) {
        if (!(key instanceof String)) {
          throw new InvalidInput(place + ": keys are text");
        }
      }
      return new Section(place, map);
    }
    throw new InvalidInput(place + ": keys and values are expected");
  }

  InvalidInput wrong(String what) {
    return new InvalidInput(place + ": " + what);
  }

  String place() {
    return place;
  }

  boolean has(String key) {
    return values.get(key) != null;
  }

  @Nullable Object value(String key) {
    read.add(key);
    return values.get(key);
  }

  Set<String> keys() {
    Set<String> keys = new java.util.LinkedHashSet<>();
    values.keySet().forEach(key -> keys.add((String) key));
    read.addAll(keys);
    return keys;
  }

  Section section(String key) {
    return of(place + ", " + Text.escape(key), value(key));
  }

  List<?> list(String key) {
    if (value(key) instanceof List<?> list) {
      return list;
    }
    throw wrong("\"" + key + "\" is a list");
  }

  String text(String key) {
    Object value = value(key);
    if (value instanceof String text) {
      return text;
    }
    throw wrong(value == null ? "\"" + key + "\" is missing" : "\"" + key + "\" is text");
  }

  String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  int integer(String key) {
    Object value = value(key);
    if (value instanceof Integer number) {
      return number;
    }
    throw wrong(value == null ? "\"" + key + "\" is missing" : "\"" + key + "\" is a whole number");
  }

  int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  float number(String key, float otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (value(key) instanceof Number number) {
      return number.floatValue();
    }
    throw wrong("\"" + key + "\" is a number");
  }

  boolean flag(String key) {
    if (!has(key)) {
      return false;
    }
    if (value(key) instanceof Boolean flag) {
      return flag;
    }
    throw wrong("\"" + key + "\" is true or false");
  }

  /** Returns the constant of an enumeration, in any case. */
  <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = text(key);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw wrong(
        "\""
            + key
            + "\" is one of "
            + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT)
            + ", not \""
            + Text.escape(text)
            + "\"");
  }

  /** Refuses keys that were not read. */
  void end() {
    for (Object key : values.keySet()) {
      if (!read.contains((String) key)) {
        throw wrong("\"" + Text.escape((String) key) + "\" is not known here");
      }
    }
  }
}
