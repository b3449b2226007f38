package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;

/**
 * The cases of operators, drawn from their definitions: every version in every type of its first
 * type variable, and so many cases of each that every decision of the recipe is taken in every way.
 */
final class OperatorSweep {

  /** After how many draws in a row that bring nothing new a type of a version is done. */
  private static final int PATIENCE = 8;

  /** How many draws there are at most for a type of a version. */
  private static final int MOST = 80;

  /** How often a way that ends in an impossible draw is tried. */
  private static final int TRIES = 4;

  /**
   * A version of an operator in a type.
   *
   * @param def the operator
   * @param signature the version
   * @param recipe how its nodes are drawn
   * @param variable the type variable that the type belongs to; null where there is none
   * @param index which of the types
   * @param type its name; - where there is none
   */
  public record Item(
      OperatorDef def,
      Signature signature,
      Recipe recipe,
      @Nullable String variable,
      int index,
      String type) {

    @Override
    public String toString() {
      return def + "-" + signature.sinceVersion() + " " + type;
    }
  }

  /**
   * A case, and how it was drawn.
   *
   * @param item what it is a case of
   * @param choices the decisions
   * @param seed where the numbers begin
   * @param cells the decisions in words
   * @param undetermined whether only types and shapes of the outputs count
   * @param what the case
   */
  record Drawn(
      Item item,
      Map<String, Integer> choices,
      long seed,
      List<String> cells,
      boolean undetermined,
      Case what) {}

  private final Operators operators;
  private final Map<String, Recipe> recipes;
  private final long seed;

  /**
   * Makes a sweep.
   *
   * @param operators the operators to sweep
   * @param recipes a recipe for each, by domain and name: {@code com.microsoft.Gelu}
   * @param seed where everything that is drawn begins
   */
  public OperatorSweep(Operators operators, Map<String, Recipe> recipes, long seed) {
    this.operators = operators;
    this.recipes = recipes;
    this.seed = seed;
  }

  /** Returns every definition in the order of their names, those of ai.onnx first. */
  List<OperatorDef> definitions() {
    List<OperatorDef> defs = new ArrayList<>(operators.all());
    defs.sort(
        Comparator.comparing(OperatorDef::domain)
            .thenComparing(def -> def.name().toLowerCase(java.util.Locale.ROOT)));
    return defs;
  }

  /** Returns the operators that have no recipe. */
  List<String> missing() {
    return definitions().stream()
        .map(OperatorDef::toString)
        .filter(name -> !recipes.containsKey(name))
        .toList();
  }

  /** Returns every version of every operator that has a recipe, in every type. */
  List<Item> items() {
    List<Item> items = new ArrayList<>();
    for (OperatorDef def : definitions()) {
      Recipe recipe = recipes.get(def.toString());
      if (recipe == null) {
        continue;
      }
      for (Signature signature : def.versions()) {
        if (!signature.deprecated()) {
          items.addAll(items(def, signature, recipe));
        }
      }
    }
    return items;
  }

  private static List<Item> items(OperatorDef def, Signature signature, Recipe recipe) {
    Draw probe = new Draw(def, signature, Choices.repeated(Map.of()), new Random(0));
    try {
      recipe.draw(probe);
    } catch (Recipe.Impossible e) {
      // Only what was decided first is asked for.
    }
    String variable = probe.primary();
    if (variable == null) {
      return List.of(new Item(def, signature, recipe, null, 0, "-"));
    }
    List<Item> items = new ArrayList<>();
    List<String> types = probe.primaryTypes();
    for (int i = 0; i < types.size(); i++) {
      items.add(new Item(def, signature, recipe, variable, i, types.get(i)));
    }
    return items;
  }

  /** Returns cases of an item that take every decision in every way that is possible. */
  List<Drawn> draws(Item item) {
    List<Drawn> drawn = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Map<String, Integer> failed = new HashMap<>();
    Map<String, Integer> forced =
        item.variable() == null ? Map.of() : Map.of(item.variable(), item.index());
    int idle = 0;
    for (int n = 0; n < MOST && (idle < PATIENCE || drawn.isEmpty()); n++) {
      long start = Objects.hash(item.toString(), n) * 0x9E3779B97F4A7C15L + seed;
      Choices choices =
          Choices.drawn(
              new Random(start),
              forced,
              cell -> seen.contains(cell) || failed.getOrDefault(cell, 0) >= TRIES);
      Drawn one = draw(item, choices, start);
      if (one == null) {
        for (Choices.Choice choice : choices.made()) {
          if (!seen.contains(choice.cell())) {
            failed.merge(choice.cell(), 1, Integer::sum);
          }
        }
        continue;
      }
      boolean shows = seen.addAll(one.cells());
      boolean fresh = shows || drawn.isEmpty();
      idle = fresh ? 0 : idle + 1;
      if (fresh) {
        drawn.add(one);
      }
    }
    return drawn;
  }

  /**
   * Returns the case in which a way of a case is taken and every other decision is the simplest
   * that still leads to it; null where that is the case itself.
   */
  @Nullable Drawn alone(Drawn drawn, String cell) {
    Drawn best = drawn;
    boolean simplified = false;
    for (String name : drawn.choices().keySet()) {
      if (drawn.choices().get(name) == 0 || name.equals(drawn.item().variable())) {
        continue;
      }
      Map<String, Integer> choices = new LinkedHashMap<>(best.choices());
      choices.put(name, 0);
      Drawn simpler = again(drawn.item(), choices, drawn.seed());
      if (simpler != null && simpler.cells().contains(cell)) {
        best = simpler;
        simplified = true;
      }
    }
    return simplified ? best : null;
  }

  /** Returns the case that the same decisions make, others the simplest; null for none. */
  @Nullable Drawn again(Item item, Map<String, Integer> choices, long start) {
    return draw(item, Choices.repeated(choices), start);
  }

  private static @Nullable Drawn draw(Item item, Choices choices, long start) {
    Draw draw = new Draw(item.def(), item.signature(), choices, new Random(~start));
    try {
      item.recipe().draw(draw);
      Case what = draw.build();
      List<String> cells = new ArrayList<>();
      for (Choices.Choice choice : choices.made()) {
        if (!choice.name().equals(item.variable())) {
          cells.add(choice.cell());
        }
      }
      return new Drawn(
          item, new LinkedHashMap<>(choices.indices()), start, cells, draw.isUndetermined(), what);
    } catch (Recipe.Impossible e) {
      return null;
    }
  }
}
