package org.sardonyx.cli;

import org.sardonyx.tensor.DataType;
import picocli.CommandLine.Option;

/** The option that says what our sessions hold weights as. */
final class WeightsOption {

  /** The types there are. */
  enum Name {
    FLOAT,
    BFLOAT16
  }

  @Option(
      names = "--weights",
      defaultValue = "float",
      description =
          "What our sessions hold constant weights of products as: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}). bfloat16 rounds them, for about twice the speed where few rows"
              + " are multiplied.")
  Name weights;

  WeightsOption() {}

  DataType type() {
    return weights == Name.BFLOAT16 ? DataType.BFLOAT16 : DataType.FLOAT;
  }
}
