package org.sardonyx;

import java.io.InputStream;
import java.nio.file.Path;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;

/**
 * The short way from an ONNX file to its results.
 *
 * <pre>{@code
 * Session session = Sardonyx.load(Path.of("model.onnx"));
 * Map<String, Value> outputs = session.run(Map.of("x", Tensor.of(data, 1, 3, 224, 224)));
 * }</pre>
 *
 * <p>The steps alone are {@link Onnx#read(Path)} and {@link Session#compile(Model)}, with options
 * of their own. What is wrong with a file, a model or an input is a {@link ModelException}.
 */
public final class Sardonyx {

  private Sardonyx() {}

  /** Reads a model and makes it ready to run. */
  public static Session load(Path path) {
    return load(path, SessionOptions.standard());
  }

  /** Reads a model and makes it ready to run. */
  public static Session load(Path path, SessionOptions options) {
    Model model = Onnx.read(path);
    try {
      return Session.compile(model, options);
    } catch (ModelException e) {
      throw e.within(Text.escape(String.valueOf(path.getFileName())));
    }
  }

  /**
   * Makes ready to run a model that keeps its weights in itself; the bytes are kept, not copied.
   */
  public static Session load(byte[] bytes) {
    return Session.compile(Onnx.read(bytes));
  }

  /** Reads a model that keeps its weights in itself to the end of a stream, which is not closed. */
  public static Session load(InputStream stream) {
    return Session.compile(Onnx.read(stream));
  }
}
