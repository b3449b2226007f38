package org.sardonyx.operators.nn;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Pooling;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Spatial;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * MaxPool: the greatest of each window, and where in X it is. Of equal ones the first in row-major
 * order counts. A window of padding alone gives the lowest value and index -1.
 *
 * @param spatial where the windows lie
 * @param columnMajor whether Indices count the first spatial axis fastest
 */
public record MaxPool(Spatial spatial, boolean columnMajor) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("MaxPool")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("auto_pad", "NOTSET")
          .required("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(8)
          .optionalOutput("Indices", "I")
          .attribute("storage_order", 0)
          .type("I", DataType.INT64)
          .version(10)
          .attribute("ceil_mode", 0)
          .optional("dilations", Kind.INTS)
          .version(11)
          .version(12)
          .type("T", Types.union(Types.FLOATS, Types.tensors(DataType.INT8, DataType.UINT8)))
          .version(22)
          .type("T", Types.union(Types.FLOATS_BF16, Types.tensors(DataType.INT8, DataType.UINT8)))
          .accuracy(Accuracy.EXACT)
          .create(MaxPool::of);

  static MaxPool of(Attributes attributes) {
    return new MaxPool(Spatial.of(attributes), attributes.getInt("storage_order", 0) != 0);
  }

  @Override
  public void infer(Inference in) {
    Shape shape = Pools.infer(spatial, in.shape(0));
    in.shape(0, shape);
    if (in.outputs() > 1) {
      in.output(1, DataType.INT64, shape);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Pooling pooling = Pools.at(in, spatial, x);
    int[] shape = Pools.shape(x, pooling);
    int planes = Pools.planes(x);
    DataType type = x.dataType();
    if (in.wants(1)) {
      double[] y = new double[Tensor.checkedSize(shape)];
      pooling.max(
          planes, x.toDoubles(), y, in.output(1, DataType.INT64, shape).longs(), columnMajor);
      set(in, Tensor.fromDoubles(DataType.DOUBLE, y, shape), type);
    } else if (type == DataType.DOUBLE) {
      pooling.max(planes, x.doubles(), in.output(0, type, shape).doubles(), null, columnMajor);
    } else if (type == DataType.FLOAT) {
      pooling.max(in.kernels(), planes, x.floats(), in.output(0, type, shape).floats());
    } else {
      float[] y = new float[Tensor.checkedSize(shape)];
      pooling.max(in.kernels(), planes, x.toFloats(), y);
      set(in, Tensor.of(y, shape), type);
    }
  }

  /** Gives output 0 values that its type holds exactly, but for the infinity of empty windows. */
  private static void set(Invocation in, Tensor values, DataType type) {
    Tensor y = in.output(0, type, values.shape());
    double lowest =
        type == DataType.INT8 ? Byte.MIN_VALUE : type == DataType.UINT8 ? 0 : Double.NaN;
    for (int i = 0; i < y.size(); i++) {
      double value = values.getDouble(i);
      y.setDouble(i, value == Double.NEGATIVE_INFINITY && !Double.isNaN(lowest) ? lowest : value);
    }
  }
}
