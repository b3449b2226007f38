package org.sardonyx.conformance.arbiter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Known values, from tables of 20 digits and more. */
class FunctionsTest {

  private static void near(double expected, double found) {
    assertEquals(expected, found, 4 * Math.ulp(expected));
  }

  @Test
  void errorFunction() {
    near(0, Functions.erf(0));
    near(0.11246291601828489, Functions.erf(0.1));
    near(0.84270079294971486934, Functions.erf(1));
    near(-0.99532226501895273416, Functions.erf(-2));
    near(0.99997790950300141456, Functions.erf(3));
    near(1, Functions.erf(7));
    near(2.2090496998585441373e-5, Functions.erfc(3));
    near(1.5374597944280348502e-12, Functions.erfc(5));
    near(2.0884875837625447570e-45, Functions.erfc(10));
    near(1.9953222650189527342, Functions.erfc(-2));
  }

  @Test
  void gates() {
    near(0.5, Functions.sigmoid(0));
    near(4.2483542552915889953e-18, Functions.sigmoid(-40));
    near(1, Functions.sigmoid(800));
    near(0.69314718055994530942, Functions.softplus(0));
    near(1.9287498479639177784e-22, Functions.softplus(-50));
    near(1000, Functions.softplus(1000));
    near(0.84134474606854294859, Functions.gelu(1));
    near(-1.2798125438858350043e-12 * 7, Functions.gelu(-7));
  }

  @Test
  void sumsKeepWhatPlainOnesLose() {
    Sum sum = new Sum();
    sum.add(1);
    sum.add(1e100);
    sum.add(1);
    sum.add(-1e100);
    assertEquals(2, sum.value());
    Sum product = new Sum();
    product.addProduct(1e8 + 1, 1e8 - 1);
    product.add(-1e16);
    assertEquals(-1, product.value());
    Sum infinite = new Sum();
    infinite.add(Double.POSITIVE_INFINITY);
    infinite.add(1);
    assertEquals(Double.POSITIVE_INFINITY, infinite.value());
  }
}
