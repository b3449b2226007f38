package org.sardonyx.operators.microsoft;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * QLinearConcat: concatenates tensors that each come with a scale and a zero point, quantized anew
 * with those of the output.
 *
 * @param axis the axis, negative from the end
 */
public record QLinearConcat(long axis) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QLinearConcat")
          .input("Y_scale", "TF")
          .input("Y_zero_point", "T8")
          .mixedInput("inputs", "TV", 1)
          .output("Y", "T8")
          .required("axis", Kind.INT)
          .type("T8", Microsoft.BYTES)
          .type("TF", DataType.FLOAT)
          .type("TV", DataType.UINT8, DataType.INT8, DataType.FLOAT)
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearConcat::of);

  static QLinearConcat of(Attributes attributes) {
    if (attributes.inputs() < 5 || (attributes.inputs() - 2) % 3 != 0) {
      throw new InvalidModel("inputs after the second must be tensors with scale and zero point");
    }
    return new QLinearConcat(attributes.getInt("axis"));
  }

  @Override
  public void infer(Inference in) {
    Shape first = in.shape(2);
    for (int i = 2; i < in.inputs(); i += 3) {
      if (!in.shape(i).hasRank()) {
        return;
      }
      if (in.shape(i).rank() != first.rank()) {
        throw in.invalid("inputs " + first + " and " + in.shape(i) + " cannot be concatenated");
      }
    }
    if (axis < -first.rank() || axis >= first.rank()) {
      throw in.invalid("axis " + axis + " is out of range for " + first);
    }
    int a = Axes.normalize(axis, first.rank());
    List<Dim> dims = new ArrayList<>(first.dims());
    for (int i = 5; i < in.inputs(); i += 3) {
      dims.set(a, dims.get(a).plus(in.shape(i).dim(a)));
    }
    in.shape(0, Shape.of(dims));
  }

  @Override
  public void run(Invocation in) {
    Tensor first = in.tensor(2);
    int a = Axes.normalize(axis, first.rank());
    int[] shape = first.shape();
    shape[a] = 0;
    for (int i = 2; i < in.inputs(); i += 3) {
      int[] own = in.tensor(i).shape();
      if (own.length != shape.length) {
        throw new OperatorFailed(first + " and " + in.tensor(i) + " cannot be concatenated");
      }
      for (int d = 0; d < own.length; d++) {
        if (d != a && own[d] != shape[d]) {
          throw new OperatorFailed(first + " and " + in.tensor(i) + " cannot be concatenated");
        }
      }
      shape[a] = Math.addExact(shape[a], own[a]);
    }
    DataType type = in.tensor(1).dataType();
    byte[] y = in.output(0, type, shape).bytes();
    int outer = Axes.product(shape, 0, a);
    int row = Axes.product(shape, a, shape.length);
    int to = 0;
    for (int i = 2; i < in.inputs(); i += 3) {
      Tensor x = in.tensor(i);
      QuantizedTable table =
          new QuantizedTable(
              type,
              Microsoft.scale(in, i + 1),
              Microsoft.zeroPoint(in, i + 2),
              v -> v,
              Microsoft.scale(in, 0),
              Microsoft.zeroPoint(in, 1));
      int n = outer == 0 ? 0 : x.size() / outer;
      for (int r = 0; r < outer; r++) {
        table.apply(x, r * n, y, r * row + to, n);
      }
      to += n;
    }
  }
}
