package org.sardonyx.operators.attention.microsoft;

import java.util.ArrayList;
import java.util.List;
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
 * DecoderMaskedMultiHeadAttention: {@link MultiHeadAttention} of one query for each row of the
 * batch, over what a cache holds and the key and value of now, or over keys and values [N, heads,
 * T, size] alone. Keys in the cache lie as values do, as they do for ONNX Runtime on the CPU.
 *
 * @param settings what it shares with others
 * @param shared whether the cache has room for more rows than are filled, and keeps its size
 */
public record DecoderMaskedMultiHeadAttention(Settings settings, boolean shared)
    implements Operator {

  static final int QUERY = 0;
  static final int KEY = 1;
  static final int VALUE = 2;
  static final int MASK_INDEX = 3;
  static final int ATTENTION_BIAS = 4;
  static final int PAST_KEY = 5;
  static final int PAST_VALUE = 6;
  static final int PAST_SEQUENCE_LENGTH = 7;
  static final int BEAM_WIDTH = 8;
  static final int CACHE_INDIRECTION = 9;
  static final int BIAS = 10;
  static final int OUTPUT = 0;
  static final int PRESENT_KEY = 1;
  static final int PRESENT_VALUE = 2;
  static final int QK = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("DecoderMaskedMultiHeadAttention")
          .domain("com.microsoft")
          .version(1)
          .input("query", "T")
          .optionalInput("key", "T")
          .optionalInput("value", "T")
          .optionalInput("mask_index", "M")
          .optionalInput("attention_bias", "T")
          .optionalInput("past_key", "T")
          .optionalInput("past_value", "T")
          .optionalInput("past_sequence_length", "M")
          .optionalInput("beam_width", "M")
          .optionalInput("cache_indirection", "M")
          .optionalInput("bias", "T")
          .output("output", "T")
          .optionalOutput("present_key", "T")
          .optionalOutput("present_value", "T")
          .optionalOutput("qk", "QK")
          .optional("mask_filter_value", Kind.FLOAT)
          .required("num_heads", Kind.INT)
          .attribute("output_qk", 0)
          .attribute("past_present_share_buffer", 0)
          .optional("scale", Kind.FLOAT)
          .type("T", DataType.FLOAT, DataType.FLOAT16)
          .type("QK", DataType.FLOAT, DataType.FLOAT16)
          .type("M", DataType.INT32)
          .accuracy(Accuracy.ACCUMULATED)
          .create(DecoderMaskedMultiHeadAttention::of);

  static DecoderMaskedMultiHeadAttention of(Attributes attributes) {
    attributes.ignore("output_qk", "qk is computed wherever the node names it");
    return new DecoderMaskedMultiHeadAttention(
        Settings.ofShared(attributes), attributes.getFlag("past_present_share_buffer"));
  }

  @Override
  public void infer(Inference in) {
    Shape q = in.shape(QUERY);
    if (!q.hasRank()) {
      return;
    }
    if (q.rank() != 3) {
      throw in.invalid("query must have rank 3, got " + q);
    }
    Dim heads = Dim.of(settings.heads());
    Shape v = in.shape(VALUE);
    Dim width = in.has(KEY) ? Dim.UNKNOWN : q.dim(2).dividedBy(3);
    if (v.hasRank()) {
      width = v.rank() == 4 ? v.dim(3).times(heads) : v.rank() == 3 ? v.dim(2) : Dim.UNKNOWN;
    }
    in.shape(OUTPUT, Shape.of(q.dim(0), q.dim(1), width));
    Shape k = in.shape(KEY);
    Shape past = in.shape(PAST_KEY);
    Dim total = k.hasRank() && k.rank() == 4 ? k.dim(2) : Dim.UNKNOWN;
    if (past.hasRank() && past.rank() == 4) {
      total = past.dim(2).plus(1);
      present(in, PRESENT_KEY, past);
      present(in, PRESENT_VALUE, in.shape(PAST_VALUE));
    }
    if (in.outputs() > QK) {
      DataType type = in.elementType(QUERY);
      Dim keys = in.has(PAST_KEY) && shared ? Dim.UNKNOWN : total;
      if (type != null) {
        in.output(QK, type, Shape.of(q.dim(0), heads, Dim.of(1), keys));
      }
    }
  }

  private void present(Inference in, int output, Shape past) {
    if (in.outputs() <= output || !past.hasRank() || past.rank() != 4) {
      return;
    }
    List<Dim> dims = new ArrayList<>(past.dims());
    if (!shared) {
      dims.set(2, past.dim(2).plus(1));
    }
    in.shape(output, Shape.of(dims));
  }

  @Override
  public void run(Invocation in) {
    new DecoderMaskedCall(settings, shared, in).run();
  }
}
