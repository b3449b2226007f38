package org.sardonyx.operators.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.operators.Tensors.close;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

class GeneratorsTest {

  private static OperatorRunner of(String name, long opset) {
    return OperatorRunner.of(name, opset);
  }

  @Test
  void constantOfShape() {
    same(
        Tensors.floats(shape(2, 2), 0, 0, 0, 0), of("ConstantOfShape", 9).run(Tensor.vector(2, 2)));
    Attribute seven =
        new Attribute(
            "value", new Attribute.OfTensor(TensorData.of("", Tensors.longs(shape(1), 7))));
    same(Tensor.vector(7, 7), of("ConstantOfShape", 9).attribute(seven).run(Tensor.vector(2)));
    same(Tensor.scalar(7L), of("ConstantOfShape", 9).attribute(seven).run(Tensor.vector()));
  }

  @Test
  void range() {
    same(Tensor.vector(3, 6), of("Range", 11).run(scalar(3), scalar(9), scalar(3)));
    same(Tensor.vector(10, 8, 6), of("Range", 11).run(scalar(10), scalar(4), scalar(-2)));
    same(Tensor.vector(), of("Range", 11).run(scalar(4), scalar(4), scalar(1)));
    long min = Long.MIN_VALUE;
    long max = Long.MAX_VALUE;
    same(
        Tensor.vector(min, -1, max - 1),
        of("Range", 11).run(scalar(min), scalar(max), scalar(max)));
    same(Tensor.vector(max, -1), of("Range", 11).run(scalar(max), scalar(min), scalar(min)));
    same(
        Tensors.floats(shape(3), 0, 0.5f, 1),
        of("Range", 11).run(Tensor.scalar(0f), Tensor.scalar(1.2f), Tensor.scalar(0.5f)));
    assertThrows(OperatorFailed.class, () -> of("Range", 11).run(scalar(0), scalar(4), scalar(0)));
  }

  private static Tensor scalar(long value) {
    return Tensor.scalar(value);
  }

  @Test
  void eyeLike() {
    Tensor x = Tensors.count(2, 3);
    same(Tensors.floats(shape(2, 3), 1, 0, 0, 0, 1, 0), of("EyeLike", 9).run(x));
    same(
        Tensors.ints(shape(2, 3), 0, 1, 0, 0, 0, 1),
        of("EyeLike", 9).attribute("k", 1).attribute("dtype", DataType.INT32.code()).run(x));
    same(Tensors.floats(shape(2, 3), 0, 0, 0, 1, 0, 0), of("EyeLike", 9).attribute("k", -1).run(x));
    same(Tensors.floats(shape(2, 3), new float[6]), of("EyeLike", 9).attribute("k", 9).run(x));
  }

  @Test
  void windows() {
    close(Tensors.floats(shape(4), 0, 0.5f, 1, 0.5f), of("HannWindow", 17).run(scalar(4)), 1e-7);
    close(
        Tensors.floats(shape(3), 0, 1, 0),
        of("HannWindow", 17).attribute("periodic", 0).run(scalar(3)),
        1e-7);
    close(
        Tensors.doubles(shape(3), 4 / 46.0, 1, 4 / 46.0),
        of("HammingWindow", 17)
            .attribute("periodic", 0)
            .attribute("output_datatype", DataType.DOUBLE.code())
            .run(scalar(3)),
        1e-15);
    close(
        Tensors.floats(shape(3), 0, 1, 0),
        of("BlackmanWindow", 17).attribute("periodic", 0).run(scalar(3)),
        1e-7);
    // By the body of the function it is 0 / 0.
    for (String name : List.of("HannWindow", "HammingWindow", "BlackmanWindow")) {
      assertTrue(Float.isNaN(of(name, 17).attribute("periodic", 0).run(scalar(1)).floats()[0]));
    }
    // 0.42 + 0.5 + 0.08 is a little less than 1 in double, and 1 in float.
    assertEquals(
        1,
        of("BlackmanWindow", 17)
            .attribute("output_datatype", DataType.INT8.code())
            .run(scalar(8))
            .getLong(4));
  }

  /**
   * From 0 to 10500 Hz the mels are those of 1 + f / 700 = 1 to 16; in quarters that is 1, 2, 4, 8,
   * and f is 0, 700, 2100, 4900, which lie in bins 0, 1, 3, 7 of 31 / 21000 each.
   */
  @Test
  void melWeights() {
    Tensor y =
        of("MelWeightMatrix", 17)
            .run(scalar(2), scalar(30), scalar(21000), Tensor.scalar(0f), Tensor.scalar(10500f));
    float[] expected = new float[32];
    float[] first = {0, 1, 0.5f};
    float[] second = {0, 0, 0.5f, 1, 0.75f, 0.5f, 0.25f};
    for (int i = 0; i < first.length; i++) {
      expected[2 * i] = first[i];
    }
    for (int i = 0; i < second.length; i++) {
      expected[2 * i + 1] = second[i];
    }
    close(Tensors.floats(shape(16, 2), expected), y, 1e-6);
  }

  @Test
  void randomNumbers() {
    Tensor normal =
        of("RandomNormal", 22)
            .attribute("mean", 3f)
            .attribute("scale", 2f)
            .attribute("seed", 1f)
            .ints("shape", 100, 100)
            .run();
    double mean = Arrays.stream(normal.toDoubles()).average().orElseThrow();
    double square =
        Arrays.stream(normal.toDoubles()).map(v -> (v - 3) * (v - 3)).average().orElseThrow();
    assertEquals(3, mean, 0.1);
    assertEquals(4, square, 0.2);
    Tensor uniform =
        of("RandomUniformLike", 1)
            .attribute("low", -1f)
            .attribute("seed", 2f)
            .attribute("dtype", DataType.DOUBLE.code())
            .run(Tensors.count(1000));
    assertEquals(0, Arrays.stream(uniform.doubles()).average().orElseThrow(), 0.1);
    assertTrue(Arrays.stream(uniform.doubles()).allMatch(v -> v >= -1 && v < 1));
    Tensor coins =
        of("Bernoulli", 15).attribute("seed", 2f).run(Tensors.floats(shape(1000), new float[1000]));
    same(Tensors.floats(shape(1000), new float[1000]), coins);
    float none = Float.NEGATIVE_INFINITY;
    Tensor drawn =
        of("Multinomial", 7)
            .attribute("seed", 3f)
            .attribute("sample_size", 4000)
            .run(Tensors.floats(shape(1, 3), 0, none, (float) Math.log(3)));
    long threes = Arrays.stream(drawn.ints()).filter(v -> v == 2).count();
    assertEquals(3000.0, (double) threes, 120.0);
    assertTrue(Arrays.stream(drawn.ints()).noneMatch(v -> v == 1));
  }
}
