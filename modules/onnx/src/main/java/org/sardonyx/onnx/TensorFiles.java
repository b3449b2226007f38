package org.sardonyx.onnx;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnknownFieldSet;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.onnx.proto.SparseTensorProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * Reads and writes values as the files of ONNX test data hold them ({@code input_0.pb}). Which
 * message a file holds is not said in it; it follows from the declared type of the graph's input or
 * output.
 */
public final class TensorFiles {

  private TensorFiles() {}

  /** Reads a file that holds a tensor. */
  public static Tensor readTensor(Path path) {
    return (Tensor) read(path, null);
  }

  /**
   * Reads a file that holds a value.
   *
   * @param type the declared type; null stands for a tensor
   * @throws MalformedModel where the file holds no such value
   * @throws UnsupportedModel where an element type is not known, or values of such a type cannot be
   *     in a file
   * @throws LimitExceeded where a tensor does not fit an array
   */
  public static Value read(Path path, @Nullable Type type) {
    try {
      ReadOptions options = ReadOptions.DEFAULT;
      ByteBuffer bytes = Input.bytes(path, options.limits());
      return read(bytes, type, new ExternalFiles(path.toAbsolutePath().getParent(), options));
    } catch (ModelException e) {
      throw e.within(Text.escape(String.valueOf(path.getFileName())));
    }
  }

  /** Reads the bytes of such a file. */
  public static Value read(byte[] bytes, @Nullable Type type) {
    return read(ByteBuffer.wrap(bytes), type, new ExternalFiles(null, ReadOptions.UNTRUSTED));
  }

  /**
   * Writes a value to a file, which appears complete or not at all.
   *
   * @param name the name it is given in the file; may be empty
   * @throws UncheckedIOException where the file cannot be written
   */
  public static void write(String name, Value value, Path path) {
    MessageLite message = ValueWriter.message(name, value);
    Outputs.writeOne(path, channel -> Messages.write(message, channel));
  }

  /** Returns the bytes of such a file. */
  public static byte[] toBytes(String name, Value value) {
    return ValueWriter.message(name, value).toByteArray();
  }

  private static Value read(ByteBuffer bytes, @Nullable Type type, ExternalFiles files) {
    ValueReader reader = new ValueReader(files);
    return switch (type) {
      case null -> reader.tensor(parse(TensorProto.getDefaultInstance(), bytes));
      case Type.OfTensor _ -> reader.tensor(parse(TensorProto.getDefaultInstance(), bytes));
      case Type.OfSparseTensor _ ->
          reader.sparse(parse(SparseTensorProto.getDefaultInstance(), bytes));
      case Type.OfSequence _ -> reader.sequence(fields("SequenceProto", bytes), type);
      case Type.OfOptional _ -> reader.optional(fields("OptionalProto", bytes), type);
      case Type.OfMap _ -> reader.map(fields("MapProto", bytes), type);
      case Type.Opaque _ ->
          throw new UnsupportedModel("values of type " + type.spec() + " are not kept in files");
    };
  }

  private static <M extends Message> M parse(M prototype, ByteBuffer bytes) {
    return Messages.parse(
        prototype, bytes, ReadOptions.DEFAULT, prototype.getClass().getSimpleName());
  }

  private static UnknownFieldSet fields(String message, ByteBuffer bytes) {
    return Messages.parse(
        UnknownFieldSet.getDefaultInstance(),
        Layout.named(message),
        bytes,
        ReadOptions.DEFAULT,
        message);
  }
}
