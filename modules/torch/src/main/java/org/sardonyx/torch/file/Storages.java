package org.sardonyx.torch.file;

import java.lang.foreign.MemorySegment;

/** The bytes of storages by their keys; what is said of them was checked. */
@FunctionalInterface
public interface Storages {

  /**
   * The bytes of a storage.
   *
   * @param bytes its elements
   * @param bigEndian whether their bytes are in that order
   * @param offset where they begin in the file
   */
  record Found(MemorySegment bytes, boolean bigEndian, long offset) {}

  /**
   * Returns a storage.
   *
   * @param key its key
   * @param tensor the tensor that needs it, for messages
   */
  Found find(String key, String tensor);
}
