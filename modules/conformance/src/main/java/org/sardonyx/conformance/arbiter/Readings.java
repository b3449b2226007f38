package org.sardonyx.conformance.arbiter;

/**
 * How the arbiter reads the specification where an engine is known to read it otherwise. With
 * another engine's readings the arbiter says what that engine ought to give, deviations and all.
 *
 * @param clipsCellOutput LSTM: {@code clip} bounds what goes into h, too
 * @param keepsInitialStates a row of length 0 ends with its initial states; else with zeros
 * @param hidesNaN with B, LSTM and GRU take NaN on its way into a gate for the greatest float
 * @param zeroActivationDefaults Affine, ScaledTanh and ThresholdedRelu have 0 for what is not given
 * @param strictThreshold ThresholdedRelu of exactly alpha is 0
 * @param overflowingSoftplus Softplus is {@code log(1 + exp(x))} in float, infinite from 88.7 on
 * @param addsPairs products of uint8 and int8 are added in pairs in 16 bits, which saturate
 */
public record Readings(
    boolean clipsCellOutput,
    boolean keepsInitialStates,
    boolean hidesNaN,
    boolean zeroActivationDefaults,
    boolean strictThreshold,
    boolean overflowingSoftplus,
    boolean addsPairs) {

  /** The specification as this project reads it. */
  public static final Readings STANDARD =
      new Readings(true, true, false, false, false, false, false);

  /**
   * Returns the deviations of ONNX Runtime's CPU kernels.
   *
   * @param addsPairs whether the processor makes them add products of 8 bits in pairs
   */
  public static Readings onnxRuntime(boolean addsPairs) {
    return new Readings(false, false, true, true, true, true, addsPairs);
  }
}
