package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Sequences and optional values. */
final class SequenceRecipes {

  private SequenceRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        d -> {
          DataType type = d.type("S");
          d.in(sequence(d, type, 3)).param(position(d, 3));
          d.give(type);
        },
        "SequenceAt");
    recipes.put(
        d -> {
          DataType type = d.type("T");
          int count = d.pick("inputs", 1, 2, 3);
          for (int i = 0; i < count; i++) {
            d.in(Numbers.of(d, type, i + 1, 2));
          }
          d.give(sequenceOf(type));
        },
        "SequenceConstruct");
    recipes.put(
        d -> {
          boolean given = d.flag("dtype");
          DataType type = given ? d.type("S") : DataType.FLOAT;
          if (given) {
            d.set("dtype", (long) type.code());
          }
          d.give(sequenceOf(type));
        },
        "SequenceEmpty");
    recipes.put(
        d -> {
          DataType type = d.type("S");
          d.in(sequence(d, type, 3));
          if (d.flag("position")) {
            d.param(position(d, 3));
          }
          d.give(sequenceOf(type));
        },
        "SequenceErase");
    recipes.put(
        d -> {
          DataType type = d.type("S");
          int length = d.pick("length", 1, 0, 3);
          d.in(sequence(d, type, length)).in(Numbers.of(d, type, 2, 2));
          if (d.flag("position")) {
            d.param(insertion(d, length));
          }
          d.give(sequenceOf(type));
        },
        "SequenceInsert");
    recipes.put(
        d -> d.in(sequence(d, d.type("S"), d.pick("length", 1, 0, 3))).give(DataType.INT64),
        "SequenceLength");
    recipes.put(
        d -> {
          DataType type = d.type("S");
          d.attr("new_axis", 0L, 0L, 1L);
          d.attr("axis", 0L, 0L, 1L, -1L, -2L);
          List<Value> elements = new ArrayList<>();
          for (int i = 0; i < d.pick("length", 1, 3); i++) {
            elements.add(Numbers.of(d, type, 2, 3));
          }
          d.in(new SequenceValue(Type.tensor(type), elements)).give(type);
        },
        "ConcatFromSequence");
    recipes.put(SequenceRecipes::splitToSequence, "SplitToSequence");
    recipes.put(
        d -> {
          DataType type = d.type("V");
          boolean sequence = d.flag("sequence");
          Type element = sequence ? sequenceOf(type) : Type.tensor(type);
          if (d.flag("nothing")) {
            d.set("type", element);
          } else {
            d.in(sequence ? sequence(d, type, 2) : Numbers.of(d, type, 2, 3));
          }
          d.give(new Type.OfOptional(element));
        },
        "Optional");
    recipes.put(
        d -> {
          DataType type = d.type("O");
          String kind = kind(d);
          d.in(held(d, type, kind, true));
          d.give(kind.endsWith("sequence") ? sequenceOf(type) : Type.tensor(type));
        },
        "OptionalGetElement");
    recipes.put(
        d -> {
          if (d.version() >= 18 && d.flag("absent")) {
            d.give(DataType.BOOL);
            return;
          }
          DataType type = d.type("O");
          d.in(held(d, type, kind(d), !d.flag("nothing"))).give(DataType.BOOL);
        },
        "OptionalHasElement");
    recipes.put(
        d -> {
          DataType type = d.type();
          String kind =
              d.version() >= 16
                  ? d.pick("kind", "tensor", "sequence", "optional tensor", "optional sequence")
                  : d.version() >= 14 ? d.pick("kind", "tensor", "sequence") : "tensor";
          Value value =
              kind.equals("tensor")
                  ? Numbers.of(d, type, Numbers.shape(d))
                  : held(d, type, kind, true);
          d.require(allows(d, value.type()));
          d.in(value)
              .give(value.type() instanceof Type.OfTensor ? Type.tensor(type) : value.type());
        },
        "Identity");
  }

  private static boolean allows(Draw d, Type type) {
    return d.signature.typesOf(d.signature.inputs().getFirst()).contains(type.spec());
  }

  static Type sequenceOf(DataType type) {
    return new Type.OfSequence(Type.tensor(type));
  }

  private static String kind(Draw d) {
    return d.version() >= 18
        ? d.pick("kind", "optional tensor", "optional sequence", "tensor", "sequence")
        : d.pick("kind", "optional tensor", "optional sequence");
  }

  private static Value bare(Draw d, DataType type, boolean sequence) {
    return sequence ? sequence(d, type, 2) : Numbers.of(d, type, 2, 3);
  }

  private static Value held(Draw d, DataType type, String kind, boolean something) {
    boolean sequence = kind.endsWith("sequence");
    Value value = bare(d, type, sequence);
    if (!kind.startsWith("optional")) {
      d.require(something);
      return value;
    }
    return new OptionalValue(
        sequence ? sequenceOf(type) : Type.tensor(type), something ? value : null);
  }

  static SequenceValue sequence(Draw d, DataType type, int length) {
    List<Value> elements = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      elements.add(Numbers.of(d, type, i + 1, 2));
    }
    return new SequenceValue(Type.tensor(type), elements);
  }

  private static Tensor position(Draw d, int length) {
    return Tensor.fromLongs(
        d.type("I"), new long[] {d.pick("place", 0L, length - 1L, -1L, (long) -length)});
  }

  private static Tensor insertion(Draw d, int length) {
    return Tensor.fromLongs(
        d.type("I"), new long[] {d.pick("place", 0L, (long) length, (long) -length)});
  }

  private static void splitToSequence(Draw d) {
    DataType type = d.type();
    long axis = d.attr("axis", 0L, 0L, 1L, -1L, -2L);
    d.attr("keepdims", 1L, 0L, 1L);
    d.in(Numbers.of(d, type, 4, 4));
    switch (d.pick("split", "absent", "scalar", "uneven scalar", "sizes")) {
      case "scalar" -> d.param(Tensor.fromLongs(d.type("I"), new long[] {2}));
      case "uneven scalar" -> d.param(Tensor.fromLongs(d.type("I"), new long[] {3}));
      case "sizes" -> d.param(Tensor.fromLongs(d.type("I"), new long[] {1, 3}, 2));
      default -> d.require(axis < 9);
    }
    d.give(sequenceOf(type));
  }
}
