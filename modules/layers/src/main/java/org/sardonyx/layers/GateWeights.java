package org.sardonyx.layers;

import java.util.List;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.tensor.Tensor;

/**
 * The weights of one direction of a recurrent layer, in the order and layout of ONNX.
 *
 * @param layer for messages
 * @param input how many features come in
 * @param hidden how many features a gate has
 * @param recurrentSize how many features come back from the step before
 * @param w [gates * hidden, input]
 * @param r [gates * hidden, recurrentSize]
 * @param wb [gates * hidden], the bias of the input
 * @param rb [gates * hidden], the bias of what comes back
 * @param conversion how the gates were moved
 */
record GateWeights(
    String layer,
    int input,
    int hidden,
    int recurrentSize,
    Tensor w,
    Tensor r,
    Tensor wb,
    Tensor rb,
    String conversion) {

  /**
   * Converts weights.
   *
   * @param gates the gates in the order of ONNX; empty for a layer that has none
   * @param recurrentSize how many features come back; -1 where as many as a gate has
   * @param biases none; one; or that of the input and that of what comes back, also as the rows of
   *     one matrix or, in ONNX, one after another
   */
  static GateWeights of(
      String layer,
      List<Gate> gates,
      WeightFormat format,
      int recurrentSize,
      Tensor input,
      Tensor recurrent,
      Tensor... biases) {
    List<Gate> order = format.order(layer, gates);
    int count = Math.max(1, gates.size());
    boolean columns = format.recurrent() == WeightFormat.Side.COLUMNS;
    String what = layer + " (" + format.name() + "): input weights";
    String expected = columns ? "[input," + count + "*hidden]" : "[" + count + "*hidden,input]";
    Tensor given = Weights.require(what, input, 2, expected);
    int rows = given.dim(columns ? 1 : 0);
    if (rows == 0 || rows % count != 0) {
      throw new InvalidInput(
          what
              + " is "
              + given
              + ", expected float"
              + expected
              + " with one block for each of "
              + gates);
    }
    int hidden = rows / count;
    int back = recurrentSize < 0 ? hidden : recurrentSize;
    Tensor second =
        Weights.require(
            layer + " (" + format.name() + "): recurrent weights",
            recurrent,
            "the input weights are " + given,
            columns ? new int[] {back, rows} : new int[] {rows, back});
    Tensor[] two = biases(layer + " (" + format.name() + ")", given, rows, biases);
    return new GateWeights(
        layer,
        given.dim(columns ? 0 : 1),
        hidden,
        back,
        ordered(columns ? Weights.transposed(given) : given, order, gates, hidden),
        ordered(columns ? Weights.transposed(second) : second, order, gates, hidden),
        ordered(two[0], order, gates, hidden),
        ordered(two[1], order, gates, hidden),
        gates.isEmpty() ? format.name() + ", one block" : format.conversion(layer, gates));
  }

  private static Tensor[] biases(String layer, Tensor input, int rows, Tensor... given) {
    String because = "the input weights are " + input;
    Tensor none = Tensor.of(new float[rows], rows);
    if (given.length == 0) {
      return new Tensor[] {none, none};
    }
    if (given.length == 1) {
      Tensor bias = given[0];
      boolean both = bias.hasShape(2, rows) || bias.hasShape(2 * rows);
      if (!both) {
        return new Tensor[] {Weights.require(layer + ": bias", bias, because, rows), none};
      }
      Tensor flat = Weights.require(layer + ": bias", bias, because, bias.shape());
      Tensor one = flat.reshaped(2 * rows);
      return new Tensor[] {Weights.rows(one, 0, rows), Weights.rows(one, rows, rows)};
    }
    if (given.length > 2) {
      throw new InvalidInput(layer + " has at most two biases, given are " + given.length);
    }
    return new Tensor[] {
      Weights.require(layer + ": bias of the input", given[0], because, rows),
      Weights.require(layer + ": recurrent bias", given[1], because, rows)
    };
  }

  /** Puts blocks of rows, one for each gate, from one order into another. */
  static Tensor ordered(Tensor tensor, List<Gate> from, List<Gate> to, int hidden) {
    if (from.equals(to)) {
      return tensor;
    }
    return Weights.stacked(
        to.stream()
            .map(gate -> Weights.rows(tensor, from.indexOf(gate) * hidden, hidden))
            .toArray(Tensor[]::new));
  }

  /** Returns [8 * hidden] or the like: both biases, one after another. */
  Tensor b() {
    return Weights.stacked(wb, rb);
  }

  /** Returns both biases added up. */
  Tensor bias() {
    return Weights.sum(wb, rb);
  }
}
