package org.sardonyx.conformance.sweep;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drawn cases against the arbiter and ONNX Runtime, whose deviations are all listed. */
class GeneratedCasesTest {

  @TempDir static Path folder;

  private static Sweep sweep;

  @BeforeAll
  static void start() {
    sweep = new Sweep(folder);
  }

  @AfterAll
  static void end() {
    sweep.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"LSTM", "GRU", "RNN"})
  void recurrent(String operator) {
    sweep.run(
        operator, Sweep.cases(200), 0.3, random -> RecurrentCase.draw(operator, random).build());
  }

  @Test
  void attention() {
    sweep.run("Attention", Sweep.cases(150), 0.4, AttentionCases::attention);
  }

  @Test
  void rotaryEmbedding() {
    sweep.run("RotaryEmbedding", Sweep.cases(40), 0.5, AttentionCases::rotaryEmbedding);
  }

  /** The same seed draws the same cases, so that a failure can be looked at again. */
  @Test
  void drawsAreRepeatable() {
    for (int i = 0; i < 20; i++) {
      Case a = RecurrentCase.draw("LSTM", new Random(i)).build();
      Case b = RecurrentCase.draw("LSTM", new Random(i)).build();
      if (!a.label().equals(b.label()) || !a.inputs().equals(b.inputs())) {
        throw new AssertionError(a.label());
      }
    }
  }
}
