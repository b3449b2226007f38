package org.sardonyx.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class FloatMathTest {

  private interface FloatFunction {
    float apply(float x);
  }

  /** Every 10007th float of either sign, so that all magnitudes come up. */
  private static void check(String name, FloatFunction f, DoubleUnaryOperator meaning) {
    double worst = 0;
    float at = 0;
    for (int bits = 0; bits >= 0 && bits < 0x7f800000; bits += 10007) {
      for (float x : new float[] {Float.intBitsToFloat(bits), -Float.intBitsToFloat(bits)}) {
        double expected = meaning.applyAsDouble(x);
        float actual = f.apply(x);
        if ((float) expected == actual) {
          continue;
        }
        double error = Math.abs(actual - expected) / Math.ulp((float) expected);
        if (!(error <= worst)) {
          worst = error;
          at = x;
        }
      }
    }
    assertTrue(worst <= 0.6, name + " is wrong by " + worst + " at " + at);
  }

  @Test
  void functionsAreRoundedOnce() {
    check("exp", FloatMath::exp, StrictMath::exp);
    check("sigmoid", FloatMath::sigmoid, ScalarMath::sigmoid);
    check("tanh", FloatMath::tanh, StrictMath::tanh);
    check("erf", FloatMath::erf, ScalarMath::erf);
    check("softplus", FloatMath::softplus, ScalarMath::softplus);
    check("gelu", FloatMath::gelu, ScalarMath::gelu);
    check("geluTanh", FloatMath::geluTanh, ScalarMath::geluTanh);
    check("silu", FloatMath::silu, x -> x * ScalarMath.sigmoid(x));
  }

  @Test
  void infinities() {
    float inf = Float.POSITIVE_INFINITY;
    assertEquals(inf, FloatMath.exp(inf));
    assertEquals(0, FloatMath.exp(-inf));
    assertEquals(1, FloatMath.sigmoid(inf));
    assertEquals(0, FloatMath.sigmoid(-inf));
    assertEquals(-1, FloatMath.tanh(-inf));
    assertEquals(-1, FloatMath.erf(-inf));
    assertEquals(inf, FloatMath.softplus(inf));
    assertEquals(0, FloatMath.softplus(-inf));
    for (FloatFunction f :
        new FloatFunction[] {FloatMath::gelu, FloatMath::geluTanh, FloatMath::silu}) {
      assertEquals(inf, f.apply(inf));
      assertEquals(-0f, f.apply(-inf));
      assertTrue(Float.isNaN(f.apply(Float.NaN)));
      assertEquals(0, f.apply(-1e30f), 0);
    }
    for (FloatFunction f :
        new FloatFunction[] {
          FloatMath::exp, FloatMath::sigmoid, FloatMath::tanh, FloatMath::erf, FloatMath::softplus
        }) {
      assertTrue(Float.isNaN(f.apply(Float.NaN)));
    }
  }

  /** Values of the error function to 17 digits, from tables. */
  @Test
  void theErrorFunctionInDouble() {
    assertEquals(0.5204998778130465, ScalarMath.erf(0.5), 2e-16);
    assertEquals(0.8427007929497149, ScalarMath.erf(1), 2e-16);
    assertEquals(0.9953222650189527, ScalarMath.erf(2), 2e-16);
    assertEquals(0.15729920705028513, ScalarMath.erfc(1), 3e-16);
    assertEquals(0.004677734981047266, ScalarMath.erfc(2), 1e-17);
    assertEquals(2.209049699858544e-5, ScalarMath.erfc(3), 1e-19);
    assertEquals(2.088487583762545e-45, ScalarMath.erfc(10), 1e-58);
    assertEquals(1.8427007929497148, ScalarMath.erfc(-1), 4e-16);
  }
}
