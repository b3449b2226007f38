package org.sardonyx.operators.ml;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * SVMRegressor: {@code sum of coefficients[i] * kernel(x, vectors[i]) + rho}, or {@code
 * coefficients . x + rho} without vectors; of one class, 1 where that is positive and else -1.
 *
 * @param kernel the kernel
 * @param coefficients one for each vector, or for each feature
 * @param vectors [n, C]
 * @param n how many vectors
 * @param rho an offset
 * @param oneClass whether the sign is wanted
 * @param transform what is made of the result
 */
public record SVMRegressor(
    Kernel kernel,
    float[] coefficients,
    float[] vectors,
    long n,
    float rho,
    boolean oneClass,
    PostTransform transform)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SVMRegressor")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .output("Y", "tensor(float)")
          .optional("coefficients", Kind.FLOATS)
          .optional("kernel_params", Kind.FLOATS)
          .attribute("kernel_type", "LINEAR")
          .attribute("n_supports", 0)
          .attribute("one_class", 0)
          .attribute("post_transform", "NONE")
          .optional("rho", Kind.FLOATS)
          .optional("support_vectors", Kind.FLOATS)
          .type("T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .accuracy(Accuracy.ACCUMULATED)
          .create(SVMRegressor::of);

  static SVMRegressor of(Attributes attributes) {
    float[] rho = attributes.getFloatsOrNull("rho");
    float[] vectors = attributes.getFloatsOrNull("support_vectors");
    float[] coefficients = attributes.getFloatsOrNull("coefficients");
    long n = attributes.getInt("n_supports");
    Kernel kernel = Kernel.of(attributes);
    if (rho == null || rho.length == 0 || coefficients == null || (n > 0 && vectors == null)) {
      throw new InvalidModel("coefficients, rho and support_vectors must be given");
    }
    if (n > 0 && coefficients.length < n) {
      throw new InvalidModel(coefficients.length + " coefficients for " + n + " vectors");
    }
    return new SVMRegressor(
        kernel,
        coefficients,
        vectors == null ? new float[0] : vectors,
        n,
        rho[0],
        attributes.getFlag("one_class"),
        PostTransform.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.FLOAT, Rows.shape(in.shape(0), Dim.of(1)));
  }

  @Override
  public void run(Invocation in) {
    Rows rows = Rows.of(in.tensor(0));
    int width = rows.width();
    if (n > 0 ? vectors.length != n * width : coefficients.length != width) {
      throw new OperatorFailed("the support vectors do not fit " + in.tensor(0));
    }
    float[] y = in.output(0, DataType.FLOAT, rows.count(), 1).floats();
    Kernel linear = new Kernel(Kernel.Kind.LINEAR, 0, 0, 0);
    double[] score = new double[1];
    for (int i = 0; i < y.length; i++) {
      double[] x = rows.row(i);
      score[0] = rho;
      if (n == 0) {
        score[0] += linear.of(x, coefficients, 0);
      }
      for (int k = 0; k < n; k++) {
        score[0] += coefficients[k] * kernel.of(x, vectors, k * width);
      }
      if (oneClass) {
        score[0] = score[0] > 0 ? 1 : -1;
      }
      transform.apply(score);
      y[i] = (float) score[0];
    }
  }
}
