package org.sardonyx.operators.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.random;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class EinsumTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ij->ji",
        "ij->",
        "ii->i",
        "ii",
        "iij->j",
        "iji->ij",
        "ij,jk->ik",
        "ij,jk",
        "ji,jk->ik",
        "ij,kj->ki",
        "bij,bjk->bik",
        "bhqd,bhkd->bhqk",
        "bqhd,bkhd->bhqk",
        "bhqk,bkhd->bqhd",
        "i,j->ij",
        "i,i->",
        "ij,ij->i",
        "ijk,jil->kl",
        "ij,jk,kl->il",
        "ij,jk,ik->",
        "ab,bc,cd,da->",
        "ijk,ik->ji",
        "aab,bcc->ac",
        "ijl,jkm,lm->ik",
        "Ab,bC",
        "i,j,k->kji",
        "ij,k->ik",
      })
  void asTheDefinitionSays(String equation) {
    String[] terms = equation.split("->", -1)[0].split(",", -1);
    Map<Character, Integer> sizes = new LinkedHashMap<>();
    Tensor[] inputs = new Tensor[terms.length];
    for (int i = 0; i < terms.length; i++) {
      int[] shape = new int[terms[i].length()];
      for (int d = 0; d < shape.length; d++) {
        shape[d] = sizes.computeIfAbsent(terms[i].charAt(d), c -> 2 + sizes.size() % 4);
      }
      inputs[i] = random(DataType.DOUBLE, i, shape);
    }
    Tensor y = OperatorRunner.of("Einsum", 12).attribute("equation", equation).run(inputs);
    assertClose(y, 1e-12, naive(equation, terms, sizes, inputs));
  }

  private static double[] naive(
      String equation, String[] terms, Map<Character, Integer> sizes, Tensor[] inputs) {
    String output;
    if (equation.contains("->")) {
      output = equation.substring(equation.indexOf('>') + 1);
    } else {
      StringBuilder letters = new StringBuilder();
      sizes.keySet().stream()
          .sorted()
          .filter(c -> equation.chars().filter(e -> e == c).count() == 1)
          .forEach(letters::append);
      output = letters.toString();
    }
    List<Character> order = new ArrayList<>();
    output.chars().forEach(c -> order.add((char) c));
    sizes.keySet().stream().filter(c -> !order.contains(c)).forEach(order::add);
    int[] all = order.stream().mapToInt(sizes::get).toArray();
    int outer = Axes.product(all, 0, output.length());
    int inner = Axes.product(all, output.length(), all.length);
    double[] y = new double[outer];
    for (int i = 0; i < outer * inner; i++) {
      int rest = i;
      Map<Character, Integer> at = new LinkedHashMap<>();
      for (int d = all.length - 1; d >= 0; d--) {
        at.put(order.get(d), rest % all[d]);
        rest /= all[d];
      }
      double product = 1;
      for (int k = 0; k < terms.length; k++) {
        int place = 0;
        for (int d = 0; d < terms[k].length(); d++) {
          char c = terms[k].charAt(d);
          place = place * sizes.get(c) + at.get(c);
        }
        product *= inputs[k].getDouble(place);
      }
      y[i / inner] += product;
    }
    return y;
  }

  @Test
  void ellipsesBroadcast() {
    Tensor a = random(DataType.FLOAT, 1, 2, 3, 4);
    Tensor b = random(DataType.FLOAT, 2, 5, 1, 4, 2);
    Tensor y = einsum("...ij,...jk->...ik").run(a, b);
    assertArrayEquals(shape(5, 2, 3, 2), y.shape());
    assertClose(y, 1e-6, OperatorRunner.of("MatMul", 13).run(a, b).toDoubles());
    assertEquals(y, einsum("...ij,...jk").run(a, b));
    assertArrayEquals(shape(2, 4, 3), einsum("...ij->...ji").run(a).shape());
    assertArrayEquals(shape(4, 2, 3), einsum("...i->i...").run(a).shape());
    Tensor sum = einsum("...->").run(a);
    assertClose(sum, 1e-6, Arrays.stream(a.toDoubles()).sum());
    assertArrayEquals(
        shape(2, 3), einsum(" ... i , i -> ...").run(a, random(DataType.FLOAT, 1, 4)).shape());
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "FLOAT", "DOUBLE", "FLOAT16", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16",
        "UINT32", "UINT64"
      })
  void everyType(DataType type) {
    Tensor a = Tensor.zeros(type, 2, 2);
    Tensor b = Tensor.zeros(type, 2, 2);
    for (int i = 0; i < 4; i++) {
      a.setDouble(i, i + 1);
      b.setDouble(i, i % 3);
    }
    assertExact(einsum("ij,jk->ik").run(a, b), 4, 1, 8, 3);
    assertExact(einsum("ij->j").run(a), 4, 6);
    assertExact(einsum("ij->ij").run(a), 1, 2, 3, 4);
  }

  @Test
  void emptyOnes() {
    assertExact(
        einsum("ij,jk->ik")
            .run(Tensor.zeros(DataType.FLOAT, 2, 0), Tensor.zeros(DataType.FLOAT, 0, 1)),
        0,
        0);
    assertEquals(0, einsum("ij->ji").run(Tensor.zeros(DataType.FLOAT, 2, 0)).size());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor a = random(DataType.FLOAT, 1, 2, 3);
    assertThrows(OperatorFailed.class, () -> einsum("ij,jk->ik").run(a, a));
    assertThrows(OperatorFailed.class, () -> einsum("ijk->i").run(a));
    assertThrows(OperatorFailed.class, () -> einsum("ii->i").run(a));
    assertThrows(OperatorFailed.class, () -> einsum("ij,jk->ik").run(a));
    assertThrows(InvalidModel.class, () -> einsum("ij->k").run(a));
    assertThrows(InvalidModel.class, () -> einsum("ij->ii").run(a));
    assertThrows(InvalidModel.class, () -> einsum("i1->i").run(a));
    assertThrows(InvalidModel.class, () -> einsum("...i...->i").run(a));
  }

  @Test
  void shapesWithNames() {
    Type q =
        Type.tensor(DataType.FLOAT, Shape.of(Dim.named("b"), Dim.named("t"), Dim.of(4), Dim.of(8)));
    Type k =
        Type.tensor(DataType.FLOAT, Shape.of(Dim.named("b"), Dim.named("u"), Dim.of(4), Dim.of(8)));
    assertEquals(
        Shape.of(Dim.named("b"), Dim.of(4), Dim.named("t"), Dim.named("u")),
        einsum("bqhd,bkhd->bhqk").infer(q, k).outputShape(0));
  }

  private static OperatorRunner einsum(String equation) {
    return OperatorRunner.of("Einsum", 12).attribute("equation", equation);
  }

  @Test
  void bfloat16SinceVersion28() {
    Tensor a = vector(DataType.BFLOAT16, 1, 2, 3);
    OperatorRunner product = OperatorRunner.of("Einsum", 28).attribute("equation", "i,i->");
    Tensor y = product.run(a, vector(DataType.BFLOAT16, 4, 5, 6));
    assertEquals(DataType.BFLOAT16, y.dataType());
    assertExact(y, 32);
  }
}
