package org.sardonyx.layers;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.sardonyx.error.InvalidInput;

/**
 * How a framework lays out weights: the order of gates, and whether what leads from {@code n}
 * features to {@code m} is kept as [m, n] or [n, m]. Everything is converted to ONNX when a layer
 * is made.
 *
 * @param name for messages
 * @param lstm the order of the gates of LSTM; empty where the framework has none
 * @param gru the order of the gates of GRU; empty where the framework has none
 * @param peepholes the order of the peepholes of LSTM; empty where the framework has none
 * @param recurrent whether recurrent weights are [gates * hidden, input] (ROWS) or transposed
 * @param dense whether dense weights are [output, input] (ROWS) or transposed
 * @param resetAfter whether GRU resets after the product
 */
public record WeightFormat(
    String name,
    List<Gate> lstm,
    List<Gate> gru,
    List<Gate> peepholes,
    Side recurrent,
    Side dense,
    boolean resetAfter) {

  /** Where the outputs of a matrix of weights lie. */
  public enum Side {
    /** [output, input] */
    ROWS,
    /** [input, output] */
    COLUMNS
  }

  /** ONNX: LSTM i, o, f, c; GRU z, r, h, reset before the product; dense as of MatMul. */
  public static final WeightFormat ONNX =
      new WeightFormat("ONNX", Gate.LSTM, Gate.GRU, Gate.PEEPHOLES, Side.ROWS, Side.COLUMNS, false);

  private static final List<Gate> IFCO = List.of(Gate.INPUT, Gate.FORGET, Gate.CELL, Gate.OUTPUT);
  private static final List<Gate> RZH = List.of(Gate.RESET, Gate.UPDATE, Gate.HIDDEN);

  /** PyTorch and libtorch: LSTM i, f, g, o; GRU r, z, n; all [output, input]. */
  public static final WeightFormat PYTORCH =
      new WeightFormat("PyTorch", IFCO, RZH, List.of(), Side.ROWS, Side.ROWS, true);

  /** Keras: LSTM i, f, c, o; GRU z, r, h; all [input, output]. */
  public static final WeightFormat KERAS =
      new WeightFormat("Keras", IFCO, Gate.GRU, List.of(), Side.COLUMNS, Side.COLUMNS, true);

  /** The matrices of cuDNN in the order of their numbers: LSTM i, f, c, o; GRU r, z, h. */
  public static final WeightFormat CUDNN =
      new WeightFormat("cuDNN", IFCO, RZH, List.of(), Side.ROWS, Side.ROWS, true);

  /** DL4J: LSTM c, f, o, i; peepholes f, o, i; all [input, output]. It has no GRU. */
  public static final WeightFormat DL4J =
      new WeightFormat(
          "DL4J",
          List.of(Gate.CELL, Gate.FORGET, Gate.OUTPUT, Gate.INPUT),
          List.of(),
          List.of(Gate.FORGET, Gate.OUTPUT, Gate.INPUT),
          Side.COLUMNS,
          Side.COLUMNS,
          false);

  /** DJL: as PyTorch. */
  public static final WeightFormat DJL =
      new WeightFormat("DJL", IFCO, RZH, List.of(), Side.ROWS, Side.ROWS, true);

  /** Every format that is known by name. */
  public static final List<WeightFormat> ALL = List.of(ONNX, PYTORCH, KERAS, CUDNN, DL4J, DJL);

  /**
   * Checks the orders.
   *
   * @throws InvalidInput where one is not each gate once
   */
  public WeightFormat {
    lstm = checked(name, "LSTM", lstm, Gate.LSTM);
    gru = checked(name, "GRU", gru, Gate.GRU);
    peepholes = checked(name, "peepholes of LSTM", peepholes, Gate.PEEPHOLES);
  }

  private static List<Gate> checked(String name, String what, List<Gate> given, List<Gate> wanted) {
    boolean fits =
        given.isEmpty()
            || (given.size() == wanted.size()
                && EnumSet.copyOf(given).equals(EnumSet.copyOf(wanted)));
    if (!fits) {
      throw new InvalidInput(
          name
              + ": "
              + what
              + " cannot have the gates "
              + given
              + "; each of "
              + wanted
              + " is there once");
    }
    return List.copyOf(given);
  }

  /**
   * Returns the format of that name, in any case.
   *
   * @throws InvalidInput where there is none
   */
  public static WeightFormat of(String name) {
    return ALL.stream()
        .filter(format -> format.name.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            new InvalidInput(
                "no weight format \""
                    + org.sardonyx.error.Text.escape(name)
                    + "\"; there are "
                    + ALL.stream().map(WeightFormat::name).collect(Collectors.joining(", "))));
  }

  /** Returns the same with another order of the gates of LSTM, as TensorFlow 1 has (i, c, f, o). */
  public WeightFormat withLstm(Gate... order) {
    return new WeightFormat(name, List.of(order), gru, peepholes, recurrent, dense, resetAfter);
  }

  /** Returns the same with another order of the gates of GRU. */
  public WeightFormat withGru(Gate... order) {
    return new WeightFormat(name, lstm, List.of(order), peepholes, recurrent, dense, resetAfter);
  }

  /** Returns the order of these gates, which ONNX has in the given order. */
  List<Gate> order(String layer, List<Gate> onnx) {
    List<Gate> own = onnx.equals(Gate.LSTM) ? lstm : onnx.equals(Gate.GRU) ? gru : peepholes;
    if (onnx.isEmpty()) {
      return onnx;
    }
    if (own.isEmpty()) {
      throw new InvalidInput(layer + ": " + name + " has no order for the gates " + onnx);
    }
    return own;
  }

  /** Returns which block of this format each block of ONNX comes from, for people. */
  String conversion(String layer, List<Gate> onnx) {
    List<Gate> own = order(layer, onnx);
    return name
        + " "
        + own
        + " -> ONNX "
        + onnx
        + ": blocks "
        + onnx.stream().map(own::indexOf).toList();
  }
}
