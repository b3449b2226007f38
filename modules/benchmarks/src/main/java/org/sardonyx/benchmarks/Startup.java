package org.sardonyx.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * A process from {@code main} to the first result and some runs more, as a user would write it:
 * prints the milliseconds from {@code main} and from the loaded model to the first result, and the
 * most memory the process had, in KiB. {@link StartupOfOnnxRuntime} is the same in the other
 * engine.
 */
final class Startup {

  static final int RUNS = 20;

  private Startup() {}

  /**
   * Runs.
   *
   * @param arguments the model, then the inputs, all zeros: {@code name:FLOAT:1,10,4:}; a number
   *     alone may have a value: {@code rate:INT64::16000}
   */
  public static void main(String[] arguments) throws IOException {
    long begin = System.nanoTime();
    Session session = Session.compile(Onnx.read(Path.of(arguments[0])));
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (int i = 1; i < arguments.length; i++) {
      String[] parts = arguments[i].split(":", -1);
      Tensor input = Tensor.zeros(DataType.valueOf(parts[1]), dims(parts[2]));
      if (!parts[3].isEmpty()) {
        input.setLong(0, Long.parseLong(parts[3]));
      }
      inputs.put(parts[0], input);
    }
    long loaded = System.nanoTime();
    session.run(inputs);
    print(begin, loaded);
    for (int i = 0; i < RUNS; i++) {
      session.run(inputs);
    }
    printMemory();
  }

  static int[] dims(String text) {
    return text.isEmpty()
        ? new int[0]
        : Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
  }

  static void print(long begin, long loaded) {
    long now = System.nanoTime();
    System.out.println("startup " + (now - begin) / 1e6 + " " + (now - loaded) / 1e6);
  }

  static void printMemory() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM")) {
        System.out.println("memory " + line.replaceAll("\\D", ""));
      }
    }
  }
}
