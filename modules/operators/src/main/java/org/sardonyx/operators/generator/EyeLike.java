package org.sardonyx.operators.generator;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * EyeLike: a matrix of the input's shape with ones on a diagonal.
 *
 * @param dtype the type; null for the input's
 * @param k the diagonal, positive above the main one
 */
public record EyeLike(@Nullable DataType dtype, long k) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("EyeLike")
          .version(9)
          .input("input", "T1")
          .output("output", "T2")
          .optional("dtype", Kind.INT)
          .attribute("k", 0)
          .type("T1", Types.union(Types.NUMERIC, Types.tensors(DataType.BOOL)))
          .type("T2", Types.union(Types.NUMERIC, Types.tensors(DataType.BOOL)))
          .version(22)
          .type("T1", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL)))
          .type("T2", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL)))
          .create(EyeLike::of);

  static EyeLike of(Attributes attributes) {
    return new EyeLike(
        attributes.has("dtype") ? DataType.of(attributes.getInt("dtype")) : null,
        attributes.getInt("k"));
  }

  @Override
  public void infer(Inference in) {
    DataType type = dtype != null ? dtype : in.elementType(0);
    if (type != null) {
      in.output(0, type, in.shape(0));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() != 2) {
      throw new OperatorFailed("EyeLike of " + x + ", which is no matrix");
    }
    DataType type = dtype != null ? dtype : x.dataType();
    int rows = x.dim(0);
    int columns = x.dim(1);
    Tensor y = in.zeros(0, type, rows, columns);
    long from = Math.max(0, k >= -rows ? -k : rows);
    for (long row = from; row < rows && row + k < columns; row++) {
      int at = (int) (row * columns + row + k);
      if (type.isFloat()) {
        y.setDouble(at, 1);
      } else {
        y.setLong(at, 1);
      }
    }
  }
}
