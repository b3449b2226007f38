package org.sardonyx.operators.microsoft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.random;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;

import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class MatrixTest {

  private static OperatorRunner runner(String name) {
    return OperatorRunner.of("com.microsoft", name, 1);
  }

  private static Tensor einsum(String equation, Tensor... inputs) {
    return OperatorRunner.of("Einsum", 12).attribute("equation", equation).run(inputs);
  }

  @Test
  void fusedMatMulTransposes() {
    Tensor a = random(DataType.FLOAT, 1, 2, 5, 3);
    Tensor b = random(DataType.FLOAT, 2, 2, 4, 3);
    Tensor y = runner("FusedMatMul").attribute("transB", 1).attribute("alpha", 0.5f).run(a, b);
    double[] expected = einsum("bmk,bnk->bmn", a, b).toDoubles();
    for (int i = 0; i < expected.length; i++) {
      expected[i] /= 2;
    }
    assertClose(y, 1e-6, expected);
    assertClose(
        runner("FusedMatMul")
            .attribute("transA", 1)
            .run(random(DataType.FLOAT, 1, 2, 3, 5), random(DataType.FLOAT, 3, 3, 4)),
        1e-6,
        einsum("bkm,kn->bmn", random(DataType.FLOAT, 1, 2, 3, 5), random(DataType.FLOAT, 3, 3, 4))
            .toDoubles());
  }

  @Test
  void fusedMatMulTakesRowsFromTheFirstDimension() {
    // [m, b, c, k] and [k, b, c, n]
    Tensor a = random(DataType.FLOAT, 1, 5, 2, 3, 4);
    Tensor b = random(DataType.FLOAT, 2, 4, 2, 3, 6);
    Tensor y =
        runner("FusedMatMul").attribute("transBatchA", 1).attribute("transBatchB", 1).run(a, b);
    assertArrayEquals(shape(2, 3, 5, 6), y.shape());
    assertClose(y, 1e-6, einsum("mbck,kbcn->bcmn", a, b).toDoubles());
    Tensor transposed = random(DataType.FLOAT, 3, 4, 2, 3, 5);
    assertClose(
        runner("FusedMatMul")
            .attribute("transBatchA", 1)
            .attribute("transA", 1)
            .attribute("transBatchB", 1)
            .run(transposed, b),
        1e-6,
        einsum("kbcm,kbcn->bcmn", transposed, b).toDoubles());
  }

  @Test
  void fusedGemmActivates() {
    Tensor a = tensor(DataType.FLOAT, shape(1, 1), 1);
    Tensor b = tensor(DataType.FLOAT, shape(1, 2), -2, 3);
    assertExact(runner("FusedGemm").attribute("activation", "Relu").run(a, b), 0, 3);
    assertExact(
        runner("FusedGemm")
            .attribute("activation", "LeakyRelu")
            .attribute("activation_alpha", 0.5f)
            .run(a, b),
        -1,
        3);
    assertExact(runner("FusedGemm").run(a, b, tensor(DataType.FLOAT, shape(), 1)), -1, 4);
    assertClose(
        runner("FusedGemm")
            .attribute("activation", "Tanh")
            .run(tensor(DataType.DOUBLE, shape(1, 1), 1), tensor(DataType.DOUBLE, shape(1, 1), 2)),
        1e-15,
        Math.tanh(2));
    assertThrows(
        UnsupportedModel.class,
        () -> runner("FusedGemm").attribute("activation", "Cube").run(a, b));
  }

  /** Those that ONNX Runtime fuses; parameters that are left out are those of the operators. */
  @Test
  void activationsOfFusedGemm() {
    Tensor one = tensor(DataType.FLOAT, shape(1, 1), 1);
    Tensor x = tensor(DataType.FLOAT, shape(1, 3), -2, 0.5, 4);
    double e = Math.expm1(-2);
    assertActivation("HardSigmoid", one, x, 0.1, 0.6, 1);
    assertActivation("LeakyRelu", one, x, -0.02, 0.5, 4);
    assertActivation("Elu", one, x, e, 0.5, 4);
    assertActivation("Celu", one, x, e, 0.5, 4);
    assertActivation("Selu", one, x, 1.0507010221 * 1.6732631921 * e, 0.52535051, 4.2028040886);
    assertActivation("Softplus", one, x, Math.log1p(Math.exp(-2)), 0.97407698, 4.0181499);
    assertActivation("Softsign", one, x, -2 / 3.0, 1 / 3.0, 0.8);
    assertActivation("ThresholdedRelu", one, x, 0, 0, 4);
    assertClose(
        runner("FusedGemm")
            .attribute("activation", "Selu")
            .attribute("activation_alpha", 2f)
            .attribute("activation_gamma", 3f)
            .run(one, x),
        1e-6,
        6 * e,
        1.5,
        12);
  }

  private static void assertActivation(String name, Tensor a, Tensor b, double... expected) {
    assertClose(runner("FusedGemm").attribute("activation", name).run(a, b), 1e-6, expected);
  }

  @Test
  void distances() {
    Tensor a = tensor(DataType.FLOAT, shape(2, 2), 0, 0, 1, 1);
    Tensor b = tensor(DataType.FLOAT, shape(1, 2), 3, 4);
    assertExact(runner("CDist").run(a, b), 25, 13);
    assertClose(runner("CDist").attribute("metric", "euclidean").run(a, b), 1e-6, 5, Math.sqrt(13));
    assertThrows(
        UnsupportedModel.class, () -> runner("CDist").attribute("metric", "cosine").run(a, b));
    assertThrows(
        OperatorFailed.class, () -> runner("CDist").run(a, tensor(DataType.FLOAT, shape(1, 1), 1)));
  }

  @Test
  void inverses() {
    Tensor x = tensor(DataType.DOUBLE, shape(2, 2, 2), 0, 2, 1, 0, 4, 7, 2, 6);
    assertClose(runner("Inverse").run(x), 1e-14, 0, 1, 0.5, 0, 0.6, -0.7, -0.2, 0.4);
    assertEquals(0, runner("Inverse").run(Tensor.zeros(DataType.FLOAT, 0, 3, 3)).size());
    assertThrows(
        OperatorFailed.class, () -> runner("Inverse").run(Tensor.zeros(DataType.FLOAT, 2, 2)));
  }
}
