package org.sardonyx.operators;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.activation.Softmax;
import org.sardonyx.operators.control.If;
import org.sardonyx.operators.control.Loop;
import org.sardonyx.operators.control.Scan;
import org.sardonyx.operators.recurrent.GRU;
import org.sardonyx.operators.recurrent.LSTM;
import org.sardonyx.operators.recurrent.RNN;
import org.sardonyx.operators.sequence.ConcatFromSequence;
import org.sardonyx.operators.sequence.Optional;
import org.sardonyx.operators.sequence.OptionalGetElement;
import org.sardonyx.operators.sequence.OptionalHasElement;
import org.sardonyx.operators.sequence.SequenceAt;
import org.sardonyx.operators.sequence.SequenceConstruct;
import org.sardonyx.operators.sequence.SequenceEmpty;
import org.sardonyx.operators.sequence.SequenceErase;
import org.sardonyx.operators.sequence.SequenceInsert;
import org.sardonyx.operators.sequence.SequenceLength;
import org.sardonyx.operators.sequence.SequenceMap;
import org.sardonyx.operators.sequence.SplitToSequence;
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
import org.sardonyx.operators.value.Constant;
import org.sardonyx.operators.value.Identity;

/** The operators that are known: ours, or ours with a user's own. */
public final class Operators {

  static final List<OperatorDef> OURS =
      List.of(
          Concat.DEF,
          ConcatFromSequence.DEF,
          Constant.DEF,
          Expand.DEF,
          Flatten.DEF,
          GRU.DEF,
          Identity.DEF,
          If.DEF,
          LSTM.DEF,
          Loop.DEF,
          Optional.DEF,
          OptionalGetElement.DEF,
          OptionalHasElement.DEF,
          RNN.DEF,
          Reshape.DEF,
          Scan.DEF,
          SequenceAt.DEF,
          SequenceConstruct.DEF,
          SequenceEmpty.DEF,
          SequenceErase.DEF,
          SequenceInsert.DEF,
          SequenceLength.DEF,
          SequenceMap.DEF,
          Shape.DEF,
          Size.DEF,
          Slice.DEF,
          Softmax.DEF,
          Split.DEF,
          SplitToSequence.DEF,
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
