package org.sardonyx.onnx;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Reads files in threads that are interrupted: an interrupt closes the channel that its thread is
 * at, yet it is a message to the caller, who finds it afterwards.
 */
final class Uninterrupted {

  private Uninterrupted() {}

  /** What opens a file, reads and closes it; done anew where an interrupt came between. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws IOException;
  }

  static <T> T read(Reading<T> reading) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return reading.read();
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
