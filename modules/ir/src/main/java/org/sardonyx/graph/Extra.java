package org.sardonyx.graph;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a file said about a part of a model beyond what the graph models: fields unknown to us and
 * oddities of spelling, kept as the module that reads files wrote them down, so that writing loses
 * nothing.
 */
public final class Extra {

  /** Nothing beyond the graph. */
  public static final Extra NONE = new Extra(new byte[0]);

  private final byte[] bytes;

  private Extra(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Extra of(byte[] bytes) {
    return bytes.length == 0 ? NONE : new Extra(bytes.clone());
  }

  public boolean isEmpty() {
    return bytes.length == 0;
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Extra extra && Arrays.equals(bytes, extra.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
