package org.sardonyx.junit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.suite.Suite.Entry;
import org.sardonyx.conformance.suite.Suite.Expectation;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteRun;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Value;

/**
 * The engines of all tests of a JVM that have the same limits. Tests may run in parallel; models
 * run one after another.
 */
final class Engines implements AutoCloseable {

  private final NativeEngine ours;
  private final SuiteRun run;

  /**
   * @param reading what may be done to read models; its limits are those of every session, too
   */
  Engines(ReadOptions reading) {
    this.ours = new NativeEngine("sardonyx", SessionOptions.standard(), reading);
    this.run = SuiteRun.of(ours);
  }

  synchronized List<Check> run(
      Entry entry, String set, Supplier<Map<String, Value>> inputs, Set<Expectation> met) {
    return run.run(entry, set, inputs, met);
  }

  synchronized List<Check> relations(
      Entry entry, String set, Supplier<Map<String, Value>> inputs, Set<Expectation> met) {
    return run.relations(entry, set, inputs, met);
  }

  @Override
  public synchronized void close() {
    run.close();
    ours.close();
  }
}
