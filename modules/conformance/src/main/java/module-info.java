import org.jspecify.annotations.NullMarked;

/** Three-way verdicts, policies, reports, and the suite. */
@NullMarked
@SuppressWarnings("module") // the module of exports is built after this one
module org.sardonyx.conformance {
  requires org.sardonyx.convert;
  requires transitive org.sardonyx.ir;
  requires org.sardonyx.kernels;
  requires org.sardonyx.onnx;
  requires transitive org.sardonyx.operators;
  requires transitive org.sardonyx.oracle;
  requires org.sardonyx.passes;
  requires transitive org.sardonyx.runtime;
  requires static org.junit.platform.engine;
  requires java.xml;
  requires org.snakeyaml.engine;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;

  exports org.sardonyx.conformance;
  exports org.sardonyx.conformance.diff;
  exports org.sardonyx.conformance.suite;
  exports org.sardonyx.conformance.sweep;
  exports org.sardonyx.conformance.yaml to
      org.sardonyx.export;
}
