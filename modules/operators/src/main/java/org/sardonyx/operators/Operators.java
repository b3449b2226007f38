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
import org.sardonyx.operators.generator.Bernoulli;
import org.sardonyx.operators.generator.BlackmanWindow;
import org.sardonyx.operators.generator.ConstantOfShape;
import org.sardonyx.operators.generator.EyeLike;
import org.sardonyx.operators.generator.HammingWindow;
import org.sardonyx.operators.generator.HannWindow;
import org.sardonyx.operators.generator.MelWeightMatrix;
import org.sardonyx.operators.generator.Multinomial;
import org.sardonyx.operators.generator.RandomNormal;
import org.sardonyx.operators.generator.RandomNormalLike;
import org.sardonyx.operators.generator.RandomUniform;
import org.sardonyx.operators.generator.RandomUniformLike;
import org.sardonyx.operators.generator.Range;
import org.sardonyx.operators.indexing.Gather;
import org.sardonyx.operators.indexing.GatherElements;
import org.sardonyx.operators.indexing.GatherND;
import org.sardonyx.operators.indexing.NonZero;
import org.sardonyx.operators.indexing.OneHot;
import org.sardonyx.operators.indexing.Scatter;
import org.sardonyx.operators.indexing.ScatterElements;
import org.sardonyx.operators.indexing.ScatterND;
import org.sardonyx.operators.indexing.TensorScatter;
import org.sardonyx.operators.indexing.TopK;
import org.sardonyx.operators.indexing.Unique;
import org.sardonyx.operators.recurrent.GRU;
import org.sardonyx.operators.recurrent.LSTM;
import org.sardonyx.operators.recurrent.RNN;
import org.sardonyx.operators.shaping.BitCast;
import org.sardonyx.operators.shaping.Cast;
import org.sardonyx.operators.shaping.CastLike;
import org.sardonyx.operators.shaping.CenterCropPad;
import org.sardonyx.operators.shaping.Compress;
import org.sardonyx.operators.shaping.Concat;
import org.sardonyx.operators.shaping.DepthToSpace;
import org.sardonyx.operators.shaping.Expand;
import org.sardonyx.operators.shaping.Flatten;
import org.sardonyx.operators.shaping.Pad;
import org.sardonyx.operators.shaping.Reshape;
import org.sardonyx.operators.shaping.ReverseSequence;
import org.sardonyx.operators.shaping.Shape;
import org.sardonyx.operators.shaping.Size;
import org.sardonyx.operators.shaping.Slice;
import org.sardonyx.operators.shaping.SpaceToDepth;
import org.sardonyx.operators.shaping.Split;
import org.sardonyx.operators.shaping.Squeeze;
import org.sardonyx.operators.shaping.Tile;
import org.sardonyx.operators.shaping.Transpose;
import org.sardonyx.operators.shaping.Trilu;
import org.sardonyx.operators.shaping.Unsqueeze;
import org.sardonyx.operators.signal.DFT;
import org.sardonyx.operators.signal.STFT;
import org.sardonyx.operators.value.Constant;
import org.sardonyx.operators.value.Identity;

/** The operators that are known: ours, or ours with a user's own. */
public final class Operators {

  static final List<OperatorDef> OURS =
      List.of(
          Bernoulli.DEF,
          BitCast.DEF,
          BlackmanWindow.DEF,
          Cast.DEF,
          CastLike.DEF,
          CenterCropPad.DEF,
          Compress.DEF,
          Concat.DEF,
          Constant.DEF,
          ConstantOfShape.DEF,
          DepthToSpace.DEF,
          DFT.DEF,
          Expand.DEF,
          EyeLike.DEF,
          Flatten.DEF,
          Gather.DEF,
          GatherElements.DEF,
          GatherND.DEF,
          GRU.DEF,
          HammingWindow.DEF,
          HannWindow.DEF,
          Identity.DEF,
          If.DEF,
          Loop.DEF,
          LSTM.DEF,
          MelWeightMatrix.DEF,
          Multinomial.DEF,
          NonZero.DEF,
          OneHot.DEF,
          Pad.DEF,
          RandomNormal.DEF,
          RandomNormalLike.DEF,
          RandomUniform.DEF,
          RandomUniformLike.DEF,
          Range.DEF,
          Reshape.DEF,
          ReverseSequence.DEF,
          RNN.DEF,
          Scan.DEF,
          Scatter.DEF,
          ScatterElements.DEF,
          ScatterND.DEF,
          Shape.DEF,
          Size.DEF,
          Slice.DEF,
          Softmax.DEF,
          SpaceToDepth.DEF,
          Split.DEF,
          Squeeze.DEF,
          STFT.DEF,
          TensorScatter.DEF,
          Tile.DEF,
          TopK.DEF,
          Transpose.DEF,
          Trilu.DEF,
          Unique.DEF,
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
