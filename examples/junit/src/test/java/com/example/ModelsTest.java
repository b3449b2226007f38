package com.example;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.sardonyx.conformance.suite.SuiteResult;
import org.sardonyx.junit.ConformsTo;

/** One test for each output of each model, on each set of inputs. */
class ModelsTest {

  /** A model with its data sets beside it: in Sardonyx, in ONNX Runtime, and by the mathematics. */
  @ConformsTo(model = "src/test/models/gru/model.onnx")
  void gru() {}

  /** Random inputs, and a wish of our own beside the verdict. */
  @ConformsTo(
      model = "src/test/models/gru/model.onnx",
      inputs = 3,
      seed = 7,
      dims = {"time=20", "batch=4"})
  void gruOnOtherInputs(SuiteResult.Check check) {
    assertTrue(check.judged().ours().maxUlp() < 256, check::message);
  }

  /** Everything that the suite file lists, with what is known to be off. */
  @ConformsTo(suite = "src/test/models/suite.yaml")
  void suite() {}
}
