package org.sardonyx.conformance.arbiter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Known values, from tables of 20 digits, rounded to double. */
class FunctionsTest {

  private static void near(double expected, double found) {
    assertEquals(expected, found, 4 * Math.ulp(expected));
  }

  @Test
  void errorFunction() {
    near(0, Functions.erf(0));
    near(0.11246291601828488, Functions.erf(0.1));
    near(0.8427007929497149, Functions.erf(1));
    near(-0.9953222650189527, Functions.erf(-2));
    near(0.9999779095030014, Functions.erf(3));
    near(1, Functions.erf(7));
    near(2.209049699858544e-5, Functions.erfc(3));
    near(1.537459794428035e-12, Functions.erfc(5));
    near(2.088487583762545e-45, Functions.erfc(10));
    near(1.9953222650189528, Functions.erfc(-2));
  }

  @Test
  void gates() {
    near(0.5, Functions.sigmoid(0));
    near(4.248354255291589e-18, Functions.sigmoid(-40));
    near(1, Functions.sigmoid(800));
    near(0.6931471805599453, Functions.softplus(0));
    near(1.9287498479639178e-22, Functions.softplus(-50));
    near(1000, Functions.softplus(1000));
    near(0.8413447460685429, Functions.gelu(1));
    near(-1.279812543885835e-12 * 7, Functions.gelu(-7));
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
