package org.sardonyx.conformance.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** A user's operator is swept like ours: what is right passes, and each kind of fault is found. */
class DefinitionSweepTest {

  /** An operator put together from its parts. */
  private record Made(Consumer<Inference> inferring, Consumer<Invocation> running)
      implements Operator {
    @Override
    public void infer(Inference in) {
      inferring.accept(in);
    }

    @Override
    public void run(Invocation in) {
      running.accept(in);
    }
  }

  private static void same(Inference in) {
    in.shape(0, in.shape(0));
  }

  private static OperatorDef.Builder cap() {
    return OperatorDef.named("Cap")
        .domain("com.example")
        .version(1)
        .input("x", "T")
        .optionalInput("least", "T")
        .output("y", "T")
        .attribute("most", 6f);
  }

  private static OperatorDef floats(
      Consumer<Inference> inferring, BiConsumer<Invocation, Float> running) {
    return cap()
        .type("T", DataType.FLOAT)
        .create(attributes -> {
          float most = attributes.getFloat("most");
          return new Made(inferring, in -> running.accept(in, most));
        });
  }

  /** What is right, in any type. */
  private static void cap(Invocation in, float most) {
    Tensor x = in.tensor(0);
    Tensor least = in.optional(1);
    if (least != null && !least.sameShape(x)) {
      throw new InvalidInput("least " + least + " does not fit " + x);
    }
    Tensor y = in.output(0, x.dataType(), x.shape());
    for (int i = 0; i < x.size(); i++) {
      double low = least == null ? 0 : least.getDouble(i);
      y.setDouble(i, Math.min(most, Math.max(low, x.getDouble(i))));
    }
  }

  private static List<Tensor> expected(Attributes attributes, List<?> inputs) {
    Tensor x = (Tensor) inputs.getFirst();
    double[] y = x.toDoubles();
    for (int i = 0; i < y.length; i++) {
      boolean given = inputs.size() > 1 && inputs.get(1) != null;
      double low = given ? ((Tensor) inputs.get(1)).getDouble(i) : 0;
      double raised = y[i] < low ? low : y[i];
      y[i] = raised > attributes.getFloat("most") ? attributes.getFloat("most") : raised;
    }
    return List.of(Tensor.of(y, x.shape()));
  }

  private static String problems(OperatorDef def) {
    DefinitionSweep.Report report =
        DefinitionSweep.of(def)
            .values("most", 0.5f, 2f)
            .expecting(DefinitionSweepTest::expected)
            .run();
    assertFalse(report.problems().isEmpty());
    return String.join("\n", report.problems());
  }

  @Test
  void whatIsRightPasses() {
    DefinitionSweep.Report report =
        DefinitionSweep.of(floats(DefinitionSweepTest::same, DefinitionSweepTest::cap))
            .values("most", 0.5f, 2f)
            .expecting(DefinitionSweepTest::expected)
            .run();
    assertEquals(List.of(), report.problems());
    assertTrue(report.cases() >= 8, report::toString);
    assertEquals(report.cases(), report.judged());
    assertTrue(report.broken() >= report.cases(), report::toString);
  }

  @Test
  void inEveryTypeAndAgainstItselfInDouble() {
    OperatorDef def =
        cap()
            .type("T", DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)
            .create(attributes -> {
              float most = attributes.getFloat("most");
              return new Made(DefinitionSweepTest::same, in -> cap(in, most));
            });
    DefinitionSweep.Report report = DefinitionSweep.of(def).run();
    assertEquals(List.of(), report.problems());
    assertEquals(report.cases(), report.judged());
    assertTrue(report.cases() >= 20, report::toString);
  }

  @Test
  void aWrongResultIsFoundInItsSmallestForm() {
    String found =
        problems(
            floats(
                DefinitionSweepTest::same,
                (in, most) -> cap(in, in.has(1) && most == 2f ? 3f : most)));
    assertTrue(found.contains("least=yes"), found);
    assertTrue(found.contains("most=2.0"), found);
    assertTrue(found.contains("shape=rank 1"), found);
  }

  @Test
  void wrongShapesAreFound() {
    Consumer<Inference> wrong = in -> in.shape(0, Shape.of(Dim.of(5)));
    String found = problems(floats(wrong, DefinitionSweepTest::cap));
    assertTrue(found.contains("is not what was inferred"), found);
  }

  @Test
  void whatIsNotWrittenIsFound() {
    String found =
        problems(
            floats(
                DefinitionSweepTest::same,
                (in, most) -> in.output(0, DataType.FLOAT, in.tensor(0).shape())));
    assertTrue(found.contains("o_y"), found);
  }

  @Test
  void aChangedInputIsFound() {
    String found =
        problems(
            floats(
                DefinitionSweepTest::same,
                (in, most) -> {
                  cap(in, most);
                  float[] x = in.tensor(0).floats();
                  if (x.length > 0) {
                    x[0] = 77;
                  }
                }));
    assertTrue(found.contains("input i_x was changed"), found);
  }

  @Test
  void crashesAreFound() {
    String found =
        problems(
            floats(
                DefinitionSweepTest::same,
                (in, most) -> {
                  cap(in, most);
                  if (in.tensor(0).shape()[0] == 37) {
                    throw new IllegalStateException("37");
                  }
                }));
    // Of rank 0 there is no shape()[0].
    assertTrue(found.contains("shape=rank 0") && found.contains("shape=long"), found);
  }

  @Test
  void anInputThatIsNotReadIsFound() {
    String found =
        problems(
            floats(
                DefinitionSweepTest::same,
                (in, most) -> {
                  Tensor x = in.tensor(0);
                  Tensor y = in.output(0, x.dataType(), x.shape());
                  for (int i = 0; i < x.size(); i++) {
                    y.setDouble(i, Math.min(most, Math.max(0, x.getDouble(i))));
                  }
                }));
    assertTrue(found.contains("least"), found);
  }

  @Test
  void aRecipeSaysHowInputsFit() {
    OperatorDef rows =
        OperatorDef.named("RowSums")
            .domain("com.example")
            .version(1)
            .input("x", "T")
            .output("y", "T")
            .required("times", Kind.INT)
            .type("T", DataType.DOUBLE)
            .create(attributes -> {
              long times = attributes.getInt("times");
              return new Made(
                  in ->
                      in.shape(
                          0, in.shape(0).hasRank() ? Shape.of(in.shape(0).dim(0)) : Shape.UNKNOWN),
                  in -> rowSums(in, times));
            });
    assertThrows(IllegalStateException.class, () -> DefinitionSweep.of(rows).run());
    DefinitionSweep.Report report =
        DefinitionSweep.of(rows)
            .drawnBy(d -> {
              d.attr("times", 1L, 1L, 3L);
              d.in(d.numbers(d.type("T"), d.pick("rows", 2, 0, 1), d.pick("columns", 3, 0)));
            })
            .seed(7)
            .run();
    assertEquals(List.of(), report.problems().stream().filter(p -> !p.contains(" with")).toList());
    // Broken cases bring other ranks.
    assertTrue(report.problems().stream().allMatch(p -> p.contains("IndexOutOfBounds")));
  }

  private static void rowSums(Invocation in, long times) {
    Tensor x = in.tensor(0);
    Tensor y = in.output(0, DataType.DOUBLE, x.dim(0));
    for (int i = 0; i < x.size(); i++) {
      int row = i / x.dim(1);
      y.doubles()[row] = (i % x.dim(1) == 0 ? 0 : y.doubles()[row]) + times * x.doubles()[i];
    }
    if (x.dim(1) == 0) {
      java.util.Arrays.fill(y.doubles(), 0);
    }
  }
}
