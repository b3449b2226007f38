package org.sardonyx.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;

/**
 * Reads and writes ONNX models.
 *
 * <p>Reading and writing lose nothing: fields that the graph does not model, and fields nobody
 * knows, come back as they were. Large weights stay in their file, mapped, until they are asked for
 * ({@code TensorData.load}); until the model is let go, its files may be replaced, as writing does,
 * but not be changed in place. Checksums of external data are kept and not compared.
 *
 * <p>Reading throws {@link MalformedModel} where bytes are no ONNX model, {@link UnsupportedModel}
 * where an element type is not known, {@link LimitExceeded} where a limit is reached or memory
 * ends, and {@link InvalidInput} where a file is missing or cannot be read. Whether the model keeps
 * the rules of ONNX is not looked at.
 */
public final class Onnx {

  private Onnx() {}

  /** Reads a model and, when its weights are asked for, the files beside it that hold them. */
  public static Model read(Path path) {
    return read(path, ReadOptions.DEFAULT);
  }

  public static Model read(Path path, ReadOptions options) {
    String label = Text.escape(String.valueOf(path.getFileName()));
    try {
      ByteBuffer bytes = Input.bytes(path, options.limits());
      return read(bytes, new ExternalFiles(path.toAbsolutePath().getParent(), options), options);
    } catch (ModelException e) {
      throw e.within(label);
    } catch (OutOfMemoryError e) {
      throw LimitExceeded.heap().within(label);
    }
  }

  /**
   * Reads a model that keeps its weights in itself.
   *
   * @param bytes the model; kept, not copied
   */
  public static Model read(byte[] bytes) {
    return read(bytes, null, ReadOptions.DEFAULT);
  }

  /**
   * Reads a model.
   *
   * @param bytes the model; kept, not copied
   * @param directory the folder of its other files; null where there is none
   */
  public static Model read(byte[] bytes, @Nullable Path directory, ReadOptions options) {
    Input.check(bytes.length, options.limits());
    try {
      return read(ByteBuffer.wrap(bytes), new ExternalFiles(directory, options), options);
    } catch (OutOfMemoryError e) {
      throw LimitExceeded.heap();
    }
  }

  /**
   * Reads a model that keeps its weights in itself, to the end of the stream, which is not closed.
   */
  public static Model read(InputStream stream) {
    ReadOptions options = ReadOptions.DEFAULT;
    try {
      return read(Input.bytes(stream, options.limits()), new ExternalFiles(null, options), options);
    } catch (OutOfMemoryError e) {
      throw LimitExceeded.heap();
    }
  }

  /** Writes a model, weights as they were read. */
  public static void write(Model model, Path path) {
    write(model, path, WriteOptions.DEFAULT);
  }

  /**
   * Writes a model and, as the options say, its weights beside it. Files of these names are
   * replaced when all are complete; on failure nothing is changed. Equal models give equal bytes.
   *
   * @throws LimitExceeded where the model's own file would have more than 2 GiB - 1
   * @throws UncheckedIOException where the files cannot be written
   */
  public static void write(Model model, Path path, WriteOptions options) {
    Path folder = Outputs.folder(path);
    String name = String.valueOf(path.getFileName());
    try (Outputs outputs = new Outputs(folder)) {
      WeightPlan plan = WeightPlan.of(model, options, folder);
      Inserts.Whole whole = new ModelWriter(plan, name).model(model);
      for (int i = 0; i < plan.files().size(); i++) {
        int file = i;
        outputs.write(plan.fileName(name, i), channel -> plan.write(file, channel));
      }
      outputs.write(name, whole::write);
      outputs.commit();
    } catch (IOException e) {
      throw Outputs.failed(path, e);
    } catch (ModelException e) {
      throw e.within(Text.escape(name));
    }
  }

  /**
   * Returns the bytes of a model; weights that lie in other files stay there.
   *
   * @throws LimitExceeded where that would be more than 2 GiB - 1
   */
  public static byte[] toBytes(Model model) {
    try {
      WeightPlan plan = WeightPlan.of(model, WriteOptions.DEFAULT, null);
      return new ModelWriter(plan, "").model(model).toBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a model from an array or, leaving large tensors where they are, from mapped bytes. */
  static Model read(ByteBuffer bytes, ExternalFiles files, ReadOptions options) {
    if (!bytes.hasRemaining()) {
      throw new MalformedModel("the file is empty");
    }
    try {
      WireScan.check(bytes, Layout.named("ModelProto"), options);
    } catch (MalformedModel e) {
      throw Input.none(ModelReader.WHAT, bytes, e);
    }
    Model model = PlainReader.read(bytes, files);
    return model == null ? ModelReader.read(bytes, files, options) : model;
  }
}
