package org.sardonyx.operators.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class SequenceOperatorsTest {

  private static final Type FLOAT = Type.tensor(DataType.FLOAT);

  private static Tensor f(float... values) {
    return Tensor.of(values, values.length);
  }

  private static SequenceValue sequence(Value... elements) {
    return new SequenceValue(FLOAT, List.of(elements));
  }

  private static SequenceValue run(OperatorRunner runner, @Nullable Value... inputs) {
    return (SequenceValue) runner.runAll(inputs).getFirst();
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,2", "2,3", "-1,3", "-3,1"})
  void at(long position, float value) {
    SequenceValue s = sequence(f(1), f(2), f(3));
    OperatorRunner at = OperatorRunner.of("SequenceAt", 11);
    assertEquals(f(value), at.run(s, Tensor.scalar(position)));
    assertEquals(f(value), at.run(s, Tensor.of(new int[] {(int) position})));
  }

  @ParameterizedTest
  @ValueSource(longs = {3, -4, Long.MIN_VALUE, Long.MAX_VALUE})
  void atRefusesPositionsOutside(long position) {
    SequenceValue s = sequence(f(1), f(2), f(3));
    Tensor p = Tensor.scalar(position);
    assertThrows(OperatorFailed.class, () -> OperatorRunner.of("SequenceAt", 11).run(s, p));
    assertThrows(OperatorFailed.class, () -> run(OperatorRunner.of("SequenceErase", 11), s, p));
  }

  @Test
  void insert() {
    SequenceValue s = sequence(f(1), f(2));
    OperatorRunner insert = OperatorRunner.of("SequenceInsert", 11);
    assertEquals(sequence(f(1), f(2), f(9, 9)), run(insert, s, f(9, 9)));
    assertEquals(sequence(f(9), f(1), f(2)), run(insert, s, f(9), Tensor.scalar(0L)));
    assertEquals(sequence(f(1), f(2), f(9)), run(insert, s, f(9), Tensor.scalar(2L)));
    assertEquals(sequence(f(1), f(9), f(2)), run(insert, s, f(9), Tensor.scalar(-1L)));
    assertEquals(sequence(f(9), f(1), f(2)), run(insert, s, f(9), Tensor.scalar(-2L)));
    assertThrows(OperatorFailed.class, () -> run(insert, s, f(9), Tensor.scalar(3L)));
    assertThrows(OperatorFailed.class, () -> run(insert, s, f(9), Tensor.scalar(-3L)));
    assertThrows(InvalidModel.class, () -> run(insert, s, Tensor.vector(1)));
    assertEquals(sequence(f(9)), run(insert, sequence(), f(9), Tensor.scalar(0L)));
  }

  @Test
  void erase() {
    SequenceValue s = sequence(f(1), f(2), f(3));
    OperatorRunner erase = OperatorRunner.of("SequenceErase", 11);
    assertEquals(sequence(f(1), f(2)), run(erase, s));
    assertEquals(sequence(f(2), f(3)), run(erase, s, Tensor.scalar(0L)));
    assertEquals(sequence(f(1), f(3)), run(erase, s, Tensor.scalar(-2L)));
    assertThrows(OperatorFailed.class, () -> run(erase, sequence()));
  }

  @Test
  void constructAndEmptyAndLength() {
    assertEquals(
        sequence(f(1), f(2, 3)), run(OperatorRunner.of("SequenceConstruct", 11), f(1), f(2, 3)));
    assertEquals(sequence(), run(OperatorRunner.of("SequenceEmpty", 11)));
    assertEquals(
        new SequenceValue(Type.tensor(DataType.INT64), List.of()),
        run(OperatorRunner.of("SequenceEmpty", 11).attribute("dtype", DataType.INT64.code())));
    assertEquals(
        Tensor.scalar(2L), OperatorRunner.of("SequenceLength", 11).run(sequence(f(1), f(2))));
  }

  @Test
  void splitWithoutLengths() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertEquals(
        List.of(f(1, 2)),
        run(OperatorRunner.of("SplitToSequence", 11), f(1, 2), Tensor.scalar(Long.MAX_VALUE))
            .elements());
    OperatorRunner rows = OperatorRunner.of("SplitToSequence", 11);
    assertEquals(
        sequence(Tensor.of(new float[] {1, 2, 3}, 1, 3), Tensor.of(new float[] {4, 5, 6}, 1, 3)),
        run(rows, x));
    OperatorRunner columns =
        OperatorRunner.of("SplitToSequence", 11).attribute("axis", -1).attribute("keepdims", 0);
    assertEquals(sequence(f(1, 4), f(2, 5), f(3, 6)), run(columns, x));
    assertEquals(sequence(), run(rows, Tensor.zeros(DataType.FLOAT, 0, 3)));
  }

  @Test
  void splitWithLengths() {
    Tensor x = f(1, 2, 3, 4, 5);
    // keepdims means nothing where lengths are given.
    OperatorRunner split = OperatorRunner.of("SplitToSequence", 24).attribute("keepdims", 0);
    assertEquals(sequence(f(1, 2), f(3, 4), f(5)), run(split, x, Tensor.scalar(2L)));
    assertEquals(sequence(x), run(split, x, Tensor.scalar(9L)));
    assertEquals(sequence(f(1), f(), f(2, 3, 4, 5)), run(split, x, Tensor.vector(1, 0, 4)));
    assertEquals(sequence(f(1), f(2, 3, 4, 5)), run(split, x, Tensor.of(new int[] {1, 4}, 2)));
    assertThrows(OperatorFailed.class, () -> run(split, x, Tensor.vector(1, 3)));
    assertThrows(OperatorFailed.class, () -> run(split, x, Tensor.vector(-1, 6)));
    assertThrows(OperatorFailed.class, () -> run(split, x, Tensor.scalar(0L)));
    assertThrows(
        OperatorFailed.class,
        () -> run(split, x, Tensor.vector(Long.MAX_VALUE, Long.MAX_VALUE, 7)));
  }

  @Test
  void concat() {
    SequenceValue s =
        sequence(Tensor.of(new float[] {1, 2}, 1, 2), Tensor.of(new float[] {3, 4, 5, 6}, 2, 2));
    assertEquals(
        Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2),
        OperatorRunner.of("ConcatFromSequence", 11).attribute("axis", 0).run(s));
    assertEquals(
        Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2),
        OperatorRunner.of("ConcatFromSequence", 11).attribute("axis", -2).run(s));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("ConcatFromSequence", 11).attribute("axis", 1).run(s));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("ConcatFromSequence", 11).attribute("axis", 0).run(sequence()));
  }

  @Test
  void concatOnANewAxis() {
    SequenceValue s = sequence(f(1, 2, 3), f(4, 5, 6));
    OperatorRunner first =
        OperatorRunner.of("ConcatFromSequence", 11).attribute("axis", 0).attribute("new_axis", 1);
    assertEquals(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), first.run(s));
    OperatorRunner last =
        OperatorRunner.of("ConcatFromSequence", 11).attribute("axis", -1).attribute("new_axis", 1);
    assertEquals(Tensor.of(new float[] {1, 4, 2, 5, 3, 6}, 3, 2), last.run(s));
    assertEquals(f(7, 8), first.run(sequence(Tensor.scalar(7f), Tensor.scalar(8f))));
  }

  @Test
  void optionals() {
    OptionalValue full = new OptionalValue(FLOAT, f(1));
    OptionalValue empty = new OptionalValue(FLOAT, null);
    OperatorRunner get = OperatorRunner.of("OptionalGetElement", 18);
    assertEquals(f(1), get.run(full));
    assertEquals(f(1), get.run(f(1)));
    assertEquals(sequence(f(1)), get.runAll(sequence(f(1))).getFirst());
    assertThrows(OperatorFailed.class, () -> get.run(empty));
    assertEquals(f(1), OperatorRunner.of("OptionalGetElement", 15).run(full));
    OperatorRunner has = OperatorRunner.of("OptionalHasElement", 18);
    assertEquals(Tensor.scalar(true), has.run(full));
    assertEquals(Tensor.scalar(false), has.run(empty));
    assertEquals(Tensor.scalar(true), has.run(f(1)));
    assertEquals(Tensor.scalar(false), has.run());
    assertEquals(Tensor.scalar(false), has.run((Value) null));
    assertEquals(Tensor.scalar(true), OperatorRunner.of("OptionalHasElement", 15).run(full));
  }

  @Test
  void optionalOfAnInputOrOfAType() {
    Attribute type = new Attribute("type", new Attribute.OfType(FLOAT));
    OptionalValue of = (OptionalValue) OperatorRunner.of("Optional", 15).runAll(f(1)).getFirst();
    assertEquals(f(1), of.value());
    assertEquals(
        new OptionalValue(FLOAT, null),
        OperatorRunner.of("Optional", 15).attribute(type).runAll().getFirst());
    assertThrows(
        InvalidModel.class,
        () -> OperatorRunner.of("Optional", 15).attribute(type).runAll(Tensor.vector(1)));
    assertThrows(InvalidModel.class, () -> OperatorRunner.of("Optional", 15).runAll());
  }

  @Test
  void whatIsKnownBefore() {
    Type rows = Type.tensor(DataType.FLOAT, Shape.of(Dim.named("n"), Dim.of(3)));
    assertEquals(
        new Type.OfSequence(Type.tensor(DataType.FLOAT, Shape.of(1, 3))),
        OperatorRunner.of("SplitToSequence", 11).infer(rows).outputType(0));
    assertEquals(
        new Type.OfSequence(Type.tensor(DataType.FLOAT, Shape.of(Dim.UNKNOWN, Dim.of(3)))),
        OperatorRunner.of("SequenceConstruct", 11)
            .infer(rows, Type.tensor(DataType.FLOAT, Shape.of(2, 3)))
            .outputType(0));
    assertEquals(
        rows,
        OperatorRunner.of("SequenceAt", 11)
            .infer(new Type.OfSequence(rows), Type.tensor(DataType.INT64))
            .outputType(0));
  }
}
