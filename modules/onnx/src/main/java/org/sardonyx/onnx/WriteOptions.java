package org.sardonyx.onnx;

/**
 * Where a writer puts weights.
 *
 * @param weights in the model's file, beside it, or as they were
 * @param threshold with {@link Weights#ONE_FILE} and {@link Weights#SHARDS}: initializers of fewer
 *     bytes stay in the model's file. ONNX Runtime takes no shape, axes or pads from other files:
 *     below about 256 it may not load the model
 * @param shardBytes with {@link Weights#SHARDS}: bytes after which a new file is begun; a larger
 *     tensor has a file of its own
 * @param alignment external tensors begin at a multiple of so many bytes; a power of two up to
 *     2^20. A page, 4096, lets every runtime map them
 */
public record WriteOptions(Weights weights, long threshold, long shardBytes, int alignment) {

  /** Where weights are put. */
  public enum Weights {
    /**
     * As they were read: what lay in the model's file stays there; what lay in another keeps its
     * place there if that file is in the folder that is written to, and is copied into one new file
     * if not.
     */
    AS_READ,
    /** All in the model's file, which then may have at most 2 GiB - 1. */
    INSIDE,
    /** In one file, named as the model's with {@code .data} behind. */
    ONE_FILE,
    /** In several files, named as the model's with {@code .data-00001} and so on behind. */
    SHARDS
  }

  /** Weights as they were read. */
  public static final WriteOptions DEFAULT =
      new WriteOptions(Weights.AS_READ, 1024, 2L << 30, 4096);

  public WriteOptions {
    if (threshold < 0 || shardBytes < 1) {
      throw new IllegalArgumentException("threshold is not negative, shardBytes is positive");
    }
    if (alignment < 1 || alignment > 1 << 20 || Integer.bitCount(alignment) != 1) {
      throw new IllegalArgumentException(
          "alignment is a power of two up to 2^20, not " + alignment);
    }
  }

  public WriteOptions withWeights(Weights newWeights) {
    return new WriteOptions(newWeights, threshold, shardBytes, alignment);
  }

  public WriteOptions withThreshold(long bytes) {
    return new WriteOptions(weights, bytes, shardBytes, alignment);
  }

  public WriteOptions withShardBytes(long bytes) {
    return new WriteOptions(weights, threshold, bytes, alignment);
  }

  public WriteOptions withAlignment(int bytes) {
    return new WriteOptions(weights, threshold, shardBytes, bytes);
  }
}
