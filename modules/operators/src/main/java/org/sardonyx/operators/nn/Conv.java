package org.sardonyx.operators.nn;

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

/**
 * Conv: cross-correlation of X [N, C, D1, ..., Dn] with W [M, C / group, k1, ..., kn], plus B [M].
 *
 * @param convolution the attributes
 */
public record Conv(SpatialConvolution convolution) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Conv")
          .version(1)
          .input("X", "T")
          .input("W", "T")
          .optionalInput("B", "T")
          .output("Y", "T")
          .attribute("auto_pad", "NOTSET")
          .optional("dilations", Kind.INTS)
          .attribute("group", 1)
          .optional("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(11)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(Conv::of);

  static Conv of(Attributes attributes) {
    return new Conv(SpatialConvolution.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, convolution.infer(in.shape(0), in.shape(1)));
  }

  @Override
  public void run(Invocation in) {
    convolution.run(in, in.tensor(0), in.tensor(1), in.optional(2));
  }

  @Override
  public Operator prepare(Constants constants) {
    PackedConvolution packed = PackedConvolution.of(convolution, constants, 1);
    return packed == null ? this : new Packed(this, packed);
  }

  @Override
  public String how() {
    return "general loop: the weights are no constants, or double";
  }

  /** A Conv that has its weights. */
  private record Packed(Conv conv, PackedConvolution convolution) implements Operator {

    @Override
    public void infer(Inference in) {
      conv.infer(in);
    }

    @Override
    public void run(Invocation in) {
      convolution.run(in, in.tensor(0), in.optional(2));
    }

    @Override
    public boolean reads(int input) {
      return input != 1;
    }

    @Override
    public String how() {
      return convolution.how();
    }
  }
}
