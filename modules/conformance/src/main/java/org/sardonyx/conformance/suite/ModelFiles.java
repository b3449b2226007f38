package org.sardonyx.conformance.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.text.OnnxText;

/**
 * The models of a suite, which may be in ONNX's text form: engines, which read files, get those as
 * binary files that are deleted in the end.
 */
public final class ModelFiles implements AutoCloseable {

  private final Map<Path, Path> binaries = new LinkedHashMap<>();

  /** Makes one that has written nothing yet. */
  public ModelFiles() {}

  /**
   * Reads a model, text where the name ends in {@code .onnxtxt}.
   *
   * @throws org.sardonyx.error.ModelException where it cannot be read
   */
  public static Model read(Path file) {
    return read(file, ReadOptions.DEFAULT);
  }

  /**
   * Reads a model, text where the name ends in {@code .onnxtxt}.
   *
   * @param reading what may be done to read it, of texts too
   * @throws org.sardonyx.error.ModelException where it cannot be read
   */
  public static Model read(Path file, ReadOptions reading) {
    if (!OnnxText.isText(file)) {
      return Onnx.read(file, reading);
    }
    // Through bytes: so whatever the options say holds of a text, too.
    return Onnx.read(Onnx.toBytes(OnnxText.read(file)), null, reading);
  }

  /** Returns a file that engines can read. */
  Path binary(Path file, ReadOptions reading) {
    if (!OnnxText.isText(file)) {
      return file;
    }
    Path written = binaries.get(file);
    if (written == null) {
      Model model = read(file, reading);
      try {
        written = Files.createTempFile("sardonyx-text", ".onnx");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      binaries.put(file, written);
      Onnx.write(model, written);
    }
    return written;
  }

  @Override
  public void close() {
    for (Path file : binaries.values()) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    binaries.clear();
  }
}
