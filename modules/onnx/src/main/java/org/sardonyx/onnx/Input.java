package org.sardonyx.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

/** Bytes from files and streams, within limits. */
final class Input {

  /** A file of more bytes is mapped, so that weights are not copied to the heap. */
  private static final int MAPPED = 1 << 20;

  private Input() {}

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
        // What maps to a buffer at once is called by reflection, which a new process pays for.
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto()).asByteBuffer();
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

  /** Says that bytes are no such message and, where they are something known, what they are. */
  static MalformedModel none(String what, ByteBuffer bytes, MalformedModel e) {
    String foreign = Foreign.name(bytes);
    return new MalformedModel(
        "this is no " + what + (foreign == null ? ": " + e.what() : "; it looks like " + foreign),
        e);
  }

  static void check(long size, Limits limits) {
    limits.check(Limit.MODEL_BYTES, size, "the bytes of the file");
  }
}
