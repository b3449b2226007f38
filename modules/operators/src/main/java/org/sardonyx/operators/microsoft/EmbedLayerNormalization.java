package org.sardonyx.operators.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
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
    Tensor ids = in.tensor(INPUT_IDS);
    Tensor words = in.tensor(WORD_EMBEDDING);
    if (ids.rank() != 2 || words.rank() != 2) {
      throw new InvalidInput("input_ids " + ids + " and word_embedding " + words);
    }
    int batch = ids.dim(0);
    int rows = ids.dim(1);
    int width = words.dim(1);
    float[] sum = new float[Tensor.checkedSize(new int[] {batch, rows, width})];
    add(sum, words, ids.ints(), width, "input_ids");
    add(
        sum,
        in.tensor(POSITION_EMBEDDING),
        positions(in.optional(POSITION_IDS), batch, rows),
        width,
        "position_ids");
    Tensor segments = in.optional(SEGMENT_IDS);
    Tensor segmentEmbedding = in.optional(SEGMENT_EMBEDDING);
    if ((segments == null) != (segmentEmbedding == null)) {
      throw new InvalidInput("segment_ids and segment_embedding go together");
    }
    if (segments != null && segmentEmbedding != null) {
      expect("segment_ids", segments, batch, rows);
      add(sum, segmentEmbedding, segments.ints(), width, "segment_ids");
    }
    maskIndex(in, batch, rows);
    if (in.outputs() > EMBEDDING_SUM && in.wants(EMBEDDING_SUM)) {
      in.set(EMBEDDING_SUM, Tensor.fromFloats(words.dataType(), sum.clone(), batch, rows, width));
    }
    new RowNorm(
            RowNorm.parameter("gamma", in.tensor(GAMMA), width),
            RowNorm.parameter("beta", in.tensor(BETA), width),
            epsilon,
            false)
        .apply(in.kernels(), sum);
    in.set(OUTPUT, Tensor.fromFloats(words.dataType(), sum, batch, rows, width));
  }

  private static int[] positions(@Nullable Tensor given, int batch, int rows) {
    int[] positions = new int[batch * rows];
    if (given != null && !given.hasShape(1, rows)) {
      expect("position_ids", given, batch, rows);
    }
    for (int i = 0; i < positions.length; i++) {
      positions[i] = given == null ? i % rows : given.ints()[i % given.size()];
    }
    return positions;
  }

  private static void maskIndex(Invocation in, int batch, int rows) {
    Tensor mask = in.optional(MASK);
    if (mask != null) {
      expect("mask", mask, batch, rows);
    }
    if (in.outputs() <= MASK_INDEX || !in.wants(MASK_INDEX)) {
      return;
    }
    int[] ones = new int[batch];
    for (int i = 0; mask != null && i < mask.size(); i++) {
      ones[i / rows] += mask.ints()[i] == 1 ? 1 : 0;
    }
    in.set(MASK_INDEX, Tensor.of(ones, batch));
  }

  private static void add(float[] sum, Tensor embedding, int[] ids, int width, String name) {
    if (embedding.rank() != 2 || embedding.dim(1) != width) {
      throw new InvalidInput(
          "embedding " + embedding + " of " + name + " is not " + width + " wide");
    }
    float[] values = embedding.toFloats();
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= embedding.dim(0)) {
        throw new InvalidInput(name + " must lie in [0, " + (embedding.dim(0) - 1) + "]");
      }
      for (int j = 0; j < width; j++) {
        sum[i * width + j] += values[ids[i] * width + j];
      }
    }
  }

  private static void expect(String name, Tensor tensor, int... shape) {
    if (!tensor.hasShape(shape)) {
      throw new InvalidInput(
          name + " must have shape [" + shape[0] + ", " + shape[1] + "], got " + tensor);
    }
  }
}
