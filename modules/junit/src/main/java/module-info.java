import org.jspecify.annotations.NullMarked;

/** Conformance of models as tests of JUnit 5. */
@NullMarked
module org.sardonyx.junit {
  requires org.sardonyx.ir;
  requires org.sardonyx.onnx;
  requires org.sardonyx.runtime;
  requires transitive org.sardonyx.conformance;
  requires transitive org.junit.jupiter.api;
  requires org.opentest4j;
  requires static transitive org.jspecify;

  exports org.sardonyx.junit;
}
