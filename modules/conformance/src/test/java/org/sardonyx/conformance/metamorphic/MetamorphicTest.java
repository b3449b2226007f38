package org.sardonyx.conformance.metamorphic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.metamorphic.Metamorphic.Outcome;
import org.sardonyx.conformance.metamorphic.Metamorphic.Status;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/** Relations on our models, and on models made to break them. */
class MetamorphicTest {

  private static List<Outcome> check(Model model) {
    return Metamorphic.check(
        model,
        RandomInputs.of(model, Map.of(), Map.of(), 5),
        SessionOptions.standard(),
        Budget.STANDARD);
  }

  /** Nothing is broken, and each relation applies to one of them at least. */
  @Test
  void ourModels() throws IOException {
    Set<Relation> held = EnumSet.noneOf(Relation.class);
    try (Stream<Path> folders = Files.list(Path.of("../../models"))) {
      for (Path file : folders.map(f -> f.resolve("model.onnx")).filter(Files::exists).toList()) {
        for (Outcome outcome : check(Onnx.read(file))) {
          assertTrue(outcome.status() != Status.BROKEN, () -> file + ": " + outcome);
          if (outcome.status() == Status.HOLDS) {
            held.add(outcome.relation());
          }
        }
      }
    }
    Set<Relation> expected = EnumSet.allOf(Relation.class);
    if (SessionOptions.standard().kernels().getClass()
        == org.sardonyx.kernels.Kernels.scalar().getClass()) {
      expected.remove(Relation.KERNELS);
    }
    assertEquals(expected, held);
  }

  /** A model that subtracts the mean of its batch. */
  @Test
  void rowsThatSeeEachOther() {
    GraphBuilder g = new GraphBuilder("mean");
    Ref x = g.input("x", DataType.FLOAT, "batch", 3);
    Ref first = g.node("Gather", x, g.constant(Tensor.vector(0)));
    g.output("y", g.node("Sub", x, first), null);
    assertEquals(Status.BROKEN, status(check(g.model(21)), Relation.BATCH_PERMUTATION));
  }

  /** Each row is multiplied by its number. */
  @Test
  void rowsThatKnowTheirPlace() {
    GraphBuilder g = new GraphBuilder("place");
    Ref x = g.input("x", DataType.FLOAT, "batch", 3);
    Ref sizes = g.node("Shape", x);
    Ref count =
        g.node(
            "Squeeze",
            g.call("Slice", sizes, g.constant(Tensor.vector(0)), g.constant(Tensor.vector(1)))
                .output());
    Ref places =
        g.node("Range", g.constant(Tensor.scalar(0L)), count, g.constant(Tensor.scalar(1L)));
    Ref column =
        g.node(
            "Unsqueeze",
            g.call("Cast", places).with("to", 1).output(),
            g.constant(Tensor.vector(1)));
    g.output("y", g.node("Mul", x, column), null);
    assertEquals(Status.BROKEN, status(check(g.model(21)), Relation.BATCH_OF_COPIES));
  }

  /** Every operator of the layers, in every form that has equations of its own. */
  @ParameterizedTest
  @CsvSource({
    "LSTM, 4, forward, 0, 0",
    "LSTM, 4, bidirectional, 1, 0",
    "LSTM, 4, reverse, 0, 1",
    "GRU, 3, forward, 0, 0",
    "GRU, 3, bidirectional, 1, 1",
    "GRU, 3, reverse, 0, 1",
    "RNN, 1, forward, 1, 0",
    "RNN, 1, bidirectional, 0, 1"
  })
  void layersUnrolled(String operator, int gates, String direction, int layout, int all) {
    int d = direction.equals("bidirectional") ? 2 : 1;
    GraphBuilder g = new GraphBuilder("layer");
    Ref x = g.input("x", DataType.FLOAT, layout == 0 ? 5 : 2, layout == 0 ? 2 : 5, 3);
    List<Ref> in = new ArrayList<>();
    in.add(x);
    in.add(g.constant("w", drawn(1, d, gates * 4, 3)));
    in.add(g.constant("r", drawn(2, d, gates * 4, 4)));
    in.add(g.constant("b", drawn(3, d, gates * 8)));
    in.add(all == 0 ? Ref.ABSENT : g.constant("lengths", Tensor.of(new int[] {5, 3}, 2)));
    if (all != 0) {
      int[] state = layout == 0 ? new int[] {d, 2, 4} : new int[] {2, d, 4};
      in.add(g.constant("h", drawn(4, state)));
      if (operator.equals("LSTM")) {
        in.add(g.constant("c", drawn(5, state)));
        in.add(g.constant("p", drawn(6, d, 12)));
      }
    }
    var call =
        g.call(operator, in.toArray(Ref[]::new))
            .with("hidden_size", 4)
            .with("layout", layout)
            .with("direction", direction);
    if (operator.equals("GRU")) {
      call = call.with("linear_before_reset", all);
    }
    List<Ref> outputs = call.outputs(operator.equals("LSTM") ? 3 : 2);
    outputs.forEach(output -> g.output(output, null));
    Outcome outcome = outcome(check(g.model(21)), Relation.UNROLLED);
    assertEquals(Status.HOLDS, outcome.status(), outcome::toString);
  }

  private static Tensor drawn(long seed, int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    Random random = new Random(seed);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.setDouble(i, random.nextGaussian() / 2);
    }
    return tensor;
  }

  /** The sum of what was, and all sums on the way. */
  @Test
  void loopUnrolled() {
    Model model = summing(true);
    assertEquals(Status.HOLDS, status(check(model), Relation.UNROLLED));
    Outcome outcome = outcome(check(summing(false)), Relation.UNROLLED);
    assertEquals(Status.NOT_APPLICABLE, outcome.status());
    assertTrue(outcome.why().contains("decides for itself"), outcome::toString);
  }

  private static Model summing(boolean goesOn) {
    GraphBuilder g = new GraphBuilder("sums");
    Ref x = g.input("x", DataType.FLOAT, 3);
    GraphBuilder body = g.body("body");
    Ref trip = body.input("trip", DataType.INT64);
    Ref go = body.input("go", DataType.BOOL);
    Ref sum = body.input("sum", DataType.FLOAT, 3);
    Ref next =
        body.node("Add", sum, body.node("Mul", x, body.call("Cast", trip).with("to", 1).output()));
    body.output(
        "goes_on",
        goesOn
            ? body.node("Identity", go)
            : body.node("Less", trip, body.constant(Tensor.scalar(2L))),
        null);
    body.output("next", next, null);
    body.output("kept", body.node("Neg", next), null);
    List<Ref> outputs =
        g.call("Loop", g.constant(Tensor.scalar(4L)), g.constant(Tensor.scalar(true)), x)
            .with("body", body.graph())
            .outputs(2);
    g.output("last", outputs.get(0), null);
    g.output("all", outputs.get(1), null);
    return g.model(21);
  }

  /** Without a mask one run sees what single steps cannot. */
  @Test
  void attentionThatLooksAhead() {
    Model model = decoder(0);
    Outcome outcome = outcome(check(model), Relation.PREFILL);
    assertEquals(Status.NOT_APPLICABLE, outcome.status(), outcome::toString);
    assertTrue(outcome.why().contains("still to come"), outcome::toString);
    assertEquals(Status.HOLDS, status(check(decoder(1)), Relation.PREFILL));
  }

  /** Each step is multiplied by its place in the run, not in the text. */
  @Test
  void positionsThatBeginAnew() {
    GraphBuilder g = new GraphBuilder("positions");
    Ref x = g.input("x", DataType.FLOAT, 1, "seq", 4);
    Ref count = g.node("Gather", g.node("Shape", x), g.constant(Tensor.scalar(1L)));
    Ref places =
        g.node("Range", g.constant(Tensor.scalar(0L)), count, g.constant(Tensor.scalar(1L)));
    Ref column =
        g.node(
            "Unsqueeze",
            g.call("Cast", places).with("to", 1).output(),
            g.constant(Tensor.vector(1)));
    decode(g, g.node("Add", x, column), x, 1);
    assertEquals(Status.BROKEN, status(check(g.model(23)), Relation.PREFILL));
  }

  /** Our RNN has another activation than the model says. */
  @Test
  void wrongLayer() {
    GraphBuilder g = new GraphBuilder("wrong");
    Ref x = g.input("x", DataType.FLOAT, 3, 2, 3);
    Ref w = g.constant("w", drawn(1, 1, 4, 3));
    Ref r = g.constant("r", drawn(2, 1, 4, 4));
    g.output("y", g.call("RNN", x, w, r).with("hidden_size", 4).output(), null);
    OperatorDef right = Operators.standard().find("", "RNN");
    assertNotNull(right);
    OperatorDef wrong =
        right.implementedBy(
            UnaryOperator.identity(),
            given -> {
              given.ignore("hidden_size", "the defect has its own");
              Node node =
                  new Node(
                      "",
                      "RNN",
                      List.of("x", "w", "r"),
                      List.of("y"),
                      List.of(
                          Attribute.of("hidden_size", 4L),
                          new Attribute("activations", Attribute.OfStrings.of(List.of("Relu")))));
              return right.create(Attributes.of(node, right.versions().getLast()));
            });
    Model model = g.model(22);
    List<Outcome> outcomes =
        Metamorphic.check(
            model,
            RandomInputs.of(model, Map.of(), Map.of(), 5),
            SessionOptions.standard().withOperators(wrong),
            Budget.STANDARD,
            EnumSet.of(Relation.UNROLLED));
    assertEquals(1, outcomes.size());
    assertEquals(Status.BROKEN, status(outcomes, Relation.UNROLLED), outcomes::toString);
  }

  private static Model decoder(long causal) {
    GraphBuilder g = new GraphBuilder("decoder");
    Ref x = g.input("x", DataType.FLOAT, 1, "seq", 4);
    decode(g, x, x, causal);
    return g.model(23);
  }

  private static void decode(GraphBuilder g, Ref queries, Ref x, long causal) {
    Ref k = g.input("past_key", DataType.FLOAT, 1, 2, "past", 2);
    Ref v = g.input("past_value", DataType.FLOAT, 1, 2, "past", 2);
    List<Ref> all =
        g.call("Attention", queries, x, x, Ref.ABSENT, k, v)
            .with("q_num_heads", 2)
            .with("kv_num_heads", 2)
            .with("is_causal", causal)
            .outputs("y", "present_key", "present_value");
    g.output("y", all.get(0), Type.tensor(DataType.FLOAT, GraphBuilder.shape(1, "seq", 4)));
    g.output("present_key", all.get(1), null);
    g.output("present_value", all.get(2), null);
  }

  @Test
  void whatDoesNotApplySaysWhy() {
    GraphBuilder g = new GraphBuilder("plain");
    g.output("y", g.node("Tanh", g.input("x", DataType.FLOAT, 2, 3)), null);
    for (Outcome outcome : check(g.model(21))) {
      if (outcome.status() == Status.NOT_APPLICABLE) {
        assertTrue(outcome.why().length() > 10, outcome::toString);
      }
    }
    assertEquals(Status.NOT_APPLICABLE, status(check(g.model(21)), Relation.CHUNKS));
    assertEquals(Status.HOLDS, status(check(g.model(21)), Relation.THREADS));
  }

  private static Status status(List<Outcome> outcomes, Relation relation) {
    return outcome(outcomes, relation).status();
  }

  private static Outcome outcome(List<Outcome> outcomes, Relation relation) {
    return outcomes.stream().filter(o -> o.relation() == relation).findFirst().orElseThrow();
  }
}
