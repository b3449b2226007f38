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
 * <p>What exp, sigmoid and tanh use are constants of the class: a broadcast of a number takes C2
 * about as many nodes as a multiplication, and of two sigmoids in one method it would leave some
 * calls that box their vectors.
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
    bounded = bounded.blend(EXP_LEAST, bounded.compare(LT, EXP_LEAST));
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

  /** Returns |x| with the sign of {@code sign}; x must not be negative. */
  private static FloatVector withSign(FloatVector x, FloatVector sign) {
    return sign.reinterpretAsInts().and(SIGN).or(x.reinterpretAsInts()).reinterpretAsFloats();
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
    FloatVector t = a.blend(3.95f, a.compare(GT, 3.95f));
    // log(erfc(t)) for 0.9 <= t <= 3.95, beyond which erf is 1.
    FloatVector g = constant(1.982190e-4f).fma(t, constant(-0.0030654843f));
    g = g.fma(t, constant(0.02231519f));
    g = g.fma(t, constant(-0.10411363f));
    g = g.fma(t, constant(-0.6369761f));
    g = g.fma(t, constant(-1.1277972f));
    g = g.fma(t, constant(-1.6645496e-4f));
    FloatVector large = constant(1f).sub(exp(g));
    FloatVector q = a.mul(a);
    // erf(x) / x - 1 for |x| <= 0.9.
    FloatVector p = constant(-6.111294e-4f).fma(q, constant(0.0050162286f));
    p = p.fma(q, constant(-0.026781958f));
    p = p.fma(q, constant(0.1128223f));
    p = p.fma(q, constant(-0.37612534f));
    p = p.fma(q, constant(0.12837915f));
    FloatVector small = p.fma(a, a);
    return withSign(large.blend(small, a.compare(LT, 0.9f)), x);
  }

  /** Returns x * (1 + erf(x / sqrt 2)) / 2, within 6 units in the last place in both tails. */
  static FloatVector gelu(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(40f, a.compare(GT, 40f));
    // exp(t^2) erfc(t) (t + 3) of (t - 3) / (t + 3), for t = |x| / sqrt 2.
    FloatVector t = a.mul(0.70710677f);
    FloatVector w = constant(1f).div(t.add(3f));
    FloatVector u = t.sub(3f).mul(w);
    FloatVector p = constant(-3.2595210e-4f).fma(u, constant(-4.843719e-4f));
    p = p.fma(u, constant(0.0030800654f));
    p = p.fma(u, constant(-0.0012258196f));
    p = p.fma(u, constant(-0.026839588f));
    p = p.fma(u, constant(0.11952896f));
    p = p.fma(u, constant(-0.31046608f));
    p = p.fma(u, constant(0.5902283f));
    p = p.fma(u, constant(-0.8833945f));
    p = p.fma(u, constant(1.0740069f));
    // exp(-x^2 / 2), with what squaring x lost.
    FloatVector square = a.mul(a);
    FloatVector lost = a.fma(a, square.neg());
    FloatVector e = exp(square.mul(-0.5f), lost.mul(-0.5f));
    FloatVector tail = e.mul(p.mul(w)).mul(0.5f);
    FloatVector phi = tail.blend(constant(1f).sub(tail), x.compare(GT, 0f));
    return product(x, phi);
  }

  /**
   * Returns x * sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)), within 1e-7 * (5 + the magnitude of
   * that argument) of itself.
   */
  static FloatVector geluTanh(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(20f, a.compare(GT, 20f));
    FloatVector factor = a.mul(a).fma(constant(0.071354814f), constant(1.595769f));
    FloatVector argument = a.mul(factor);
    FloatVector lost = a.fma(factor, argument.neg());
    FloatVector e = exp(argument.neg(), lost.neg());
    FloatVector above = constant(1f);
    FloatVector s = e.blend(above, x.compare(GE, 0f)).div(e.add(1f));
    return product(x, s);
  }

  /** Returns x * sigmoid(x), within 3.5 units in the last place. */
  static FloatVector silu(FloatVector x) {
    return product(x, sigmoid(x));
  }

  /** Returns x times what is 0 where x is minus infinity: -0 there, not NaN. */
  private static FloatVector product(FloatVector x, FloatVector factor) {
    VectorMask<Float> gone = x.compare(LT, -Float.MAX_VALUE);
    return x.mul(factor).blend(-0f, gone);
  }

  /** Returns log(1 + exp(x)), within 3 units in the last place. */
  static FloatVector softplus(FloatVector x) {
    FloatVector e = exp(negativeAbs(x));
    // log(1 + e) = 2 atanh(t).
    FloatVector t = e.div(e.add(2f));
    FloatVector q = t.mul(t);
    FloatVector p = constant(0.2802446f).fma(q, constant(0.27999142f));
    p = p.fma(q, constant(0.400217f));
    p = p.fma(q, constant(0.6666641f));
    FloatVector log = t.mul(q).fma(p, t.add(t));
    return log.add(x.blend(0f, x.compare(LT, 0f)));
  }

  /** Returns the natural logarithm, within 1 unit in the last place, of subnormal numbers too. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
    FloatVector scaled = x.blend(x.mul(0x1p23f), tiny);
    IntVector bits = scaled.reinterpretAsInts();
    // x = m 2^n with m from sqrt(1/2) to sqrt(2).
    IntVector offset = bits.sub(0x3f3504f3);
    IntVector exponent = offset.lanewise(ASHR, 23);
    FloatVector f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
    FloatVector n = ((FloatVector) exponent.convert(jdk.incubator.vector.VectorOperators.I2F, 0));
    n = n.blend(n.sub(23f), tiny);
    // (log(1 + f) - f + f^2 / 2) / f^3.
    FloatVector p = constant(-0.07634564f).fma(f, constant(0.12761612f));
    p = p.fma(f, constant(-0.13160174f));
    p = p.fma(f, constant(0.14201753f));
    p = p.fma(f, constant(-0.16623358f));
    p = p.fma(f, constant(0.20001227f));
    p = p.fma(f, constant(-0.2500082f));
    p = p.fma(f, constant(0.3333333f));
    FloatVector square = f.mul(f);
    FloatVector y = n.fma(constant(LN2_LOW), p.mul(f).mul(square));
    y = square.fma(constant(-0.5f), y).add(f);
    y = n.fma(constant(LN2_HIGH), y);
    // 0, negative numbers, infinity and NaN are none of the above.
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(jdk.incubator.vector.VectorOperators.EQ, 0f));
    y = y.blend(Float.NaN, x.compare(LT, 0f));
    return y.blend(
        x, x.compare(GT, Float.MAX_VALUE).or(x.test(jdk.incubator.vector.VectorOperators.IS_NAN)));
  }
}
