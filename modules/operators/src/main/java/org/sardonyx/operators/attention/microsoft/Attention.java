package org.sardonyx.operators.attention.microsoft;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Attention of com.microsoft: self-attention with the projection inside, {@code [Q K V] = input
 * weights + bias}.
 *
 * @param settings what it shares with others
 * @param sizes columns of Q, K and V; empty where all are a third of the weights
 */
public record Attention(Settings settings, List<Integer> sizes) implements Operator {

  private static final int INPUT = 0;
  private static final int WEIGHTS = 1;
  private static final int BIAS = 2;
  private static final int MASK_INDEX = 3;
  private static final int PAST = 4;
  private static final int ATTENTION_BIAS = 5;
  private static final int PAST_SEQUENCE_LENGTH = 6;

  public static final OperatorDef DEF =
      OperatorDef.named("Attention")
          .domain("com.microsoft")
          .version(1)
          .input("input", "T")
          .input("weights", "T")
          .optionalInput("bias", "T")
          .optionalInput("mask_index", "M")
          .optionalInput("past", "T")
          .optionalInput("attention_bias", "T")
          .optionalInput("past_sequence_length", "M")
          .output("output", "T")
          .optionalOutput("present", "T")
          .attribute("do_rotary", 0)
          .optional("mask_filter_value", Kind.FLOAT)
          .required("num_heads", Kind.INT)
          .optional("past_present_share_buffer", Kind.INT)
          .optional("qkv_hidden_sizes", Kind.INTS)
          .optional("rotary_embedding_dim", Kind.INT)
          .optional("scale", Kind.FLOAT)
          .attribute("unidirectional", 0)
          .type("T", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("M", DataType.INT32)
          .accuracy(Accuracy.ACCUMULATED)
          .create(Attention::of);

  static Attention of(Attributes attributes) {
    attributes.ignore("rotary_embedding_dim", "it says how to rotate, and do_rotary is refused");
    long[] sizes = attributes.getIntsOrNull("qkv_hidden_sizes");
    if (sizes == null || sizes.length == 0) {
      return new Attention(Settings.of(attributes), List.of());
    }
    if (sizes.length != 3
        || sizes[0] != sizes[1]
        || Arrays.stream(sizes).anyMatch(s -> s <= 0 || s > Integer.MAX_VALUE / 4)) {
      throw new InvalidModel(
          "qkv_hidden_sizes must be three sizes of which the first two are the same, is "
              + Arrays.toString(sizes));
    }
    List<Integer> list = Arrays.stream(sizes).mapToObj(s -> (int) s).toList();
    return new Attention(Settings.of(attributes), list);
  }

  @Override
  public void infer(Inference in) {
    Shape input = in.shape(INPUT);
    Shape weights = in.shape(WEIGHTS);
    if (input.hasRank() && input.rank() != 3) {
      throw in.invalid("input must have rank 3, got " + input);
    }
    Dim batch = input.hasRank() ? input.dim(0) : Dim.UNKNOWN;
    Dim rows = input.hasRank() ? input.dim(1) : Dim.UNKNOWN;
    Dim columns =
        weights.hasRank() && weights.rank() == 2 ? weights.dim(1).dividedBy(3) : Dim.UNKNOWN;
    Dim hidden = sizes.isEmpty() ? columns : Dim.of(sizes.get(2));
    in.shape(0, Shape.of(batch, rows, hidden));
    if (in.outputs() > 1) {
      Shape past = in.shape(PAST);
      Dim before =
          !in.has(PAST)
              ? Dim.of(0)
              : past.hasRank() && past.rank() == 5 ? past.dim(3) : Dim.UNKNOWN;
      Dim heads = Dim.of(settings.heads());
      in.shape(1, Shape.of(Dim.of(2), batch, heads, before.plus(rows), hidden.dividedBy(heads)));
    }
  }

  @Override
  public void run(Invocation in) {
    run(in, pack(in.kernels(), in.tensor(WEIGHTS)));
  }

  @Override
  public Operator prepare(Constants constants) {
    Tensor weights = constants.tensor(WEIGHTS);
    return weights == null || weights.rank() != 2
        ? this
        : new Packed(this, pack(constants.kernels(), weights));
  }

  private static PackedMatrix pack(Kernels kernels, Tensor weights) {
    if (weights.rank() != 2) {
      throw new InvalidInput("weights must have rank 2, got " + weights);
    }
    return kernels.pack(weights.dim(0), weights.dim(1), weights.toFloats(), 0, weights.dim(1), 1);
  }

  private void run(Invocation in, PackedMatrix weights) {
    Tensor input = in.tensor(INPUT);
    int width = weights.n();
    boolean fits =
        sizes.isEmpty()
            ? width % 3 == 0
            : width == sizes.stream().mapToInt(Integer::intValue).sum();
    if (input.rank() != 3 || input.dim(2) != weights.k() || !fits) {
      throw new InvalidInput(
          "input " + input + " does not fit weights of [" + weights.k() + ", " + width + "]");
    }
    if (in.has(PAST_SEQUENCE_LENGTH)) {
      throw new UnsupportedModel("past_sequence_length of a shared buffer is not implemented");
    }
    int batch = input.dim(0);
    int rows = input.dim(1);
    float[] qkv = biased(in.optional(BIAS), batch * rows, width);
    in.kernels().gemm(batch * rows, 1, input.toFloats(), 0, weights.k(), 1, weights, qkv, 0, width);
    int hidden = sizes.isEmpty() ? width / 3 : sizes.get(0);
    new Projected(qkv, batch, rows, hidden, width - 2 * hidden)
        .attend(
            in,
            settings,
            input.dataType(),
            in.optional(MASK_INDEX),
            in.optional(PAST),
            in.optional(ATTENTION_BIAS));
  }

  /** Returns rows that all are the bias, or 0. */
  static float[] biased(@Nullable Tensor bias, int rows, int width) {
    float[] y = new float[Tensor.checkedSize(new int[] {rows, width})];
    if (bias == null) {
      return y;
    }
    if (!bias.hasShape(width)) {
      throw new InvalidInput("bias must have shape [" + width + "], got " + bias);
    }
    float[] values = bias.toFloats();
    for (int i = 0; i < rows; i++) {
      System.arraycopy(values, 0, y, i * width, width);
    }
    return y;
  }

  private record Packed(Attention operator, PackedMatrix weights) implements Operator {

    @Override
    public void infer(Inference in) {
      operator.infer(in);
    }

    @Override
    public void run(Invocation in) {
      operator.run(in, weights);
    }

    @Override
    public boolean reads(int input) {
      return input != WEIGHTS;
    }
  }
}
