package org.sardonyx.operators.shaping.microsoft;

import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** Trilu of com.microsoft: that of ai.onnx. */
public final class Trilu {

  public static final OperatorDef DEF =
      OperatorDef.named("Trilu")
          .domain("com.microsoft")
          .version(1)
          .input("X", "T")
          .optionalInput("k", "tensor(int64)")
          .output("Y", "T")
          .attribute("upper", 1)
          .type("T", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL)))
          .create(
              attributes -> new org.sardonyx.operators.shaping.Trilu(attributes.getFlag("upper")));

  private Trilu() {}
}
