package org.sardonyx.onnx;

/**
 * What a reader may do on behalf of a model.
 *
 * @param externalData whether weights may be read from other files than the model's own
 * @param symbolicLinks whether such a file, or a folder on the way to it, may be a symbolic link;
 *     it may then lie anywhere
 * @param hardLinks whether such a file may have more than one name
 * @param maxModelBytes most bytes of a model's own file; the format allows 2 GiB - 1
 * @param maxExternalBytes most bytes of all external files of one model together
 */
public record ReadOptions(
    boolean externalData,
    boolean symbolicLinks,
    boolean hardLinks,
    long maxModelBytes,
    long maxExternalBytes) {

  /** External data from plain files beside or below the model; the format's own limit; 64 GiB. */
  public static final ReadOptions DEFAULT =
      new ReadOptions(true, false, false, Integer.MAX_VALUE, 64L << 30);

  /** As {@link #DEFAULT}, without external data: nothing but the model's own bytes is opened. */
  public static final ReadOptions UNTRUSTED = DEFAULT.withExternalData(false);

  public ReadOptions {
    if (maxModelBytes < 0 || maxModelBytes > Integer.MAX_VALUE || maxExternalBytes < 0) {
      throw new IllegalArgumentException(
          "limits are not negative; maxModelBytes is at most 2^31 - 1");
    }
  }

  public ReadOptions withExternalData(boolean allowed) {
    return new ReadOptions(allowed, symbolicLinks, hardLinks, maxModelBytes, maxExternalBytes);
  }

  public ReadOptions withSymbolicLinks(boolean allowed) {
    return new ReadOptions(externalData, allowed, hardLinks, maxModelBytes, maxExternalBytes);
  }

  public ReadOptions withHardLinks(boolean allowed) {
    return new ReadOptions(externalData, symbolicLinks, allowed, maxModelBytes, maxExternalBytes);
  }

  public ReadOptions withMaxModelBytes(long bytes) {
    return new ReadOptions(externalData, symbolicLinks, hardLinks, bytes, maxExternalBytes);
  }

  public ReadOptions withMaxExternalBytes(long bytes) {
    return new ReadOptions(externalData, symbolicLinks, hardLinks, maxModelBytes, bytes);
  }
}
