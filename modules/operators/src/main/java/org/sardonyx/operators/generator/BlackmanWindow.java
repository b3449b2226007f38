package org.sardonyx.operators.generator;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** BlackmanWindow: {@code 0.42 - 0.5 cos(2 pi i / m) + 0.08 cos(4 pi i / m)}. */
public final class BlackmanWindow {

  public static final OperatorDef DEF =
      OperatorDef.named("BlackmanWindow")
          .version(17)
          .input("size", "T1")
          .output("output", "T2")
          .attribute("output_datatype", 1)
          .attribute("periodic", 1)
          .type("T1", DataType.INT32, DataType.INT64)
          .type("T2", Types.NUMERIC_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(BlackmanWindow::of);

  private BlackmanWindow() {}

  static Operator of(Attributes attributes) {
    return Window.of(attributes, 0.42, 0.5, 0.08);
  }
}
