package org.sardonyx.operators.microsoft;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.SpatialTranspose;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * ConvTransposeWithDynamicPads: ConvTranspose whose pads are an input.
 *
 * @param transpose the attributes of ConvTranspose
 */
public record ConvTransposeWithDynamicPads(SpatialTranspose transpose) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("ConvTransposeWithDynamicPads")
          .input("X", "T")
          .input("W", "T")
          .optionalInput("Pads", "tensor(int64)")
          .optionalInput("B", "T")
          .output("Y", "T")
          .attribute("auto_pad", "NOTSET")
          .optional("dilations", Kind.INTS)
          .attribute("group", 1)
          .optional("kernel_shape", Kind.INTS)
          .optional("output_padding", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.FLOATS)
          .accuracy(Accuracy.ACCUMULATED)
          .create(ConvTransposeWithDynamicPads::of);

  static ConvTransposeWithDynamicPads of(Attributes attributes) {
    return new ConvTransposeWithDynamicPads(SpatialTranspose.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    long[] pads = Sizes.known(in.dims(2));
    if (!in.has(2) || (pads != null && x.hasRank() && pads.length == 2 * (x.rank() - 2))) {
      in.shape(0, (pads == null ? transpose : transpose.withPads(pads)).infer(x, in.shape(1)));
      return;
    }
    Shape shape = transpose.infer(x, in.shape(1));
    if (shape.hasRank()) {
      Dim[] dims = shape.dims().toArray(Dim[]::new);
      for (int a = 2; a < dims.length; a++) {
        dims[a] = in.fresh();
      }
      shape = Shape.of(dims);
    }
    in.shape(0, shape);
  }

  @Override
  public void run(Invocation in) {
    Tensor pads = in.optional(2);
    (pads == null ? transpose : transpose.withPads(pads.longs()))
        .run(in, in.tensor(0), in.tensor(1), in.optional(3));
  }
}
