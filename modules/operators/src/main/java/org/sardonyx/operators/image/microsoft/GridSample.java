package org.sardonyx.operators.image.microsoft;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** GridSample of com.microsoft: that of ai.onnx, of floats alone. */
public final class GridSample {

  public static final OperatorDef DEF =
      OperatorDef.named("GridSample")
          .domain("com.microsoft")
          .version(1)
          .input("X", "T")
          .input("Grid", "T")
          .output("Y", "T")
          .attribute("align_corners", 0)
          .attribute("mode", "bilinear")
          .attribute("padding_mode", "zeros")
          .type("T", Types.FLOATS)
          .accuracy(Accuracy.ROUNDED)
          .create(org.sardonyx.operators.image.GridSample::of);

  private GridSample() {}
}
