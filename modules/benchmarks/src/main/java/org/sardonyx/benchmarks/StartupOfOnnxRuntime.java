package org.sardonyx.benchmarks;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** As {@link Startup}, without a class of ours but the names of types. */
final class StartupOfOnnxRuntime {

  private StartupOfOnnxRuntime() {}

  /** Runs. */
  public static void main(String[] arguments) throws OrtException, IOException {
    long begin = System.nanoTime();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(arguments[0], options)) {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        for (int i = 1; i < arguments.length; i++) {
          String[] parts = arguments[i].split(":", -1);
          int[] dims = Startup.dims(parts[2]);
          OnnxJavaType type = OnnxJavaType.valueOf(parts[1]);
          int size = Arrays.stream(dims).reduce(type.size, Math::multiplyExact);
          ByteBuffer buffer = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
          if (!parts[3].isEmpty()) {
            buffer.putLong(0, Long.parseLong(parts[3]));
          }
          inputs.put(
              parts[0],
              OnnxTensor.createTensor(
                  environment, buffer, Arrays.stream(dims).asLongStream().toArray(), type));
        }
        long loaded = System.nanoTime();
        session.run(inputs).close();
        Startup.print(begin, loaded);
        for (int i = 0; i < Startup.RUNS; i++) {
          session.run(inputs).close();
        }
        Startup.printMemory();
      }
    }
  }
}
