package org.sardonyx.operators.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

class ConstantTest {

  private static OperatorRunner constant() {
    return OperatorRunner.of("Constant", 13);
  }

  @Test
  void everyWayToGiveIt() {
    assertEquals(
        Tensor.vector(1, 2),
        constant().attribute(Attribute.of("value", TensorData.of("", Tensor.vector(1, 2)))).run());
    assertEquals(Tensor.scalar(2.5f), constant().attribute("value_float", 2.5f).run());
    assertEquals(Tensor.of(new float[] {1, 2}, 2), constant().floats("value_floats", 1, 2).run());
    assertEquals(Tensor.scalar(7L), constant().attribute("value_int", 7).run());
    assertEquals(Tensor.vector(7, 8), constant().ints("value_ints", 7, 8).run());
    assertEquals(Tensor.vector(), constant().ints("value_ints").run());
    assertEquals(Tensor.of(new String[] {"a"}), constant().attribute("value_string", "a").run());
    assertEquals(
        Tensor.of(new String[] {"a", "b"}, 2), constant().strings("value_strings", "a", "b").run());
  }

  @Test
  void sparseBecomesDense() {
    SparseTensorData coordinates =
        new SparseTensorData(
            TensorData.of("", Tensor.of(new float[] {5, 6}, 2)),
            TensorData.of("", Tensor.of(new long[] {0, 1, 1, 2}, 2, 2)),
            Shape.of(2, 3),
            Extra.NONE);
    assertEquals(
        Tensor.of(new float[] {0, 5, 0, 0, 0, 6}, 2, 3),
        constant()
            .attribute(new Attribute("sparse_value", new Attribute.OfSparseTensor(coordinates)))
            .run());
    SparseTensorData outside =
        new SparseTensorData(
            TensorData.of("", Tensor.of(new float[] {5}, 1)),
            TensorData.of("", Tensor.vector(6)),
            Shape.of(2, 3),
            Extra.NONE);
    Attribute bad = new Attribute("sparse_value", new Attribute.OfSparseTensor(outside));
    assertThrows(InvalidModel.class, () -> constant().attribute(bad).run());
  }

  @Test
  void exactlyOneValue() {
    assertThrows(InvalidModel.class, () -> constant().run());
    assertThrows(
        InvalidModel.class,
        () -> constant().attribute("value_int", 1).attribute("value_float", 1f).run());
  }

  @Test
  void identityPassesEverythingOn() {
    Tensor x = Tensor.vector(1, 2);
    assertEquals(x, OperatorRunner.of("Identity", 25).run(x));
    SequenceValue sequence = new SequenceValue(x.type(), List.of(x));
    assertEquals(sequence, OperatorRunner.of("Identity", 14).runAll(sequence).getFirst());
    OptionalValue optional = new OptionalValue(x.type(), null);
    assertEquals(optional, OperatorRunner.of("Identity", 16).runAll(optional).getFirst());
  }
}
