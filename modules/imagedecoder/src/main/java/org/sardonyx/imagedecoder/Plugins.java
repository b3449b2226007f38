package org.sardonyx.imagedecoder;

import java.io.IOException;
import java.util.Iterator;
import java.util.ServiceLoader;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import org.sardonyx.error.UnsupportedModel;

/**
 * The plugins that read images: always the same ones, whatever others a program has registered. The
 * JDK's own are only in its registry; the others are found by class.
 */
final class Plugins {

  private Plugins() {}

  /**
   * Returns a reader.
   *
   * @throws UnsupportedModel where its plugin is not on the class path or module path
   */
  static ImageReader reader(Format format) throws IOException {
    for (ImageReaderSpi plugin :
        ServiceLoader.load(ImageReaderSpi.class, Plugins.class.getClassLoader())) {
      if (plugin.getClass().getName().equals(format.plugin())) {
        return plugin.createReaderInstance();
      }
    }
    Iterator<ImageReaderSpi> registered =
        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
    while (registered.hasNext()) {
      ImageReaderSpi plugin = registered.next();
      if (plugin.getClass().getName().equals(format.plugin())) {
        return plugin.createReaderInstance();
      }
    }
    throw new UnsupportedModel(
        "images of format " + format + " need the ImageIO plugin of class " + format.plugin());
  }
}
