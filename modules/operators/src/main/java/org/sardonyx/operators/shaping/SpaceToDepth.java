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
 * SpaceToDepth: [N, C, H, W] to [N, b^2 C, H / b, W / b]; the places of blocks of b by b become
 * channels.
 *
 * @param blocksize b
 * @param depthFirst whether the channels of the output are [b, b, C], else [C, b, b]
 */
public record SpaceToDepth(long blocksize, boolean depthFirst) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SpaceToDepth")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .required("blocksize", Kind.INT)
          .type("T", Types.ALL)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(28)
          .attribute("mode", "DCR")
          .create(SpaceToDepth::of);

  static SpaceToDepth of(Attributes attributes) {
    return new SpaceToDepth(Blocks.size(attributes), Blocks.depthFirst(attributes));
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
            x.dim(1).times(blocksize * blocksize),
            x.dim(2).dividedBy(blocksize),
            x.dim(3).dividedBy(blocksize)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int b = (int) blocksize;
    if (x.rank() != 4 || x.dim(2) % b != 0 || x.dim(3) % b != 0) {
      throw new OperatorFailed("SpaceToDepth of " + x + " with blocks of " + b);
    }
    int c = x.dim(1);
    int h = x.dim(2) / b;
    int w = x.dim(3) / b;
    int row = w * b;
    int plane = h * b * row;
    // y[n, i, j, c, h, w] or y[n, c, i, j, h, w]
    int[] grid = {x.dim(0), depthFirst ? b : c, b, depthFirst ? c : b, h, w};
    int[] from =
        depthFirst
            ? new int[] {c * plane, row, 1, plane, b * row, b}
            : new int[] {c * plane, plane, row, 1, b * row, b};
    Tensor y = in.output(0, x.dataType(), x.dim(0), Axes.size((long) b * b * c), h, w);
    Moves moves = Moves.of(in, x, y);
    moves.strided(0, from, 0, Axes.strides(grid), grid);
    moves.done();
  }
}
