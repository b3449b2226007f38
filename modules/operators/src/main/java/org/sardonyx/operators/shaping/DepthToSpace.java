package org.sardonyx.operators.shaping;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * DepthToSpace: [N, C, H, W] to [N, C / b^2, H b, W b]; channels become blocks of b by b places.
 *
 * @param blocksize b
 * @param depthFirst whether the channels of the input are [b, b, C / b^2], else [C / b^2, b, b]
 */
public record DepthToSpace(long blocksize, boolean depthFirst) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("DepthToSpace")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .required("blocksize", Kind.INT)
          .type("T", Types.ALL)
          .version(11)
          .attribute("mode", "DCR")
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(28)
          .create(DepthToSpace::of);

  static DepthToSpace of(Attributes attributes) {
    return new DepthToSpace(Blocks.size(attributes), Blocks.depthFirst(attributes));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank() || x.rank() != 4) {
      in.shape(0, Shape.ofRank(4));
      return;
    }
    in.shape(
        0,
        Shape.of(
            x.dim(0),
            x.dim(1).dividedBy(blocksize * blocksize),
            x.dim(2).times(blocksize),
            x.dim(3).times(blocksize)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int b = (int) blocksize;
    if (x.rank() != 4 || x.dim(1) % (b * b) != 0) {
      throw new OperatorFailed("DepthToSpace of " + x + " with blocks of " + b);
    }
    int c = x.dim(1) / (b * b);
    int h = x.dim(2);
    int w = x.dim(3);
    // y[n, c, h, i, w, j]
    int[] grid = {x.dim(0), c, h, b, w, b};
    int plane = h * w;
    int[] from =
        depthFirst
            ? new int[] {b * b * c * plane, plane, w, b * c * plane, 1, c * plane}
            : new int[] {b * b * c * plane, b * b * plane, w, b * plane, 1, plane};
    Tensor y =
        in.output(0, x.dataType(), x.dim(0), c, Axes.size((long) h * b), Axes.size((long) w * b));
    Moves moves = Moves.of(in, x, y);
    moves.strided(0, from, 0, Axes.strides(grid), grid);
    moves.done();
  }
}
