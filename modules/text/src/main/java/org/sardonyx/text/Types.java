package org.sardonyx.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Reads types. */
final class Types {

  private static final Map<String, DataType> ELEMENTS = elements();
  private static final Set<String> OTHERS =
      Set.of("seq", "map", "optional", "sparse_tensor", "opaque");

  private final Scanner scanner;
  private int depth;

  Types(Scanner scanner) {
    this.scanner = scanner;
  }

  private static Map<String, DataType> elements() {
    Map<String, DataType> elements = new HashMap<>();
    for (DataType type : DataType.values()) {
      elements.put(type.specName(), type);
    }
    return elements;
  }

  boolean next() {
    return isWord(scanner.peekWord());
  }

  /** Whether a type begins with this word. */
  static boolean isWord(String word) {
    return ELEMENTS.containsKey(word) || OTHERS.contains(word);
  }

  Type type() {
    int at = scanner.position();
    String word = scanner.word();
    DataType element = ELEMENTS.get(word);
    if (element != null) {
      return new Type.OfTensor(element, shape());
    }
    if (!OTHERS.contains(word)) {
      scanner.back(at);
      throw scanner.expected("a type");
    }
    scanner.expect('(');
    if (++depth > Parser.MOST_NESTED) {
      throw new LimitExceeded(
          "nesting", scanner.place(at) + ": types are nested deeper than " + Parser.MOST_NESTED);
    }
    Type type =
        switch (word) {
          case "seq" -> new Type.OfSequence(type());
          case "optional" -> new Type.OfOptional(type());
          case "map" -> {
            DataType key = element();
            scanner.expect(',');
            yield new Type.OfMap(key, type());
          }
          case "sparse_tensor" -> {
            DataType values = element();
            yield new Type.OfSparseTensor(values, shape());
          }
          default -> opaque();
        };
    depth--;
    scanner.expect(')');
    return type;
  }

  private DataType element() {
    int at = scanner.position();
    DataType element = ELEMENTS.get(scanner.word());
    if (element == null) {
      scanner.back(at);
      throw scanner.expected("an element type");
    }
    return element;
  }

  private Type opaque() {
    if (scanner.peek() == ')') {
      return new Type.Opaque("", "");
    }
    StringBuilder first = new StringBuilder(scanner.name("a name"));
    while (scanner.takes('.')) {
      first.append('.').append(scanner.name("a name"));
    }
    return scanner.takes(',')
        ? new Type.Opaque(first.toString(), scanner.name("a name"))
        : new Type.Opaque("", first.toString());
  }

  /** Nothing stands for rank 0, empty brackets for an unknown rank. */
  private Shape shape() {
    if (!scanner.takes('[')) {
      return Shape.SCALAR;
    }
    if (scanner.takes(']')) {
      return Shape.UNKNOWN;
    }
    List<Dim> dims = new ArrayList<>();
    do {
      dims.add(dim());
    } while (scanner.takes(','));
    scanner.expect(']');
    return Shape.of(dims);
  }

  private Dim dim() {
    if (scanner.takes('?')) {
      return Dim.UNKNOWN;
    }
    @Nullable String name = scanner.optionalName();
    return name != null ? Dim.named(name) : Dim.of(scanner.integer());
  }
}
