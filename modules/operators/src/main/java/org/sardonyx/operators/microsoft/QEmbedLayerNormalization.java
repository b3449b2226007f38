package org.sardonyx.operators.microsoft;

import org.sardonyx.error.InvalidInput;
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
 * QEmbedLayerNormalization: {@link EmbedLayerNormalization} whose embeddings, gamma and beta are
 * bytes, each with one scale and one zero point: {@code (q - zero) * scale}.
 *
 * @param epsilon added to the variance
 */
public record QEmbedLayerNormalization(float epsilon) implements Operator {

  private static final int INPUT_IDS = 0;
  private static final int SEGMENT_IDS = 1;
  private static final int WORD = 2;
  private static final int POSITION = 3;
  private static final int SEGMENT = 4;
  private static final int GAMMA = 5;
  private static final int BETA = 6;
  private static final int MASK = 7;
  private static final int SCALES = 8;
  private static final int ZEROS = 13;

  public static final OperatorDef DEF =
      Microsoft.named("QEmbedLayerNormalization")
          .input("input_ids", "T1")
          .optionalInput("segment_ids", "T1")
          .input("word_embedding_quant", "T2")
          .input("position_embedding_quant", "T2")
          .optionalInput("segment_embedding", "T2")
          .input("gamma_quant", "T2")
          .input("beta_quant", "T2")
          .optionalInput("mask", "T1")
          .input("word_embedding_scale", "T")
          .input("position_embedding_scale", "T")
          .optionalInput("segment_embedding_scale", "T")
          .input("gamma_scale", "T")
          .input("beta_scale", "T")
          .input("word_embedding_zero_point", "T2")
          .input("position_embedding_zero_point", "T2")
          .optionalInput("segment_embedding_zero_point", "T2")
          .input("gamma_zero_point", "T2")
          .input("beta_zero_point", "T2")
          .output("layernorm_out", "T")
          .output("mask_index_out", "T1")
          .attribute("epsilon", 1e-12f)
          .type("T1", DataType.INT32)
          .type("T2", Microsoft.BYTES)
          .type("T", DataType.FLOAT)
          .accuracy(Accuracy.ACCUMULATED)
          .create(QEmbedLayerNormalization::of);

  static QEmbedLayerNormalization of(Attributes attributes) {
    return new QEmbedLayerNormalization(attributes.getFloat("epsilon"));
  }

  @Override
  public void infer(Inference in) {
    Shape ids = in.shape(INPUT_IDS);
    Shape words = in.shape(WORD);
    if (!ids.hasRank()) {
      return;
    }
    if (ids.rank() != 2) {
      throw in.invalid("input_ids must have rank 2, got " + ids);
    }
    Dim hidden = words.hasRank() && words.rank() == 2 ? words.dim(1) : Dim.UNKNOWN;
    in.shape(0, Shape.of(ids.dim(0), ids.dim(1), hidden));
    in.shape(1, Shape.of(ids.dim(0)));
  }

  @Override
  public void run(Invocation in) {
    Tensor segments = in.optional(SEGMENT_IDS);
    if (segments != null && !in.has(SEGMENT)) {
      throw new InvalidInput("segment_ids and segment_embedding go together");
    }
    Tensor segmentEmbedding = segments == null ? null : dequantized(in, SEGMENT);
    Embedding embedding =
        new Embedding(in.tensor(INPUT_IDS), dequantized(in, WORD), dequantized(in, POSITION));
    float[] sum = embedding.sum(null, segments, segmentEmbedding);
    embedding.maskIndex(in, in.optional(MASK), 1);
    int width = embedding.width();
    new RowNorm(
            RowNorm.parameter("gamma", dequantized(in, GAMMA), width),
            RowNorm.parameter("beta", dequantized(in, BETA), width),
            epsilon,
            false)
        .apply(in.kernels(), sum, false);
    in.set(0, Tensor.of(sum, embedding.shape()));
  }

  /** Returns the numbers that one of the quantized inputs stands for. */
  private static Tensor dequantized(Invocation in, int input) {
    Tensor q = in.tensor(input);
    int which = input - WORD;
    if (!in.has(SCALES + which)) {
      throw new InvalidInput("input " + (SCALES + which) + ", a scale, is missing");
    }
    float scale = Microsoft.scale(in, SCALES + which);
    int zero = Microsoft.zeroPoint(in, ZEROS + which);
    float[] y = new float[q.size()];
    for (int i = 0; i < y.length; i++) {
      y[i] = scale * (q.getLong(i) - zero);
    }
    return Tensor.of(y, q.shape());
  }
}
