package org.sardonyx.operators.attention.microsoft;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * MultiHeadAttention of com.microsoft: attention over Q, K and V that are projected but for their
 * bias. They come apart, as K and V in one, as all in one, or with K and V as a cache has them.
 * With past_sequence_length the past has room for more rows than that, and the present is the past
 * with the new rows put in.
 *
 * @param settings what it shares with others
 */
public record MultiHeadAttention(Settings settings) implements Operator {

  static final int QUERY = 0;
  static final int KEY = 1;
  static final int VALUE = 2;
  static final int BIAS = 3;
  static final int KEY_PADDING_MASK = 4;
  static final int ATTENTION_BIAS = 5;
  static final int PAST_KEY = 6;
  static final int PAST_VALUE = 7;
  static final int PAST_SEQUENCE_LENGTH = 8;
  static final int CACHE_INDIRECTION = 9;
  static final int OUTPUT = 0;
  static final int PRESENT_KEY = 1;
  static final int PRESENT_VALUE = 2;
  static final int QK = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("MultiHeadAttention")
          .domain("com.microsoft")
          .version(1)
          .input("query", "T")
          .optionalInput("key", "T")
          .optionalInput("value", "T")
          .optionalInput("bias", "T")
          .optionalInput("key_padding_mask", "M")
          .optionalInput("attention_bias", "T")
          .optionalInput("past_key", "T")
          .optionalInput("past_value", "T")
          .optionalInput("past_sequence_length", "M")
          .optionalInput("cache_indirection", "M")
          .output("output", "T")
          .optionalOutput("present_key", "T")
          .optionalOutput("present_value", "T")
          .optionalOutput("qk", "QK")
          .optional("mask_filter_value", Kind.FLOAT)
          .required("num_heads", Kind.INT)
          .optional("scale", Kind.FLOAT)
          .attribute("unidirectional", 0)
          .type("T", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("QK", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("M", DataType.INT32)
          .accuracy(Accuracy.ACCUMULATED)
          .create(MultiHeadAttention::of);

  static MultiHeadAttention of(Attributes attributes) {
    return new MultiHeadAttention(Settings.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Shape q = in.shape(QUERY);
    if (!q.hasRank()) {
      return;
    }
    if (q.rank() != 3 && q.rank() != 5) {
      throw in.invalid("query must have rank 3 or 5, got " + q);
    }
    Dim heads = Dim.of(settings.heads());
    Dim size = q.rank() == 5 ? q.dim(4) : q.dim(2).dividedBy(heads);
    Dim rows = q.dim(1);
    Dim valueSize = size;
    Dim length = rows;
    if (in.has(KEY)) {
      Shape k = in.shape(KEY);
      boolean heads4 = k.hasRank() && k.rank() == 4;
      length = heads4 ? k.dim(2) : k.hasRank() && k.rank() > 1 ? k.dim(1) : Dim.UNKNOWN;
    }
    if (in.has(VALUE)) {
      Shape v = in.shape(VALUE);
      boolean flat = v.hasRank() && v.rank() == 3;
      boolean split = v.hasRank() && v.rank() == 4;
      valueSize = split ? v.dim(3) : flat ? v.dim(2).dividedBy(heads) : Dim.UNKNOWN;
    }
    in.shape(OUTPUT, Shape.of(q.dim(0), rows, valueSize.times(heads)));
    Dim before = Dim.of(0);
    if (in.has(PAST_KEY)) {
      Shape past = in.shape(PAST_KEY);
      before = past.hasRank() && past.rank() == 4 ? past.dim(2) : Dim.UNKNOWN;
    }
    boolean shared = in.has(PAST_KEY) && in.has(PAST_SEQUENCE_LENGTH);
    Dim present = shared ? before : before.plus(length);
    if (in.outputs() > PRESENT_KEY) {
      in.shape(PRESENT_KEY, Shape.of(q.dim(0), heads, present, size));
    }
    if (in.outputs() > PRESENT_VALUE) {
      in.shape(PRESENT_VALUE, Shape.of(q.dim(0), heads, present, valueSize));
    }
    DataType type = in.elementType(QUERY);
    if (in.outputs() > QK && type != null) {
      in.output(QK, type, Shape.of(q.dim(0), heads, rows, shared ? Dim.UNKNOWN : present));
    }
  }

  @Override
  public void run(Invocation in) {
    new MultiHeadCall(settings, in).run();
  }
}
