package org.sardonyx.frameworks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;

/** Tells the files of frameworks apart. */
public final class Frameworks {

  private Frameworks() {}

  /** What a file may be. */
  public enum Format {
    /** A network of DL4J. */
    DL4J,
    /** Parameters of DJL. */
    DJL,
    /** A model already, as Tribuo writes it. */
    ONNX
  }

  /** Returns what a file is, by its first bytes: what is neither zip nor parameters is a model. */
  public static Format recognise(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInput("there is no file " + Text.escape(file.toString()));
    }
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] first = stream.readNBytes(4);
      if (first.length == 4 && first[0] == 'P' && first[1] == 'K') {
        return Format.DL4J;
      }
      if (first.length == 4 && first[0] == 'D' && first[1] == 'J' && first[2] == 'L') {
        return Format.DJL;
      }
      return Format.ONNX;
    } catch (IOException e) {
      throw new InvalidInput(
          Text.escape(file.toString()) + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }
}
