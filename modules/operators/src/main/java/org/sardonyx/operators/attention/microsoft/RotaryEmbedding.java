package org.sardonyx.operators.attention.microsoft;

import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.operators.attention.Rotation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * RotaryEmbedding of com.microsoft: the positions are the second input, [N, S] or one number that
 * the first row of each sequence has.
 *
 * @param interleaved whether a pair is two neighbours; else column i and column i of the second
 *     half
 * @param numHeads heads, 0 where they follow from the caches
 * @param rotaryDim columns that are turned; 0 for all
 */
public record RotaryEmbedding(boolean interleaved, long numHeads, long rotaryDim)
    implements Operator {

  private static final int INPUT = 0;
  private static final int POSITION_IDS = 1;
  private static final int COS_CACHE = 2;
  private static final int SIN_CACHE = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("RotaryEmbedding")
          .domain("com.microsoft")
          .version(1)
          .input("input", "T")
          .input("position_ids", "M")
          .input("cos_cache", "T")
          .input("sin_cache", "T")
          .output("output", "T")
          .attribute("interleaved", 0)
          .attribute("is_packed_batching", 0)
          .attribute("num_heads", 0)
          .attribute("rotary_embedding_dim", 0)
          .attribute("scale", 1f)
          .type("T", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("M", DataType.INT64)
          .accuracy(Accuracy.ACCUMULATED)
          .create(RotaryEmbedding::of);

  static RotaryEmbedding of(Attributes attributes) {
    if (attributes.getFloat("scale") != 1) {
      throw new UnsupportedModel("scale other than 1 is not implemented");
    }
    attributes.ignore("is_packed_batching", "it only allows sequences longer than the caches");
    long heads = attributes.getInt("num_heads");
    long dim = attributes.getInt("rotary_embedding_dim");
    if (heads < 0 || heads > Integer.MAX_VALUE || dim < 0 || dim > Integer.MAX_VALUE) {
      throw new InvalidModel("num_heads " + heads + " or rotary_embedding_dim " + dim);
    }
    if (dim > 0 && heads == 0) {
      throw new InvalidModel("rotary_embedding_dim needs num_heads");
    }
    return new RotaryEmbedding(attributes.getFlag("interleaved"), heads, dim);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(INPUT);
    if (x.hasRank() && x.rank() != 3 && x.rank() != 4) {
      throw in.invalid("input must have rank 3 or 4, got " + x);
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(INPUT);
    Tensor cos = in.tensor(COS_CACHE);
    Tensor sin = in.tensor(SIN_CACHE);
    if ((x.rank() != 3 && x.rank() != 4) || cos.rank() != 2 || !cos.sameShape(sin)) {
      throw mismatch(x, cos, sin);
    }
    boolean flat = x.rank() == 3;
    int turned = 2 * cos.dim(1);
    int batch = x.dim(0);
    int rows = flat ? x.dim(1) : x.dim(2);
    int heads = flat ? heads(x, turned) : x.dim(1);
    if (heads == 0 || (flat && x.dim(2) % heads != 0)) {
      throw mismatch(x, cos, sin);
    }
    int size = flat ? x.dim(2) / heads : x.dim(3);
    if (turned > size || (rotaryDim > 0 ? rotaryDim != turned : size != turned)) {
      throw mismatch(x, cos, sin);
    }
    Layout layout = flat ? Layout.rowFirst(heads, rows, size) : Layout.headFirst(heads, rows, size);
    Tensor ids = in.tensor(POSITION_IDS);
    boolean offset = ids.size() == 1 && ids.rank() <= 1;
    if (!offset && !ids.hasShape(batch, rows)) {
      throw new InvalidInput(
          "position_ids must have shape [1] or [" + batch + ", " + rows + "], got " + ids);
    }
    float[] y = x.toFloats().clone();
    Rotation rotation = new Rotation(cos.toFloats(), sin.toFloats(), turned, interleaved);
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < rows; i++) {
        long at = offset ? ids.longs()[0] + i : ids.longs()[n * rows + i];
        if (at < 0 || at >= cos.dim(0)) {
          throw new InvalidInput("positions must lie in [0, " + (cos.dim(0) - 1) + "]");
        }
        for (int h = 0; h < heads; h++) {
          in.checkpoint(2L * size);
          rotation.apply(y, layout.at(n, h, i), (int) at);
        }
      }
    }
    in.set(0, Tensor.fromFloats(x.dataType(), y, x.shape()));
  }

  private int heads(Tensor x, int turned) {
    // Without num_heads the caches are as wide as a head.
    return numHeads > 0 ? (int) numHeads : turned == 0 ? 0 : x.dim(2) / turned;
  }

  private InvalidInput mismatch(Tensor x, Tensor cos, Tensor sin) {
    return new InvalidInput(
        "input "
            + x
            + " does not fit caches "
            + cos
            + " and "
            + sin
            + ", num_heads "
            + numHeads
            + " and rotary_embedding_dim "
            + rotaryDim);
  }
}
