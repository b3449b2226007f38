package org.sardonyx.archive;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of files, for readers that look at parts of them. */
public final class FileBytes {

  /** Files from so many bytes on are mapped, until nobody holds them; others are copied. */
  private static final long MAPPED = 1 << 20;

  private FileBytes() {}

  /**
   * Returns the bytes of a file. An interrupt, which closes the channel that its thread is at, is a
   * message to the caller, who finds it afterwards.
   */
  public static MemorySegment of(Path path) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          if (channel.size() < MAPPED) {
            return MemorySegment.ofArray(Files.readAllBytes(path));
          }
          return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
