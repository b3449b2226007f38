package org.sardonyx.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.CellLstm;
import org.sardonyx.layers.Lstm;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Pooling;
import org.sardonyx.layers.Recurrent;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.Target;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class ExportTest {

  @TempDir Path folder;

  private static Tensor draw(Random random, int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = random.nextFloat(-0.5f, 0.5f);
    }
    return tensor;
  }

  private static Model model(Target target) {
    Random random = new Random(3);
    Network net = new Network("m", target).note("training data", "none").describe("A test.");
    Series x = net.series("x", 3).withLengths(net.lengths("n"));
    Series h =
        x.then(Recurrent.of(Lstm.of(WeightFormat.KERAS, draw(random, 3, 16), draw(random, 4, 16))))
            .then(
                Recurrent.of(
                    CellLstm.of(WeightFormat.ONNX, draw(random, 16, 4), draw(random, 16, 4))));
    net.output("y", h);
    net.output("last", h.then(Pooling.LAST));
    return net.model();
  }

  @Test
  void aModelThatRunsIsWrittenAndAlwaysInTheSameBytes() throws IOException, EngineFailed {
    Path first = folder.resolve("a.onnx");
    Path second = folder.resolve("b.onnx");
    Export.Report report = Export.of(model(Target.STANDARD)).write(first);
    assertTrue(report.agreed(), () -> report.complaints().toString());
    assertTrue(report.written());
    assertEquals(2, report.runs().size());
    assertTrue(Export.of(model(Target.STANDARD)).write(second).agreed());
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    Model read = Onnx.read(first);
    assertEquals("sardonyx", read.producerName());
    assertEquals("training data", read.metadata().getFirst().key());
    assertEquals(List.of("a.onnx", "b.onnx"), files(), "nothing else is left in the folder");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  /** An engine that is off by a little in one element. */
  private record Liar(NativeEngine honest) implements Engine {

    @Override
    public String name() {
      return "liar";
    }

    @Override
    public Loaded load(Path model, Options options) throws EngineFailed {
      Loaded inner = honest.load(model, options);
      return new Loaded() {
        @Override
        public List<String> inputs() {
          return inner.inputs();
        }

        @Override
        public List<String> outputs() {
          return inner.outputs();
        }

        @Override
        public Map<String, Value> run(Map<String, Value> inputs) throws EngineFailed {
          Map<String, Value> outputs = new LinkedHashMap<>(inner.run(inputs));
          Tensor y = ((Tensor) java.util.Objects.requireNonNull(outputs.get("y"))).copy();
          y.floats()[0] += 1e-3f;
          outputs.put("y", y);
          return outputs;
        }

        @Override
        public long[] time(Map<String, Value> inputs, Timing how) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
          inner.close();
        }
      };
    }

    @Override
    public void close() {}
  }

  @Test
  void aModelOnWhichEnginesDisagreeIsNotWritten() throws IOException, EngineFailed {
    Path file = folder.resolve("a.onnx");
    Engine liar = new Liar(new NativeEngine());
    Export export = Export.of(model(Target.STANDARD));
    Export.Report report = export.write(file, liar);
    assertFalse(report.agreed());
    assertFalse(report.written());
    assertTrue(
        report.complaints().getFirst().contains("\"y\""), () -> report.complaints().toString());
    assertEquals(List.of(), files());
    Export.Report told = export.evenIfWrong(true).write(file, liar);
    assertFalse(told.agreed());
    assertTrue(told.written());
    assertEquals(List.of("a.onnx"), files());
  }

  @Test
  void weightsBesideTheModelComeWithIt() throws IOException, EngineFailed {
    WriteOptions beside =
        WriteOptions.DEFAULT.withWeights(WriteOptions.Weights.ONE_FILE).withThreshold(64);
    Path file = folder.resolve("a.onnx");
    Export.Report report = Export.of(model(Target.STANDARD)).with(beside).write(file);
    assertTrue(report.agreed(), () -> report.complaints().toString());
    assertEquals(List.of("a.onnx", "a.onnx.data"), files());
    Onnx.read(file).graph().initializers().forEach(data -> data.load());
  }

  @Test
  void targetsAndInliningRun() throws EngineFailed {
    for (String target : List.of("onnxruntime:1.12", "onnxruntime:1.17", "onnxruntime:1.29")) {
      Target versions = Target.of(target);
      Export export = Export.of(model(versions)).inlined();
      assertEquals(List.of(), export.model().functions());
      assertEquals(versions.irVersion(), export.model().irVersion());
      Export.Report report = export.write(folder.resolve("a.onnx"));
      assertTrue(report.agreed(), () -> target + report.complaints());
    }
    Export old = Export.of(model(Target.of("opset:17"))).inlined().to(Target.of("onnxruntime:1.9"));
    assertEquals(15, old.model().opsetImports().getFirst().version());
    Export.Report report = old.write(folder.resolve("old.onnx"));
    assertTrue(report.agreed(), () -> report.complaints().toString());
  }

  @Test
  void aFolderThatIsNotThereIsRefused() {
    Export export = Export.of(model(Target.STANDARD));
    assertThrows(InvalidInput.class, () -> export.write(folder.resolve("none").resolve("a.onnx")));
  }
}
