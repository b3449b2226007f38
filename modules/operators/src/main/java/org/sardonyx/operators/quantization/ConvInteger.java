package org.sardonyx.operators.quantization;

import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.IntegerConvolver;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.SpatialConvolution;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * ConvInteger: the convolution of {@code x - x_zero_point} with {@code w - w_zero_point} in int32,
 * which wraps; padding is x_zero_point.
 *
 * @param convolution the attributes
 * @param packed the convolution with its weights where they are constant, else null
 */
public record ConvInteger(SpatialConvolution convolution, @Nullable IntegerConvolver packed)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ConvInteger")
          .version(10)
          .input("x", "T1")
          .input("w", "T2")
          .optionalInput("x_zero_point", "T1")
          .optionalInput("w_zero_point", "T2")
          .output("y", "T3")
          .attribute("auto_pad", "NOTSET")
          .optional("dilations", Kind.INTS)
          .attribute("group", 1)
          .optional("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T1", DataType.INT8, DataType.UINT8)
          .type("T2", DataType.INT8, DataType.UINT8)
          .type("T3", DataType.INT32)
          .accuracy(Accuracy.EXACT)
          .create(ConvInteger::of);

  static ConvInteger of(Attributes attributes) {
    return new ConvInteger(SpatialConvolution.of(attributes), null);
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.INT32, convolution.infer(in.shape(0), in.shape(1)));
  }

  @Override
  public Operator prepare(Constants constants) {
    IntegerConvolver convolver = IntegerConvolver.of(convolution, constants, 1, 3);
    return convolver == null ? this : new ConvInteger(convolution, convolver);
  }

  @Override
  public boolean reads(int input) {
    return packed == null || (input != 1 && input != 3);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    IntegerConvolver convolver =
        packed != null ? packed : new IntegerConvolver(convolution, in.tensor(1), in.optional(3));
    int[] y = in.output(0, DataType.INT32, convolver.shape(x)).ints();
    convolver.run(in, x, in.optional(2), y);
  }
}
