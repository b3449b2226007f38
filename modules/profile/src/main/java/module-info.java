import org.jspecify.annotations.NullMarked;

/** Where the time of a model goes. */
@NullMarked
module org.sardonyx.profile {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.runtime;
  requires static transitive org.jspecify;
  requires jdk.jfr;

  exports org.sardonyx.profile;
}
