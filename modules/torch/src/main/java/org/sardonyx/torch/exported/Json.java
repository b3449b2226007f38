package org.sardonyx.torch.exported;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * A value of a JSON document and the way to it, for messages.
 *
 * @param value a Map, List, String, Long, Double, Boolean or null
 * @param path the keys and indices that lead to it
 */
public record Json(@Nullable Object value, String path) {

  /** The longest document that is read: a program of a million nodes is smaller. */
  public static final long MAX_BYTES = 1L << 28;

  private static final int MAX_DEPTH = 128;

  /**
   * Parses a document.
   *
   * @throws MalformedModel where it is none
   * @throws LimitExceeded where it is too long or nested too deep
   */
  public static Json parse(String name, MemorySegment bytes) {
    if (bytes.byteSize() > MAX_BYTES) {
      throw new LimitExceeded("json", name + " has " + bytes.byteSize() + " bytes");
    }
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(1 << 24)
            .maxNumberLength(64)
            .build();
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(constraints)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    byte[] text = bytes.toArray(ValueLayout.JAVA_BYTE);
    try (JsonParser json = factory.createParser(ObjectReadContext.empty(), text)) {
      json.nextToken();
      @Nullable Object value = value(json);
      if (json.nextToken() != null) {
        throw new MalformedModel(name + ": there is more behind the document");
      }
      return new Json(value, name);
    } catch (StreamConstraintsException e) {
      throw new LimitExceeded("json", name + ": " + Text.escape(e.getOriginalMessage()));
    } catch (JacksonException e) {
      throw new MalformedModel(
          name
              + " is no JSON, at byte "
              + (e.getLocation() == null ? 0 : e.getLocation().getByteOffset())
              + ": "
              + Text.escape(String.valueOf(e.getOriginalMessage())),
          e);
    }
  }

  private static @Nullable Object value(JsonParser json) {
    return switch (json.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
          String key = json.currentName();
          json.nextToken();
          entries.put(key, value(json));
        }
        yield entries;
      }
      case START_ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(json));
        }
        yield items;
      }
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT -> json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case null, default -> throw new MalformedModel("a document that ends too soon");
    };
  }

  /** Returns the entries of an object. */
  Map<String, Json> entries() {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong("an object");
    }
    Map<String, Json> entries = new LinkedHashMap<>();
    map.forEach((key, item) ->
        entries.put((String) key, new Json(item, path + "." + Text.escape((String) key))));
    return entries;
  }

  /** Returns an entry that must be there. */
  Json get(String key) {
    Json found = optional(key);
    if (found == null) {
      throw new MalformedModel(path + " has no " + Text.escape(key));
    }
    return found;
  }

  /** Returns an entry; null where it is not there, or null. */
  @Nullable Json optional(String key) {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong("an object");
    }
    Object found = map.get(key);
    return found == null ? null : new Json(found, path + "." + key);
  }

  /** Returns the only entry of an object that is one of several kinds. */
  Map.Entry<String, Json> only() {
    Map<String, Json> all = entries();
    if (all.size() != 1) {
      throw wrong("an object of one entry");
    }
    return all.entrySet().iterator().next();
  }

  List<Json> list() {
    if (!(value instanceof List<?> items)) {
      throw wrong("a list");
    }
    List<Json> all = new ArrayList<>();
    for (Object item : items) {
      all.add(new Json(item, path + "[" + all.size() + "]"));
    }
    return all;
  }

  String text() {
    if (value instanceof String text) {
      return text;
    }
    throw wrong("a text");
  }

  long integer() {
    if (value instanceof Long number) {
      return number;
    }
    throw wrong("an integer");
  }

  /** Returns a number; those that JSON does not have are texts. */
  double number() {
    return switch (value) {
      case Long n -> n;
      case Double d -> d;
      case String s when s.equals("Infinity") -> Double.POSITIVE_INFINITY;
      case String s when s.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
      case String s when s.equals("NaN") -> Double.NaN;
      case null, default -> throw wrong("a number");
    };
  }

  boolean flag() {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong("true or false");
  }

  private MalformedModel wrong(String wanted) {
    return new MalformedModel(path + " is not " + wanted);
  }
}
