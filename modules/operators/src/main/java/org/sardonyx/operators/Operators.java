package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operators that are known: ours, or ours with a user's own. */
public final class Operators {

  /** What runs a whole model again and again to generate text. */
  private static final Set<String> GENERATORS = Set.of("BeamSearch", "GreedySearch", "Sampling");

  private static final Operators STANDARD = new Operators(Map.of());

  /** Those of users, which go before ours. */
  private final Map<String, OperatorDef> own;

  private Operators(Map<String, OperatorDef> own) {
    this.own = own;
  }

  /** Returns the operators of this library. */
  public static Operators standard() {
    return STANDARD;
  }

  /** Returns these and {@code more}, which take precedence. */
  public Operators with(Collection<OperatorDef> more) {
    Map<String, OperatorDef> all = new HashMap<>(own);
    for (OperatorDef def : more) {
      all.put(key(def.domain(), def.name()), def);
    }
    return new Operators(all);
  }

  /**
   * Returns what to do about an operator that is not here, to end a sentence which says so: the
   * module it stands in, or what to run instead. Empty for most.
   */
  public static String elsewhere(String domain, String name) {
    if ((domain.isEmpty() || domain.equals("ai.onnx")) && name.equals("ImageDecoder")) {
      return " here, but by the artifact org.sardonyx:sardonyx-imagedecoder: add it, and give the"
          + " session SessionOptions.withOperators(ImageDecoder.DEF)";
    }
    if (domain.equals("com.microsoft") && GENERATORS.contains(name)) {
      return ": it generates text with a model inside. Export that model without it, run it step by"
          + " step, and choose the tokens in your program";
    }
    return "";
  }

  /** Returns the definition of an operator, or null where it is not known. */
  public @Nullable OperatorDef find(String domain, String name) {
    String key = key(domain, name);
    OperatorDef def = own.get(key);
    return def != null ? def : Standard.find(key);
  }

  /** Returns every definition, in no particular order; makes all of them. */
  public Collection<OperatorDef> all() {
    List<OperatorDef> all = new ArrayList<>(own.values());
    for (String key : Standard.KEYS) {
      if (!own.containsKey(key)) {
        all.add(Objects.requireNonNull(Standard.find(key)));
      }
    }
    return List.copyOf(all);
  }

  /** Returns the name of an operator of ai.onnx; of others, with the domain before it. */
  static String key(String domain, String name) {
    return domain.isEmpty() || domain.equals("ai.onnx") ? name : domain + ":" + name;
  }
}
