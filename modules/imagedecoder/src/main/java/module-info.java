import org.jspecify.annotations.NullMarked;

/** The operator ImageDecoder, which needs libraries that the runtime does without. */
@NullMarked
module org.sardonyx.imagedecoder {
  requires java.desktop;
  requires transitive org.sardonyx.operators;
  requires static transitive org.jspecify;

  uses javax.imageio.spi.ImageReaderSpi;

  exports org.sardonyx.imagedecoder;
}
