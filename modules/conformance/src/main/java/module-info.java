import org.jspecify.annotations.NullMarked;

/** Three-way verdicts, policies, reports, and the suite. */
@NullMarked
@SuppressWarnings("module") // the module of exports is built after this one
module org.sardonyx.conformance {
  requires org.sardonyx.convert;
  requires transitive org.sardonyx.ir;
  requires org.sardonyx.kernels;
  requires transitive org.sardonyx.onnx;
  requires transitive org.sardonyx.operators;
  requires transitive org.sardonyx.oracle;
  requires org.sardonyx.passes;
  requires org.sardonyx.profile;
  requires org.sardonyx.text;
  requires transitive org.sardonyx.runtime;
  requires static org.junit.platform.engine;
  requires java.management;
  requires java.xml;
  requires jdk.management;
  requires org.snakeyaml.engine;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;

  exports org.sardonyx.conformance;
  exports org.sardonyx.conformance.bisect;
  exports org.sardonyx.conformance.detail;
  exports org.sardonyx.conformance.diff;
  exports org.sardonyx.conformance.fuzz;
  exports org.sardonyx.conformance.html;
  exports org.sardonyx.conformance.golden;
  exports org.sardonyx.conformance.lint;
  exports org.sardonyx.conformance.metamorphic;
  exports org.sardonyx.conformance.mutate;
  exports org.sardonyx.conformance.reduce;
  exports org.sardonyx.conformance.suite;
  exports org.sardonyx.conformance.sweep;
  exports org.sardonyx.conformance.yaml to
      org.sardonyx.export;
}
