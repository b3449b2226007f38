package org.sardonyx.operators.microsoft;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.PackedConvolution;
import org.sardonyx.operators.SpatialConvolution;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * FusedConv: {@code activation(Conv(X, W, B) + Z)}, Z of the shape of the output.
 *
 * @param convolution the attributes of Conv
 * @param activation the function at the end
 */
public record FusedConv(SpatialConvolution convolution, Activation activation) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("FusedConv")
          .input("X", "T")
          .input("W", "T")
          .optionalInput("B", "T")
          .optionalInput("Z", "T")
          .output("Y", "T")
          .optional("activation", Kind.STRING)
          .optional("activation_params", Kind.FLOATS)
          .attribute("auto_pad", "NOTSET")
          .optional("dilations", Kind.INTS)
          .attribute("group", 1)
          .optional("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.FLOATS)
          .accuracy(Accuracy.ACCUMULATED)
          .create(FusedConv::of);

  static FusedConv of(Attributes attributes) {
    return new FusedConv(SpatialConvolution.of(attributes), Activation.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, convolution.infer(in.shape(0), in.shape(1)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    finish(in, x, convolution.widely(in, x, in.tensor(1), in.optional(2)));
  }

  @Override
  public Operator prepare(Constants constants) {
    PackedConvolution packed = PackedConvolution.of(convolution, constants, 1);
    return packed == null ? this : new Packed(this, packed);
  }

  private void finish(Invocation in, Tensor x, Tensor y) {
    Tensor z = in.optional(3);
    if (z != null && !z.sameShape(y)) {
      throw new OperatorFailed("Z " + z + " has not the shape of the output " + y);
    }
    if (y.dataType() == DataType.DOUBLE) {
      double[] values = y.doubles();
      for (int i = 0; z != null && i < values.length; i++) {
        values[i] += z.doubles()[i];
      }
      activation.apply(values);
    } else {
      float[] values = y.floats();
      if (z != null) {
        in.kernels().axpy(1, z.toFloats(), 0, values, 0, values.length);
      }
      activation.apply(in.kernels(), values);
    }
    SpatialConvolution.round(in, y, x.dataType());
  }

  /** A FusedConv that has its weights. */
  private record Packed(FusedConv conv, PackedConvolution convolution) implements Operator {

    @Override
    public void infer(Inference in) {
      conv.infer(in);
    }

    @Override
    public void run(Invocation in) {
      Tensor x = in.tensor(0);
      conv.finish(in, x, convolution.widely(in, x, in.optional(2)));
    }

    @Override
    public boolean reads(int input) {
      return input != 1;
    }
  }
}
