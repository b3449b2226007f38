package org.sardonyx.operators;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.activation.Celu;
import org.sardonyx.operators.activation.Elu;
import org.sardonyx.operators.activation.Gelu;
import org.sardonyx.operators.activation.HardSigmoid;
import org.sardonyx.operators.activation.HardSwish;
import org.sardonyx.operators.activation.Hardmax;
import org.sardonyx.operators.activation.LeakyRelu;
import org.sardonyx.operators.activation.LogSoftmax;
import org.sardonyx.operators.activation.Mish;
import org.sardonyx.operators.activation.PRelu;
import org.sardonyx.operators.activation.Relu;
import org.sardonyx.operators.activation.Selu;
import org.sardonyx.operators.activation.Shrink;
import org.sardonyx.operators.activation.Softmax;
import org.sardonyx.operators.activation.Softplus;
import org.sardonyx.operators.activation.Softsign;
import org.sardonyx.operators.activation.SwiGLU;
import org.sardonyx.operators.activation.Swish;
import org.sardonyx.operators.activation.ThresholdedRelu;
import org.sardonyx.operators.attention.Attention;
import org.sardonyx.operators.attention.CausalConvWithState;
import org.sardonyx.operators.attention.FlexAttention;
import org.sardonyx.operators.attention.LinearAttention;
import org.sardonyx.operators.attention.RotaryEmbedding;
import org.sardonyx.operators.attention.microsoft.DecoderMaskedMultiHeadAttention;
import org.sardonyx.operators.attention.microsoft.GroupQueryAttention;
import org.sardonyx.operators.attention.microsoft.MultiHeadAttention;
import org.sardonyx.operators.attention.microsoft.QAttention;
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
import org.sardonyx.operators.image.AffineGrid;
import org.sardonyx.operators.image.Col2Im;
import org.sardonyx.operators.image.CropAndResize;
import org.sardonyx.operators.image.GridSample;
import org.sardonyx.operators.image.MaxRoiPool;
import org.sardonyx.operators.image.NonMaxSuppression;
import org.sardonyx.operators.image.Resize;
import org.sardonyx.operators.image.RoiAlign;
import org.sardonyx.operators.image.Upsample;
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
import org.sardonyx.operators.logic.And;
import org.sardonyx.operators.logic.Equal;
import org.sardonyx.operators.logic.Greater;
import org.sardonyx.operators.logic.GreaterOrEqual;
import org.sardonyx.operators.logic.Less;
import org.sardonyx.operators.logic.LessOrEqual;
import org.sardonyx.operators.logic.Not;
import org.sardonyx.operators.logic.Or;
import org.sardonyx.operators.logic.Where;
import org.sardonyx.operators.logic.Xor;
import org.sardonyx.operators.loss.NegativeLogLikelihoodLoss;
import org.sardonyx.operators.loss.SoftmaxCrossEntropyLoss;
import org.sardonyx.operators.math.Abs;
import org.sardonyx.operators.math.Acos;
import org.sardonyx.operators.math.Acosh;
import org.sardonyx.operators.math.Add;
import org.sardonyx.operators.math.Asin;
import org.sardonyx.operators.math.Asinh;
import org.sardonyx.operators.math.Atan;
import org.sardonyx.operators.math.Atanh;
import org.sardonyx.operators.math.BitShift;
import org.sardonyx.operators.math.BitwiseAnd;
import org.sardonyx.operators.math.BitwiseNot;
import org.sardonyx.operators.math.BitwiseOr;
import org.sardonyx.operators.math.BitwiseXor;
import org.sardonyx.operators.math.Ceil;
import org.sardonyx.operators.math.Clip;
import org.sardonyx.operators.math.Cos;
import org.sardonyx.operators.math.Cosh;
import org.sardonyx.operators.math.CumProd;
import org.sardonyx.operators.math.CumSum;
import org.sardonyx.operators.math.Det;
import org.sardonyx.operators.math.Div;
import org.sardonyx.operators.math.Einsum;
import org.sardonyx.operators.math.Erf;
import org.sardonyx.operators.math.Exp;
import org.sardonyx.operators.math.Floor;
import org.sardonyx.operators.math.Gemm;
import org.sardonyx.operators.math.IsInf;
import org.sardonyx.operators.math.IsNaN;
import org.sardonyx.operators.math.Log;
import org.sardonyx.operators.math.MatMul;
import org.sardonyx.operators.math.Max;
import org.sardonyx.operators.math.Mean;
import org.sardonyx.operators.math.Min;
import org.sardonyx.operators.math.Mod;
import org.sardonyx.operators.math.Mul;
import org.sardonyx.operators.math.Neg;
import org.sardonyx.operators.math.Pow;
import org.sardonyx.operators.math.Reciprocal;
import org.sardonyx.operators.math.Round;
import org.sardonyx.operators.math.Sigmoid;
import org.sardonyx.operators.math.Sign;
import org.sardonyx.operators.math.Sin;
import org.sardonyx.operators.math.Sinh;
import org.sardonyx.operators.math.Sqrt;
import org.sardonyx.operators.math.Sub;
import org.sardonyx.operators.math.Sum;
import org.sardonyx.operators.math.Tan;
import org.sardonyx.operators.math.Tanh;
import org.sardonyx.operators.ml.ArrayFeatureExtractor;
import org.sardonyx.operators.ml.Binarizer;
import org.sardonyx.operators.ml.CastMap;
import org.sardonyx.operators.ml.CategoryMapper;
import org.sardonyx.operators.ml.DictVectorizer;
import org.sardonyx.operators.ml.FeatureVectorizer;
import org.sardonyx.operators.ml.Imputer;
import org.sardonyx.operators.ml.LabelEncoder;
import org.sardonyx.operators.ml.LinearClassifier;
import org.sardonyx.operators.ml.LinearRegressor;
import org.sardonyx.operators.ml.Normalizer;
import org.sardonyx.operators.ml.OneHotEncoder;
import org.sardonyx.operators.ml.SVMClassifier;
import org.sardonyx.operators.ml.SVMRegressor;
import org.sardonyx.operators.ml.Scaler;
import org.sardonyx.operators.ml.TreeEnsemble;
import org.sardonyx.operators.ml.TreeEnsembleClassifier;
import org.sardonyx.operators.ml.TreeEnsembleRegressor;
import org.sardonyx.operators.ml.ZipMap;
import org.sardonyx.operators.nn.AveragePool;
import org.sardonyx.operators.nn.BatchNormalization;
import org.sardonyx.operators.nn.Conv;
import org.sardonyx.operators.nn.ConvTranspose;
import org.sardonyx.operators.nn.DeformConv;
import org.sardonyx.operators.nn.Dropout;
import org.sardonyx.operators.nn.GlobalAveragePool;
import org.sardonyx.operators.nn.GlobalLpPool;
import org.sardonyx.operators.nn.GlobalMaxPool;
import org.sardonyx.operators.nn.GroupNormalization;
import org.sardonyx.operators.nn.InstanceNormalization;
import org.sardonyx.operators.nn.LRN;
import org.sardonyx.operators.nn.LayerNormalization;
import org.sardonyx.operators.nn.LpNormalization;
import org.sardonyx.operators.nn.LpPool;
import org.sardonyx.operators.nn.MaxPool;
import org.sardonyx.operators.nn.MaxUnpool;
import org.sardonyx.operators.nn.MeanVarianceNormalization;
import org.sardonyx.operators.nn.RMSNormalization;
import org.sardonyx.operators.quantization.ConvInteger;
import org.sardonyx.operators.quantization.DynamicQuantizeLinear;
import org.sardonyx.operators.quantization.MatMulInteger;
import org.sardonyx.operators.quantization.QLinearMatMul;
import org.sardonyx.operators.recurrent.DynamicQuantizeLSTM;
import org.sardonyx.operators.recurrent.GRU;
import org.sardonyx.operators.recurrent.LSTM;
import org.sardonyx.operators.recurrent.RNN;
import org.sardonyx.operators.reduction.ArgMax;
import org.sardonyx.operators.reduction.ArgMin;
import org.sardonyx.operators.reduction.ReduceL1;
import org.sardonyx.operators.reduction.ReduceL2;
import org.sardonyx.operators.reduction.ReduceLogSum;
import org.sardonyx.operators.reduction.ReduceLogSumExp;
import org.sardonyx.operators.reduction.ReduceMax;
import org.sardonyx.operators.reduction.ReduceMean;
import org.sardonyx.operators.reduction.ReduceMin;
import org.sardonyx.operators.reduction.ReduceProd;
import org.sardonyx.operators.reduction.ReduceSum;
import org.sardonyx.operators.reduction.ReduceSumSquare;
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
import org.sardonyx.operators.text.RegexFullMatch;
import org.sardonyx.operators.text.StringConcat;
import org.sardonyx.operators.text.StringNormalizer;
import org.sardonyx.operators.text.StringSplit;
import org.sardonyx.operators.text.TfIdfVectorizer;
import org.sardonyx.operators.training.Adagrad;
import org.sardonyx.operators.training.Adam;
import org.sardonyx.operators.training.Gradient;
import org.sardonyx.operators.training.Momentum;
import org.sardonyx.operators.value.Constant;
import org.sardonyx.operators.value.Identity;

/** The operators that are known: ours, or ours with a user's own. */
public final class Operators {

  static final List<OperatorDef> OURS =
      List.of(
          Abs.DEF,
          Acos.DEF,
          Acosh.DEF,
          Adagrad.DEF,
          Adam.DEF,
          Add.DEF,
          AffineGrid.DEF,
          And.DEF,
          ArgMax.DEF,
          ArgMin.DEF,
          ArrayFeatureExtractor.DEF,
          Asin.DEF,
          Asinh.DEF,
          Atan.DEF,
          Atanh.DEF,
          Attention.DEF,
          org.sardonyx.operators.attention.microsoft.Attention.DEF,
          AveragePool.DEF,
          BatchNormalization.DEF,
          Bernoulli.DEF,
          org.sardonyx.operators.microsoft.BiasGelu.DEF,
          Binarizer.DEF,
          BitCast.DEF,
          BitShift.DEF,
          BitwiseAnd.DEF,
          BitwiseNot.DEF,
          BitwiseOr.DEF,
          BitwiseXor.DEF,
          BlackmanWindow.DEF,
          org.sardonyx.operators.microsoft.CDist.DEF,
          Cast.DEF,
          CastLike.DEF,
          CastMap.DEF,
          CategoryMapper.DEF,
          CausalConvWithState.DEF,
          Ceil.DEF,
          Celu.DEF,
          CenterCropPad.DEF,
          Clip.DEF,
          Col2Im.DEF,
          Compress.DEF,
          Concat.DEF,
          ConcatFromSequence.DEF,
          Constant.DEF,
          ConstantOfShape.DEF,
          Conv.DEF,
          ConvInteger.DEF,
          ConvTranspose.DEF,
          org.sardonyx.operators.microsoft.ConvTransposeWithDynamicPads.DEF,
          Cos.DEF,
          Cosh.DEF,
          CropAndResize.DEF,
          CumProd.DEF,
          CumSum.DEF,
          DFT.DEF,
          DecoderMaskedMultiHeadAttention.DEF,
          DeformConv.DEF,
          DepthToSpace.DEF,
          org.sardonyx.operators.microsoft.DequantizeLinear.DEF,
          org.sardonyx.operators.quantization.DequantizeLinear.DEF,
          Det.DEF,
          DictVectorizer.DEF,
          Div.DEF,
          Dropout.DEF,
          DynamicQuantizeLSTM.DEF,
          DynamicQuantizeLinear.DEF,
          org.sardonyx.operators.microsoft.DynamicQuantizeMatMul.DEF,
          Einsum.DEF,
          Elu.DEF,
          org.sardonyx.operators.microsoft.EmbedLayerNormalization.DEF,
          Equal.DEF,
          Erf.DEF,
          Exp.DEF,
          Expand.DEF,
          org.sardonyx.operators.shaping.microsoft.ExpandDims.DEF,
          EyeLike.DEF,
          org.sardonyx.operators.microsoft.FastGelu.DEF,
          FeatureVectorizer.DEF,
          Flatten.DEF,
          FlexAttention.DEF,
          Floor.DEF,
          org.sardonyx.operators.microsoft.FusedConv.DEF,
          org.sardonyx.operators.microsoft.FusedGemm.DEF,
          org.sardonyx.operators.microsoft.FusedMatMul.DEF,
          GRU.DEF,
          Gather.DEF,
          GatherElements.DEF,
          GatherND.DEF,
          org.sardonyx.operators.indexing.microsoft.GatherND.DEF,
          Gelu.DEF,
          org.sardonyx.operators.microsoft.Gelu.DEF,
          Gemm.DEF,
          GlobalAveragePool.DEF,
          GlobalLpPool.DEF,
          GlobalMaxPool.DEF,
          Gradient.DEF,
          Greater.DEF,
          GreaterOrEqual.DEF,
          GridSample.DEF,
          org.sardonyx.operators.image.microsoft.GridSample.DEF,
          GroupNormalization.DEF,
          GroupQueryAttention.DEF,
          HammingWindow.DEF,
          HannWindow.DEF,
          HardSigmoid.DEF,
          HardSwish.DEF,
          Hardmax.DEF,
          Identity.DEF,
          If.DEF,
          Imputer.DEF,
          InstanceNormalization.DEF,
          org.sardonyx.operators.microsoft.Inverse.DEF,
          IsInf.DEF,
          IsNaN.DEF,
          LRN.DEF,
          LSTM.DEF,
          LabelEncoder.DEF,
          LayerNormalization.DEF,
          LeakyRelu.DEF,
          Less.DEF,
          LessOrEqual.DEF,
          LinearAttention.DEF,
          LinearClassifier.DEF,
          LinearRegressor.DEF,
          Log.DEF,
          LogSoftmax.DEF,
          Loop.DEF,
          LpNormalization.DEF,
          LpPool.DEF,
          MatMul.DEF,
          MatMulInteger.DEF,
          org.sardonyx.operators.microsoft.MatMulIntegerToFloat.DEF,
          org.sardonyx.operators.microsoft.MatMulNBits.DEF,
          Max.DEF,
          MaxPool.DEF,
          MaxRoiPool.DEF,
          MaxUnpool.DEF,
          org.sardonyx.operators.microsoft.MaxpoolWithMask.DEF,
          Mean.DEF,
          MeanVarianceNormalization.DEF,
          MelWeightMatrix.DEF,
          Min.DEF,
          Mish.DEF,
          Mod.DEF,
          Momentum.DEF,
          Mul.DEF,
          MultiHeadAttention.DEF,
          Multinomial.DEF,
          org.sardonyx.operators.microsoft.MurmurHash3.DEF,
          org.sardonyx.operators.microsoft.NGramRepeatBlock.DEF,
          Neg.DEF,
          NegativeLogLikelihoodLoss.DEF,
          org.sardonyx.operators.microsoft.NhwcMaxPool.DEF,
          NonMaxSuppression.DEF,
          NonZero.DEF,
          Normalizer.DEF,
          Not.DEF,
          OneHot.DEF,
          OneHotEncoder.DEF,
          Optional.DEF,
          OptionalGetElement.DEF,
          OptionalHasElement.DEF,
          Or.DEF,
          PRelu.DEF,
          Pad.DEF,
          org.sardonyx.operators.shaping.microsoft.Pad.DEF,
          Pow.DEF,
          QAttention.DEF,
          org.sardonyx.operators.microsoft.QEmbedLayerNormalization.DEF,
          org.sardonyx.operators.microsoft.QGemm.DEF,
          org.sardonyx.operators.microsoft.QLinearAdd.DEF,
          org.sardonyx.operators.microsoft.QLinearAveragePool.DEF,
          org.sardonyx.operators.microsoft.QLinearConcat.DEF,
          org.sardonyx.operators.microsoft.QLinearConv.DEF,
          org.sardonyx.operators.quantization.QLinearConv.DEF,
          org.sardonyx.operators.microsoft.QLinearGlobalAveragePool.DEF,
          org.sardonyx.operators.microsoft.QLinearLeakyRelu.DEF,
          QLinearMatMul.DEF,
          org.sardonyx.operators.microsoft.QLinearMul.DEF,
          org.sardonyx.operators.microsoft.QLinearSigmoid.DEF,
          org.sardonyx.operators.microsoft.QLinearSoftmax.DEF,
          org.sardonyx.operators.microsoft.QuantizeLinear.DEF,
          org.sardonyx.operators.quantization.QuantizeLinear.DEF,
          org.sardonyx.operators.microsoft.QuickGelu.DEF,
          RMSNormalization.DEF,
          RNN.DEF,
          RandomNormal.DEF,
          RandomNormalLike.DEF,
          RandomUniform.DEF,
          RandomUniformLike.DEF,
          Range.DEF,
          org.sardonyx.operators.generator.microsoft.Range.DEF,
          Reciprocal.DEF,
          ReduceL1.DEF,
          ReduceL2.DEF,
          ReduceLogSum.DEF,
          ReduceLogSumExp.DEF,
          ReduceMax.DEF,
          ReduceMean.DEF,
          ReduceMin.DEF,
          ReduceProd.DEF,
          ReduceSum.DEF,
          ReduceSumSquare.DEF,
          RegexFullMatch.DEF,
          Relu.DEF,
          Reshape.DEF,
          Resize.DEF,
          ReverseSequence.DEF,
          RoiAlign.DEF,
          RotaryEmbedding.DEF,
          org.sardonyx.operators.attention.microsoft.RotaryEmbedding.DEF,
          Round.DEF,
          STFT.DEF,
          SVMClassifier.DEF,
          SVMRegressor.DEF,
          Scaler.DEF,
          Scan.DEF,
          Scatter.DEF,
          ScatterElements.DEF,
          ScatterND.DEF,
          Selu.DEF,
          SequenceAt.DEF,
          SequenceConstruct.DEF,
          SequenceEmpty.DEF,
          SequenceErase.DEF,
          SequenceInsert.DEF,
          SequenceLength.DEF,
          SequenceMap.DEF,
          Shape.DEF,
          Shrink.DEF,
          Sigmoid.DEF,
          Sign.DEF,
          org.sardonyx.operators.microsoft.SimplifiedLayerNormalization.DEF,
          Sin.DEF,
          Sinh.DEF,
          Size.DEF,
          org.sardonyx.operators.microsoft.SkipLayerNormalization.DEF,
          org.sardonyx.operators.microsoft.SkipSimplifiedLayerNormalization.DEF,
          Slice.DEF,
          Softmax.DEF,
          SoftmaxCrossEntropyLoss.DEF,
          Softplus.DEF,
          Softsign.DEF,
          SpaceToDepth.DEF,
          Split.DEF,
          SplitToSequence.DEF,
          Sqrt.DEF,
          Squeeze.DEF,
          StringConcat.DEF,
          StringNormalizer.DEF,
          StringSplit.DEF,
          Sub.DEF,
          Sum.DEF,
          SwiGLU.DEF,
          Swish.DEF,
          Tan.DEF,
          Tanh.DEF,
          TensorScatter.DEF,
          TfIdfVectorizer.DEF,
          ThresholdedRelu.DEF,
          Tile.DEF,
          org.sardonyx.operators.text.microsoft.Tokenizer.DEF,
          TopK.DEF,
          Transpose.DEF,
          TreeEnsemble.DEF,
          TreeEnsembleClassifier.DEF,
          TreeEnsembleRegressor.DEF,
          Trilu.DEF,
          org.sardonyx.operators.shaping.microsoft.Trilu.DEF,
          Unique.DEF,
          org.sardonyx.operators.indexing.microsoft.Unique.DEF,
          Unsqueeze.DEF,
          Upsample.DEF,
          Where.DEF,
          org.sardonyx.operators.microsoft.WordConvEmbedding.DEF,
          Xor.DEF,
          ZipMap.DEF);

  /** What runs a whole model again and again to generate text. */
  private static final Set<String> GENERATORS = Set.of("BeamSearch", "GreedySearch", "Sampling");

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
