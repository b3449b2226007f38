package org.sardonyx.operators.attention;

import java.util.Arrays;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * RotaryEmbedding of ai.onnx: turns pairs of the columns of each head by the angle of their
 * position.
 *
 * @param interleaved whether a pair is two neighbours; else column i and column i of the second
 *     half
 * @param numHeads heads where X has rank 3; 0 where not given
 * @param rotaryDim columns that are turned, the others pass; 0 for all
 */
public record RotaryEmbedding(boolean interleaved, long numHeads, long rotaryDim)
    implements Operator {

  private static final int X = 0;
  private static final int COS = 1;
  private static final int SIN = 2;
  private static final int POSITIONS = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("RotaryEmbedding")
          .version(23)
          .input("X", "T")
          .input("cos_cache", "T")
          .input("sin_cache", "T")
          .optionalInput("position_ids", "M")
          .output("Y", "T")
          .attribute("interleaved", 0)
          .optional("num_heads", Kind.INT)
          .attribute("rotary_embedding_dim", 0)
          .type("T", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("M", DataType.INT64)
          .accuracy(Accuracy.ACCUMULATED)
          .create(RotaryEmbedding::of);

  static RotaryEmbedding of(Attributes attributes) {
    long heads = attributes.getInt("num_heads", 0);
    long dim = attributes.getInt("rotary_embedding_dim");
    if (heads < 0 || heads > Integer.MAX_VALUE) {
      throw new InvalidModel("num_heads is " + heads);
    }
    if (dim < 0 || dim % 2 != 0 || dim > Integer.MAX_VALUE) {
      throw new InvalidModel("rotary_embedding_dim is " + dim + ", must be even and not negative");
    }
    return new RotaryEmbedding(attributes.getFlag("interleaved"), heads, dim);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(X);
    if (x.hasRank() && x.rank() != 3 && x.rank() != 4) {
      throw in.invalid("X must have rank 3 or 4, got " + x);
    }
    if (x.hasRank() && x.rank() == 3 && numHeads == 0) {
      throw in.invalid("an X of rank 3 needs num_heads");
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(X);
    boolean flat = x.rank() == 3;
    if ((!flat && x.rank() != 4) || (flat && (numHeads == 0 || x.dim(2) % numHeads != 0))) {
      throw new InvalidInput(
          "X must have shape [batch_size, num_heads, sequence_length, head_size] or [batch_size,"
              + " sequence_length, num_heads * head_size] with num_heads given, got "
              + x);
    }
    int batch = x.dim(0);
    int heads = flat ? (int) numHeads : x.dim(1);
    int rows = flat ? x.dim(1) : x.dim(2);
    int size = flat ? x.dim(2) / heads : x.dim(3);
    int turned = rotaryDim == 0 ? size : (int) rotaryDim;
    if (turned > size || turned % 2 != 0) {
      throw new InvalidInput("cannot turn " + turned + " of " + size + " columns of a head");
    }
    Layout layout = flat ? Layout.rowFirst(heads, rows, size) : Layout.headFirst(heads, rows, size);
    boolean isFloat = x.dataType() == DataType.FLOAT;
    float[] y = isFloat ? in.output(0, DataType.FLOAT, x.shape()).floats() : x.toFloats();
    if (isFloat) {
      System.arraycopy(x.floats(), 0, y, 0, y.length);
    }
    int[] angles = angles(in, batch, rows, turned / 2);
    Rotation rotation =
        new Rotation(in.tensor(COS).toFloats(), in.tensor(SIN).toFloats(), turned, interleaved);
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < rows; i++) {
        for (int h = 0; h < heads; h++) {
          in.checkpoint(2L * size);
          rotation.apply(y, layout.at(n, h, i), angles[n * rows + i]);
        }
      }
    }
    if (!isFloat) {
      in.set(0, Tensor.fromFloats(x.dataType(), y, x.shape()));
    }
  }

  /** Returns the row of the caches for each row of X. */
  private static int[] angles(Invocation in, int batch, int rows, int half) {
    Tensor cos = in.tensor(COS);
    Tensor sin = in.tensor(SIN);
    Tensor positions = in.optional(POSITIONS);
    int[] angles = new int[batch * rows];
    boolean fits =
        positions == null
            ? cos.hasShape(batch, rows, half)
            : cos.rank() == 2 && cos.dim(1) == half && positions.hasShape(batch, rows);
    if (!fits || !cos.sameShape(sin)) {
      throw new InvalidInput(
          "cos_cache and sin_cache must have shape "
              + (positions == null
                  ? Arrays.toString(new int[] {batch, rows, half})
                  : "[positions, " + half + "] and position_ids [" + batch + ", " + rows + "]")
              + ", got "
              + cos
              + ", "
              + sin
              + (positions == null ? "" : " and " + positions));
    }
    for (int i = 0; i < angles.length; i++) {
      long at = positions == null ? i : positions.longs()[i];
      if (positions != null && (at < 0 || at >= cos.dim(0))) {
        throw new InvalidInput("position_ids must lie in [0, " + (cos.dim(0) - 1) + "]");
      }
      angles[i] = (int) at;
    }
    return angles;
  }
}
