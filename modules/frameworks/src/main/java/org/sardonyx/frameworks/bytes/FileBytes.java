package org.sardonyx.frameworks.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Text;

/** Reads files whole. */
public final class FileBytes {

  private FileBytes() {}

  /**
   * Reads a file.
   *
   * @throws InvalidInput where it is missing or cannot be read
   * @throws LimitExceeded where it has more bytes than allowed
   */
  public static byte[] read(Path path, long maxBytes) {
    if (!Files.isRegularFile(path)) {
      throw new InvalidInput("there is no file " + Text.escape(path.toString()));
    }
    int most = (int) Math.min(maxBytes, Integer.MAX_VALUE - 16);
    try (InputStream stream = Files.newInputStream(path)) {
      byte[] bytes = stream.readNBytes(most);
      if (stream.read() >= 0) {
        throw new LimitExceeded("maxBytes", "the file has more than " + most + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw new InvalidInput(
          Text.escape(path.toString()) + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }
}
