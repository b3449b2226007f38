package org.sardonyx.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;

/** The examples run as they stand. */
class ExamplesTest {

  @Test
  void firstResult() {
    String printed = printed(() -> FirstResult.main(new String[] {"../../models/lstm/model.onnx"}));
    String[] words = printed.strip().split(" ", -1);
    double sum = 0;
    for (int i = 2; i < 5; i++) {
      sum += Double.parseDouble(words[i]);
    }
    assertTrue(Math.abs(sum - 1) < 1e-6, printed);
  }

  @Test
  void ownOperator() {
    String printed = printed(() -> OwnOperator.main(new String[0]));
    assertEquals(List.of("0.0", "1.5", "2.0"), printed.lines().toList());
  }

  /** It is checked like ours: unknown attributes are refused. */
  @Test
  void ownOperatorIsChecked() {
    SessionOptions options = SessionOptions.standard().withOperators(OwnOperator.Cap.DEF);
    GraphBuilder g = new GraphBuilder("wrong");
    GraphBuilder.Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.callOf("com.example", "Cap", x).with("least", 2f).output(), null);
    Model model = g.model(new OpsetImport("", 21), new OpsetImport("com.example", 1));
    InvalidModel e = assertThrows(InvalidModel.class, () -> Session.compile(model, options));
    assertTrue(e.getMessage().contains("has no attribute \"least\""), e.getMessage());
  }

  private static String printed(Runnable example) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      example.run();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
