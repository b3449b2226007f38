package org.sardonyx.operators.microsoft;

import org.sardonyx.graph.Attribute.Kind;
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
 * EmbedLayerNormalization: layer normalization of the sum of what word, position and segment
 * embeddings hold for each id. mask_index is the number of ones in each row of the mask, 0 without
 * one.
 *
 * @param epsilon added to the variance
 */
public record EmbedLayerNormalization(float epsilon) implements Operator {

  private static final int INPUT_IDS = 0;
  private static final int SEGMENT_IDS = 1;
  private static final int WORD_EMBEDDING = 2;
  private static final int POSITION_EMBEDDING = 3;
  private static final int SEGMENT_EMBEDDING = 4;
  private static final int GAMMA = 5;
  private static final int BETA = 6;
  private static final int MASK = 7;
  private static final int POSITION_IDS = 8;
  private static final int OUTPUT = 0;
  private static final int MASK_INDEX = 1;
  private static final int EMBEDDING_SUM = 2;

  public static final OperatorDef DEF =
      Microsoft.named("EmbedLayerNormalization")
          .input("input_ids", "T1")
          .optionalInput("segment_ids", "T1")
          .input("word_embedding", "T")
          .input("position_embedding", "T")
          .optionalInput("segment_embedding", "T")
          .input("gamma", "T")
          .input("beta", "T")
          .optionalInput("mask", "T1")
          .optionalInput("position_ids", "T1")
          .output("output", "T")
          .optionalOutput("mask_index", "T1")
          .optionalOutput("embedding_sum", "T")
          .attribute("epsilon", 1e-12f)
          .optional("mask_index_type", Kind.INT)
          .type("T1", DataType.INT32)
          .type("T", DataType.FLOAT, DataType.FLOAT16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(EmbedLayerNormalization::of);

  static EmbedLayerNormalization of(Attributes attributes) {
    attributes.ignore("mask_index_type", "mask_index is computed wherever the node names it");
    return new EmbedLayerNormalization(attributes.getFloat("epsilon"));
  }

  @Override
  public void infer(Inference in) {
    Shape ids = in.shape(INPUT_IDS);
    Shape words = in.shape(WORD_EMBEDDING);
    if (!ids.hasRank()) {
      return;
    }
    if (ids.rank() != 2) {
      throw in.invalid("input_ids must have rank 2, got " + ids);
    }
    Dim hidden = words.hasRank() && words.rank() == 2 ? words.dim(1) : Dim.UNKNOWN;
    Shape sum = Shape.of(ids.dim(0), ids.dim(1), hidden);
    in.shape(OUTPUT, sum);
    if (in.outputs() > MASK_INDEX) {
      in.shape(MASK_INDEX, Shape.of(ids.dim(0)));
    }
    if (in.outputs() > EMBEDDING_SUM) {
      in.shape(EMBEDDING_SUM, sum);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor words = in.tensor(WORD_EMBEDDING);
    Embedding embedding = new Embedding(in.tensor(INPUT_IDS), words, in.tensor(POSITION_EMBEDDING));
    float[] sum =
        embedding.sum(
            in.optional(POSITION_IDS), in.optional(SEGMENT_IDS), in.optional(SEGMENT_EMBEDDING));
    embedding.maskIndex(in, in.optional(MASK), MASK_INDEX);
    int width = embedding.width();
    if (in.outputs() > EMBEDDING_SUM && in.wants(EMBEDDING_SUM)) {
      in.set(EMBEDDING_SUM, Tensor.fromFloats(words.dataType(), sum.clone(), embedding.shape()));
    }
    new RowNorm(
            RowNorm.parameter("gamma", in.tensor(GAMMA), width),
            RowNorm.parameter("beta", in.tensor(BETA), width),
            epsilon,
            false)
        .apply(in.kernels(), sum, false);
    in.set(OUTPUT, Tensor.fromFloats(words.dataType(), sum, embedding.shape()));
  }
}
