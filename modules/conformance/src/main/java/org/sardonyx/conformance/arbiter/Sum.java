package org.sardonyx.conformance.arbiter;

/**
 * A sum in about twice the precision of double: every addition and product carries its rounding
 * error along (Ogita, Rump and Oishi, "Accurate sum and dot product", 2005).
 */
final class Sum {

  private double high;
  private double low;

  Sum() {}

  Sum(double start) {
    high = start;
  }

  void add(double x) {
    double sum = high + x;
    double part = sum - high;
    low += (high - (sum - part)) + (x - part);
    high = sum;
  }

  void addProduct(double a, double b) {
    double product = a * b;
    low += Math.fma(a, b, -product);
    add(product);
  }

  /** Adds the product of {@code a[i * aStep]} and {@code b[i * bStep]} from the offsets on. */
  void addDot(double[] a, int aOffset, int aStep, double[] b, int bOffset, int bStep, int n) {
    int x = aOffset;
    int y = bOffset;
    for (int i = 0; i < n; i++) {
      addProduct(a[x], b[y]);
      x += aStep;
      y += bStep;
    }
  }

  /** Returns the sum, rounded once. Infinities and NaN have no rounding errors. */
  double value() {
    return Double.isFinite(high) ? high + low : high;
  }
}
