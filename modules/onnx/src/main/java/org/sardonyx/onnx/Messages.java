package org.sardonyx.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;

/** Bytes from files and streams, and messages from bytes, within limits. */
final class Messages {

  /** A file of more bytes is mapped, so that weights are not copied to the heap. */
  private static final int MAPPED = 4 << 20;

  private Messages() {}

  /**
   * Returns the bytes of a file, mapped where there are many.
   *
   * @throws InvalidInput where the file is missing or cannot be read
   * @throws LimitExceeded where it has too many bytes
   */
  static ByteBuffer bytes(Path path, Limits limits) {
    try {
      if (!Files.exists(path)) {
        throw new InvalidInput("there is no file " + Text.escape(path.toString()));
      }
      if (!Files.isRegularFile(path)) {
        throw new InvalidInput(Text.escape(path.toString()) + " is no file");
      }
      return Uninterrupted.read(() -> content(path, limits));
    } catch (NoSuchFileException e) {
      throw new InvalidInput("there is no file " + Text.escape(path.toString()), e);
    } catch (IOException e) {
      throw new InvalidInput(
          Text.escape(path.toString()) + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }

  private static ByteBuffer content(Path path, Limits limits) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      check(size, limits);
      if (size >= MAPPED) {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
      }
    }
    return ByteBuffer.wrap(Files.readAllBytes(path));
  }

  /** Returns the rest of a stream, as many bytes as a model may have. */
  static ByteBuffer bytes(InputStream stream, Limits limits) {
    try {
      int most = (int) Math.min(limits.most(Limit.MODEL_BYTES), Integer.MAX_VALUE - 8);
      byte[] bytes = stream.readNBytes(most);
      if (bytes.length == most && stream.read() >= 0) {
        throw limits.exceeded(Limit.MODEL_BYTES, "a stream of more bytes");
      }
      return ByteBuffer.wrap(bytes);
    } catch (IOException e) {
      throw new InvalidInput("the stream cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }

  /**
   * Checks and parses a message.
   *
   * @param what what the message is called in errors
   * @throws MalformedModel where the bytes are no such message
   * @throws LimitExceeded where it is too deep, or has too many parts
   */
  static <M extends Message> M parse(
      M prototype, ByteBuffer bytes, ReadOptions options, String what) {
    try {
      WireScan.check(bytes, Layout.of(prototype.getClass()), options);
      return parseChecked(prototype, bytes, options);
    } catch (MalformedModel e) {
      throw none(what, bytes, e);
    }
  }

  /** Parses a message that was checked; its strings and bytes stay where an array has them. */
  static <M extends Message> M parseChecked(M prototype, ByteBuffer bytes, ReadOptions options) {
    try {
      CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      input.enableAliasing(true);
      input.setRecursionLimit((int) options.limits().most(Limit.MESSAGE_DEPTH) + 1);
      Message.Builder builder = prototype.newBuilderForType();
      builder.mergeFrom(input);
      input.checkLastTagWas(0);
      @SuppressWarnings("unchecked") // a builder builds its own kind of message
      M message = (M) builder.build();
      return message;
    } catch (IOException e) {
      throw new MalformedModel(String.valueOf(e.getMessage()), e);
    }
  }

  /** Says that bytes are no such message and, where they are something known, what they are. */
  static MalformedModel none(String what, ByteBuffer bytes, MalformedModel e) {
    String foreign = Foreign.name(bytes);
    return new MalformedModel(
        "this is no " + what + (foreign == null ? ": " + e.what() : "; it looks like " + foreign),
        e);
  }

  /** Writes a message; what it refers to is not copied first. */
  static void write(Message message, WritableByteChannel channel) throws IOException {
    CodedOutputStream output =
        CodedOutputStream.newInstance(Channels.newOutputStream(channel), 1 << 16);
    message.writeTo(output);
    output.flush();
  }

  static void check(long size, Limits limits) {
    limits.check(Limit.MODEL_BYTES, size, "the bytes of the file");
  }
}
