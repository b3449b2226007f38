package org.sardonyx.operators.shaping;

import java.util.List;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/**
 * Cast: every element converted to another type.
 *
 * @param to the type
 * @param conversion how values that do not fit are taken
 */
public record Cast(DataType to, Conversion conversion) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Cast")
          .version(1)
          .input("input", "T1")
          .output("output", "T2")
          .required("to", Kind.STRING)
          .type("T1", Types.union(Types.NUMERIC, Types.tensors(DataType.BOOL)))
          .type("T2", Types.union(Types.NUMERIC, Types.tensors(DataType.BOOL)))
          .version(6)
          .required("to", Kind.INT)
          .version(9)
          .type("T1", Types.union(Types.NUMERIC, Types.tensors(DataType.BOOL, DataType.STRING)))
          .type("T2", Types.union(Types.NUMERIC, Types.tensors(DataType.BOOL, DataType.STRING)))
          .version(13)
          .type(
              "T1", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL, DataType.STRING)))
          .type(
              "T2", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL, DataType.STRING)))
          .version(19)
          .attribute("saturate", 1)
          .type(
              "T1",
              Types.union(
                  Types.NUMERIC_BF16,
                  Types.tensors(
                      DataType.BOOL,
                      DataType.FLOAT8E4M3FN,
                      DataType.FLOAT8E4M3FNUZ,
                      DataType.FLOAT8E5M2,
                      DataType.FLOAT8E5M2FNUZ,
                      DataType.STRING)))
          .type(
              "T2",
              Types.union(
                  Types.NUMERIC_BF16,
                  Types.tensors(
                      DataType.BOOL,
                      DataType.FLOAT8E4M3FN,
                      DataType.FLOAT8E4M3FNUZ,
                      DataType.FLOAT8E5M2,
                      DataType.FLOAT8E5M2FNUZ,
                      DataType.STRING)))
          .version(21)
          .type("T1", Types.without(Types.ALL_IR10, DataType.COMPLEX128, DataType.COMPLEX64))
          .type("T2", Types.without(Types.ALL_IR10, DataType.COMPLEX128, DataType.COMPLEX64))
          .version(23)
          .type("T1", Types.without(Types.ALL_IR11, DataType.COMPLEX128, DataType.COMPLEX64))
          .type("T2", Types.without(Types.ALL_IR11, DataType.COMPLEX128, DataType.COMPLEX64))
          .version(24)
          .attribute("round_mode", "up")
          .type("T1", Types.without(Types.ALL_IR12, DataType.COMPLEX128, DataType.COMPLEX64))
          .type("T2", Types.without(Types.ALL_IR12, DataType.COMPLEX128, DataType.COMPLEX64))
          .version(25)
          .type("T1", Types.without(Types.ALL_IR13, DataType.COMPLEX128, DataType.COMPLEX64))
          .type("T2", Types.without(Types.ALL_IR13, DataType.COMPLEX128, DataType.COMPLEX64))
          .accuracy(Accuracy.ROUNDED)
          .create(Cast::of);

  static Cast of(Attributes attributes) {
    DataType to =
        attributes.version() < 6
            ? byName(attributes.getString("to"))
            : DataType.of(attributes.getInt("to"));
    return new Cast(to, Conversion.of(attributes));
  }

  private static DataType byName(String name) {
    for (DataType type : DataType.values()) {
      if (type.name().equalsIgnoreCase(name)) {
        return type;
      }
    }
    throw new InvalidModel("\"" + name + "\" is no element type");
  }

  @Override
  public void infer(Inference in) {
    in.output(0, to, in.shape(0));
    contents(in, to);
  }

  /** States integer contents that stay what they are under the new type. */
  static void contents(Inference in, DataType to) {
    List<Dim> contents = in.dims(0);
    if (contents == null || (to != DataType.INT64 && to != DataType.INT32)) {
      return;
    }
    // Sizes fit either type; numbers such as "to the end" are cut as the run cuts them.
    in.dims(0, contents.stream().map(dim -> to == DataType.INT32 ? cut(dim) : dim).toList());
  }

  private static Dim cut(Dim dim) {
    return dim instanceof Dim.Known(long n) ? Dim.of(n << 32 >> 32) : dim;
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.dataType() == to) {
      in.set(0, x);
    } else {
      conversion.convert(in, x, in.output(0, to, x.shape()));
    }
  }
}
