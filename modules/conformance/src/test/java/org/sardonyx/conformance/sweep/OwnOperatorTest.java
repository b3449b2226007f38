package org.sardonyx.conformance.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** The README's example of an operator of one's own, swept. */
class OwnOperatorTest {

  record Cap(float most) implements Operator {

    static final OperatorDef DEF =
        OperatorDef.named("Cap")
            .domain("com.example")
            .version(1)
            .input("x", "T")
            .output("y", "T")
            .attribute("most", 6f)
            .type("T", DataType.FLOAT)
            .create(attributes -> new Cap(attributes.getFloat("most")));

    @Override
    public void infer(Inference in) {
      in.shape(0, in.shape(0));
    }

    @Override
    public void run(Invocation in) {
      float[] x = in.tensor(0).floats();
      float[] y = in.output(0, DataType.FLOAT, in.tensor(0).shape()).floats();
      for (int i = 0; i < x.length; i++) {
        y[i] = Math.min(most, Math.max(0, x[i]));
      }
    }
  }

  @Test
  void capIsWhatItIsSaidToBe() {
    DefinitionSweep.Report report =
        DefinitionSweep.of(Cap.DEF)
            .values("most", 0f, 2.5f)
            .expecting((attributes, inputs) -> {
              double[] y = ((Tensor) inputs.getFirst()).toDoubles();
              for (int i = 0; i < y.length; i++) {
                y[i] = Math.min(attributes.getFloat("most"), Math.max(0, y[i]));
              }
              return List.of(Tensor.of(y, ((Tensor) inputs.getFirst()).shape()));
            })
            .run();
    assertEquals(List.of(), report.problems());
    assertTrue(report.cases() >= 8 && report.judged() == report.cases(), report::toString);
  }

  /** What stands there is what runs here, but for line breaks. */
  @Test
  void theReadmeShowsIt() throws IOException {
    String readme = plain(Files.readString(Path.of("../../README.md")));
    String here =
        Files.readString(
            Path.of("src/test/java/org/sardonyx/conformance/sweep/OwnOperatorTest.java"));
    String cap = here.substring(here.indexOf("  record Cap"), here.indexOf("  @Test"));
    assertTrue(readme.contains(plain(cap)), "the record");
    String test =
        here.substring(here.indexOf("  void capIs"), here.indexOf("    assertTrue(report"));
    assertTrue(readme.contains(plain(test)), "the test");
  }

  private static String plain(String code) {
    return code.replace("@Override", "").replaceAll("\\s+", "");
  }
}
