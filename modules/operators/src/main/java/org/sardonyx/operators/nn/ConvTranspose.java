package org.sardonyx.operators.nn;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.PackedTranspose;
import org.sardonyx.operators.SpatialTranspose;
import org.sardonyx.operators.Types;

/**
 * ConvTranspose: the transpose of the convolution with W [C, M / group, k1, ..., kn] as a matrix,
 * applied to X [N, C, D1, ..., Dn], plus B [M].
 *
 * @param transpose the attributes
 */
public record ConvTranspose(SpatialTranspose transpose) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ConvTranspose")
          .version(1)
          .input("X", "T")
          .input("W", "T")
          .optionalInput("B", "T")
          .output("Y", "T")
          .attribute("auto_pad", "NOTSET")
          .optional("dilations", Kind.INTS)
          .attribute("group", 1)
          .optional("kernel_shape", Kind.INTS)
          .optional("output_padding", Kind.INTS)
          .optional("output_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(11)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(ConvTranspose::of);

  static ConvTranspose of(Attributes attributes) {
    return new ConvTranspose(SpatialTranspose.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, transpose.infer(in.shape(0), in.shape(1)));
  }

  @Override
  public void run(Invocation in) {
    transpose.run(in, in.tensor(0), in.tensor(1), in.optional(2));
  }

  @Override
  public Operator prepare(Constants constants) {
    PackedTranspose packed = PackedTranspose.of(transpose, constants, 1);
    return packed == null ? this : new Packed(this, packed);
  }

  /** A ConvTranspose that has its weights. */
  private record Packed(ConvTranspose operator, PackedTranspose transpose) implements Operator {

    @Override
    public void infer(Inference in) {
      operator.infer(in);
    }

    @Override
    public void run(Invocation in) {
      transpose.run(in, in.tensor(0), in.optional(2));
    }

    @Override
    public boolean reads(int input) {
      return input != 1;
    }
  }
}
