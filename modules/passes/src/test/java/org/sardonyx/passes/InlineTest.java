package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.tensor.DataType.BOOL;
import static org.sardonyx.tensor.DataType.FLOAT;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;

class InlineTest {

  private static Model inline(Model model) {
    Model result = Inline.of(Models.OPERATORS).apply(model);
    assertTrue(result.functions().isEmpty());
    assertEquals(
        List.of(),
        Check.of(Models.OPERATORS).check(result).stream()
            .filter(d -> !d.rule().equals("identifier"))
            .toList());
    return result;
  }

  private static final Attribute AXIS =
      new Attribute("axis", new Attribute.Reference("axis", Attribute.Kind.INT));

  @Test
  void aModelWithoutFunctionsStaysItself() {
    Model model =
        Models.named("g").input("x", FLOAT).node("Relu", "x -> y").output("y", FLOAT).model();
    assertSame(model, Inline.of(Models.OPERATORS).apply(model));
  }

  @Test
  void attributesAreSubstitutedAndNamesStayUnique() {
    Model model =
        inline(
            Models.named("g")
                .input("x", FLOAT, "n", 2)
                .node("my:F", "x -> a", Attribute.of("axis", 0))
                .node("my:F", "a -> y")
                .output("y", FLOAT, "n", 2)
                .function(
                    Models.function(
                        "my",
                        "F",
                        "p",
                        "q",
                        List.of("axis"),
                        Models.of("Softmax", "p -> t", AXIS),
                        Models.of("Relu", "t -> q")))
                .model());
    assertEquals(4, model.graph().nodes().size());
    assertEquals(List.of(Attribute.of("axis", 0)), model.graph().nodes().get(0).attributes());
    assertEquals(List.of(), model.graph().nodes().get(2).attributes());
    assertEquals(List.of("a"), model.graph().nodes().get(1).outputs());
  }

  @Test
  void nestedGraphsOfFunctionsAndFunctionsOfFunctions() {
    Graph then = Models.named("t").node("my:G", "p -> t").output("t").graph();
    Graph otherwise = Models.named("e").node("Identity", "p -> e").output("e").graph();
    Model model =
        inline(
            Models.named("g")
                .input("x", FLOAT, "n")
                .input("t", BOOL)
                .node("my:F", "x t -> a")
                .node("my:F", "a t -> y")
                .output("y", FLOAT, "n")
                .function(
                    Models.function(
                        "my",
                        "F",
                        "p c",
                        "q",
                        List.of(),
                        Models.of(
                            "If",
                            "c -> q",
                            Attribute.of("then_branch", then),
                            Attribute.of("else_branch", otherwise))))
                .function(
                    Models.function("my", "G", "u", "v", List.of(), Models.of("Tanh", "u -> v")))
                .model());
    assertEquals(2, model.graph().nodes().size());
  }

  @Test
  void absentInputsAndInputsHandedThrough() {
    Model model =
        inline(
            Models.named("g")
                .input("x", FLOAT, "n")
                .node("my:F", "x -> y z")
                .output("y", FLOAT, "n")
                .output("z", FLOAT, "n")
                .function(
                    Models.function(
                        "my", "F", "p low", "q p", List.of(), Models.of("Clip", "p low -> q")))
                .model());
    assertEquals(List.of("x", ""), model.graph().nodes().get(0).inputs());
    assertEquals("Identity", model.graph().nodes().get(1).opType());
  }

  @Test
  void recursionEnds() {
    Model model =
        Models.named("g")
            .input("x", FLOAT, "n")
            .node("my:F", "x -> y")
            .output("y", FLOAT, "n")
            .function(Models.function("my", "F", "p", "q", List.of(), Models.of("my:F", "p -> q")))
            .model();
    assertThrows(LimitExceeded.class, () -> Inline.of(Models.OPERATORS).apply(model));
  }

  @Test
  void operatorsThatWouldChangeTheirMeaningAreRefused() {
    Function old = Models.function("my", "F", "p", "q", List.of(), Models.of("Softmax", "p -> q"));
    Function imported =
        new Function(
            old.domain(),
            old.name(),
            "",
            old.inputs(),
            old.outputs(),
            List.of(),
            List.of(),
            old.nodes(),
            List.of(new OpsetImport("", 11)),
            List.of(),
            "",
            List.of(),
            old.extra());
    Model model =
        Models.named("g")
            .input("x", FLOAT, "n", 2)
            .node("my:F", "x -> y")
            .output("y", FLOAT, "n", 2)
            .function(imported)
            .model();
    assertThrows(UnsupportedModel.class, () -> Inline.of(Models.OPERATORS).apply(model));
  }
}
