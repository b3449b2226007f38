package org.sardonyx.examples;

import java.nio.file.Path;
import java.util.Map;
import org.sardonyx.Sardonyx;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** The shortest way from a model to numbers. */
public final class FirstResult {

  private FirstResult() {}

  /** Runs an LSTM over six steps of one sequence and prints the probabilities of the last step. */
  public static void main(String[] arguments) {
    Session session = Sardonyx.load(Path.of(arguments[0]));
    float[] steps = new float[6 * 1 * 4];
    Map<String, Value> outputs = session.run(Map.of("x", Tensor.of(steps, 6, 1, 4)));
    float[] probabilities = ((Tensor) outputs.get("probabilities")).floats();
    System.out.println(
        "p = " + probabilities[15] + " " + probabilities[16] + " " + probabilities[17]);
  }
}
