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
 * <p>Numbers are broadcast where they are used: of vectors that are constants, C2 would load each
 * anew in every turn of a loop that writes floats. Where one function calls another, it does so
 * before most of its own work: C2 stops taking methods of ours into a loop after some 18,000 nodes,
 * and vectors that go to a method that it left out are objects. The API's own it takes in still.
 */
final class Elementary {

  static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

  private static final int SIGN = 0x80000000;
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int EXP_MOST_BITS = 0x42d20000;
  // 1.5 * 2^23: added to a small number, it leaves the nearest integer in the low bits.
  private static final float MAGIC = 12582912f;
  private static final int MAGIC_BITS = 0x4B400000;
  // With what exponents are added to once they are bits.
  private static final float MAGIC_127 = MAGIC + 127;
  private static final float LOG2_E = 1.442695f;
  // ln 2 in two parts, of which the first has so few bits that n times it is exact.
  private static final float LN2_HIGH = 355 / 512f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private static final float ONE = 1;
  private static final float MINUS_ONE = -1;
  private static final float HALF = 0.5f;
  private static final float MINUS_FOUR = -4;
  private static final float EXP_MOST = 89;
  // From 2^-253 on one of the two factors of exp is 0: to make a subnormal of normal numbers takes
  // Intel's processors a hundred cycles, to multiply by 0 none.
  private static final float EXP_LEAST = -176.1f;
  private static final float TAIL_LEAST = -105;
  // From where on the quotients are a half and 1, the greatest that they are to be: 16.246609 and
  // 8.127328. Both are above that a few floats later, and nowhere before: all from 10, or 6, on
  // were tried.
  private static final int LOGISTIC_MOST = 0x4181f90e;
  private static final int TANH_MOST = 0x41020989;
  private static final float TANH_SMALL = 4e-4f;
  private static final float EXP_0 = LOG2_E;
  private static final float EXP_2 = -LN2_HIGH;
  private static final float EXP_3 = -LN2_LOW;
  private static final float EXP_4 = 0.0013950525f;
  private static final float EXP_5 = 0.008368908f;
  private static final float EXP_6 = 0.041666206f;
  private static final float EXP_7 = 0.16666518f;
  private static final float EXP_8 = 0.5f;
  private static final float SOFT_0 = 0.6931472f;
  private static final float SOFT_1 = -0.0083124f;
  private static final float SOFT_2 = 0.04189128f;
  private static final float SOFT_3 = -0.16667119f;
  private static final float SOFT_4 = 0.49999225f;
  private static final float LOGISTIC_0 = 4.37031e-11f;
  private static final float LOGISTIC_1 = 1.1562732e-7f;
  private static final float LOGISTIC_2 = 6.085749e-5f;
  private static final float LOGISTIC_3 = 0.008513771f;
  private static final float LOGISTIC_4 = 0.24828795f;
  private static final float LOGISTIC_5 = 6.1024737e-13f;
  private static final float LOGISTIC_6 = 5.7610214e-9f;
  private static final float LOGISTIC_7 = 6.291068e-6f;
  private static final float LOGISTIC_8 = 0.0017019882f;
  private static final float LOGISTIC_9 = 0.11681765f;
  private static final float LOGISTIC_10 = 0.9931519f;
  private static final float TANH_0 = -2.7607684e-16f;
  private static final float TANH_1 = 2.000188e-13f;
  private static final float TANH_2 = -8.604672e-11f;
  private static final float TANH_3 = 5.1222973e-8f;
  private static final float TANH_4 = 1.48572235e-5f;
  private static final float TANH_5 = 6.3726195e-4f;
  private static final float TANH_6 = 0.0048935246f;
  private static final float TANH_7 = 1.1982584e-6f;
  private static final float TANH_8 = 1.1853471e-4f;
  private static final float TANH_9 = 0.0022684347f;
  private static final float TANH_10 = 0.004893525f;
  private static final float ERF_0 = 1.982190e-4f;
  private static final float ERF_1 = -0.0030654843f;
  private static final float ERF_2 = 0.02231519f;
  private static final float ERF_3 = -0.10411363f;
  private static final float ERF_4 = -0.6369761f;
  private static final float ERF_5 = -1.1277972f;
  private static final float ERF_6 = -1.6645496e-4f;
  private static final float ERF_7 = -6.111294e-4f;
  private static final float ERF_8 = 0.0050162286f;
  private static final float ERF_9 = -0.026781958f;
  private static final float ERF_10 = 0.1128223f;
  private static final float ERF_11 = -0.37612534f;
  private static final float ERF_12 = 0.12837915f;
  private static final int ERF_MOST = 0x407ccccd;
  private static final float ERF_14 = 0.9f;
  private static final int GELU_MOST = 0x4167d70a;
  private static final float GELU_0 = -0.7213475f;
  private static final float GELU_1 = 2 * LN2_HIGH;
  private static final float GELU_2 = 2 * LN2_LOW;
  private static final float GELU_3 = EXP_4 / 64;
  private static final float GELU_4 = EXP_5 / -32;
  private static final float GELU_5 = EXP_6 / 16;
  private static final float GELU_6 = EXP_7 / -8;
  private static final float GELU_7 = EXP_8 / 4;
  private static final float GELU_8 = -0.00411555f;
  private static final float GELU_9 = -0.040628176f;
  private static final float GELU_10 = -0.18322025f;
  private static final float GELU_11 = -0.43827498f;
  private static final float GELU_12 = -0.5f;
  private static final float GELU_13 = 0.010316034f;
  private static final float GELU_14 = 0.10184619f;
  private static final float GELU_15 = 0.46943128f;
  private static final float GELU_16 = 1.2024416f;
  private static final float GELU_17 = 1.674435f;
  private static final int GELU_TANH_MOST = 0x412ccccd;
  private static final float GELU_TANH_0 = 0.071354814f;
  private static final float GELU_TANH_1 = 1.595769f;
  private static final float SOFTPLUS_0 = 0.2802446f;
  private static final float SOFTPLUS_1 = 0.27999142f;
  private static final float SOFTPLUS_2 = 0.400217f;
  private static final float SOFTPLUS_3 = 0.6666641f;
  private static final float SOFTPLUS_4 = 2;
  private static final float LOG_0 = -0.07634564f;
  private static final float LOG_1 = 0.12761612f;
  private static final float LOG_2 = -0.13160174f;
  private static final float LOG_3 = 0.14201753f;
  private static final float LOG_4 = -0.16623358f;
  private static final float LOG_5 = 0.20001227f;
  private static final float LOG_6 = -0.2500082f;
  private static final float LOG_7 = 0.3333333f;
  private static final float LOG_8 = LN2_LOW;
  private static final float LOG_9 = -0.5f;
  private static final float LOG_10 = LN2_HIGH;
  private static final float LOG_11 = 0x1p23f;
  private static final float LOG_12 = 23f;
  private static final float LEAST = -Float.MAX_VALUE;
  private static final float MINUS_HALF = -0.5f;
  private static final float MINUS_ZERO = -0f;

  private Elementary() {}

  /** Returns exp(x), within 1.1 units in the last place, subnormal results included. */
  static FloatVector exp(FloatVector x) {
    FloatVector v = x.blend(EXP_MOST, x.compare(GT, EXP_MOST));
    v = v.blend(EXP_LEAST, v.compare(LT, EXP_LEAST));
    FloatVector shifted = v.fma(EXP_0, MAGIC);
    FloatVector p = expRest(v, shifted.sub(MAGIC));
    // Times 2^n in two steps, since n goes beyond the exponents of float on both sides.
    IntVector exponent = shifted.reinterpretAsInts().sub(MAGIC_BITS);
    IntVector half = exponent.lanewise(ASHR, 1);
    IntVector rest = exponent.sub(half);
    FloatVector first = half.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector second = rest.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
    return p.mul(first).mul(second);
  }

  /** As {@link #exp}, to the last bit, for x up to 87 and from -87 on: neither is subnormal. */
  static FloatVector nearExp(FloatVector x) {
    FloatVector shifted = x.fma(EXP_0, MAGIC);
    FloatVector p = expRest(x, shifted.sub(MAGIC));
    IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, 23);
    return p.reinterpretAsInts().add(power).reinterpretAsFloats();
  }

  /**
   * Returns exp(x), for x from -108 to 0, and of NaN anything; where that were subnormal, about 0:
   * Intel's processors take a hundred cycles for each vector that makes one, and masks are made to
   * do so. What it multiplies by is added where any unit can do that: there are two for
   * multiplications, and they are what a loop waits for.
   */
  static FloatVector smallExp(FloatVector x) {
    FloatVector shifted = x.fma(EXP_0, MAGIC);
    FloatVector n = shifted.sub(MAGIC);
    FloatVector r = n.fma(FloatVector.broadcast(S, EXP_2), x);
    r = n.fma(FloatVector.broadcast(S, EXP_3), r);
    FloatVector p = FloatVector.broadcast(S, EXP_4).fma(r, FloatVector.broadcast(S, EXP_5));
    p = p.fma(r, FloatVector.broadcast(S, EXP_6));
    p = p.fma(r, FloatVector.broadcast(S, EXP_7));
    p = p.fma(r, FloatVector.broadcast(S, EXP_8));
    p = p.fma(r, FloatVector.broadcast(S, ONE));
    p = p.fma(r, FloatVector.broadcast(S, ONE));
    IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, 23);
    return p.reinterpretAsInts().add(power).max(0).reinterpretAsFloats();
  }

  /**
   * Returns exp(-t) for t from 0 on, within 2.5e-7 + 3e-9 t of itself; of what is above 105, and of
   * NaN, 0. See {@link #smallExp}.
   */
  static FloatVector softExp(FloatVector t) {
    FloatVector v = capped(t, EXP_MOST_BITS);
    FloatVector shifted = v.fma(-LOG2_E, MAGIC);
    FloatVector r = shifted.sub(MAGIC).fma(FloatVector.broadcast(S, SOFT_0), v);
    FloatVector p = FloatVector.broadcast(S, SOFT_1).fma(r, FloatVector.broadcast(S, SOFT_2));
    p = p.fma(r, FloatVector.broadcast(S, SOFT_3));
    p = p.fma(r, FloatVector.broadcast(S, SOFT_4));
    p = p.fma(r, FloatVector.broadcast(S, MINUS_ONE));
    p = p.fma(r, FloatVector.broadcast(S, ONE));
    IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, 23);
    return p.reinterpretAsInts().add(power).max(0).reinterpretAsFloats();
  }

  /** Returns exp(x - n ln 2), for n so near that what is left is at most ln(2) / 2. */
  private static FloatVector expRest(FloatVector x, FloatVector n) {
    FloatVector r = n.fma(FloatVector.broadcast(S, EXP_2), x);
    r = n.fma(FloatVector.broadcast(S, EXP_3), r);
    // (exp(r) - 1 - r) / r^2, within 3e-9 of exp(r).
    FloatVector p = FloatVector.broadcast(S, EXP_4).fma(r, FloatVector.broadcast(S, EXP_5));
    p = p.fma(r, FloatVector.broadcast(S, EXP_6));
    p = p.fma(r, FloatVector.broadcast(S, EXP_7));
    p = p.fma(r, FloatVector.broadcast(S, EXP_8));
    return p.fma(r.mul(r), r).add(ONE);
  }

  /**
   * Returns 1 / (1 + exp(-x)), within 1.3e-7, and within 3 units in the last place below -4, but
   * about 0 where that were subnormal.
   *
   * <p>Above, the rational approximation that Eigen publishes (coefficients of its {@code
   * generic_fast_logistic}), in the order in which ONNX Runtime computes it: quantized networks
   * turn one other bit before a rounding into another result altogether.
   */
  static FloatVector sigmoid(FloatVector x) {
    // Not by a branch, whose two vectors would meet again as objects.
    FloatVector tail = logisticTail(x);
    return tail.blend(logistic(x), x.compare(GE, MINUS_FOUR));
  }

  /** As {@link #sigmoid}, for x from -4 on; of NaN some number. */
  static FloatVector logistic(FloatVector x) {
    FloatVector v = bounded(x, LOGISTIC_MOST);
    FloatVector s = v.mul(v);
    FloatVector p = s.fma(LOGISTIC_0, LOGISTIC_1);
    p = p.fma(s, FloatVector.broadcast(S, LOGISTIC_2));
    p = p.fma(s, FloatVector.broadcast(S, LOGISTIC_3));
    p = p.fma(s, FloatVector.broadcast(S, LOGISTIC_4));
    FloatVector q = s.fma(LOGISTIC_5, LOGISTIC_6);
    q = q.fma(s, FloatVector.broadcast(S, LOGISTIC_7));
    q = q.fma(s, FloatVector.broadcast(S, LOGISTIC_8));
    q = q.fma(s, FloatVector.broadcast(S, LOGISTIC_9));
    q = q.fma(s, FloatVector.broadcast(S, LOGISTIC_10));
    return withSign(p.mul(v).div(q), x).add(HALF);
  }

  /** As {@link #sigmoid}, for x below -4, or NaN; of others some number. */
  static FloatVector logisticTail(FloatVector x) {
    FloatVector v = x.blend(TAIL_LEAST, x.compare(LT, TAIL_LEAST));
    FloatVector e = smallExp(v);
    // NaN, where it is one.
    return v.fma(FloatVector.broadcast(S, 0f), e.div(e.add(ONE)));
  }

  /** Returns |x|, but no more than the float of these bits; of NaN that float. */
  private static FloatVector bounded(FloatVector x, int most) {
    return x.reinterpretAsInts().and(MAGNITUDE).min(most).reinterpretAsFloats();
  }

  /** Returns y, from 0 on, but no more than the float of these bits. */
  private static FloatVector capped(FloatVector y, int most) {
    return y.reinterpretAsInts().min(most).reinterpretAsFloats();
  }

  /** Returns y, from 0 on, with the sign of x. */
  private static FloatVector withSign(FloatVector y, FloatVector x) {
    IntVector sign = x.reinterpretAsInts().and(SIGN);
    return y.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  /**
   * Returns tanh(x), within 4 units in the last place: the rational approximation that Eigen
   * publishes (coefficients of its {@code ptanh}), in the order of ONNX Runtime, see {@link
   * #sigmoid}.
   */
  static FloatVector tanh(FloatVector x) {
    FloatVector v = bounded(x, TANH_MOST);
    FloatVector s = v.mul(v);
    FloatVector p = s.fma(TANH_0, TANH_1);
    p = p.fma(s, FloatVector.broadcast(S, TANH_2));
    p = p.fma(s, FloatVector.broadcast(S, TANH_3));
    p = p.fma(s, FloatVector.broadcast(S, TANH_4));
    p = p.fma(s, FloatVector.broadcast(S, TANH_5));
    p = p.fma(s, FloatVector.broadcast(S, TANH_6));
    FloatVector q = s.fma(TANH_7, TANH_8);
    q = q.fma(s, FloatVector.broadcast(S, TANH_9));
    q = q.fma(s, FloatVector.broadcast(S, TANH_10));
    FloatVector y = withSign(p.mul(v).div(q), x);
    // NaN is not GE either.
    return x.blend(y, x.abs().compare(GE, TANH_SMALL));
  }

  /** Returns the error function, within 1.2 units in the last place. */
  static FloatVector erf(FloatVector x) {
    FloatVector t = bounded(x, ERF_MOST);
    // log(erfc(t)) for 0.9 <= t <= 3.95, beyond which erf is 1.
    FloatVector g = FloatVector.broadcast(S, ERF_0).fma(t, FloatVector.broadcast(S, ERF_1));
    g = g.fma(t, FloatVector.broadcast(S, ERF_2));
    g = g.fma(t, FloatVector.broadcast(S, ERF_3));
    g = g.fma(t, FloatVector.broadcast(S, ERF_4));
    g = g.fma(t, FloatVector.broadcast(S, ERF_5));
    g = g.fma(t, FloatVector.broadcast(S, ERF_6));
    FloatVector shifted = g.fma(EXP_0, MAGIC_127);
    FloatVector e = expRest(g, shifted.sub(MAGIC_127));
    FloatVector power = shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector large = withSign(FloatVector.broadcast(S, ONE).sub(e.mul(power)), x);
    FloatVector q = x.mul(x);
    // erf(x) / x - 1 for |x| <= 0.9.
    FloatVector p = FloatVector.broadcast(S, ERF_7).fma(q, FloatVector.broadcast(S, ERF_8));
    p = p.fma(q, FloatVector.broadcast(S, ERF_9));
    p = p.fma(q, FloatVector.broadcast(S, ERF_10));
    p = p.fma(q, FloatVector.broadcast(S, ERF_11));
    p = p.fma(q, FloatVector.broadcast(S, ERF_12));
    FloatVector small = p.fma(x, x);
    return small.blend(large, x.abs().compare(GE, ERF_14));
  }

  /**
   * Returns x * (1 + erf(x / sqrt 2)) / 2, within 6 units in the last place in both tails, but -0
   * where a factor of x were subnormal.
   */
  static FloatVector gelu(FloatVector x) {
    // Beyond, exp(-x^2 / 2) is 0.
    FloatVector a = bounded(x, GELU_MOST);
    FloatVector e = expOfSquare(a);
    // -exp(x^2 / 2) (1 - erf(|x| / sqrt 2)) / 2
    FloatVector u = FloatVector.broadcast(S, GELU_8).fma(a, FloatVector.broadcast(S, GELU_9));
    u = u.fma(a, FloatVector.broadcast(S, GELU_10));
    u = u.fma(a, FloatVector.broadcast(S, GELU_11));
    u = u.fma(a, FloatVector.broadcast(S, GELU_12));
    FloatVector v = FloatVector.broadcast(S, GELU_13).fma(a, FloatVector.broadcast(S, GELU_14));
    v = v.fma(a, FloatVector.broadcast(S, GELU_15));
    v = v.fma(a, FloatVector.broadcast(S, GELU_16));
    v = v.fma(a, FloatVector.broadcast(S, GELU_17));
    v = v.fma(a, FloatVector.broadcast(S, ONE));
    FloatVector tail = e.mul(u).div(v);
    return a.fma(tail, x.blend(MINUS_ZERO, x.compare(LT, 0f)));
  }

  /** Returns exp(-a^2 / 2), as {@link #smallExp}. */
  private static FloatVector expOfSquare(FloatVector a) {
    FloatVector square = a.mul(a);
    FloatVector shifted = square.fma(GELU_0, MAGIC);
    FloatVector n = shifted.sub(MAGIC);
    // 2 r, for a^2 / 2 = r - n ln 2, with what squaring lost.
    FloatVector r = n.fma(FloatVector.broadcast(S, GELU_1), square);
    r = n.fma(FloatVector.broadcast(S, GELU_2), r).add(a.fma(a, square.neg()));
    // exp(-r)
    FloatVector p = FloatVector.broadcast(S, GELU_3).fma(r, FloatVector.broadcast(S, GELU_4));
    p = p.fma(r, FloatVector.broadcast(S, GELU_5));
    p = p.fma(r, FloatVector.broadcast(S, GELU_6));
    p = p.fma(r, FloatVector.broadcast(S, GELU_7));
    p = p.fma(r, FloatVector.broadcast(S, MINUS_HALF));
    p = p.fma(r, FloatVector.broadcast(S, ONE));
    IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, 23);
    return p.reinterpretAsInts().add(power).max(0).reinterpretAsFloats();
  }

  /**
   * Returns x * sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)), within 1e-7 * (5 + the magnitude of
   * that argument) of itself.
   */
  static FloatVector geluTanh(FloatVector x) {
    FloatVector a = bounded(x, GELU_TANH_MOST);
    FloatVector factor = a.mul(a).fma(GELU_TANH_0, GELU_TANH_1);
    FloatVector argument = a.mul(factor);
    FloatVector lost = a.neg().fma(factor, argument);
    FloatVector e = smallExp(argument.neg());
    e = e.fma(lost, e);
    FloatVector s = e.blend(ONE, x.compare(GE, 0f)).div(e.add(ONE));
    // Of minus infinity -0, not NaN.
    return x.mul(s).blend(MINUS_ZERO, x.compare(LT, LEAST));
  }

  /** Returns x * sigmoid(x), within 3.5 units in the last place. */
  static FloatVector silu(FloatVector x) {
    return silu(x, sigmoid(x));
  }

  /** Returns x * s, where s is the sigmoid of x. */
  static FloatVector silu(FloatVector x, FloatVector s) {
    // Of minus infinity -0, not NaN.
    return x.mul(s).blend(MINUS_ZERO, x.compare(LT, LEAST));
  }

  /** Returns log(1 + exp(x)), within 3 units in the last place, or 0 where that were subnormal. */
  static FloatVector softplus(FloatVector x) {
    FloatVector e = smallExp(bounded(x, EXP_MOST_BITS).neg());
    // log(1 + e) = 2 atanh(t).
    FloatVector t = e.div(e.add(SOFTPLUS_4));
    FloatVector q = t.mul(t);
    FloatVector p =
        FloatVector.broadcast(S, SOFTPLUS_0).fma(q, FloatVector.broadcast(S, SOFTPLUS_1));
    p = p.fma(q, FloatVector.broadcast(S, SOFTPLUS_2));
    p = p.fma(q, FloatVector.broadcast(S, SOFTPLUS_3));
    FloatVector log = t.mul(q).fma(p, t.add(t));
    return log.add(x.blend(0f, x.compare(LT, 0f)));
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
    FloatVector p = logPolynomial(f);
    FloatVector square = f.mul(f);
    FloatVector y = n.fma(FloatVector.broadcast(S, LOG_8), p.mul(f).mul(square));
    y = square.fma(FloatVector.broadcast(S, LOG_9), y).add(f);
    y = n.fma(FloatVector.broadcast(S, LOG_10), y);
    // 0, negative numbers, infinity and NaN are none of the above.
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(jdk.incubator.vector.VectorOperators.EQ, 0f));
    y = y.blend(Float.NaN, x.compare(LT, 0f));
    return y.blend(
        x, x.compare(GT, Float.MAX_VALUE).or(x.test(jdk.incubator.vector.VectorOperators.IS_NAN)));
  }

  /** Returns (log(1 + f) - f + f^2 / 2) / f^3. */
  private static FloatVector logPolynomial(FloatVector f) {
    FloatVector p = FloatVector.broadcast(S, LOG_0).fma(f, FloatVector.broadcast(S, LOG_1));
    p = p.fma(f, FloatVector.broadcast(S, LOG_2));
    p = p.fma(f, FloatVector.broadcast(S, LOG_3));
    p = p.fma(f, FloatVector.broadcast(S, LOG_4));
    p = p.fma(f, FloatVector.broadcast(S, LOG_5));
    p = p.fma(f, FloatVector.broadcast(S, LOG_6));
    return p.fma(f, FloatVector.broadcast(S, LOG_7));
  }
}
