package org.sardonyx.operators.generator;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** HammingWindow: {@code 25/46 - 21/46 cos(2 pi i / m)}. */
public final class HammingWindow {

  public static final OperatorDef DEF =
      OperatorDef.named("HammingWindow")
          .version(17)
          .input("size", "T1")
          .output("output", "T2")
          .attribute("output_datatype", 1)
          .attribute("periodic", 1)
          .type("T1", DataType.INT32, DataType.INT64)
          .type("T2", Types.NUMERIC_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(HammingWindow::of);

  private HammingWindow() {}

  static Operator of(Attributes attributes) {
    return Window.of(attributes, 25.0 / 46, 21.0 / 46, 0);
  }
}
