package org.sardonyx.frameworks;

import java.util.Map;
import org.sardonyx.layers.Target;

/**
 * How a file of a framework becomes a model.
 *
 * @param target the versions that the model is written in
 * @param steps how the model is told which steps count
 * @param features how many features inputs have, by name, where the file does not say
 * @param maxBytes most bytes of the file, and of what is packed in it
 */
public record ImportOptions(
    Target target, Steps steps, Map<String, Integer> features, long maxBytes) {

  /** How the model is told which steps of a series count. */
  public enum Steps {
    /** It is not: all do. */
    ALL,
    /**
     * By an input beside each series, int32 [batch], how many from the first on; {@code lengths},
     * or {@code lengths_} and the name of the input.
     */
    LENGTHS,
    /**
     * By an input beside each series, float [batch, time], 0 where a step does not count; {@code
     * mask}, or {@code mask_} and the name of the input. Recurrent layers that obey it become
     * loops, since ONNX has only lengths.
     */
    MASK
  }

  /** All steps count; a gibibyte. */
  public static final ImportOptions DEFAULT =
      new ImportOptions(Target.STANDARD, Steps.ALL, Map.of(), 1L << 30);

  public ImportOptions {
    features = Map.copyOf(features);
  }

  public ImportOptions withTarget(Target newTarget) {
    return new ImportOptions(newTarget, steps, features, maxBytes);
  }

  public ImportOptions withSteps(Steps how) {
    return new ImportOptions(target, how, features, maxBytes);
  }

  public ImportOptions withFeatures(Map<String, Integer> sizes) {
    return new ImportOptions(target, steps, sizes, maxBytes);
  }

  public ImportOptions withMaxBytes(long bytes) {
    return new ImportOptions(target, steps, features, bytes);
  }
}
