package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of vectors of floats, by minimax polynomials and fused multiplications. NaN comes
 * through all of them, since comparisons with it are false and leave it where it is.
 *
 * <p>What they use are constants of the class: a broadcast of a number takes C2 about as many nodes
 * as a multiplication, and of two sigmoids in one method it would leave some calls that box their
 * vectors.
 */
final class Elementary {

  static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

  private static final int SIGN = 0x80000000;
  // 1.5 * 2^23: added to a small number, it leaves the nearest integer in the low bits.
  private static final float MAGIC = 12582912f;
  private static final int MAGIC_BITS = 0x4B400000;
  private static final float LOG2_E = 1.442695f;
  // ln 2 in two parts, of which the first has so few bits that n times it is exact.
  private static final float LN2_HIGH = 355 / 512f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private static final FloatVector ZERO = FloatVector.zero(S);
  private static final FloatVector ONE = constant(1);
  private static final FloatVector HALF = constant(0.5f);
  private static final FloatVector MINUS_ONE = constant(-1);
  private static final FloatVector MINUS_FOUR = constant(-4);
  private static final FloatVector EXP_MOST = constant(89);
  private static final FloatVector EXP_LEAST = constant(-105);
  private static final FloatVector LOGISTIC_MOST = constant(18);
  private static final FloatVector LOGISTIC_LEAST = constant(-18);
  private static final FloatVector TANH_MOST = constant(9);
  private static final FloatVector TANH_LEAST = constant(-9);
  private static final FloatVector TANH_SMALL = constant(4e-4f);
  private static final FloatVector EXP_0 = constant(LOG2_E);
  private static final FloatVector EXP_1 = constant(MAGIC);
  private static final FloatVector EXP_2 = constant(-LN2_HIGH);
  private static final FloatVector EXP_3 = constant(-LN2_LOW);
  private static final FloatVector EXP_4 = constant(0.0013950525f);
  private static final FloatVector EXP_5 = constant(0.008368908f);
  private static final FloatVector EXP_6 = constant(0.041666206f);
  private static final FloatVector EXP_7 = constant(0.16666518f);
  private static final FloatVector EXP_8 = constant(0.5f);
  private static final FloatVector LOGISTIC_0 = constant(4.37031e-11f);
  private static final FloatVector LOGISTIC_1 = constant(1.1562732e-7f);
  private static final FloatVector LOGISTIC_2 = constant(6.085749e-5f);
  private static final FloatVector LOGISTIC_3 = constant(0.008513771f);
  private static final FloatVector LOGISTIC_4 = constant(0.24828795f);
  private static final FloatVector LOGISTIC_5 = constant(6.1024737e-13f);
  private static final FloatVector LOGISTIC_6 = constant(5.7610214e-9f);
  private static final FloatVector LOGISTIC_7 = constant(6.291068e-6f);
  private static final FloatVector LOGISTIC_8 = constant(0.0017019882f);
  private static final FloatVector LOGISTIC_9 = constant(0.11681765f);
  private static final FloatVector LOGISTIC_10 = constant(0.9931519f);
  private static final FloatVector TANH_0 = constant(-2.7607684e-16f);
  private static final FloatVector TANH_1 = constant(2.000188e-13f);
  private static final FloatVector TANH_2 = constant(-8.604672e-11f);
  private static final FloatVector TANH_3 = constant(5.1222973e-8f);
  private static final FloatVector TANH_4 = constant(1.48572235e-5f);
  private static final FloatVector TANH_5 = constant(6.3726195e-4f);
  private static final FloatVector TANH_6 = constant(0.0048935246f);
  private static final FloatVector TANH_7 = constant(1.1982584e-6f);
  private static final FloatVector TANH_8 = constant(1.1853471e-4f);
  private static final FloatVector TANH_9 = constant(0.0022684347f);
  private static final FloatVector TANH_10 = constant(0.004893525f);
  private static final FloatVector ERF_0 = constant(1.982190e-4f);
  private static final FloatVector ERF_1 = constant(-0.0030654843f);
  private static final FloatVector ERF_2 = constant(0.02231519f);
  private static final FloatVector ERF_3 = constant(-0.10411363f);
  private static final FloatVector ERF_4 = constant(-0.6369761f);
  private static final FloatVector ERF_5 = constant(-1.1277972f);
  private static final FloatVector ERF_6 = constant(-1.6645496e-4f);
  private static final FloatVector ERF_7 = constant(-6.111294e-4f);
  private static final FloatVector ERF_8 = constant(0.0050162286f);
  private static final FloatVector ERF_9 = constant(-0.026781958f);
  private static final FloatVector ERF_10 = constant(0.1128223f);
  private static final FloatVector ERF_11 = constant(-0.37612534f);
  private static final FloatVector ERF_12 = constant(0.12837915f);
  private static final FloatVector ERF_13 = constant(3.95f);
  private static final FloatVector ERF_14 = constant(0.9f);
  private static final FloatVector GELU_0 = constant(-3.2595210e-4f);
  private static final FloatVector GELU_1 = constant(-4.843719e-4f);
  private static final FloatVector GELU_2 = constant(0.0030800654f);
  private static final FloatVector GELU_3 = constant(-0.0012258196f);
  private static final FloatVector GELU_4 = constant(-0.026839588f);
  private static final FloatVector GELU_5 = constant(0.11952896f);
  private static final FloatVector GELU_6 = constant(-0.31046608f);
  private static final FloatVector GELU_7 = constant(0.5902283f);
  private static final FloatVector GELU_8 = constant(-0.8833945f);
  private static final FloatVector GELU_9 = constant(1.0740069f);
  private static final FloatVector GELU_10 = constant(14.49f);
  private static final FloatVector GELU_11 = constant(0.70710677f);
  private static final FloatVector GELU_12 = constant(3f);
  private static final FloatVector GELU_13 = constant(-0.5f);
  private static final FloatVector GELU_TANH_0 = constant(0.071354814f);
  private static final FloatVector GELU_TANH_1 = constant(1.595769f);
  private static final FloatVector GELU_TANH_2 = constant(20f);
  private static final FloatVector SOFTPLUS_0 = constant(0.2802446f);
  private static final FloatVector SOFTPLUS_1 = constant(0.27999142f);
  private static final FloatVector SOFTPLUS_2 = constant(0.400217f);
  private static final FloatVector SOFTPLUS_3 = constant(0.6666641f);
  private static final FloatVector SOFTPLUS_4 = constant(2f);
  private static final FloatVector LOG_0 = constant(-0.07634564f);
  private static final FloatVector LOG_1 = constant(0.12761612f);
  private static final FloatVector LOG_2 = constant(-0.13160174f);
  private static final FloatVector LOG_3 = constant(0.14201753f);
  private static final FloatVector LOG_4 = constant(-0.16623358f);
  private static final FloatVector LOG_5 = constant(0.20001227f);
  private static final FloatVector LOG_6 = constant(-0.2500082f);
  private static final FloatVector LOG_7 = constant(0.3333333f);
  private static final FloatVector LOG_8 = constant(LN2_LOW);
  private static final FloatVector LOG_9 = constant(-0.5f);
  private static final FloatVector LOG_10 = constant(LN2_HIGH);
  private static final FloatVector LOG_11 = constant(0x1p23f);
  private static final FloatVector LOG_12 = constant(23f);
  private static final FloatVector LEAST = constant(-Float.MAX_VALUE);
  private static final FloatVector MINUS_HALF = constant(-0.5f);
  private static final FloatVector MINUS_ZERO = constant(-0f);

  private Elementary() {}

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(S, value);
  }

  /** Returns exp(x), within 1.1 units in the last place, subnormal results included. */
  static FloatVector exp(FloatVector x) {
    return exp(x, ZERO);
  }

  /** Returns exp(x + low) for a small {@code low}. */
  static FloatVector exp(FloatVector x, FloatVector low) {
    FloatVector bounded = x.blend(EXP_MOST, x.compare(GT, EXP_MOST));
    return expWithin(bounded.blend(EXP_LEAST, bounded.compare(LT, EXP_LEAST)), low);
  }

  /** As {@link #exp}, for x up to 89, or NaN. */
  static FloatVector expBelow(FloatVector x) {
    return expWithin(x.blend(EXP_LEAST, x.compare(LT, EXP_LEAST)), ZERO);
  }

  /** As {@link #exp}, for x from -105 to 89, or NaN. */
  private static FloatVector expWithin(FloatVector bounded, FloatVector low) {
    FloatVector shifted = bounded.fma(EXP_0, EXP_1);
    FloatVector n = shifted.sub(EXP_1);
    FloatVector r = n.fma(EXP_2, bounded);
    r = n.fma(EXP_3, r).add(low);
    // (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2, within 3e-9 of exp(r).
    FloatVector p = EXP_4.fma(r, EXP_5);
    p = p.fma(r, EXP_6);
    p = p.fma(r, EXP_7);
    p = p.fma(r, EXP_8);
    p = p.fma(r.mul(r), r).add(ONE);
    // Times 2^n in two steps, since n goes beyond the exponents of float on both sides.
    IntVector exponent = shifted.reinterpretAsInts().sub(MAGIC_BITS);
    IntVector half = exponent.lanewise(ASHR, 1);
    IntVector rest = exponent.sub(half);
    FloatVector first = half.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector second = rest.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
    return p.mul(first).mul(second);
  }

  /**
   * Returns 1 / (1 + exp(-x)), within 1.3e-7, and within 3 units in the last place below -4.
   *
   * <p>Above, the rational approximation that Eigen publishes (coefficients of its {@code
   * generic_fast_logistic}), in the order in which ONNX Runtime computes it: quantized networks
   * turn one other bit before a rounding into another result altogether.
   */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector y = logistic(x);
    VectorMask<Float> low = x.compare(LT, MINUS_FOUR);
    return low.anyTrue() ? y.blend(logisticTail(x), low) : y;
  }

  private static FloatVector logistic(FloatVector x) {
    FloatVector v = x.blend(LOGISTIC_MOST, x.compare(GT, LOGISTIC_MOST));
    v = v.blend(LOGISTIC_LEAST, v.compare(LT, LOGISTIC_LEAST));
    FloatVector s = v.mul(v);
    FloatVector p = s.fma(LOGISTIC_0, LOGISTIC_1);
    p = p.fma(s, LOGISTIC_2);
    p = p.fma(s, LOGISTIC_3);
    p = p.fma(s, LOGISTIC_4);
    FloatVector q = s.fma(LOGISTIC_5, LOGISTIC_6);
    q = q.fma(s, LOGISTIC_7);
    q = q.fma(s, LOGISTIC_8);
    q = q.fma(s, LOGISTIC_9);
    q = q.fma(s, LOGISTIC_10);
    FloatVector y = p.mul(v).div(q).add(HALF);
    return y.blend(ONE, y.compare(GT, ONE));
  }

  private static FloatVector logisticTail(FloatVector x) {
    FloatVector e = exp(x);
    return e.div(e.add(ONE));
  }

  /** Returns -|x|. */
  private static FloatVector negativeAbs(FloatVector x) {
    return x.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
  }

  /**
   * Returns tanh(x), within 4 units in the last place: the rational approximation that Eigen
   * publishes (coefficients of its {@code ptanh}), in the order of ONNX Runtime, see {@link
   * #sigmoid}.
   */
  static FloatVector tanh(FloatVector x) {
    FloatVector v = x.blend(TANH_MOST, x.compare(GT, TANH_MOST));
    v = v.blend(TANH_LEAST, v.compare(LT, TANH_LEAST));
    FloatVector s = v.mul(v);
    FloatVector p = s.fma(TANH_0, TANH_1);
    p = p.fma(s, TANH_2);
    p = p.fma(s, TANH_3);
    p = p.fma(s, TANH_4);
    p = p.fma(s, TANH_5);
    p = p.fma(s, TANH_6);
    FloatVector q = s.fma(TANH_7, TANH_8);
    q = q.fma(s, TANH_9);
    q = q.fma(s, TANH_10);
    FloatVector y = p.mul(v).div(q);
    y = y.blend(ONE, y.compare(GT, ONE));
    y = y.blend(MINUS_ONE, y.compare(LT, MINUS_ONE));
    return y.blend(x, x.abs().compare(LT, TANH_SMALL));
  }

  /** Returns the error function, within 1.2 units in the last place. */
  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector t = a.blend(ERF_13, a.compare(GT, ERF_13));
    // log(erfc(t)) for 0.9 <= t <= 3.95, beyond which erf is 1.
    FloatVector g = ERF_0.fma(t, ERF_1);
    g = g.fma(t, ERF_2);
    g = g.fma(t, ERF_3);
    g = g.fma(t, ERF_4);
    g = g.fma(t, ERF_5);
    g = g.fma(t, ERF_6);
    FloatVector e = expWithin(g, ZERO);
    FloatVector large = ONE.sub(e).blend(e.sub(ONE), x.compare(LT, ZERO));
    FloatVector q = x.mul(x);
    // erf(x) / x - 1 for |x| <= 0.9.
    FloatVector p = ERF_7.fma(q, ERF_8);
    p = p.fma(q, ERF_9);
    p = p.fma(q, ERF_10);
    p = p.fma(q, ERF_11);
    p = p.fma(q, ERF_12);
    FloatVector small = p.fma(x, x);
    return large.blend(small, a.compare(LT, ERF_14));
  }

  /** Returns x * (1 + erf(x / sqrt 2)) / 2, within 6 units in the last place in both tails. */
  static FloatVector gelu(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(GELU_10, a.compare(GT, GELU_10));
    // Beyond, exp(-x^2 / 2) is 0.
    // exp(t^2) erfc(t) (t + 3) of (t - 3) / (t + 3), for t = |x| / sqrt 2.
    FloatVector t = a.mul(GELU_11);
    FloatVector w = ONE.div(t.add(GELU_12));
    FloatVector u = t.sub(GELU_12).mul(w);
    FloatVector p = GELU_0.fma(u, GELU_1);
    p = p.fma(u, GELU_2);
    p = p.fma(u, GELU_3);
    p = p.fma(u, GELU_4);
    p = p.fma(u, GELU_5);
    p = p.fma(u, GELU_6);
    p = p.fma(u, GELU_7);
    p = p.fma(u, GELU_8);
    p = p.fma(u, GELU_9);
    // exp(-x^2 / 2), with what squaring x lost.
    FloatVector square = a.mul(a);
    FloatVector lost = a.fma(a, square.neg());
    FloatVector e = expWithin(square.mul(GELU_13), lost.mul(GELU_13));
    FloatVector tail = e.mul(p.mul(w)).mul(MINUS_HALF);
    return a.fma(tail, x.blend(MINUS_ZERO, x.compare(LT, ZERO)));
  }

  /**
   * Returns x * sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)), within 1e-7 * (5 + the magnitude of
   * that argument) of itself.
   */
  static FloatVector geluTanh(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(GELU_TANH_2, a.compare(GT, GELU_TANH_2));
    FloatVector factor = a.mul(a).fma(GELU_TANH_0, GELU_TANH_1);
    FloatVector argument = a.mul(factor);
    FloatVector lost = a.fma(factor, argument.neg());
    FloatVector e = exp(argument.neg(), lost.neg());
    FloatVector above = ONE;
    FloatVector s = e.blend(above, x.compare(GE, ZERO)).div(e.add(ONE));
    return product(x, s);
  }

  /** Returns x * sigmoid(x), within 3.5 units in the last place. */
  static FloatVector silu(FloatVector x) {
    return product(x, sigmoid(x));
  }

  /** Returns x times what is 0 where x is minus infinity: -0 there, not NaN. */
  private static FloatVector product(FloatVector x, FloatVector factor) {
    VectorMask<Float> gone = x.compare(LT, LEAST);
    return x.mul(factor).blend(MINUS_ZERO, gone);
  }

  /** Returns log(1 + exp(x)), within 3 units in the last place. */
  static FloatVector softplus(FloatVector x) {
    FloatVector e = exp(negativeAbs(x));
    // log(1 + e) = 2 atanh(t).
    FloatVector t = e.div(e.add(SOFTPLUS_4));
    FloatVector q = t.mul(t);
    FloatVector p = SOFTPLUS_0.fma(q, SOFTPLUS_1);
    p = p.fma(q, SOFTPLUS_2);
    p = p.fma(q, SOFTPLUS_3);
    FloatVector log = t.mul(q).fma(p, t.add(t));
    return log.add(x.blend(ZERO, x.compare(LT, ZERO)));
  }

  /** Returns the natural logarithm, within 1 unit in the last place, of subnormal numbers too. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
    FloatVector scaled = x.blend(x.mul(LOG_11), tiny);
    IntVector bits = scaled.reinterpretAsInts();
    // x = m 2^n with m from sqrt(1/2) to sqrt(2).
    IntVector offset = bits.sub(0x3f3504f3);
    IntVector exponent = offset.lanewise(ASHR, 23);
    FloatVector f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(ONE);
    FloatVector n = ((FloatVector) exponent.convert(jdk.incubator.vector.VectorOperators.I2F, 0));
    n = n.blend(n.sub(LOG_12), tiny);
    // (log(1 + f) - f + f^2 / 2) / f^3.
    FloatVector p = LOG_0.fma(f, LOG_1);
    p = p.fma(f, LOG_2);
    p = p.fma(f, LOG_3);
    p = p.fma(f, LOG_4);
    p = p.fma(f, LOG_5);
    p = p.fma(f, LOG_6);
    p = p.fma(f, LOG_7);
    FloatVector square = f.mul(f);
    FloatVector y = n.fma(LOG_8, p.mul(f).mul(square));
    y = square.fma(LOG_9, y).add(f);
    y = n.fma(LOG_10, y);
    // 0, negative numbers, infinity and NaN are none of the above.
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(jdk.incubator.vector.VectorOperators.EQ, 0f));
    y = y.blend(Float.NaN, x.compare(LT, ZERO));
    return y.blend(
        x, x.compare(GT, Float.MAX_VALUE).or(x.test(jdk.incubator.vector.VectorOperators.IS_NAN)));
  }
}
