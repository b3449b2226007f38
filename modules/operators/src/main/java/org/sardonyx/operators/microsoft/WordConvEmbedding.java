package org.sardonyx.operators.microsoft;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * WordConvEmbedding: for each word of Sequence [words, characters], the greatest over all places of
 * {@code tanh(W * embedded characters + B)}, with W [M, 1, window, E], B [M] and the embeddings C
 * [alphabet, E]. Character 0 is padding; a word that begins with it gives zeros.
 */
public record WordConvEmbedding() implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("WordConvEmbedding")
          .input("Sequence", "T")
          .input("W", "T1")
          .input("B", "T1")
          .input("C", "T1")
          .output("Y", "T1")
          .optional("char_embedding_size", Kind.INT)
          .optional("conv_window_size", Kind.INT)
          .optional("embedding_size", Kind.INT)
          .type("T", DataType.INT32)
          .type("T1", DataType.FLOAT)
          .accuracy(Accuracy.ACCUMULATED)
          .create(WordConvEmbedding::of);

  static WordConvEmbedding of(Attributes attributes) {
    for (String name : new String[] {"char_embedding_size", "conv_window_size", "embedding_size"}) {
      attributes.ignore(name, "the shapes of the weights say it");
    }
    return new WordConvEmbedding();
  }

  @Override
  public void infer(Inference in) {
    Shape words = in.shape(0);
    Shape w = in.shape(1);
    in.shape(
        0,
        Shape.of(
            words.hasRank() && words.rank() > 0 ? words.dim(0) : Dim.UNKNOWN,
            w.hasRank() && w.rank() > 0 ? w.dim(0) : Dim.UNKNOWN));
  }

  @Override
  public void run(Invocation in) {
    Tensor sequence = in.tensor(0);
    Tensor w = in.tensor(1);
    Tensor bias = in.tensor(2);
    Tensor table = in.tensor(3);
    if (sequence.rank() != 2
        || w.rank() != 4
        || w.dim(1) != 1
        || table.rank() != 2
        || table.dim(1) != w.dim(3)
        || bias.size() != w.dim(0)
        || sequence.dim(1) < w.dim(2)) {
      throw new OperatorFailed(
          "Sequence " + sequence + ", W " + w + ", B " + bias + " and C " + table + " do not fit");
    }
    int characters = sequence.dim(1);
    int filters = w.dim(0);
    int window = w.dim(2);
    int size = w.dim(3);
    float[] y = in.output(0, DataType.FLOAT, sequence.dim(0), filters).floats();
    float[] embedded = new float[characters * size];
    float[] places = new float[filters];
    for (int word = 0; word < sequence.dim(0); word++) {
      int length = length(sequence.ints(), word * characters, characters);
      java.util.Arrays.fill(
          y, word * filters, (word + 1) * filters, length == 0 ? 0 : Float.NEGATIVE_INFINITY);
      int read = length == 0 ? 0 : Math.max(length, window);
      embed(sequence.ints(), word * characters, read, table, embedded);
      for (int p = 0; p + window <= read; p++) {
        System.arraycopy(bias.floats(), 0, places, 0, filters);
        for (int m = 0; m < filters; m++) {
          places[m] +=
              in.kernels().dot(w.floats(), m * window * size, embedded, p * size, window * size);
        }
        in.kernels().unary(Unary.TANH, places, 0, places, 0, filters);
        for (int m = 0; m < filters; m++) {
          y[word * filters + m] = Math.max(y[word * filters + m], places[m]);
        }
      }
    }
  }

  private static int length(int[] characters, int from, int count) {
    int length = 0;
    for (int i = from; count > 0 && characters[from] > 0 && i < from + count; i++) {
      length += characters[i] > 0 ? 1 : 0;
    }
    return length;
  }

  private static void embed(int[] characters, int from, int count, Tensor table, float[] to) {
    int size = table.dim(1);
    for (int i = 0; i < count; i++) {
      int c = characters[from + i];
      if (c < 0 || c >= table.dim(0)) {
        throw new OperatorFailed("a character of Sequence is outside of C " + table);
      }
      System.arraycopy(table.floats(), c * size, to, i * size, size);
    }
  }
}
