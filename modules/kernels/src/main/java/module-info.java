/** Hot loops over primitive arrays; knows no tensor and no graph. */
module org.sardonyx.kernels {
  requires jdk.incubator.vector;
  requires static transitive org.jspecify;

  exports org.sardonyx.kernels;
}
