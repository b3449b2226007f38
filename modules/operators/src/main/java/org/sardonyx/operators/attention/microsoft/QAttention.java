package org.sardonyx.operators.attention.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.IntegerMatrix;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.ProductShapes;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * QAttention of com.microsoft: {@link Attention} whose input and weights are 8-bit integers, {@code
 * [Q K V] = (input - zero point) (weights - zero point) * scales + bias}.
 *
 * @param settings what it shares with others
 */
public record QAttention(Settings settings) implements Operator {

  private static final int INPUT = 0;
  private static final int WEIGHT = 1;
  private static final int BIAS = 2;
  private static final int INPUT_SCALE = 3;
  private static final int WEIGHT_SCALE = 4;
  private static final int MASK_INDEX = 5;
  private static final int INPUT_ZERO_POINT = 6;
  private static final int WEIGHT_ZERO_POINT = 7;
  private static final int PAST = 8;

  public static final OperatorDef DEF =
      OperatorDef.named("QAttention")
          .domain("com.microsoft")
          .version(1)
          .input("input", "T1")
          .input("weight", "T2")
          .input("bias", "T3")
          .input("input_scale", "T3")
          .input("weight_scale", "T3")
          .optionalInput("mask_index", "T4")
          .optionalInput("input_zero_point", "T1")
          .optionalInput("weight_zero_point", "T2")
          .optionalInput("past", "T3")
          .output("output", "T3")
          .optionalOutput("present", "T3")
          .attribute("do_rotary", 0)
          .optional("mask_filter_value", Kind.FLOAT)
          .required("num_heads", Kind.INT)
          .optional("past_present_share_buffer", Kind.INT)
          .optional("scale", Kind.FLOAT)
          .attribute("unidirectional", 0)
          .type("T1", DataType.INT8, DataType.UINT8)
          .type("T2", DataType.INT8, DataType.UINT8)
          .type("T3", DataType.FLOAT, DataType.FLOAT16)
          .type("T4", DataType.INT32)
          .accuracy(Accuracy.ACCUMULATED)
          .create(QAttention::of);

  static QAttention of(Attributes attributes) {
    return new QAttention(Settings.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Shape input = in.shape(INPUT);
    Shape weight = in.shape(WEIGHT);
    if (input.hasRank() && input.rank() != 3) {
      throw in.invalid("input must have rank 3, got " + input);
    }
    Dim batch = input.hasRank() ? input.dim(0) : Dim.UNKNOWN;
    Dim rows = input.hasRank() ? input.dim(1) : Dim.UNKNOWN;
    Dim hidden = weight.hasRank() && weight.rank() == 2 ? weight.dim(1).dividedBy(3) : Dim.UNKNOWN;
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
    Tensor input = in.tensor(INPUT);
    Tensor weight = in.tensor(WEIGHT);
    if (input.rank() != 3 || weight.rank() != 2 || weight.dim(1) % 3 != 0) {
      throw new InvalidInput("input " + input + " does not fit weight " + weight);
    }
    int batch = input.dim(0);
    int rows = input.dim(1);
    int width = weight.dim(1);
    int[] sums = new int[Tensor.checkedSize(new int[] {batch, rows, width})];
    IntegerMatrix.multiply(
        in,
        ProductShapes.of(new int[] {batch * rows, input.dim(2)}, weight.shape()),
        input,
        zeroPoint(in, INPUT_ZERO_POINT, 1),
        weight,
        zeroPoint(in, WEIGHT_ZERO_POINT, width),
        sums);
    float inputScale = in.tensor(INPUT_SCALE).toFloats()[0];
    Tensor weightScale = in.tensor(WEIGHT_SCALE);
    if (weightScale.size() != 1 && weightScale.size() != width) {
      throw new InvalidInput("weight_scale " + weightScale + " does not fit weight " + weight);
    }
    float[] scales = weightScale.toFloats();
    float[] qkv = Attention.biased(in.tensor(BIAS), batch * rows, width);
    for (int i = 0; i < batch * rows; i++) {
      for (int j = 0; j < width; j++) {
        float scale = inputScale * (scales.length == 1 ? scales[0] : scales[j]);
        qkv[i * width + j] += sums[i * width + j] * scale;
      }
    }
    new Projected(qkv, batch, rows, width / 3, width / 3)
        .attend(
            in,
            settings,
            in.tensor(BIAS).dataType(),
            in.optional(MASK_INDEX),
            in.optional(PAST),
            null);
  }

  private static @Nullable Tensor zeroPoint(Invocation in, int input, int width) {
    Tensor zero = in.optional(input);
    if (zero != null && zero.size() != 1 && zero.size() != width) {
      throw new InvalidInput("zero point " + zero + " must have 1 or " + width + " elements");
    }
    return zero;
  }
}
