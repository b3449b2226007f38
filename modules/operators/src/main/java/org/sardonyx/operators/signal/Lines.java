package org.sardonyx.operators.signal;

/**
 * Takes numbers along an axis, transforms them, and puts them back.
 *
 * @param n the length of the transform
 * @param inner how many numbers lie between two of a line
 * @param parts 1 for real numbers, 2 for pairs
 * @param outParts the same of the result
 * @param taken how many numbers there are; the others are 0
 * @param half whether they are the first half of a spectrum of a real signal
 */
record Lines(int n, int inner, int parts, int outParts, int taken, boolean half) {

  void transform(
      Fourier fourier, double[] x, int from, double[] y, int to, int out, double factor) {
    double[] real = new double[n];
    double[] imag = new double[n];
    for (int k = 0; k < taken; k++) {
      int at = from + k * inner * parts;
      real[k] = x[at];
      imag[k] = parts == 2 ? x[at + 1] : 0;
    }
    if (half) {
      imag[0] = 0;
      if (n % 2 == 0) {
        imag[n / 2] = 0;
      }
      for (int k = n / 2 + 1; k < n; k++) {
        real[k] = real[n - k];
        imag[k] = -imag[n - k];
      }
    }
    fourier.transform(real, imag);
    for (int k = 0; k < out; k++) {
      int at = to + k * inner * outParts;
      y[at] = real[k] * factor;
      if (outParts == 2) {
        y[at + 1] = imag[k] * factor;
      }
    }
  }

  void transform(
      FloatFourier fourier, float[] x, int from, float[] y, int to, int out, float factor) {
    float[] line = new float[2 * n];
    for (int k = 0; k < taken; k++) {
      int at = from + k * inner * parts;
      line[2 * k] = x[at];
      line[2 * k + 1] = parts == 2 ? x[at + 1] : 0;
    }
    if (half) {
      line[1] = 0;
      if (n % 2 == 0) {
        line[n + 1] = 0;
      }
      for (int k = n / 2 + 1; k < n; k++) {
        line[2 * k] = line[2 * (n - k)];
        line[2 * k + 1] = -line[2 * (n - k) + 1];
      }
    }
    fourier.transform(line);
    for (int k = 0; k < out; k++) {
      int at = to + k * inner * outParts;
      y[at] = line[2 * k] * factor;
      if (outParts == 2) {
        y[at + 1] = line[2 * k + 1] * factor;
      }
    }
  }
}
