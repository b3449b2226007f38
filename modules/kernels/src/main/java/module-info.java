import org.jspecify.annotations.NullMarked;

/** Hot loops over primitive arrays; knows no tensor and no graph. */
@NullMarked
module org.sardonyx.kernels {
  requires jdk.incubator.vector;
  requires static transitive org.jspecify;

  exports org.sardonyx.kernels;
}
