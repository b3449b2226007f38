package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
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
   * @throws LimitExceeded where it has more than {@code limit} bytes
   */
  static ByteString bytes(Path path, long limit) {
    try {
      if (!Files.exists(path)) {
        throw new InvalidInput("there is no file " + Text.escape(path.toString()));
      }
      if (!Files.isRegularFile(path)) {
        throw new InvalidInput(Text.escape(path.toString()) + " is no file");
      }
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        long size = channel.size();
        check(size, limit);
        if (size >= MAPPED) {
          return UnsafeByteOperations.unsafeWrap(
              channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
        }
      }
      return UnsafeByteOperations.unsafeWrap(Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new InvalidInput("there is no file " + Text.escape(path.toString()), e);
    } catch (IOException e) {
      throw new InvalidInput(
          Text.escape(path.toString()) + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }

  /** Returns the rest of a stream, at most {@code limit} bytes. */
  static ByteString bytes(InputStream stream, long limit) {
    try {
      int most = (int) Math.min(limit, Integer.MAX_VALUE - 8);
      byte[] bytes = stream.readNBytes(most);
      if (bytes.length == most && stream.read() >= 0) {
        check(most + 1L, most);
      }
      return UnsafeByteOperations.unsafeWrap(bytes);
    } catch (IOException e) {
      throw new InvalidInput("the stream cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }

  /**
   * Parses a message; its strings and bytes stay where {@code bytes} has them.
   *
   * @param what what the message is called in errors
   * @throws MalformedModel where the bytes are no such message
   * @throws LimitExceeded where it is too deep, or has too many parts
   */
  static <M extends Message> M parse(
      M prototype, ByteString bytes, ReadOptions options, String what) {
    try {
      WireScan.check(
          bytes.asReadOnlyByteBuffer(),
          prototype.getDescriptorForType(),
          options.maxDepth(),
          options.maxParts());
      CodedInputStream input = bytes.newCodedInput();
      input.enableAliasing(true);
      input.setRecursionLimit(options.maxDepth() + 1);
      Message.Builder builder = prototype.newBuilderForType();
      builder.mergeFrom(input);
      input.checkLastTagWas(0);
      @SuppressWarnings("unchecked") // a builder builds its own kind of message
      M message = (M) builder.build();
      return message;
    } catch (MalformedModel e) {
      String foreign = Foreign.name(bytes);
      throw new MalformedModel(
          "this is no " + what + (foreign == null ? ": " + e.what() : "; it looks like " + foreign),
          e);
    } catch (IOException e) {
      throw new MalformedModel("this is no " + what + ": " + e.getMessage(), e);
    }
  }

  /** Writes a message; what it refers to is not copied first. */
  static void write(Message message, FileChannel channel) throws IOException {
    CodedOutputStream output =
        CodedOutputStream.newInstance(Channels.newOutputStream(channel), 1 << 16);
    message.writeTo(output);
    output.flush();
  }

  static void check(long size, long limit) {
    if (size > limit) {
      throw new LimitExceeded("maxModelBytes", "a file of " + size + " bytes; most is " + limit);
    }
  }
}
