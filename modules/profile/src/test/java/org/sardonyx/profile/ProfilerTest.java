package org.sardonyx.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/** What a profile says of models whose work is known. */
class ProfilerTest {

  @TempDir Path folder;

  private final Profiler profiler = new Profiler();

  private Session session(Model model) {
    return Session.compile(model, SessionOptions.standard().withObserver(profiler));
  }

  private static Model linear() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n", 3);
    Ref w = g.constant("w", Tensor.zeros(DataType.FLOAT, 3, 5));
    g.output("y", g.node("MatMul", x, w), Type.tensor(DataType.FLOAT));
    return g.model(21);
  }

  private static Map<String, Tensor> rows(int n) {
    return Map.of("x", Tensor.zeros(DataType.FLOAT, n, 3));
  }

  @Test
  void aProductWithPackedWeights() {
    Session session = session(linear());
    session.run(rows(2));
    session.run(rows(4));
    Profile profile = profiler.profile();
    assertEquals(2, profile.runs());
    Profile.Entry entry = profile.entries().getFirst();
    assertEquals("MatMul-13", entry.operator());
    assertEquals("packed matrix", entry.kernel());
    assertEquals(2, entry.calls());
    assertEquals(2.0 * (2 + 4) * 3 * 5, entry.flops());
    assertEquals(4L * ((2 + 4) * (3 + 5) + 2 * 3 * 5), entry.bytes());
    assertTrue(entry.nanos() >= entry.ownNanos() && entry.ownNanos() > 0);
    assertTrue(profile.toString().contains("packed matrix"), profile::toString);
    assertEquals(entry.flops(), profile.byOperator().getFirst().flops());
    assertEquals("1 node", profile.byOperator().getFirst().node());
    assertNotSame(profile, profiler.profile());
    profiler.reset();
    assertEquals(new Profile(0, 0, List.of()), profiler.profile());
  }

  @Test
  void aRecurrentLayerSaysWhatKeepsItFromTheFastPath() {
    for (boolean clips : new boolean[] {false, true}) {
      GraphBuilder g = new GraphBuilder("g");
      Ref x = g.input("x", DataType.FLOAT, "t", 2, 3);
      Ref w = g.constant("w", Tensor.zeros(DataType.FLOAT, 1, 16, 3));
      Ref r = g.constant("r", Tensor.zeros(DataType.FLOAT, 1, 16, 4));
      GraphBuilder.Call call = g.call("LSTM", x, w, r).with("hidden_size", 4);
      g.output("y", (clips ? call.with("clip", 2f) : call).output(), Type.tensor(DataType.FLOAT));
      Profiler own = new Profiler();
      Session.compile(g.model(21), SessionOptions.standard().withObserver(own))
          .run(Map.of("x", Tensor.zeros(DataType.FLOAT, 7, 2, 3)));
      Profile.Entry entry = own.profile().entries().getFirst();
      assertEquals(2.0 * 7 * 2 * (16 * 3 + 16 * 4), entry.flops());
      assertEquals(
          clips ? "packed weights, step function by function: clip" : "packed weights, fused step",
          entry.kernel());
    }
  }

  @Test
  void convolutionsAndNodesThatRunAsOne() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1, 4, 6, 6);
    Ref w = g.constant("w", Tensor.zeros(DataType.FLOAT, 8, 2, 3, 3));
    Ref conv = g.call("Conv", x, w).with("group", 2).output();
    Ref half = g.node("Mul", conv, g.constant("half", Tensor.of(new float[] {0.5f}, 1)));
    g.output("y", g.node("Tanh", half), Type.tensor(DataType.FLOAT));
    session(g.model(21)).run(Map.of("x", Tensor.zeros(DataType.FLOAT, 1, 4, 6, 6)));
    double flops = profiler.profile().entries().stream().mapToDouble(Profile.Entry::flops).sum();
    assertEquals(2 * (8 * 16) * (2 * 9) + 2 * 8 * 16, flops, profiler.profile()::toString);
  }

  @Test
  void aTraceHasEveryNodeOnce() {
    Session session = session(linear());
    session.run(rows(1));
    String trace = profiler.trace(() -> session.run(rows(2)));
    assertTrue(trace.contains("{\"name\": \"MatMul-13\", \"ph\": \"X\""), trace);
    assertTrue(trace.contains("\"node\": \"node (MatMul-13)\""), trace);
    assertEquals(2, trace.split("MatMul-13\", \"ph\"", -1).length);
  }

  @Test
  void theFlightRecorderHasAnEventForEachNode() throws IOException {
    Session session = session(linear());
    session.run(rows(1));
    Path file = folder.resolve("run.jfr");
    Profiler.record(() -> session.run(rows(2)), file);
    session.run(rows(3));
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals("org.sardonyx.Node"))
            .toList();
    assertEquals(1, events.size());
    assertEquals("MatMul-13", events.getFirst().getString("operator"));
    assertEquals(60.0, events.getFirst().getDouble("flops"));
    assertEquals("packed matrix", events.getFirst().getString("kernel"));
  }
}
