package org.sardonyx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.layers.WeightFormat.PYTORCH;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.Dense;
import org.sardonyx.layers.Embedding;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Lstm;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Pooling;
import org.sardonyx.layers.Recurrent;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** The first model of the README. */
class FirstNetworkTest {

  private final Random random = new Random(2);

  private Tensor draw(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = random.nextFloat(-0.5f, 0.5f);
    }
    return tensor;
  }

  @Test
  void isWritten(@TempDir Path folder) throws EngineFailed {
    Network net = new Network("sentiment");
    Features answer =
        net.tokens("ids")
            .withLengths(net.lengths("lengths"))
            .then(Embedding.of(draw(30, 6)))
            .then(
                Recurrent.both(
                    Lstm.of(PYTORCH, draw(20, 6), draw(20, 5), draw(20)),
                    Lstm.of(PYTORCH, draw(20, 6), draw(20, 5), draw(20))))
            .then(Pooling.MAX)
            .then(Dense.of(PYTORCH, draw(2, 10), draw(2)))
            .then(Activation.SOFTMAX);
    net.output("probabilities", answer);
    Path file = folder.resolve("sentiment.onnx");
    Export.Report report = Export.of(net.model()).write(file);
    assertTrue(report.agreed(), () -> report.complaints().toString());
    assertEquals(
        "float[batch,2]", String.valueOf(Onnx.read(file).graph().outputs().getFirst().type()));
  }
}
