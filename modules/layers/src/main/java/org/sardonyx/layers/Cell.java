package org.sardonyx.layers;

/**
 * What happens at a step of a recurrent layer, with the weights of one direction: {@link Rnn},
 * {@link Lstm} and {@link Gru} become operators of ONNX, every {@link StepCell} a function of the
 * model.
 */
public sealed interface Cell permits Rnn, Lstm, Gru, StepCell {

  /** Returns what it is called, for example {@code LSTM}. */
  String kind();

  /** Returns how many features come in. */
  int inputSize();

  /** Returns how many features come out. */
  int outputSize();

  /** Returns how the given weights were put into the order of ONNX, for people. */
  String conversion();
}
