package org.sardonyx.conformance.sweep;

import java.util.Locale;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** From one element type to another. */
final class CastRecipes {

  private CastRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        d -> {
          DataType from = d.type("T1");
          DataType to = d.type("T2");
          options(d, to);
          if (d.version() < 6) {
            d.set("to", to.specName().toUpperCase(Locale.ROOT));
          } else {
            d.set("to", (long) to.code());
          }
          d.in(input(d, from, to));
        },
        "Cast");
    recipes.put(
        d -> {
          DataType from = d.type("T1");
          DataType to = d.type("T2");
          options(d, to);
          d.in(input(d, from, to)).in(Numbers.of(d, to, 1));
        },
        "CastLike");
    recipes.put(
        d -> {
          DataType from = d.type("T1");
          DataType to = d.type("T2", type -> type.bits() == from.bits());
          d.set("to", (long) to.code()).in(Numbers.any(d, from, Numbers.shape(d)));
        },
        "BitCast");
  }

  private static void options(Draw d, DataType to) {
    if (to.isFloat() && to.bits() == 8 && to != DataType.FLOAT8E8M0) {
      d.attr("saturate", 1L, 0L, 1L);
    }
    if (to == DataType.FLOAT8E8M0) {
      d.attr("round_mode", "up", "up", "down", "nearest");
    }
  }

  /** Numbers that the other type has a place for; those that it has none for are not defined. */
  private static Tensor input(Draw d, DataType from, DataType to) {
    int[] shape = d.pick("shape", new int[] {5}, new int[] {}, new int[] {2, 0}, new int[] {3, 7});
    if (from == DataType.STRING) {
      return texts(d, to, shape);
    }
    if (to == DataType.STRING && from.isFloat()) {
      // How many digits there are is left open: numbers of few.
      Tensor few = Numbers.integers(d, DataType.INT32, -9, 10, shape);
      Tensor halves = Tensor.zeros(from, shape);
      for (int i = 0; i < few.size(); i++) {
        halves.setDouble(i, from.bits() < 8 ? few.getLong(i) % 2 : few.getLong(i) * 0.5 + 0.25);
      }
      return halves;
    }
    if (from.isFloat() && to.isInteger()) {
      double most = Math.min(1000, Math.scalb(1.0, to.bits() - 1) - 1);
      double least = to.kind() == DataType.Kind.SIGNED ? -most : 0;
      return Numbers.between(d, from, least, most, shape);
    }
    if (from.isInteger() && to.isInteger()) {
      return Numbers.any(d, from, shape);
    }
    if (to == DataType.FLOAT8E8M0) {
      return from.isFloat()
          ? Numbers.between(d, from, 0.01, 60, shape)
          : Numbers.of(d, from, shape);
    }
    return from.isFloat() && to.isFloat() && to.bits() >= 8
        ? Numbers.any(d, from, shape)
        : Numbers.of(d, from, shape);
  }

  private static Tensor texts(Draw d, DataType to, int... shape) {
    String[] words =
        to.isFloat()
            ? new String[] {"1.5", "-2", "3e1", "0.25", "INF", "-INF", "NaN", "+7"}
            : to.kind() == DataType.Kind.SIGNED
                ? new String[] {"1", "-2", "0", "-1"}
                : new String[] {"1", "0"};
    Tensor texts = Tensor.zeros(DataType.STRING, shape);
    for (int i = 0; i < texts.size(); i++) {
      texts.strings()[i] = words[d.random.nextInt(words.length)];
    }
    return texts;
  }
}
