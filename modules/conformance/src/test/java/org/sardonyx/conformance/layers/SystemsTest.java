package org.sardonyx.conformance.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Flow;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.State;
import org.sardonyx.layers.Target;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * Every system of layers over 200 steps: as built, written and read back, natively and in ONNX
 * Runtime, against the arbiter.
 */
class SystemsTest {

  private static final double LIMIT = 2e-6;

  /** As long as systems are unrolled, and some fewer where that is not the question. */
  private static final int LONG = 200;

  private static final int SHORT = 20;
  private static final int BATCH = 3;

  private static final ProcessEngine ORT = ProcessEngine.onnxRuntime(Duration.ofMinutes(2));

  @TempDir Path folder;

  @AfterAll
  static void end() {
    ORT.close();
  }

  @TestFactory
  Stream<DynamicTest> standard() {
    return tests(Target.STANDARD, LONG);
  }

  @TestFactory
  Stream<DynamicTest> oldest() {
    return tests(Target.of("onnxruntime:1.12"), SHORT);
  }

  private Stream<DynamicTest> tests(Target target, int time) {
    return Systems.all().entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getValue(), target, time)));
  }

  private void check(Function<Network, Flow> system, Target target, int time) throws EngineFailed {
    Network net = new Network("system", target);
    switch (system.apply(net)) {
      case Series series -> net.output("y", series);
      case Features features -> net.output("y", features);
      case State state -> net.output("y", state);
      case Flow other -> throw new AssertionError(other);
    }
    Model built = net.model();
    Path file = folder.resolve("system.onnx");
    Onnx.write(built, file);
    Model read = Onnx.read(file);
    Map<String, Value> inputs = inputs(built, time);
    Map<String, Value> truth;
    try (Engine.Loaded arbiter = new ArbiterEngine().load(built)) {
      truth = arbiter.run(inputs);
    }
    compare("native", truth, run(new NativeEngine().load(built), inputs));
    compare("read back", truth, run(new NativeEngine().load(read), inputs));
    compare("onnxruntime", truth, run(ORT.load(file, Engine.Options.DEFAULT), inputs));
  }

  private static Map<String, Value> run(Engine.Loaded loaded, Map<String, Value> inputs)
      throws EngineFailed {
    try (loaded) {
      return loaded.run(inputs);
    }
  }

  private static void compare(String who, Map<String, Value> truth, Map<String, Value> found) {
    assertEquals(truth.keySet(), found.keySet(), who);
    truth.forEach((name, value) -> {
      Tensor exact = (Tensor) value;
      Tensor given = (Tensor) Objects.requireNonNull(found.get(name));
      assertTrue(
          exact.sameShape(given), () -> who + ": " + name + " is " + given + ", not " + exact);
      for (int i = 0; i < exact.size(); i++) {
        double off = Math.abs(exact.getDouble(i) - given.getDouble(i));
        int at = i;
        assertTrue(
            off <= LIMIT, () -> who + ": " + name + " " + exact + "[" + at + "] is off by " + off);
      }
    });
  }

  private static Map<String, Value> inputs(Model model, int time) {
    Random random = new Random(Long.getLong("seed", 5));
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (ValueInfo input : model.graph().inputs()) {
      Type.OfTensor type = (Type.OfTensor) Objects.requireNonNull(input.type());
      int[] shape =
          type.shape().dims().stream()
              .mapToInt(dim ->
                  switch (dim) {
                    case Dim.Known(long size) -> Math.toIntExact(size);
                    case Dim.Named(String name) -> name.equals("batch") ? BATCH : time;
                    case Dim.Computed _, Dim.Unknown _ -> throw new AssertionError(dim);
                  })
              .toArray();
      Tensor tensor = Tensor.zeros(type.elementType(), shape);
      for (int i = 0; i < tensor.size(); i++) {
        switch (type.elementType()) {
          case FLOAT -> tensor.floats()[i] = random.nextFloat(-1, 1);
          case INT64 -> tensor.longs()[i] = random.nextInt(11);
          case INT32 -> tensor.ints()[i] = i == 0 ? time : 1 + random.nextInt(time);
          case BOOL -> tensor.bytes()[i] = (byte) (i % time == 0 || random.nextBoolean() ? 1 : 0);
          default -> throw new AssertionError(input);
        }
      }
      inputs.put(input.name(), tensor);
    }
    return inputs;
  }
}
