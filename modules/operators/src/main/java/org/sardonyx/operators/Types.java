package org.sardonyx.operators;

import static org.sardonyx.tensor.DataType.BFLOAT16;
import static org.sardonyx.tensor.DataType.BOOL;
import static org.sardonyx.tensor.DataType.COMPLEX128;
import static org.sardonyx.tensor.DataType.COMPLEX64;
import static org.sardonyx.tensor.DataType.DOUBLE;
import static org.sardonyx.tensor.DataType.FLOAT;
import static org.sardonyx.tensor.DataType.FLOAT16;
import static org.sardonyx.tensor.DataType.FLOAT4E2M1;
import static org.sardonyx.tensor.DataType.FLOAT8E4M3FN;
import static org.sardonyx.tensor.DataType.FLOAT8E4M3FNUZ;
import static org.sardonyx.tensor.DataType.FLOAT8E5M2;
import static org.sardonyx.tensor.DataType.FLOAT8E5M2FNUZ;
import static org.sardonyx.tensor.DataType.FLOAT8E8M0;
import static org.sardonyx.tensor.DataType.INT16;
import static org.sardonyx.tensor.DataType.INT2;
import static org.sardonyx.tensor.DataType.INT32;
import static org.sardonyx.tensor.DataType.INT4;
import static org.sardonyx.tensor.DataType.INT64;
import static org.sardonyx.tensor.DataType.INT8;
import static org.sardonyx.tensor.DataType.STRING;
import static org.sardonyx.tensor.DataType.UINT16;
import static org.sardonyx.tensor.DataType.UINT2;
import static org.sardonyx.tensor.DataType.UINT32;
import static org.sardonyx.tensor.DataType.UINT4;
import static org.sardonyx.tensor.DataType.UINT64;
import static org.sardonyx.tensor.DataType.UINT8;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.tensor.DataType;

/** Sets of types as operator definitions use them, each type spelled as in the specification. */
public final class Types {

  /** float16, float, double: the floats of the first operator sets. */
  public static final Set<String> FLOATS = tensors(FLOAT16, FLOAT, DOUBLE);

  /** {@link #FLOATS} and bfloat16. */
  public static final Set<String> FLOATS_BF16 = tensors(FLOAT16, FLOAT, DOUBLE, BFLOAT16);

  /** The four 8-bit floats with a fraction. */
  public static final Set<String> FLOATS_8 =
      tensors(FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ);

  /** What quantization gives since version 21: integers of 4, 8 and 16 bits, and 8-bit floats. */
  public static final Set<String> QUANTIZED_21 =
      union(FLOATS_8, tensors(INT8, UINT8, INT16, UINT16, INT4, UINT4));

  /** int32, int64, uint32, uint64 and {@link #FLOATS}: "high precision numeric". */
  public static final Set<String> HIGH_PRECISION =
      tensors(UINT32, UINT64, INT32, INT64, FLOAT16, FLOAT, DOUBLE);

  /** {@link #HIGH_PRECISION} and bfloat16. */
  public static final Set<String> HIGH_PRECISION_BF16 = union(HIGH_PRECISION, tensors(BFLOAT16));

  /** All integers of 8 bits or more, signed and unsigned. */
  public static final Set<String> INTEGERS =
      tensors(UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64);

  /** {@link #INTEGERS} and {@link #FLOATS}. */
  public static final Set<String> NUMERIC = union(INTEGERS, FLOATS);

  /** {@link #NUMERIC} and bfloat16. */
  public static final Set<String> NUMERIC_BF16 = union(NUMERIC, tensors(BFLOAT16));

  /** Every tensor type of the first operator sets: numeric, bool, string and complex. */
  public static final Set<String> ALL =
      union(NUMERIC, tensors(BOOL, STRING, COMPLEX64, COMPLEX128));

  /** {@link #ALL} and bfloat16: IR version 4. */
  public static final Set<String> ALL_IR4 = union(ALL, tensors(BFLOAT16));

  /** {@link #ALL_IR4} and four 8-bit floats: IR version 9. */
  public static final Set<String> ALL_IR9 =
      union(ALL_IR4, tensors(FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ));

  /** {@link #ALL_IR9} and 4-bit integers: IR version 10. */
  public static final Set<String> ALL_IR10 = union(ALL_IR9, tensors(UINT4, INT4));

  /** {@link #ALL_IR10} and the 4-bit float: IR version 11. */
  public static final Set<String> ALL_IR11 = union(ALL_IR10, tensors(FLOAT4E2M1));

  /** {@link #ALL_IR11} and float8e8m0: IR version 12. */
  public static final Set<String> ALL_IR12 = union(ALL_IR11, tensors(FLOAT8E8M0));

  /** {@link #ALL_IR12} and 2-bit integers: IR version 13. */
  public static final Set<String> ALL_IR13 = union(ALL_IR12, tensors(UINT2, INT2));

  private Types() {}

  /** Returns {@code tensor(...)} of each. */
  public static Set<String> tensors(DataType... types) {
    Set<String> set = new LinkedHashSet<>();
    for (DataType type : types) {
      set.add(type.tensorSpec());
    }
    return Set.copyOf(set);
  }

  /** Returns {@code seq(...)} of each. */
  public static Set<String> sequences(Collection<String> of) {
    return wrapped("seq(", of);
  }

  /** Returns {@code optional(...)} of each. */
  public static Set<String> optionals(Collection<String> of) {
    return wrapped("optional(", of);
  }

  @SafeVarargs
  public static Set<String> union(Collection<String>... sets) {
    Set<String> all = new LinkedHashSet<>();
    for (Collection<String> set : sets) {
      all.addAll(set);
    }
    return Set.copyOf(all);
  }

  /** Returns {@code set} without {@code tensor(...)} of each. */
  public static Set<String> without(Set<String> set, DataType... types) {
    Set<String> rest = new LinkedHashSet<>(set);
    rest.removeAll(tensors(types));
    return Set.copyOf(rest);
  }

  /** Returns a set of types spelled as in the specification. */
  public static Set<String> of(String... spelled) {
    return Set.copyOf(List.of(spelled));
  }

  private static Set<String> wrapped(String prefix, Collection<String> of) {
    Set<String> set = new LinkedHashSet<>();
    for (String type : of) {
      set.add(prefix + type + ")");
    }
    return Set.copyOf(set);
  }
}
