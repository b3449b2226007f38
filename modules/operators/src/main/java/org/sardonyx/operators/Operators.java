package org.sardonyx.operators;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.activation.Softmax;
import org.sardonyx.operators.attention.Attention;
import org.sardonyx.operators.attention.RotaryEmbedding;
import org.sardonyx.operators.recurrent.GRU;
import org.sardonyx.operators.recurrent.LSTM;
import org.sardonyx.operators.recurrent.RNN;
import org.sardonyx.operators.shaping.Concat;
import org.sardonyx.operators.shaping.Expand;
import org.sardonyx.operators.shaping.Flatten;
import org.sardonyx.operators.shaping.Reshape;
import org.sardonyx.operators.shaping.Shape;
import org.sardonyx.operators.shaping.Size;
import org.sardonyx.operators.shaping.Slice;
import org.sardonyx.operators.shaping.Split;
import org.sardonyx.operators.shaping.Squeeze;
import org.sardonyx.operators.shaping.Tile;
import org.sardonyx.operators.shaping.Transpose;
import org.sardonyx.operators.shaping.Unsqueeze;

/** The operators that are known: ours, or ours with a user's own. */
public final class Operators {

  static final List<OperatorDef> OURS =
      List.of(
          Attention.DEF,
          Concat.DEF,
          Expand.DEF,
          Flatten.DEF,
          GRU.DEF,
          LSTM.DEF,
          RNN.DEF,
          Reshape.DEF,
          RotaryEmbedding.DEF,
          Shape.DEF,
          Size.DEF,
          Slice.DEF,
          Softmax.DEF,
          Split.DEF,
          Squeeze.DEF,
          Tile.DEF,
          Transpose.DEF,
          Unsqueeze.DEF);

  private static final Operators STANDARD = new Operators(OURS);

  private final Map<String, OperatorDef> byName = new HashMap<>();

  private Operators(Collection<OperatorDef> defs) {
    for (OperatorDef def : defs) {
      byName.put(key(def.domain(), def.name()), def);
    }
  }

  /** Returns the operators of this library. */
  public static Operators standard() {
    return STANDARD;
  }

  /** Returns these and {@code more}, which take precedence. */
  public Operators with(Collection<OperatorDef> more) {
    Operators all = new Operators(byName.values());
    for (OperatorDef def : more) {
      all.byName.put(key(def.domain(), def.name()), def);
    }
    return all;
  }

  /** Returns the definition of an operator, or null where it is not known. */
  public @Nullable OperatorDef find(String domain, String name) {
    return byName.get(key(domain, name));
  }

  /** Returns every definition, in no particular order. */
  public Collection<OperatorDef> all() {
    return List.copyOf(byName.values());
  }

  private static String key(String domain, String name) {
    return (domain.equals("ai.onnx") ? "" : domain) + ":" + name;
  }
}
