package org.sardonyx.conformance.sweep;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A recipe for every operator of this library, by families. */
final class Recipes {

  private final Map<String, Recipe> all = new TreeMap<>();

  private Recipes() {}

  /** Returns the recipes by domain and name: {@code Gelu}, {@code com.microsoft.Gelu}. */
  public static Map<String, Recipe> standard() {
    Recipes recipes = new Recipes();
    ElementwiseRecipes.addTo(recipes);
    BinaryRecipes.addTo(recipes);
    ReductionRecipes.addTo(recipes);
    ShapingRecipes.addTo(recipes);
    IndexingRecipes.addTo(recipes);
    ProductRecipes.addTo(recipes);
    PoolingRecipes.addTo(recipes);
    NormalizationRecipes.addTo(recipes);
    ImageRecipes.addTo(recipes);
    GeneratorRecipes.addTo(recipes);
    QuantizationRecipes.addTo(recipes);
    SequenceRecipes.addTo(recipes);
    ControlRecipes.addTo(recipes);
    RecurrentRecipes.addTo(recipes);
    AttentionRecipes.addTo(recipes);
    TextRecipes.addTo(recipes);
    MlRecipes.addTo(recipes);
    TreeRecipes.addTo(recipes);
    MicrosoftRecipes.addTo(recipes);
    MicrosoftQuantizedRecipes.addTo(recipes);
    return Collections.unmodifiableMap(recipes.all);
  }

  /** Adds one recipe for several operators. */
  void put(Recipe recipe, String... names) {
    for (String name : names) {
      if (all.put(name, recipe) != null) {
        throw new IllegalStateException("two recipes for " + name);
      }
    }
  }
}
