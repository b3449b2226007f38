package org.sardonyx.operators.microsoft;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * NGramRepeatBlock: scores [B, V] with minus infinity for each token that would make an n-gram of
 * input_ids [B, S] come again.
 *
 * @param size tokens of an n-gram
 */
public record NGramRepeatBlock(int size) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("NGramRepeatBlock")
          .input("input_ids", "Tid")
          .input("scores", "T")
          .output("scores_out", "T")
          .required("ngram_size", Kind.INT)
          .type("Tid", DataType.INT64)
          .type("T", DataType.FLOAT)
          .accuracy(Accuracy.EXACT)
          .create(NGramRepeatBlock::of);

  static NGramRepeatBlock of(Attributes attributes) {
    long size = attributes.getInt("ngram_size");
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new InvalidModel("ngram_size " + size + " must be positive");
    }
    return new NGramRepeatBlock((int) size);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(1));
  }

  @Override
  public void run(Invocation in) {
    Tensor ids = in.tensor(0);
    Tensor scores = in.tensor(1);
    if (ids.rank() != 2 || scores.rank() != 2 || ids.dim(0) != scores.dim(0)) {
      throw new OperatorFailed("input_ids " + ids + " and scores " + scores + " do not fit");
    }
    int length = ids.dim(1);
    int words = scores.dim(1);
    float[] y = in.output(0, DataType.FLOAT, scores.shape()).floats();
    System.arraycopy(scores.floats(), 0, y, 0, y.length);
    for (int b = 0; b < ids.dim(0); b++) {
      int row = b * length;
      for (int i = 0; i + size <= length; i++) {
        if (!repeats(ids.longs(), row + i, row + length - size + 1)) {
          continue;
        }
        long token = ids.longs()[row + i + size - 1];
        if (token < 0 || token >= words) {
          throw new OperatorFailed("an id of input_ids is outside of scores " + scores);
        }
        y[b * words + (int) token] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** Whether the first size - 1 tokens at both places are the same. */
  private boolean repeats(long[] ids, int a, int b) {
    for (int i = 0; i < size - 1; i++) {
      if (ids[a + i] != ids[b + i]) {
        return false;
      }
    }
    return true;
  }
}
