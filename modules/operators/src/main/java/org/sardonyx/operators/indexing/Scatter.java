package org.sardonyx.operators.indexing;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** Scatter: what {@link ScatterElements} was called first. */
public record Scatter() {

  public static final OperatorDef DEF =
      OperatorDef.named("Scatter")
          .version(9)
          .input("data", "T")
          .input("indices", "Tind")
          .input("updates", "T")
          .output("output", "T")
          .attribute("axis", 0)
          .type("T", Types.ALL)
          .type("Tind", DataType.INT32, DataType.INT64)
          .version(11)
          .deprecated()
          .create(Scatter::of);

  static Operator of(Attributes attributes) {
    return new ScatterElements(attributes.getInt("axis"), Reduction.NONE);
  }
}
