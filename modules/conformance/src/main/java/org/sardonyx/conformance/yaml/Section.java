package org.sardonyx.conformance.yaml;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Text;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Keys and values of a YAML or JSON file. Whatever is wrong is said with file, line and key, as
 * {@link InvalidInput}; a key that nobody asked for is refused at the {@link #end}. A key without a
 * value counts as absent.
 */
public final class Section {

  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_NESTED = 100;

  private final String file;
  private final MappingNode node;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Set<String> read = new LinkedHashSet<>();

  private Section(String file, MappingNode node) {
    this.file = file;
    this.node = node;
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw wrong(tuple.getKeyNode(), "keys are text");
      }
      if (values.put(key.getValue(), tuple.getValueNode()) != null) {
        throw wrong(key, quoted(key.getValue()) + " is there twice");
      }
    }
  }

  /** Reads a file whose outermost part is keys and values. */
  public static Section read(Path path) {
    String name = Text.escape(String.valueOf(path.getFileName()));
    try {
      if (Files.size(path) > MOST_BYTES) {
        throw new LimitExceeded("file bytes", name + " has more than " + MOST_BYTES);
      }
      return parse(name, Files.readString(path));
    } catch (CharacterCodingException e) {
      throw new InvalidInput(name + " is not UTF-8", e);
    } catch (IOException e) {
      throw new InvalidInput(name + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }

  /**
   * Reads a text whose outermost part is keys and values.
   *
   * @param name what the text is called in messages
   */
  public static Section parse(String name, String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(name).build();
    try {
      requireShallow(name, settings, text);
      Node root =
          new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)))
              .getSingleNode()
              .orElseThrow(() -> new InvalidInput(name + " is empty"));
      return of(name, root);
    } catch (MarkedYamlEngineException e) {
      throw new InvalidInput(
          name + place(e.getProblemMark().orElse(null)) + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new InvalidInput(name + " is neither YAML nor JSON: " + e.getMessage(), e);
    }
  }

  /** Nodes are composed by recursion; the events before them come one by one. */
  private static void requireShallow(String name, LoadSettings settings, String text) {
    int depth = 0;
    ParserImpl events = new ParserImpl(settings, new StreamReader(settings, text));
    while (events.hasNext()) {
      switch (events.next().getEventId()) {
        case SequenceStart, MappingStart -> depth++;
        case SequenceEnd, MappingEnd -> depth--;
        default -> {}
      }
      if (depth > MOST_NESTED) {
        throw new LimitExceeded("nesting", name + " is nested deeper than " + MOST_NESTED);
      }
    }
  }

  private static Section of(String file, Node node) {
    if (node instanceof MappingNode mapping) {
      return new Section(file, mapping);
    }
    throw new InvalidInput(
        file + place(node.getStartMark().orElse(null)) + ": keys and values are expected");
  }

  /** Returns an error at the place of the section. */
  public InvalidInput wrong(String what) {
    return wrong(node, what);
  }

  /** Returns where the section stands, for messages. */
  public String place() {
    return file + place(node.getStartMark().orElse(null));
  }

  /** Returns an error at the place of a key, or of the whole section where it has no such key. */
  public InvalidInput wrong(String key, String what) {
    Node value = values.get(key);
    return wrong(value == null ? node : value, quoted(key) + " " + what);
  }

  private InvalidInput wrong(Node at, String what) {
    return new InvalidInput(file + place(at.getStartMark().orElse(null)) + ": " + what);
  }

  private static String place(@Nullable Mark mark) {
    return mark == null ? "" : ", line " + (mark.getLine() + 1);
  }

  private static String quoted(String text) {
    return '"' + Text.escape(text) + '"';
  }

  public boolean has(String key) {
    read.add(key);
    Node value = values.get(key);
    return value != null && !value.getTag().equals(Tag.NULL);
  }

  private Node value(String key) {
    Node value = values.get(key);
    if (!has(key) || value == null) {
      throw wrong(key, "is missing");
    }
    return value;
  }

  /** Whether a key has a whole number. */
  public boolean hasWhole(String key) {
    return has(key) && value(key).getTag().equals(Tag.INT);
  }

  public Section section(String key) {
    return of(file, value(key));
  }

  /** Returns the sections of a list; none where the key is not there. */
  public List<Section> sections(String key) {
    return has(key) ? list(key, node -> of(file, node)) : List.of();
  }

  /** Returns a text or a list of texts as a list; empty where the key is not there. */
  public List<String> texts(String key) {
    if (!has(key)) {
      return List.of();
    }
    return values.get(key) instanceof ScalarNode
        ? List.of(text(key))
        : list(key, node -> scalar(node, key));
  }

  private <T> List<T> list(String key, Function<Node, T> element) {
    if (value(key) instanceof SequenceNode sequence) {
      List<T> elements = new ArrayList<>();
      sequence.getValue().forEach(node -> elements.add(element.apply(node)));
      return elements;
    }
    throw wrong(key, "is a list");
  }

  private String scalar(Node node, String key) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong(node, quoted(key) + " is text");
  }

  public String text(String key) {
    return scalar(value(key), key);
  }

  public String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  public double number(String key, double otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = text(key);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw wrong(key, "is a number, not " + quoted(text));
    }
  }

  /** Returns a whole number of 32 bits. */
  public int integer(String key) {
    long value = whole(key);
    if (value != (int) value) {
      throw wrong(key, "is too large");
    }
    return (int) value;
  }

  public int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  /** Returns a whole number of 64 bits. */
  public long whole(String key) {
    String text = text(key);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong(key, "is a whole number, not " + quoted(text));
    }
  }

  public long whole(String key, long otherwise) {
    return has(key) ? whole(key) : otherwise;
  }

  public boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (value(key) instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return Boolean.parseBoolean(scalar.getValue());
    }
    throw wrong(key, "is true or false");
  }

  /** Returns a constant of an enumeration, in any case, with dashes or underscores. */
  public <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = text(key);
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equals(text.toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return constant;
      }
    }
    throw wrong(
        key,
        "is "
            + Stream.of(type.getEnumConstants())
                .map(Section::word)
                .collect(Collectors.joining(", "))
            + ", not "
            + quoted(text));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the keys of a section whose keys are names. */
  public List<String> names() {
    return List.copyOf(values.keySet());
  }

  /** Refuses keys that nobody asked for. */
  public void end() {
    for (Map.Entry<String, Node> entry : values.entrySet()) {
      if (!read.contains(entry.getKey())) {
        throw wrong(
            entry.getValue(),
            quoted(entry.getKey())
                + " is not known here; known are "
                + (read.isEmpty() ? "none" : String.join(", ", read)));
      }
    }
  }
}
