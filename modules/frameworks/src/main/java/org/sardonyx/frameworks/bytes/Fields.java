package org.sardonyx.frameworks.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * An object of a JSON or YAML document, which remembers what was asked for: what nobody asked for
 * is refused in the end, by name.
 */
public final class Fields {

  private static final int MAX_CHARACTERS = 16 << 20;
  private static final int MAX_DEPTH = 200;

  private final String where;
  private final Map<String, Object> values;
  private final Set<String> asked = new LinkedHashSet<>();

  private Fields(String where, Map<String, Object> values) {
    this.where = where;
    this.values = values;
  }

  /**
   * Reads a document, whose JSON is read as the YAML that it also is. Anchors and types of Java are
   * refused.
   *
   * @param where what it is called in messages
   */
  public static Fields of(String where, byte[] document) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(where)
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(0)
            .setCodePointLimit(MAX_CHARACTERS)
            .build();
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
      requireShallow(where, settings, text);
      return object(where, new Load(settings).loadFromString(text));
    } catch (CharacterCodingException e) {
      throw new MalformedModel(where + " is not written in UTF-8");
    } catch (YamlEngineException e) {
      throw new MalformedModel(where + " cannot be read: " + Text.escape(firstLine(e)), e);
    }
  }

  /** Documents are built by recursion, which is refused to go deep; events come one by one. */
  private static void requireShallow(String where, LoadSettings settings, String text) {
    int depth = 0;
    ParserImpl events = new ParserImpl(settings, new StreamReader(settings, text));
    while (events.hasNext()) {
      Event event = events.next();
      switch (event.getEventId()) {
        case SequenceStart, MappingStart -> depth++;
        case SequenceEnd, MappingEnd -> depth--;
        default -> {}
      }
      if (depth > MAX_DEPTH) {
        throw new LimitExceeded("depth", where + " is nested deeper than " + MAX_DEPTH);
      }
    }
  }

  private static String firstLine(YamlEngineException e) {
    String message = String.valueOf(e.getMessage());
    return message.strip().replaceAll("\\s+", " ");
  }

  /** Makes one of an object that is part of another. */
  private static Fields object(String where, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new MalformedModel(where + " is no object");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    map.forEach((key, field) -> values.put(String.valueOf(key), field));
    return new Fields(where, values);
  }

  /** Returns what this is called in messages. */
  public String where() {
    return where;
  }

  /** Returns the same under another name. */
  public Fields named(String name) {
    return new Fields(name, values);
  }

  /** Returns the names of the fields. */
  public List<String> names() {
    return List.copyOf(values.keySet());
  }

  /** Whether a field is there and not null. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  private @Nullable Object value(String name) {
    asked.add(name);
    return values.get(name);
  }

  private MalformedModel wrong(String name, String expected) {
    return new MalformedModel(
        where
            + ": \""
            + Text.escape(name)
            + "\" is "
            + (has(name) ? "no " + expected : "missing, " + expected));
  }

  public String text(String name) {
    if (value(name) instanceof String text) {
      return text;
    }
    throw wrong(name, "text");
  }

  public String text(String name, String orElse) {
    return value(name) == null ? orElse : text(name);
  }

  /** Returns a whole number, at least as large as told. */
  public int integer(String name, int least) {
    if (value(name) instanceof Number number
        && number.doubleValue() == Math.rint(number.doubleValue())
        && number.doubleValue() >= least
        && number.doubleValue() <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw wrong(name, "whole number of at least " + least);
  }

  public int integer(String name, int least, int orElse) {
    return value(name) == null ? orElse : integer(name, least);
  }

  public float number(String name) {
    if (value(name) instanceof Number number) {
      return number.floatValue();
    }
    throw wrong(name, "number");
  }

  public float number(String name, float orElse) {
    return value(name) == null ? orElse : number(name);
  }

  public boolean flag(String name, boolean orElse) {
    Object value = value(name);
    if (value == null) {
      return orElse;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, "true or false");
  }

  /** Returns one of the constants that are called as in the document, in any case. */
  public <E extends Enum<E>> E choice(String name, Class<E> type) {
    String text = text(name);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new UnsupportedModel(
        where
            + ": \""
            + Text.escape(name)
            + "\" is \""
            + Text.escape(text)
            + "\"; known are "
            + List.of(type.getEnumConstants()));
  }

  public <E extends Enum<E>> E choice(String name, Class<E> type, E orElse) {
    return value(name) == null ? orElse : choice(name, type);
  }

  public Fields object(String name) {
    if (value(name) instanceof Map<?, ?> map) {
      return object(where + " > " + Text.escape(name), map);
    }
    throw wrong(name, "object");
  }

  /** Returns whole numbers; none where there is no field. A single one may stand for itself. */
  public List<Integer> integers(String name) {
    Object value = value(name);
    List<Integer> numbers = new ArrayList<>();
    if (value == null) {
      return numbers;
    }
    for (Object one : value instanceof List<?> list ? list : List.of(value)) {
      if (!(one instanceof Integer number)) {
        throw wrong(name, "list of whole numbers");
      }
      numbers.add(number);
    }
    return numbers;
  }

  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    if (!(value(name) instanceof List<?> list)) {
      throw wrong(name, "list of texts");
    }
    for (Object one : list) {
      if (!(one instanceof String text)) {
        throw wrong(name, "list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Returns a list of objects; where a text stands for an object, one with a null of that name. */
  public List<Fields> objects(String name) {
    if (!(value(name) instanceof List<?> list)) {
      throw wrong(name, "list");
    }
    List<Fields> objects = new ArrayList<>();
    for (Object one : list) {
      String here = where + " > " + Text.escape(name) + "[" + objects.size() + "]";
      if (one instanceof String text) {
        Map<String, Object> only = new LinkedHashMap<>();
        only.put(text, Map.of());
        objects.add(new Fields(here, only));
      } else {
        objects.add(object(here, one));
      }
    }
    return objects;
  }

  /** Takes note of fields that have no part in what is made. */
  public Fields ignore(Set<String> names) {
    asked.addAll(names);
    return this;
  }

  /**
   * Refuses fields that nobody asked for.
   *
   * @throws UnsupportedModel naming the first
   */
  public void requireAllRead() {
    for (Map.Entry<String, Object> field : values.entrySet()) {
      if (!asked.contains(field.getKey()) && field.getValue() != null) {
        throw new UnsupportedModel(
            where + " has \"" + Text.escape(field.getKey()) + "\", which is not known");
      }
    }
  }

  /** Makes an error about this. */
  public UnsupportedModel unsupported(String what) {
    return new UnsupportedModel(where + ": " + what);
  }
}
