package org.sardonyx.conformance.mutate;

import java.io.IOException;
import java.util.List;

/**
 * A reader and files that it can read.
 *
 * @param name the name on the command line
 * @param form how its files are built, so that mutants are not all refused at the first byte
 * @param seeds files to begin with
 * @param reader what reads them
 */
public record Target(String name, Form form, List<byte[]> seeds, Reader reader) {

  public Target {
    seeds = List.copyOf(seeds);
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("no file to begin with for " + name);
    }
  }

  /** How files are built. */
  public enum Form {
    /** Bytes of no known structure. */
    BYTES,
    /** Messages of protocol buffers. */
    PROTOBUF,
    /** Text. */
    TEXT,
    /** Archives. */
    ZIP,
    /** The length of a text in 8 bytes, little endian; the text; and bytes. */
    SAFETENSORS
  }

  /** Reads a file, to the last element. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads.
     *
     * @throws org.sardonyx.error.ModelException where the file is not as it should be
     * @throws IOException where the reader's own temporary file cannot be written
     */
    void read(byte[] bytes) throws IOException;
  }
}
