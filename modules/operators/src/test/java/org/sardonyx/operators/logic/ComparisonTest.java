package org.sardonyx.operators.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;
import static org.sardonyx.operators.Samples.vector;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class ComparisonTest {

  @ParameterizedTest
  @EnumSource(
      names = {
        "FLOAT",
        "DOUBLE",
        "FLOAT16",
        "BFLOAT16",
        "INT8",
        "INT16",
        "INT32",
        "INT64",
        "UINT8",
        "UINT16",
        "UINT32",
        "UINT64"
      })
  void everyType(DataType type) {
    Tensor a = vector(type, 1, 2, 3);
    Tensor b = vector(type, 2);
    assertExact(OperatorRunner.of("Equal", 19).run(a, b), 0, 1, 0);
    assertExact(OperatorRunner.of("Less", 13).run(a, b), 1, 0, 0);
    assertExact(OperatorRunner.of("LessOrEqual", 16).run(a, b), 1, 1, 0);
    assertExact(OperatorRunner.of("Greater", 13).run(a, b), 0, 0, 1);
    assertExact(OperatorRunner.of("GreaterOrEqual", 16).run(a, b), 0, 1, 1);
    assertExact(
        OperatorRunner.of("Greater", 13).run(b, tensor(type, shape(3, 1), 1, 2, 3)), 1, 0, 0);
  }

  @Test
  void notANumberIsNothing() {
    Tensor nan = vector(DataType.FLOAT, Double.NaN, 0);
    for (String name : List.of("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual")) {
      assertExact(OperatorRunner.of(name, 19).run(nan, vector(DataType.FLOAT, Double.NaN)), 0, 0);
    }
    assertExact(
        OperatorRunner.of("Equal", 19).run(vector(DataType.FLOAT, -0.0), vector(DataType.FLOAT, 0)),
        1);
  }

  @Test
  void unsignedIntegersAreNotNegative() {
    Tensor a = Tensor.of(DataType.UINT64, new long[] {-1, 1}, 2);
    Tensor b = Tensor.of(DataType.UINT64, new long[] {1, -1}, 2);
    assertExact(OperatorRunner.of("Less", 13).run(a, b), 0, 1);
    assertExact(OperatorRunner.of("GreaterOrEqual", 16).run(a, b), 1, 0);
    Tensor c = vector(DataType.UINT8, 200);
    assertExact(OperatorRunner.of("Greater", 13).run(c, vector(DataType.UINT8, 100)), 1);
  }

  @Test
  void textAndTruth() {
    Tensor a = Tensor.of(new String[] {"a", "b"}, 2);
    assertExact(OperatorRunner.of("Equal", 19).run(a, Tensor.of(new String[] {"b"})), 0, 1);
    Tensor t = vector(DataType.BOOL, 0, 0, 1, 1);
    Tensor u = vector(DataType.BOOL, 0, 1, 0, 1);
    assertExact(OperatorRunner.of("Equal", 7).run(t, u), 1, 0, 0, 1);
    assertExact(OperatorRunner.of("And", 7).run(t, u), 0, 0, 0, 1);
    assertExact(OperatorRunner.of("Or", 7).run(t, u), 0, 1, 1, 1);
    assertExact(OperatorRunner.of("Xor", 7).run(t, u), 0, 1, 1, 0);
    assertExact(OperatorRunner.of("Not", 1).run(t), 1, 1, 0, 0);
  }

  @Test
  void beforeVersion7() {
    Tensor a = tensor(DataType.FLOAT, shape(2, 2), 1, 2, 3, 4);
    Tensor b = vector(DataType.FLOAT, 2, 3);
    assertExact(
        OperatorRunner.of("Less", 1).attribute("broadcast", 1).attribute("axis", 0).run(a, b),
        1,
        0,
        0,
        0);
    Tensor t = tensor(DataType.BOOL, shape(2, 2), 0, 1, 0, 1);
    assertExact(
        OperatorRunner.of("And", 1).attribute("broadcast", 1).run(t, vector(DataType.BOOL, 1, 0)),
        0,
        0,
        0,
        0);
  }

  @Test
  void shapesInTheMakingAreDecidedWhereTheyCanBe() {
    Type two = Type.tensor(DataType.INT64, Shape.of(3));
    Type one = Type.tensor(DataType.INT64, Shape.SCALAR);
    List<Dim> dims = List.of(Dim.named("n"), Dim.of(-1), Dim.of(5));
    assertEquals(
        List.of(Dim.of(0), Dim.of(1), Dim.of(0)),
        OperatorRunner.of("Equal", 13)
            .inferDims(Arrays.asList(two, one), Arrays.asList(dims, List.of(Dim.of(-1))))
            .outputDims(0));
    assertEquals(
        List.of(Dim.UNKNOWN, Dim.of(1), Dim.of(0)),
        OperatorRunner.of("Less", 13)
            .inferDims(Arrays.asList(two, one), Arrays.asList(dims, List.of(Dim.of(2))))
            .outputDims(0));
    Type truth = Type.tensor(DataType.BOOL, Shape.of(3));
    assertEquals(
        List.of(Dim.of(1), Dim.UNKNOWN, Dim.of(0)),
        OperatorRunner.of("Not", 1)
            .inferDims(
                Arrays.asList(truth), Arrays.asList(List.of(Dim.of(0), Dim.UNKNOWN, Dim.of(1))))
            .outputDims(0));
  }

  @Test
  void longRowsThatBroadcast() {
    int n = 5000;
    float[] a = new float[3 * n];
    float[] row = new float[n];
    for (int i = 0; i < a.length; i++) {
      a[i] = i % 7 == 0 ? Float.NaN : i % 11;
      row[i % n] = i % 5;
    }
    Tensor x = Tensor.of(a, 3, n);
    for (Tensor other :
        List.of(
            Tensor.of(row, n),
            Tensor.of(new float[] {1, 4, 9}, 3, 1),
            Tensor.of(new float[] {3}))) {
      byte[] less = OperatorRunner.of("Less", 13).run(x, other).bytes();
      byte[] equal = OperatorRunner.of("Equal", 13).run(other, x).bytes();
      byte[] greater = OperatorRunner.of("GreaterOrEqual", 16).run(x, other).bytes();
      Tensor condition = Tensor.of(DataType.BOOL, less, 3, n);
      float[] chosen = OperatorRunner.of("Where", 16).run(condition, x, other).floats();
      for (int i = 0; i < a.length; i++) {
        float b = other.floats()[other.size() == n ? i % n : other.size() == 3 ? i / n : 0];
        assertEquals(a[i] < b ? 1 : 0, less[i]);
        assertEquals(a[i] == b ? 1 : 0, equal[i]);
        assertEquals(a[i] >= b ? 1 : 0, greater[i]);
        assertEquals(a[i] < b ? a[i] : b, chosen[i]);
      }
    }
  }
}
