package org.sardonyx.onnx;

/**
 * What a reader may do on behalf of a model, and how much of everything it takes in.
 *
 * @param externalData whether weights may be read from other files than the model's own
 * @param symbolicLinks whether such a file, or a folder on the way to it, may be a symbolic link;
 *     it may then lie anywhere
 * @param hardLinks whether such a file may have more than one name
 * @param maxModelBytes most bytes of a model's own file; the format allows 2 GiB - 1
 * @param maxExternalBytes most bytes of all external files of one model together
 * @param maxDepth most messages within messages, up to 100; a graph within a graph takes three
 * @param maxParts most messages and strings in a model's own file
 */
public record ReadOptions(
    boolean externalData,
    boolean symbolicLinks,
    boolean hardLinks,
    long maxModelBytes,
    long maxExternalBytes,
    int maxDepth,
    long maxParts) {

  /**
   * External data from plain files beside or below the model; the format's own limit; 64 GiB of
   * external data; depth 64; 16 Mi parts.
   */
  public static final ReadOptions DEFAULT =
      new ReadOptions(true, false, false, Integer.MAX_VALUE, 64L << 30, 64, 1 << 24);

  /** As {@link #DEFAULT}, without external data: nothing but the model's own bytes is opened. */
  public static final ReadOptions UNTRUSTED = DEFAULT.withExternalData(false);

  public ReadOptions {
    if (maxModelBytes < 0 || maxModelBytes > Integer.MAX_VALUE || maxExternalBytes < 0) {
      throw new IllegalArgumentException(
          "limits are not negative; maxModelBytes is at most 2^31 - 1");
    }
    if (maxDepth < 1 || maxDepth > 100 || maxParts < 1) {
      throw new IllegalArgumentException("maxDepth is from 1 to 100, maxParts is positive");
    }
  }

  public ReadOptions withExternalData(boolean allowed) {
    return new ReadOptions(
        allowed, symbolicLinks, hardLinks, maxModelBytes, maxExternalBytes, maxDepth, maxParts);
  }

  public ReadOptions withSymbolicLinks(boolean allowed) {
    return new ReadOptions(
        externalData, allowed, hardLinks, maxModelBytes, maxExternalBytes, maxDepth, maxParts);
  }

  public ReadOptions withHardLinks(boolean allowed) {
    return new ReadOptions(
        externalData, symbolicLinks, allowed, maxModelBytes, maxExternalBytes, maxDepth, maxParts);
  }

  public ReadOptions withMaxModelBytes(long bytes) {
    return new ReadOptions(
        externalData, symbolicLinks, hardLinks, bytes, maxExternalBytes, maxDepth, maxParts);
  }

  public ReadOptions withMaxExternalBytes(long bytes) {
    return new ReadOptions(
        externalData, symbolicLinks, hardLinks, maxModelBytes, bytes, maxDepth, maxParts);
  }

  public ReadOptions withMaxDepth(int depth) {
    return new ReadOptions(
        externalData, symbolicLinks, hardLinks, maxModelBytes, maxExternalBytes, depth, maxParts);
  }

  public ReadOptions withMaxParts(long parts) {
    return new ReadOptions(
        externalData, symbolicLinks, hardLinks, maxModelBytes, maxExternalBytes, maxDepth, parts);
  }
}
