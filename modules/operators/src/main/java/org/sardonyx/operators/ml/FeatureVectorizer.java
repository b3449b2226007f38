package org.sardonyx.operators.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * FeatureVectorizer: inputs [N, C] side by side, as float. Inputs of other widths than stated are
 * cut or filled with 0.
 *
 * @param widths the width of each input; null for their own
 */
public record FeatureVectorizer(long @Nullable [] widths) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("FeatureVectorizer")
          .domain("ai.onnx.ml")
          .version(1)
          .variadicInput("X", "T1", 1)
          .output("Y", "tensor(float)")
          .optional("inputdimensions", Kind.INTS)
          .type("T1", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .accuracy(Accuracy.ROUNDED)
          .create(FeatureVectorizer::of);

  static FeatureVectorizer of(Attributes attributes) {
    long[] widths = attributes.getIntsOrNull("inputdimensions");
    if (widths != null && widths.length != attributes.inputs()) {
      throw new InvalidModel(widths.length + " widths for " + attributes.inputs() + " inputs");
    }
    return new FeatureVectorizer(widths);
  }

  @Override
  public void infer(Inference in) {
    Dim sum = Dim.of(0);
    for (int i = 0; i < in.inputs(); i++) {
      Shape x = in.shape(i);
      sum =
          sum.plus(
              widths != null
                  ? Dim.of(widths[i])
                  : x.hasRank() && x.rank() > 0 ? x.dim(-1) : Dim.UNKNOWN);
    }
    in.output(0, DataType.FLOAT, Rows.shape(in.shape(0), sum));
  }

  @Override
  public void run(Invocation in) {
    List<Rows> inputs = new ArrayList<>();
    int[] columns = new int[in.inputs()];
    int width = 0;
    for (int i = 0; i < columns.length; i++) {
      Rows rows = Rows.of(in.tensor(i));
      if (rows.count() != (i == 0 ? rows : inputs.getFirst()).count()) {
        throw new OperatorFailed("inputs with different numbers of rows");
      }
      inputs.add(rows);
      columns[i] = widths == null ? rows.width() : Axes.size(widths[i]);
      width = Math.addExact(width, columns[i]);
    }
    int count = inputs.getFirst().count();
    float[] y = in.zeros(0, DataType.FLOAT, count, width).floats();
    int from = 0;
    for (int i = 0; i < columns.length; i++) {
      Rows rows = inputs.get(i);
      for (int n = 0; n < count; n++) {
        for (int c = 0; c < Math.min(columns[i], rows.width()); c++) {
          y[n * width + from + c] = (float) rows.values()[n * rows.width() + c];
        }
      }
      from += columns[i];
    }
  }
}
