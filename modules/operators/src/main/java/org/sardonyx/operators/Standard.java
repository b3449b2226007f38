package org.sardonyx.operators;

import java.util.List;
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

/**
 * The operators of this library by the keys of {@link Operators#key}, in alphabetical order. A
 * class is loaded and its definition made when somebody asks for the operator: all together take
 * longer than a small model.
 */
final class Standard {

  static final List<String> KEYS =
      List.of(
          "Abs",
          "Acos",
          "Acosh",
          "ai.onnx.preview.training:Adagrad",
          "ai.onnx.preview.training:Adam",
          "Add",
          "AffineGrid",
          "And",
          "ArgMax",
          "ArgMin",
          "ai.onnx.ml:ArrayFeatureExtractor",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "Attention",
          "com.microsoft:Attention",
          "AveragePool",
          "BatchNormalization",
          "Bernoulli",
          "com.microsoft:BiasGelu",
          "ai.onnx.ml:Binarizer",
          "BitCast",
          "BitShift",
          "BitwiseAnd",
          "BitwiseNot",
          "BitwiseOr",
          "BitwiseXor",
          "BlackmanWindow",
          "com.microsoft:CDist",
          "Cast",
          "CastLike",
          "ai.onnx.ml:CastMap",
          "ai.onnx.ml:CategoryMapper",
          "CausalConvWithState",
          "Ceil",
          "Celu",
          "CenterCropPad",
          "Clip",
          "Col2Im",
          "Compress",
          "Concat",
          "ConcatFromSequence",
          "Constant",
          "ConstantOfShape",
          "Conv",
          "ConvInteger",
          "ConvTranspose",
          "com.microsoft:ConvTransposeWithDynamicPads",
          "Cos",
          "Cosh",
          "com.microsoft:CropAndResize",
          "CumProd",
          "CumSum",
          "DFT",
          "com.microsoft:DecoderMaskedMultiHeadAttention",
          "DeformConv",
          "DepthToSpace",
          "com.microsoft:DequantizeLinear",
          "DequantizeLinear",
          "Det",
          "ai.onnx.ml:DictVectorizer",
          "Div",
          "Dropout",
          "com.microsoft:DynamicQuantizeLSTM",
          "DynamicQuantizeLinear",
          "com.microsoft:DynamicQuantizeMatMul",
          "Einsum",
          "Elu",
          "com.microsoft:EmbedLayerNormalization",
          "Equal",
          "Erf",
          "Exp",
          "Expand",
          "com.microsoft:ExpandDims",
          "EyeLike",
          "com.microsoft:FastGelu",
          "ai.onnx.ml:FeatureVectorizer",
          "Flatten",
          "ai.onnx.preview:FlexAttention",
          "Floor",
          "com.microsoft:FusedConv",
          "com.microsoft:FusedGemm",
          "com.microsoft:FusedMatMul",
          "GRU",
          "Gather",
          "GatherElements",
          "GatherND",
          "com.microsoft:GatherND",
          "Gelu",
          "com.microsoft:Gelu",
          "Gemm",
          "GlobalAveragePool",
          "GlobalLpPool",
          "GlobalMaxPool",
          "ai.onnx.preview.training:Gradient",
          "Greater",
          "GreaterOrEqual",
          "GridSample",
          "com.microsoft:GridSample",
          "GroupNormalization",
          "com.microsoft:GroupQueryAttention",
          "HammingWindow",
          "HannWindow",
          "HardSigmoid",
          "HardSwish",
          "Hardmax",
          "Identity",
          "If",
          "ai.onnx.ml:Imputer",
          "InstanceNormalization",
          "com.microsoft:Inverse",
          "IsInf",
          "IsNaN",
          "LRN",
          "LSTM",
          "ai.onnx.ml:LabelEncoder",
          "LayerNormalization",
          "LeakyRelu",
          "Less",
          "LessOrEqual",
          "LinearAttention",
          "ai.onnx.ml:LinearClassifier",
          "ai.onnx.ml:LinearRegressor",
          "Log",
          "LogSoftmax",
          "Loop",
          "LpNormalization",
          "LpPool",
          "MatMul",
          "MatMulInteger",
          "com.microsoft:MatMulIntegerToFloat",
          "com.microsoft:MatMulNBits",
          "Max",
          "MaxPool",
          "MaxRoiPool",
          "MaxUnpool",
          "com.microsoft:MaxpoolWithMask",
          "Mean",
          "MeanVarianceNormalization",
          "MelWeightMatrix",
          "Min",
          "Mish",
          "Mod",
          "ai.onnx.preview.training:Momentum",
          "Mul",
          "com.microsoft:MultiHeadAttention",
          "Multinomial",
          "com.microsoft:MurmurHash3",
          "com.microsoft:NGramRepeatBlock",
          "Neg",
          "NegativeLogLikelihoodLoss",
          "com.microsoft:NhwcMaxPool",
          "NonMaxSuppression",
          "NonZero",
          "ai.onnx.ml:Normalizer",
          "Not",
          "OneHot",
          "ai.onnx.ml:OneHotEncoder",
          "Optional",
          "OptionalGetElement",
          "OptionalHasElement",
          "Or",
          "PRelu",
          "Pad",
          "com.microsoft:Pad",
          "Pow",
          "com.microsoft:QAttention",
          "com.microsoft:QEmbedLayerNormalization",
          "com.microsoft:QGemm",
          "com.microsoft:QLinearAdd",
          "com.microsoft:QLinearAveragePool",
          "com.microsoft:QLinearConcat",
          "com.microsoft:QLinearConv",
          "QLinearConv",
          "com.microsoft:QLinearGlobalAveragePool",
          "com.microsoft:QLinearLeakyRelu",
          "QLinearMatMul",
          "com.microsoft:QLinearMul",
          "com.microsoft:QLinearSigmoid",
          "com.microsoft:QLinearSoftmax",
          "com.microsoft:QuantizeLinear",
          "QuantizeLinear",
          "com.microsoft:QuickGelu",
          "RMSNormalization",
          "RNN",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Range",
          "com.microsoft:Range",
          "Reciprocal",
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSum",
          "ReduceSumSquare",
          "RegexFullMatch",
          "Relu",
          "Reshape",
          "Resize",
          "ReverseSequence",
          "RoiAlign",
          "RotaryEmbedding",
          "com.microsoft:RotaryEmbedding",
          "Round",
          "STFT",
          "ai.onnx.ml:SVMClassifier",
          "ai.onnx.ml:SVMRegressor",
          "ai.onnx.ml:Scaler",
          "Scan",
          "Scatter",
          "ScatterElements",
          "ScatterND",
          "Selu",
          "SequenceAt",
          "SequenceConstruct",
          "SequenceEmpty",
          "SequenceErase",
          "SequenceInsert",
          "SequenceLength",
          "SequenceMap",
          "Shape",
          "Shrink",
          "Sigmoid",
          "Sign",
          "SimplifiedLayerNormalization",
          "Sin",
          "Sinh",
          "Size",
          "com.microsoft:SkipLayerNormalization",
          "com.microsoft:SkipSimplifiedLayerNormalization",
          "Slice",
          "Softmax",
          "SoftmaxCrossEntropyLoss",
          "Softplus",
          "Softsign",
          "SpaceToDepth",
          "Split",
          "SplitToSequence",
          "Sqrt",
          "Squeeze",
          "StringConcat",
          "StringNormalizer",
          "StringSplit",
          "Sub",
          "Sum",
          "SwiGLU",
          "Swish",
          "Tan",
          "Tanh",
          "TensorScatter",
          "TfIdfVectorizer",
          "ThresholdedRelu",
          "Tile",
          "com.microsoft:Tokenizer",
          "TopK",
          "Transpose",
          "ai.onnx.ml:TreeEnsemble",
          "ai.onnx.ml:TreeEnsembleClassifier",
          "ai.onnx.ml:TreeEnsembleRegressor",
          "Trilu",
          "com.microsoft:Trilu",
          "Unique",
          "com.microsoft:Unique",
          "Unsqueeze",
          "Upsample",
          "Where",
          "com.microsoft:WordConvEmbedding",
          "Xor",
          "ai.onnx.ml:ZipMap");

  private Standard() {}

  static @Nullable OperatorDef find(String key) {
    return switch (key) {
      case "Abs" -> Abs.DEF;
      case "Acos" -> Acos.DEF;
      case "Acosh" -> Acosh.DEF;
      case "ai.onnx.preview.training:Adagrad" -> Adagrad.DEF;
      case "ai.onnx.preview.training:Adam" -> Adam.DEF;
      case "Add" -> Add.DEF;
      case "AffineGrid" -> AffineGrid.DEF;
      case "And" -> And.DEF;
      case "ArgMax" -> ArgMax.DEF;
      case "ArgMin" -> ArgMin.DEF;
      case "ai.onnx.ml:ArrayFeatureExtractor" -> ArrayFeatureExtractor.DEF;
      case "Asin" -> Asin.DEF;
      case "Asinh" -> Asinh.DEF;
      case "Atan" -> Atan.DEF;
      case "Atanh" -> Atanh.DEF;
      case "Attention" -> Attention.DEF;
      case "com.microsoft:Attention" -> org.sardonyx.operators.attention.microsoft.Attention.DEF;
      case "AveragePool" -> AveragePool.DEF;
      case "BatchNormalization" -> BatchNormalization.DEF;
      case "Bernoulli" -> Bernoulli.DEF;
      case "com.microsoft:BiasGelu" -> org.sardonyx.operators.microsoft.BiasGelu.DEF;
      case "ai.onnx.ml:Binarizer" -> Binarizer.DEF;
      case "BitCast" -> BitCast.DEF;
      case "BitShift" -> BitShift.DEF;
      case "BitwiseAnd" -> BitwiseAnd.DEF;
      case "BitwiseNot" -> BitwiseNot.DEF;
      case "BitwiseOr" -> BitwiseOr.DEF;
      case "BitwiseXor" -> BitwiseXor.DEF;
      case "BlackmanWindow" -> BlackmanWindow.DEF;
      case "com.microsoft:CDist" -> org.sardonyx.operators.microsoft.CDist.DEF;
      case "Cast" -> Cast.DEF;
      case "CastLike" -> CastLike.DEF;
      case "ai.onnx.ml:CastMap" -> CastMap.DEF;
      case "ai.onnx.ml:CategoryMapper" -> CategoryMapper.DEF;
      case "CausalConvWithState" -> CausalConvWithState.DEF;
      case "Ceil" -> Ceil.DEF;
      case "Celu" -> Celu.DEF;
      case "CenterCropPad" -> CenterCropPad.DEF;
      case "Clip" -> Clip.DEF;
      case "Col2Im" -> Col2Im.DEF;
      case "Compress" -> Compress.DEF;
      case "Concat" -> Concat.DEF;
      case "ConcatFromSequence" -> ConcatFromSequence.DEF;
      case "Constant" -> Constant.DEF;
      case "ConstantOfShape" -> ConstantOfShape.DEF;
      case "Conv" -> Conv.DEF;
      case "ConvInteger" -> ConvInteger.DEF;
      case "ConvTranspose" -> ConvTranspose.DEF;
      case "com.microsoft:ConvTransposeWithDynamicPads" ->
          org.sardonyx.operators.microsoft.ConvTransposeWithDynamicPads.DEF;
      case "Cos" -> Cos.DEF;
      case "Cosh" -> Cosh.DEF;
      case "com.microsoft:CropAndResize" -> CropAndResize.DEF;
      case "CumProd" -> CumProd.DEF;
      case "CumSum" -> CumSum.DEF;
      case "DFT" -> DFT.DEF;
      case "com.microsoft:DecoderMaskedMultiHeadAttention" -> DecoderMaskedMultiHeadAttention.DEF;
      case "DeformConv" -> DeformConv.DEF;
      case "DepthToSpace" -> DepthToSpace.DEF;
      case "com.microsoft:DequantizeLinear" ->
          org.sardonyx.operators.microsoft.DequantizeLinear.DEF;
      case "DequantizeLinear" -> org.sardonyx.operators.quantization.DequantizeLinear.DEF;
      case "Det" -> Det.DEF;
      case "ai.onnx.ml:DictVectorizer" -> DictVectorizer.DEF;
      case "Div" -> Div.DEF;
      case "Dropout" -> Dropout.DEF;
      case "com.microsoft:DynamicQuantizeLSTM" -> DynamicQuantizeLSTM.DEF;
      case "DynamicQuantizeLinear" -> DynamicQuantizeLinear.DEF;
      case "com.microsoft:DynamicQuantizeMatMul" ->
          org.sardonyx.operators.microsoft.DynamicQuantizeMatMul.DEF;
      case "Einsum" -> Einsum.DEF;
      case "Elu" -> Elu.DEF;
      case "com.microsoft:EmbedLayerNormalization" ->
          org.sardonyx.operators.microsoft.EmbedLayerNormalization.DEF;
      case "Equal" -> Equal.DEF;
      case "Erf" -> Erf.DEF;
      case "Exp" -> Exp.DEF;
      case "Expand" -> Expand.DEF;
      case "com.microsoft:ExpandDims" -> org.sardonyx.operators.shaping.microsoft.ExpandDims.DEF;
      case "EyeLike" -> EyeLike.DEF;
      case "com.microsoft:FastGelu" -> org.sardonyx.operators.microsoft.FastGelu.DEF;
      case "ai.onnx.ml:FeatureVectorizer" -> FeatureVectorizer.DEF;
      case "Flatten" -> Flatten.DEF;
      case "ai.onnx.preview:FlexAttention" -> FlexAttention.DEF;
      case "Floor" -> Floor.DEF;
      case "com.microsoft:FusedConv" -> org.sardonyx.operators.microsoft.FusedConv.DEF;
      case "com.microsoft:FusedGemm" -> org.sardonyx.operators.microsoft.FusedGemm.DEF;
      case "com.microsoft:FusedMatMul" -> org.sardonyx.operators.microsoft.FusedMatMul.DEF;
      case "GRU" -> GRU.DEF;
      case "Gather" -> Gather.DEF;
      case "GatherElements" -> GatherElements.DEF;
      case "GatherND" -> GatherND.DEF;
      case "com.microsoft:GatherND" -> org.sardonyx.operators.indexing.microsoft.GatherND.DEF;
      case "Gelu" -> Gelu.DEF;
      case "com.microsoft:Gelu" -> org.sardonyx.operators.microsoft.Gelu.DEF;
      case "Gemm" -> Gemm.DEF;
      case "GlobalAveragePool" -> GlobalAveragePool.DEF;
      case "GlobalLpPool" -> GlobalLpPool.DEF;
      case "GlobalMaxPool" -> GlobalMaxPool.DEF;
      case "ai.onnx.preview.training:Gradient" -> Gradient.DEF;
      case "Greater" -> Greater.DEF;
      case "GreaterOrEqual" -> GreaterOrEqual.DEF;
      case "GridSample" -> GridSample.DEF;
      case "com.microsoft:GridSample" -> org.sardonyx.operators.image.microsoft.GridSample.DEF;
      case "GroupNormalization" -> GroupNormalization.DEF;
      case "com.microsoft:GroupQueryAttention" -> GroupQueryAttention.DEF;
      case "HammingWindow" -> HammingWindow.DEF;
      case "HannWindow" -> HannWindow.DEF;
      case "HardSigmoid" -> HardSigmoid.DEF;
      case "HardSwish" -> HardSwish.DEF;
      case "Hardmax" -> Hardmax.DEF;
      case "Identity" -> Identity.DEF;
      case "If" -> If.DEF;
      case "ai.onnx.ml:Imputer" -> Imputer.DEF;
      case "InstanceNormalization" -> InstanceNormalization.DEF;
      case "com.microsoft:Inverse" -> org.sardonyx.operators.microsoft.Inverse.DEF;
      case "IsInf" -> IsInf.DEF;
      case "IsNaN" -> IsNaN.DEF;
      case "LRN" -> LRN.DEF;
      case "LSTM" -> LSTM.DEF;
      case "ai.onnx.ml:LabelEncoder" -> LabelEncoder.DEF;
      case "LayerNormalization" -> LayerNormalization.DEF;
      case "LeakyRelu" -> LeakyRelu.DEF;
      case "Less" -> Less.DEF;
      case "LessOrEqual" -> LessOrEqual.DEF;
      case "LinearAttention" -> LinearAttention.DEF;
      case "ai.onnx.ml:LinearClassifier" -> LinearClassifier.DEF;
      case "ai.onnx.ml:LinearRegressor" -> LinearRegressor.DEF;
      case "Log" -> Log.DEF;
      case "LogSoftmax" -> LogSoftmax.DEF;
      case "Loop" -> Loop.DEF;
      case "LpNormalization" -> LpNormalization.DEF;
      case "LpPool" -> LpPool.DEF;
      case "MatMul" -> MatMul.DEF;
      case "MatMulInteger" -> MatMulInteger.DEF;
      case "com.microsoft:MatMulIntegerToFloat" ->
          org.sardonyx.operators.microsoft.MatMulIntegerToFloat.DEF;
      case "com.microsoft:MatMulNBits" -> org.sardonyx.operators.microsoft.MatMulNBits.DEF;
      case "Max" -> Max.DEF;
      case "MaxPool" -> MaxPool.DEF;
      case "MaxRoiPool" -> MaxRoiPool.DEF;
      case "MaxUnpool" -> MaxUnpool.DEF;
      case "com.microsoft:MaxpoolWithMask" -> org.sardonyx.operators.microsoft.MaxpoolWithMask.DEF;
      case "Mean" -> Mean.DEF;
      case "MeanVarianceNormalization" -> MeanVarianceNormalization.DEF;
      case "MelWeightMatrix" -> MelWeightMatrix.DEF;
      case "Min" -> Min.DEF;
      case "Mish" -> Mish.DEF;
      case "Mod" -> Mod.DEF;
      case "ai.onnx.preview.training:Momentum" -> Momentum.DEF;
      case "Mul" -> Mul.DEF;
      case "com.microsoft:MultiHeadAttention" -> MultiHeadAttention.DEF;
      case "Multinomial" -> Multinomial.DEF;
      case "com.microsoft:MurmurHash3" -> org.sardonyx.operators.microsoft.MurmurHash3.DEF;
      case "com.microsoft:NGramRepeatBlock" ->
          org.sardonyx.operators.microsoft.NGramRepeatBlock.DEF;
      case "Neg" -> Neg.DEF;
      case "NegativeLogLikelihoodLoss" -> NegativeLogLikelihoodLoss.DEF;
      case "com.microsoft:NhwcMaxPool" -> org.sardonyx.operators.microsoft.NhwcMaxPool.DEF;
      case "NonMaxSuppression" -> NonMaxSuppression.DEF;
      case "NonZero" -> NonZero.DEF;
      case "ai.onnx.ml:Normalizer" -> Normalizer.DEF;
      case "Not" -> Not.DEF;
      case "OneHot" -> OneHot.DEF;
      case "ai.onnx.ml:OneHotEncoder" -> OneHotEncoder.DEF;
      case "Optional" -> Optional.DEF;
      case "OptionalGetElement" -> OptionalGetElement.DEF;
      case "OptionalHasElement" -> OptionalHasElement.DEF;
      case "Or" -> Or.DEF;
      case "PRelu" -> PRelu.DEF;
      case "Pad" -> Pad.DEF;
      case "com.microsoft:Pad" -> org.sardonyx.operators.shaping.microsoft.Pad.DEF;
      case "Pow" -> Pow.DEF;
      case "com.microsoft:QAttention" -> QAttention.DEF;
      case "com.microsoft:QEmbedLayerNormalization" ->
          org.sardonyx.operators.microsoft.QEmbedLayerNormalization.DEF;
      case "com.microsoft:QGemm" -> org.sardonyx.operators.microsoft.QGemm.DEF;
      case "com.microsoft:QLinearAdd" -> org.sardonyx.operators.microsoft.QLinearAdd.DEF;
      case "com.microsoft:QLinearAveragePool" ->
          org.sardonyx.operators.microsoft.QLinearAveragePool.DEF;
      case "com.microsoft:QLinearConcat" -> org.sardonyx.operators.microsoft.QLinearConcat.DEF;
      case "com.microsoft:QLinearConv" -> org.sardonyx.operators.microsoft.QLinearConv.DEF;
      case "QLinearConv" -> org.sardonyx.operators.quantization.QLinearConv.DEF;
      case "com.microsoft:QLinearGlobalAveragePool" ->
          org.sardonyx.operators.microsoft.QLinearGlobalAveragePool.DEF;
      case "com.microsoft:QLinearLeakyRelu" ->
          org.sardonyx.operators.microsoft.QLinearLeakyRelu.DEF;
      case "QLinearMatMul" -> QLinearMatMul.DEF;
      case "com.microsoft:QLinearMul" -> org.sardonyx.operators.microsoft.QLinearMul.DEF;
      case "com.microsoft:QLinearSigmoid" -> org.sardonyx.operators.microsoft.QLinearSigmoid.DEF;
      case "com.microsoft:QLinearSoftmax" -> org.sardonyx.operators.microsoft.QLinearSoftmax.DEF;
      case "com.microsoft:QuantizeLinear" -> org.sardonyx.operators.microsoft.QuantizeLinear.DEF;
      case "QuantizeLinear" -> org.sardonyx.operators.quantization.QuantizeLinear.DEF;
      case "com.microsoft:QuickGelu" -> org.sardonyx.operators.microsoft.QuickGelu.DEF;
      case "RMSNormalization" -> RMSNormalization.DEF;
      case "RNN" -> RNN.DEF;
      case "RandomNormal" -> RandomNormal.DEF;
      case "RandomNormalLike" -> RandomNormalLike.DEF;
      case "RandomUniform" -> RandomUniform.DEF;
      case "RandomUniformLike" -> RandomUniformLike.DEF;
      case "Range" -> Range.DEF;
      case "com.microsoft:Range" -> org.sardonyx.operators.generator.microsoft.Range.DEF;
      case "Reciprocal" -> Reciprocal.DEF;
      case "ReduceL1" -> ReduceL1.DEF;
      case "ReduceL2" -> ReduceL2.DEF;
      case "ReduceLogSum" -> ReduceLogSum.DEF;
      case "ReduceLogSumExp" -> ReduceLogSumExp.DEF;
      case "ReduceMax" -> ReduceMax.DEF;
      case "ReduceMean" -> ReduceMean.DEF;
      case "ReduceMin" -> ReduceMin.DEF;
      case "ReduceProd" -> ReduceProd.DEF;
      case "ReduceSum" -> ReduceSum.DEF;
      case "ReduceSumSquare" -> ReduceSumSquare.DEF;
      case "RegexFullMatch" -> RegexFullMatch.DEF;
      case "Relu" -> Relu.DEF;
      case "Reshape" -> Reshape.DEF;
      case "Resize" -> Resize.DEF;
      case "ReverseSequence" -> ReverseSequence.DEF;
      case "RoiAlign" -> RoiAlign.DEF;
      case "RotaryEmbedding" -> RotaryEmbedding.DEF;
      case "com.microsoft:RotaryEmbedding" ->
          org.sardonyx.operators.attention.microsoft.RotaryEmbedding.DEF;
      case "Round" -> Round.DEF;
      case "STFT" -> STFT.DEF;
      case "ai.onnx.ml:SVMClassifier" -> SVMClassifier.DEF;
      case "ai.onnx.ml:SVMRegressor" -> SVMRegressor.DEF;
      case "ai.onnx.ml:Scaler" -> Scaler.DEF;
      case "Scan" -> Scan.DEF;
      case "Scatter" -> Scatter.DEF;
      case "ScatterElements" -> ScatterElements.DEF;
      case "ScatterND" -> ScatterND.DEF;
      case "Selu" -> Selu.DEF;
      case "SequenceAt" -> SequenceAt.DEF;
      case "SequenceConstruct" -> SequenceConstruct.DEF;
      case "SequenceEmpty" -> SequenceEmpty.DEF;
      case "SequenceErase" -> SequenceErase.DEF;
      case "SequenceInsert" -> SequenceInsert.DEF;
      case "SequenceLength" -> SequenceLength.DEF;
      case "SequenceMap" -> SequenceMap.DEF;
      case "Shape" -> Shape.DEF;
      case "Shrink" -> Shrink.DEF;
      case "Sigmoid" -> Sigmoid.DEF;
      case "Sign" -> Sign.DEF;
      case "SimplifiedLayerNormalization" ->
          org.sardonyx.operators.microsoft.SimplifiedLayerNormalization.DEF;
      case "Sin" -> Sin.DEF;
      case "Sinh" -> Sinh.DEF;
      case "Size" -> Size.DEF;
      case "com.microsoft:SkipLayerNormalization" ->
          org.sardonyx.operators.microsoft.SkipLayerNormalization.DEF;
      case "com.microsoft:SkipSimplifiedLayerNormalization" ->
          org.sardonyx.operators.microsoft.SkipSimplifiedLayerNormalization.DEF;
      case "Slice" -> Slice.DEF;
      case "Softmax" -> Softmax.DEF;
      case "SoftmaxCrossEntropyLoss" -> SoftmaxCrossEntropyLoss.DEF;
      case "Softplus" -> Softplus.DEF;
      case "Softsign" -> Softsign.DEF;
      case "SpaceToDepth" -> SpaceToDepth.DEF;
      case "Split" -> Split.DEF;
      case "SplitToSequence" -> SplitToSequence.DEF;
      case "Sqrt" -> Sqrt.DEF;
      case "Squeeze" -> Squeeze.DEF;
      case "StringConcat" -> StringConcat.DEF;
      case "StringNormalizer" -> StringNormalizer.DEF;
      case "StringSplit" -> StringSplit.DEF;
      case "Sub" -> Sub.DEF;
      case "Sum" -> Sum.DEF;
      case "SwiGLU" -> SwiGLU.DEF;
      case "Swish" -> Swish.DEF;
      case "Tan" -> Tan.DEF;
      case "Tanh" -> Tanh.DEF;
      case "TensorScatter" -> TensorScatter.DEF;
      case "TfIdfVectorizer" -> TfIdfVectorizer.DEF;
      case "ThresholdedRelu" -> ThresholdedRelu.DEF;
      case "Tile" -> Tile.DEF;
      case "com.microsoft:Tokenizer" -> org.sardonyx.operators.text.microsoft.Tokenizer.DEF;
      case "TopK" -> TopK.DEF;
      case "Transpose" -> Transpose.DEF;
      case "ai.onnx.ml:TreeEnsemble" -> TreeEnsemble.DEF;
      case "ai.onnx.ml:TreeEnsembleClassifier" -> TreeEnsembleClassifier.DEF;
      case "ai.onnx.ml:TreeEnsembleRegressor" -> TreeEnsembleRegressor.DEF;
      case "Trilu" -> Trilu.DEF;
      case "com.microsoft:Trilu" -> org.sardonyx.operators.shaping.microsoft.Trilu.DEF;
      case "Unique" -> Unique.DEF;
      case "com.microsoft:Unique" -> org.sardonyx.operators.indexing.microsoft.Unique.DEF;
      case "Unsqueeze" -> Unsqueeze.DEF;
      case "Upsample" -> Upsample.DEF;
      case "Where" -> Where.DEF;
      case "com.microsoft:WordConvEmbedding" ->
          org.sardonyx.operators.microsoft.WordConvEmbedding.DEF;
      case "Xor" -> Xor.DEF;
      case "ai.onnx.ml:ZipMap" -> ZipMap.DEF;
      default -> null;
    };
  }
}
