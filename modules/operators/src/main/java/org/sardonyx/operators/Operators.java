package org.sardonyx.operators;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.math.Abs;
import org.sardonyx.operators.math.Acos;
import org.sardonyx.operators.math.Acosh;
import org.sardonyx.operators.math.Add;
import org.sardonyx.operators.logic.And;
import org.sardonyx.operators.reduction.ArgMax;
import org.sardonyx.operators.reduction.ArgMin;
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
import org.sardonyx.operators.activation.Celu;
import org.sardonyx.operators.math.Clip;
import org.sardonyx.operators.math.Cos;
import org.sardonyx.operators.math.Cosh;
import org.sardonyx.operators.math.CumProd;
import org.sardonyx.operators.math.CumSum;
import org.sardonyx.operators.math.Det;
import org.sardonyx.operators.math.Div;
import org.sardonyx.operators.activation.Elu;
import org.sardonyx.operators.logic.Equal;
import org.sardonyx.operators.math.Erf;
import org.sardonyx.operators.math.Exp;
import org.sardonyx.operators.math.Floor;
import org.sardonyx.operators.activation.Gelu;
import org.sardonyx.operators.logic.Greater;
import org.sardonyx.operators.logic.GreaterOrEqual;
import org.sardonyx.operators.activation.HardSigmoid;
import org.sardonyx.operators.activation.HardSwish;
import org.sardonyx.operators.activation.Hardmax;
import org.sardonyx.operators.math.IsInf;
import org.sardonyx.operators.math.IsNaN;
import org.sardonyx.operators.activation.LeakyRelu;
import org.sardonyx.operators.logic.Less;
import org.sardonyx.operators.logic.LessOrEqual;
import org.sardonyx.operators.math.Log;
import org.sardonyx.operators.activation.LogSoftmax;
import org.sardonyx.operators.math.Max;
import org.sardonyx.operators.math.Mean;
import org.sardonyx.operators.math.Min;
import org.sardonyx.operators.activation.Mish;
import org.sardonyx.operators.math.Mod;
import org.sardonyx.operators.math.Mul;
import org.sardonyx.operators.math.Neg;
import org.sardonyx.operators.logic.Not;
import org.sardonyx.operators.logic.Or;
import org.sardonyx.operators.activation.PRelu;
import org.sardonyx.operators.math.Pow;
import org.sardonyx.operators.math.Reciprocal;
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
import org.sardonyx.operators.activation.Relu;
import org.sardonyx.operators.math.Round;
import org.sardonyx.operators.activation.Selu;
import org.sardonyx.operators.activation.Shrink;
import org.sardonyx.operators.math.Sigmoid;
import org.sardonyx.operators.math.Sign;
import org.sardonyx.operators.math.Sin;
import org.sardonyx.operators.math.Sinh;
import org.sardonyx.operators.activation.Softmax;
import org.sardonyx.operators.activation.Softplus;
import org.sardonyx.operators.activation.Softsign;
import org.sardonyx.operators.math.Sqrt;
import org.sardonyx.operators.math.Sub;
import org.sardonyx.operators.math.Sum;
import org.sardonyx.operators.activation.SwiGLU;
import org.sardonyx.operators.activation.Swish;
import org.sardonyx.operators.math.Tan;
import org.sardonyx.operators.math.Tanh;
import org.sardonyx.operators.activation.ThresholdedRelu;
import org.sardonyx.operators.logic.Where;
import org.sardonyx.operators.logic.Xor;

/** The operators that are known: ours, or ours with a user's own. */
public final class Operators {

  static final List<OperatorDef> OURS =
      List.of(
          Abs.DEF,
          Acos.DEF,
          Acosh.DEF,
          Add.DEF,
          And.DEF,
          ArgMax.DEF,
          ArgMin.DEF,
          Asin.DEF,
          Asinh.DEF,
          Atan.DEF,
          Atanh.DEF,
          BitShift.DEF,
          BitwiseAnd.DEF,
          BitwiseNot.DEF,
          BitwiseOr.DEF,
          BitwiseXor.DEF,
          Ceil.DEF,
          Celu.DEF,
          Clip.DEF,
          Cos.DEF,
          Cosh.DEF,
          CumProd.DEF,
          CumSum.DEF,
          Det.DEF,
          Div.DEF,
          Elu.DEF,
          Equal.DEF,
          Erf.DEF,
          Exp.DEF,
          Floor.DEF,
          Gelu.DEF,
          Greater.DEF,
          GreaterOrEqual.DEF,
          HardSigmoid.DEF,
          HardSwish.DEF,
          Hardmax.DEF,
          IsInf.DEF,
          IsNaN.DEF,
          LeakyRelu.DEF,
          Less.DEF,
          LessOrEqual.DEF,
          Log.DEF,
          LogSoftmax.DEF,
          Max.DEF,
          Mean.DEF,
          Min.DEF,
          Mish.DEF,
          Mod.DEF,
          Mul.DEF,
          Neg.DEF,
          Not.DEF,
          Or.DEF,
          PRelu.DEF,
          Pow.DEF,
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
          Relu.DEF,
          Round.DEF,
          Selu.DEF,
          Shrink.DEF,
          Sigmoid.DEF,
          Sign.DEF,
          Sin.DEF,
          Sinh.DEF,
          Softmax.DEF,
          Softplus.DEF,
          Softsign.DEF,
          Sqrt.DEF,
          Sub.DEF,
          Sum.DEF,
          SwiGLU.DEF,
          Swish.DEF,
          Tan.DEF,
          Tanh.DEF,
          ThresholdedRelu.DEF,
          Where.DEF,
          Xor.DEF);

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
