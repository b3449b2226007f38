package org.sardonyx.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/** What conversion does to a model around its operators; those are tested where they can run. */
class ConvertOpsetTest {

  private static Model to(int version, Model model) {
    Model converted = ConvertOpset.of(Operators.standard()).to(version).apply(model);
    assertEquals(errors(model), errors(converted));
    return converted;
  }

  private static List<Diagnostic> errors(Model model) {
    return Check.of(Operators.standard()).check(model).stream()
        .filter(finding -> finding.severity() == Diagnostic.Severity.ERROR)
        .toList();
  }

  private static List<String> operators(Graph graph) {
    return graph.nodes().stream().map(Node::opType).toList();
  }

  private static GraphBuilder squeezing(String axes) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1, "n");
    Ref which = g.constant(axes, Tensor.vector(0));
    Ref y = g.call("Squeeze", x, which).named("squeeze").output("y");
    g.output(y, Type.tensor(DataType.FLOAT));
    return g;
  }

  @Test
  void aConstantThatBecomesAnAttributeGoes() {
    Model older = to(11, squeezing("axes").model(21));
    assertEquals(List.of(), older.graph().initializers());
    Node squeeze = older.graph().nodes().getFirst();
    assertEquals(Attribute.of("axes", new long[] {0}), squeeze.attribute("axes"));
    assertEquals(List.of("x"), squeeze.inputs());
    assertEquals("squeeze", squeeze.name());
    Model newer = to(28, older);
    assertEquals(List.of("Constant", "Squeeze"), operators(newer.graph()));
    assertEquals(28, newer.opsetImports().getFirst().version());
  }

  @Test
  void aConstantThatSomebodyElseReadsStays() {
    GraphBuilder g = squeezing("axes");
    g.output(new Ref("axes"), Type.tensor(DataType.INT64));
    assertEquals(1, to(11, g.model(21)).graph().initializers().size());
  }

  @Test
  void anInputThatACallerMayGiveIsNoConstant() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1, "n");
    Ref which = g.input("axes", Tensor.vector(0));
    g.output(g.call("Squeeze", x, which).named("late").output("y"), Type.tensor(DataType.FLOAT));
    UnsupportedModel refusal =
        assertThrows(
            UnsupportedModel.class,
            () -> ConvertOpset.of(Operators.standard()).to(11).apply(g.model(21)));
    assertEquals(
        "node \"late\" (Squeeze): Squeeze-13 cannot become an operator of ai.onnx 12: input axes"
            + " \"axes\" must be a constant, since it becomes an attribute or decides what is"
            + " written",
        refusal.getMessage());
  }

  @Test
  void refusalsNameTheWayThroughNestedGraphs() {
    GraphBuilder g = new GraphBuilder("g");
    Ref cond = g.input("cond", DataType.BOOL);
    Ref x = g.input("x", DataType.FLOAT, 2);
    GraphBuilder then = g.body("then");
    then.output(then.call("Round", x).named("inner").output("a"), Type.tensor(DataType.FLOAT));
    GraphBuilder otherwise = g.body("else");
    otherwise.output(otherwise.call("Neg", x).output("b"), Type.tensor(DataType.FLOAT));
    Ref y =
        g.call("If", cond)
            .named("choice")
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .output("y");
    g.output(y, Type.tensor(DataType.FLOAT));
    UnsupportedModel refusal =
        assertThrows(
            UnsupportedModel.class,
            () -> ConvertOpset.of(Operators.standard()).to(9).apply(g.model(13)));
    assertTrue(
        refusal
            .getMessage()
            .startsWith("node \"choice\" (If) > then_branch > node \"inner\" (Round): Round-11"),
        refusal.getMessage());
  }

  @Test
  void typesThatTheOlderVersionLacksAreRefused() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.BFLOAT16, 2);
    g.output(g.call("Add", x, x).named("sum").output("y"), Type.tensor(DataType.BFLOAT16));
    UnsupportedModel refusal =
        assertThrows(
            UnsupportedModel.class,
            () -> ConvertOpset.of(Operators.standard()).to(12).apply(g.model(14)));
    assertTrue(refusal.getMessage().contains("tensor(bfloat16)"), refusal.getMessage());
    assertTrue(refusal.getMessage().startsWith("node \"sum\" (Add)"), refusal.getMessage());
  }

  @Test
  void theFormatRisesWhereTheOperatorsNeedIt() {
    Model model = squeezing("axes").model(13).withIrVersion(7);
    assertEquals(7, to(14, model).irVersion());
    assertEquals(13, to(27, model).irVersion());
    assertEquals(14, to(28, model).irVersion());
    assertEquals(7, to(11, model).irVersion());
  }

  @Test
  void aModelOfTheVersionIsTheSame() {
    Model model = squeezing("axes").model(21);
    assertSame(model, to(21, model));
  }

  @Test
  void functionsAreConvertedFromTheirOwnVersion() {
    Function function =
        new Function(
            "local",
            "Total",
            "",
            List.of("x"),
            List.of("y"),
            List.of(),
            List.of(),
            List.of(
                new Node(
                    "",
                    "ReduceMax",
                    List.of("x"),
                    List.of("y"),
                    List.of(Attribute.of("axes", new long[] {1})))),
            List.of(new OpsetImport("", 13)),
            List.of(),
            "",
            List.of(),
            org.sardonyx.graph.Extra.NONE);
    Model newer = to(28, calling(function, 17));
    Function converted = newer.functions().getFirst();
    assertEquals(28, converted.opsetImports().getFirst().version());
    assertEquals(
        List.of("Constant", "ReduceMax"), converted.nodes().stream().map(Node::opType).toList());
    assertEquals(28, newer.opsetImports().getFirst().version());
  }

  /** The value of the attribute is not known until the function is called: it is written out. */
  @Test
  void functionsWhoseAttributesDecideAreInlined() {
    Function function =
        new Function(
            "local",
            "Total",
            "",
            List.of("x"),
            List.of("y"),
            List.of("along"),
            List.of(),
            List.of(
                new Node(
                    "",
                    "ReduceMax",
                    List.of("x"),
                    List.of("y"),
                    List.of(
                        new Attribute(
                            "axes", new Attribute.Reference("along", Attribute.Kind.INTS))))),
            List.of(new OpsetImport("", 17)),
            List.of(),
            "",
            List.of(),
            org.sardonyx.graph.Extra.NONE);
    Model newer = to(28, calling(function, 17));
    assertEquals(List.of(), newer.functions());
    assertEquals(List.of("Constant", "ReduceMax"), operators(newer.graph()));
  }

  private static Model calling(Function function, long opset) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2, 3);
    GraphBuilder.Call call = g.callOf("local", "Total", x);
    if (!function.attributes().isEmpty()) {
      call.withInts("along", 1);
    }
    g.output(call.output("y"), Type.tensor(DataType.FLOAT));
    g.function(function);
    return g.model(new OpsetImport("", opset), new OpsetImport("local", 1));
  }

  @Test
  void versionsThatDoNotExistAreNotAsked() {
    ConvertOpset pass = ConvertOpset.of(Operators.standard());
    assertThrows(IllegalArgumentException.class, () -> pass.to(0));
    assertThrows(IllegalArgumentException.class, () -> pass.to(29));
    Model future = squeezing("axes").model(29);
    assertThrows(UnsupportedModel.class, () -> pass.to(21).apply(future));
  }
}
