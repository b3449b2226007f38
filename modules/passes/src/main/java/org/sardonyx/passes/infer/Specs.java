package org.sardonyx.passes.infer;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Types as the specification spells them, {@code seq(map(string,float))}, without spaces. */
public final class Specs {

  private Specs() {}

  /** Returns how the specification spells a type, shapes left out. */
  public static String of(Type type) {
    if (type instanceof Type.OfTensor) {
      return type.spec(); // nearly all are
    }
    return switch (type) {
      case Type.OfMap(DataType key, Type value) ->
          "map("
              + key.specName()
              + ","
              + (value instanceof Type.OfTensor(DataType element, Shape _)
                  ? element.specName()
                  : of(value))
              + ")";
      case Type.OfSequence(Type element) -> "seq(" + of(element) + ")";
      case Type.OfOptional(Type element) -> "optional(" + of(element) + ")";
      default -> type.spec();
    };
  }

  /** Returns whether {@code allowed} has the type, under whatever spacing. */
  public static boolean allows(Set<String> allowed, Type type) {
    String spec = of(type);
    if (allowed.contains(spec)) {
      return true;
    }
    for (String candidate : allowed) {
      if (candidate.indexOf(' ') >= 0 && candidate.replace(" ", "").equals(spec)) {
        return true;
      }
    }
    return type instanceof Type.Opaque && allowed.contains("opaque");
  }

  /** Returns the type that is spelled, with shapes unknown, or null where that is no type. */
  public static @Nullable Type parse(String spelled) {
    String spec = spelled.replace(" ", "");
    int open = spec.indexOf('(');
    if (open < 0) {
      DataType element = element(spec);
      return element == null ? null : Type.tensor(element, Shape.SCALAR);
    }
    if (!spec.endsWith(")")) {
      return null;
    }
    String inner = spec.substring(open + 1, spec.length() - 1);
    return switch (spec.substring(0, open)) {
      case "tensor" -> {
        DataType element = element(inner);
        yield element == null ? null : Type.tensor(element);
      }
      case "sparse_tensor" -> {
        DataType element = element(inner);
        yield element == null ? null : new Type.OfSparseTensor(element, Shape.UNKNOWN);
      }
      case "seq" -> {
        Type element = parse(inner);
        yield element == null ? null : new Type.OfSequence(element);
      }
      case "optional" -> {
        Type element = parse(inner);
        yield element == null ? null : new Type.OfOptional(element);
      }
      case "map" -> {
        int comma = inner.indexOf(',');
        DataType key = comma < 0 ? null : element(inner.substring(0, comma));
        Type value = comma < 0 ? null : parse(inner.substring(comma + 1));
        yield key == null || value == null ? null : new Type.OfMap(key, value);
      }
      default -> null;
    };
  }

  /** Returns a few of the types and how many more there are. */
  public static String list(Set<String> types) {
    List<String> sorted = types.stream().sorted().toList();
    int shown = Math.min(sorted.size(), 8);
    return sorted.stream().limit(shown).collect(Collectors.joining(", "))
        + (sorted.size() > shown ? " and " + (sorted.size() - shown) + " more" : "");
  }

  /** Returns the type with every shape forgotten. */
  static Type withoutShapes(Type type) {
    if (type instanceof Type.OfTensor(DataType element, Shape _)) {
      return Type.tensor(element); // nearly all are
    }
    return switch (type) {
      case Type.OfTensor(DataType element, Shape _) -> Type.tensor(element);
      case Type.OfSparseTensor(DataType element, Shape _) ->
          new Type.OfSparseTensor(element, Shape.UNKNOWN);
      case Type.OfSequence(Type element) -> new Type.OfSequence(withoutShapes(element));
      case Type.OfOptional(Type element) -> new Type.OfOptional(withoutShapes(element));
      case Type.OfMap(DataType key, Type value) -> new Type.OfMap(key, withoutShapes(value));
      case Type.Opaque opaque -> opaque;
    };
  }

  private static @Nullable DataType element(String name) {
    for (DataType type : DataType.values()) {
      if (type.specName().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
