package org.sardonyx.operators.microsoft;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** What the operators of the domain share. */
final class Microsoft {

  static final String DOMAIN = "com.microsoft";

  static final Set<String> BYTES = Types.tensors(DataType.INT8, DataType.UINT8);

  private Microsoft() {}

  /** Starts the definition of version 1 of an operator. */
  static OperatorDef.Builder named(String name) {
    return OperatorDef.named(name).domain(DOMAIN).version(1);
  }

  /** Returns the one element of a scale. */
  static float scale(Invocation in, int input) {
    Tensor scale = in.tensor(input);
    if (scale.size() != 1) {
      throw new OperatorFailed("scale " + scale + " must have one element");
    }
    return (float) scale.getDouble(0);
  }

  /** Returns the one element of a zero point; 0 where it is absent. */
  static int zeroPoint(Invocation in, int input) {
    Tensor zero = in.optional(input);
    if (zero == null) {
      return 0;
    }
    if (zero.size() != 1) {
      throw new OperatorFailed("zero point " + zero + " must have one element");
    }
    return (int) zero.getLong(0);
  }

  /** Returns the parameters of each column: one for all is repeated; null gives null. */
  static float @Nullable [] columns(@Nullable Tensor parameter, int n) {
    if (parameter == null) {
      return null;
    }
    if (parameter.size() != 1 && parameter.size() != n) {
      throw new OperatorFailed("parameter " + parameter + " does not fit " + n + " columns");
    }
    float[] values = parameter.toFloats();
    if (values.length == n) {
      return values;
    }
    float[] repeated = new float[n];
    java.util.Arrays.fill(repeated, values[0]);
    return repeated;
  }
}
