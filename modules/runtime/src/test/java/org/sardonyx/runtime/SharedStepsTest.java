package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.waves;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Steps of recurrent layers whose units go to several threads give the bits of one thread. */
class SharedStepsTest {

  private static final int TIME = 12;
  private static final int BATCH = 3;
  private static final int INPUT = 7;

  private static Model model(String op, int hidden, String option) {
    GraphBuilder g = new GraphBuilder("g");
    int gates = op.equals("LSTM") ? 4 : op.equals("GRU") ? 3 : 1;
    int directions = option.equals("bidirectional") ? 2 : 1;
    Ref x = g.input("x", DataType.FLOAT, TIME, BATCH, INPUT);
    Ref w = g.constant("w", small(directions, gates * hidden, INPUT));
    Ref r = g.constant("r", small(directions, gates * hidden, hidden));
    Ref b = g.constant("b", small(directions, 2 * gates * hidden));
    Ref lens =
        option.equals("lens")
            ? g.constant("lens", Tensor.of(new int[] {TIME, 3, 8}, BATCH))
            : Ref.ABSENT;
    Ref p = option.equals("peepholes") ? g.constant("p", small(1, 3 * hidden)) : null;
    GraphBuilder.Call call =
        p == null
            ? g.call(op, x, w, r, b, lens)
            : g.call(op, x, w, r, b, lens, Ref.ABSENT, Ref.ABSENT, p);
    call.with("hidden_size", hidden);
    switch (option) {
      case "bidirectional" -> call.with("direction", "bidirectional");
      case "lbr" -> call.with("linear_before_reset", 1);
      case "clip" -> call.with("clip", 0.5f);
      case "forget" -> call.with("input_forget", 1);
      default -> {}
    }
    var outputs = call.outputs(2);
    g.output("y", outputs.get(0), FLOAT);
    g.output("yh", outputs.get(1), FLOAT);
    return g.model(Models.OPSET);
  }

  private static Tensor small(int... shape) {
    Tensor tensor = waves(shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] *= 0.3f;
    }
    return tensor;
  }

  @ParameterizedTest
  @CsvSource({
    "LSTM, 150, none",
    "LSTM, 128, bidirectional",
    "LSTM, 256, lens",
    "LSTM, 201, peepholes",
    "LSTM, 150, clip",
    "LSTM, 150, forget",
    "GRU, 150, none",
    "GRU, 192, lbr",
    "GRU, 203, lbr",
    "GRU, 150, bidirectional",
    "GRU, 150, lens",
    "GRU, 150, clip",
    "RNN, 300, none"
  })
  void threadsGiveTheSameBits(String op, int hidden, String option) {
    Model model = model(op, hidden, option);
    Map<String, Value> inputs = Map.of("x", waves(TIME, BATCH, INPUT));
    for (Kernels kernels : new Kernels[] {Kernels.best(), Kernels.scalar()}) {
      SessionOptions plain = SessionOptions.standard().withKernels(kernels);
      Map<String, Value> one = Session.compile(model, plain).run(inputs);
      AtomicInteger called = new AtomicInteger();
      try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
        Session session =
            Session.compile(
                model,
                plain.withThreads(
                    3,
                    task -> {
                      called.incrementAndGet();
                      executor.execute(task);
                    }));
        for (int i = 0; i < 3; i++) {
          Map<String, Value> three = session.run(inputs);
          for (String name : one.keySet()) {
            assertArrayEquals(
                ((Tensor) one.get(name)).floats(), ((Tensor) three.get(name)).floats());
          }
        }
      }
      assertTrue(called.get() > 0 || op.equals("RNN"), "no step was shared");
    }
  }
}
