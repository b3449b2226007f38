package org.sardonyx.layers;

import java.util.List;

/** The gates of recurrent cells, called as in the ONNX specification. */
public enum Gate {
  /** Of LSTM: how much of the candidate is taken. */
  INPUT("i"),
  /** Of LSTM: how much of the cell is shown. */
  OUTPUT("o"),
  /** Of LSTM: how much of the cell stays. */
  FORGET("f"),
  /** Of LSTM: the candidate; {@code g} or {@code j} elsewhere. */
  CELL("c"),
  /** Of GRU: how much of the state stays. */
  UPDATE("z"),
  /** Of GRU: how much of the state the candidate sees. */
  RESET("r"),
  /** Of GRU: the candidate; {@code n} elsewhere. */
  HIDDEN("h");

  /** The order of ONNX for LSTM. */
  static final List<Gate> LSTM = List.of(INPUT, OUTPUT, FORGET, CELL);

  /** The order of ONNX for GRU. */
  static final List<Gate> GRU = List.of(UPDATE, RESET, HIDDEN);

  /** The order of ONNX for peepholes. */
  static final List<Gate> PEEPHOLES = List.of(INPUT, OUTPUT, FORGET);

  private final String letter;

  Gate(String letter) {
    this.letter = letter;
  }

  @Override
  public String toString() {
    return letter;
  }
}
