package org.sardonyx.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;

/**
 * Models as text, in the textual syntax of ONNX ({@code docs/Syntax.md} of the ONNX project):
 *
 * <pre>{@code
 * <ir_version: 10, opset_import: ["": 21]>
 * agraph (float[N, 128] X, float[128, 10] W) => (float[N, 10] C)
 * {
 *    T = MatMul(X, W)
 *    C = Softmax<axis: int = 1>(T)
 * }
 * }</pre>
 *
 * <p>Float16, bfloat16 and smaller floats are written as their bits, 4- and 2-bit elements as the
 * bytes they are packed in, complex numbers as two numbers.
 *
 * <p>Wider than that page in two ways, both needed for models that exist: domains, operators,
 * attributes and overloads may be quoted like other names ({@code "pkg.torch.2.3.0".gelu}), and
 * lists of attributes may hold tensors, graphs and types.
 */
public final class OnnxText {

  /** How the names of such files end, by convention. */
  public static final String EXTENSION = ".onnxtxt";

  private static final long MOST_BYTES = 256L << 20;

  private OnnxText() {}

  /** Whether a file is a text by its name. */
  public static boolean isText(Path file) {
    return file.toString().endsWith(EXTENSION);
  }

  /**
   * Reads a model from a file, as {@link #parse} does.
   *
   * @throws InvalidInput where there is no such file or it cannot be read
   */
  public static Model read(Path file) {
    String label = Text.escape(String.valueOf(file.getFileName()));
    try {
      if (Files.isRegularFile(file) && Files.size(file) > MOST_BYTES) {
        throw new LimitExceeded("file bytes", "a text of a model has at most " + MOST_BYTES);
      }
      return parse(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new MalformedModel(label + ": the text is not UTF-8", e);
    } catch (IOException e) {
      throw new InvalidInput(label + " cannot be read: " + e.getClass().getSimpleName(), e);
    } catch (ModelException e) {
      throw e.within(label);
    }
  }

  /**
   * Writes a model to a file, as {@link #print} does. A file of that name is replaced when the text
   * is complete.
   *
   * @throws UncheckedIOException where it cannot be written
   */
  public static void write(Model model, Path file) {
    String text = print(model);
    try {
      Path folder = file.toAbsolutePath().getParent();
      Path part = Files.createTempFile(folder, null, ".part");
      try {
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a model.
   *
   * @throws MalformedModel where the text does not follow the syntax, with line and column
   * @throws UnsupportedModel where elements lie in another file
   * @throws LimitExceeded where graphs or types are nested deeper than {@value Parser#MOST_NESTED}
   */
  public static Model parse(String text) {
    return new Parser(text).model();
  }

  /**
   * Writes a model, such that parsing gives it back. What the syntax has no words for and a run
   * does not need (free text and metadata of parts, training information, payloads of NaN, fields
   * unknown to ONNX) is left out, and comments at the top count it.
   *
   * @throws UnsupportedModel where a part that a run needs cannot be written: sparse constants,
   *     strings that are no UTF-8
   */
  public static String print(Model model) {
    return new Printer().model(model);
  }
}
