package org.sardonyx.operators.shaping.microsoft;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.operators.shaping.Pad.Mode;

/** Pad of com.microsoft: that of ai.onnx with pads [2 * rank] or [1, 2 * rank]. */
public final class Pad {

  public static final OperatorDef DEF =
      OperatorDef.named("Pad")
          .domain("com.microsoft")
          .version(1)
          .input("data", "T")
          .input("pads", "tensor(int64)")
          .optionalInput("value", "T")
          .output("output", "T")
          .attribute("mode", "constant")
          .type("T", Types.FLOATS)
          .create(Pad::of);

  private Pad() {}

  private static Operator of(Attributes attributes) {
    Mode mode =
        switch (attributes.getString("mode")) {
          case "constant" -> Mode.CONSTANT;
          case "reflect" -> Mode.REFLECT;
          case "edge" -> Mode.EDGE;
          default -> throw new InvalidModel("mode is none of constant, reflect, edge");
        };
    return new org.sardonyx.operators.shaping.Pad(mode, null, 0);
  }
}
