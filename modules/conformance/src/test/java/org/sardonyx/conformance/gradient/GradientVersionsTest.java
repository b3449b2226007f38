package org.sardonyx.conformance.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardonyx.conformance.gradient.GradientExamples.Example;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.convert.Differentiate;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Derivatives are written in the model's own version, or refused with the version that can. */
class GradientVersionsTest {

  /** Examples that must be differentiated in a version, at least. */
  @ParameterizedTest
  @CsvSource({
    "7, 50", "8, 50", "9, 60", "11, 70", "12, 70", "13, 75", "16, 80", "18, 85", "28, 85"
  })
  void agreesWithTheNewestForms(int version, int least) {
    Random random = new Random(Long.getLong("seed", 5));
    List<String> wrong = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    int agreed = 0;
    for (Example example : GradientExamples.examples()) {
      Map<String, Value> inputs = GradientTest.inputs(example, random);
      double[] weights = random.doubles(GradientTest.size(example, inputs), 0.5, 1.5).toArray();
      Model model = GradientTest.model(example, weights, true);
      Model older;
      try {
        older = ConvertOpset.of(Operators.standard()).to(version).apply(model);
      } catch (UnsupportedModel unwritable) {
        continue;
      }
      Model written;
      try {
        written = Differentiate.of(Operators.standard()).apply(older);
      } catch (UnsupportedModel refusal) {
        refused.add(example.name() + ": " + refusal.getMessage());
        continue;
      }
      if (!Check.of(Operators.standard()).check(written).isEmpty()) {
        wrong.add(example.name() + ": " + Check.of(Operators.standard()).check(written));
        continue;
      }
      Map<String, Value> found = new LinkedHashMap<>(Session.compile(written).run(inputs));
      Map<String, Value> expected = GradientTest.compiled(model).run(inputs);
      if (expected.keySet().stream().allMatch(name -> agree(expected.get(name), found.get(name)))) {
        agreed++;
      } else {
        wrong.add(example.name());
      }
    }
    System.out.println("ai.onnx " + version + ": " + agreed + " agree; refused: " + refused);
    assertEquals(List.of(), wrong);
    assertTrue(refused.stream().allMatch(r -> r.contains("convert")), refused::toString);
    assertTrue(agreed >= least, agreed + " examples");
  }

  private static boolean agree(Value expected, Value found) {
    Tensor a = (Tensor) expected;
    Tensor b = (Tensor) found;
    boolean same = a.type().equals(b.type()) && a.dataType() == DataType.DOUBLE;
    for (int i = 0; same && i < a.size(); i++) {
      double x = a.getDouble(i);
      same = Math.abs(x - b.getDouble(i)) <= 1e-12 * (1 + Math.abs(x));
    }
    return same;
  }
}
