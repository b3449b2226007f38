package org.sardonyx.operators.generator;

import java.util.Collections;
import java.util.List;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * ConstantOfShape: a tensor of the given shape all of whose elements are one value.
 *
 * @param value a tensor with the one element
 */
public record ConstantOfShape(Tensor value) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ConstantOfShape")
          .version(9)
          .input("input", "T1")
          .output("output", "T2")
          .optional("value", Kind.TENSOR)
          .type("T1", DataType.INT64)
          .type("T2", Types.union(Types.NUMERIC, Types.tensors(DataType.BOOL)))
          .version(20)
          .type(
              "T2",
              Types.union(
                  Types.NUMERIC_BF16,
                  Types.tensors(
                      DataType.BOOL,
                      DataType.FLOAT8E4M3FN,
                      DataType.FLOAT8E4M3FNUZ,
                      DataType.FLOAT8E5M2,
                      DataType.FLOAT8E5M2FNUZ)))
          .version(21)
          .type(
              "T2",
              Types.without(
                  Types.ALL_IR10, DataType.COMPLEX128, DataType.COMPLEX64, DataType.STRING))
          .version(23)
          .type(
              "T2",
              Types.without(
                  Types.ALL_IR11, DataType.COMPLEX128, DataType.COMPLEX64, DataType.STRING))
          .version(24)
          .type(
              "T2",
              Types.without(
                  Types.ALL_IR12, DataType.COMPLEX128, DataType.COMPLEX64, DataType.STRING))
          .version(25)
          .type(
              "T2",
              Types.without(
                  Types.ALL_IR13, DataType.COMPLEX128, DataType.COMPLEX64, DataType.STRING))
          .create(ConstantOfShape::of);

  static ConstantOfShape of(Attributes attributes) {
    Tensor value = attributes.getTensorOrNull("value");
    if (value == null) {
      value = Tensor.of(new float[1], 1);
    }
    if (value.size() != 1) {
      throw new InvalidModel(
          "attribute \"value\" has " + value.size() + " elements, must have one");
    }
    return new ConstantOfShape(value);
  }

  @Override
  public void infer(Inference in) {
    List<Dim> target = in.dims(0);
    if (target == null) {
      in.output(0, value.dataType(), Shape.UNKNOWN);
      return;
    }
    in.output(0, value.dataType(), Sizes.shape(target, in));
    boolean integers = value.dataType().isInteger() && value.dataType() != DataType.UINT64;
    Dim size = Sizes.product(target, 0, target.size());
    if (integers
        && target.size() <= 1
        && size instanceof Dim.Known(long n)
        && n <= Sizes.MAX_CONTENTS) {
      in.dims(0, Collections.nCopies((int) n, Dim.of(value.getLong(0))));
    }
  }

  @Override
  public void run(Invocation in) {
    long[] target = in.tensor(0).toLongs();
    int[] shape = new int[target.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Axes.size(target[i]);
    }
    if (value.equals(Tensor.zeros(value.dataType(), value.shape()))) {
      in.zeros(0, value.dataType(), shape);
    } else {
      Moves.fill(in, value, in.output(0, value.dataType(), shape));
    }
  }
}
