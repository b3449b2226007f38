package org.sardonyx.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

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
