import org.jspecify.annotations.NullMarked;

/** Reads the files of DL4J and DJL, without either, and makes models of them. */
@NullMarked
module org.sardonyx.frameworks {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.layers;
  requires org.snakeyaml.engine;
  requires static transitive org.jspecify;

  exports org.sardonyx.frameworks;
  exports org.sardonyx.frameworks.djl;
  exports org.sardonyx.frameworks.dl4j;
}
