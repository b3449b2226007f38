package org.sardonyx.operators.indexing.microsoft;

import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** GatherND of com.microsoft: that of ai.onnx without batch dimensions. */
public final class GatherND {

  public static final OperatorDef DEF =
      OperatorDef.named("GatherND")
          .domain("com.microsoft")
          .version(1)
          .input("data", "T")
          .input("indices", "Tind")
          .output("output", "T")
          .type("T", Types.ALL)
          .type("Tind", DataType.INT32, DataType.INT64)
          .create(attributes -> new org.sardonyx.operators.indexing.GatherND(0));

  private GatherND() {}
}
