package org.sardonyx.operators.ml;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * ZipMap: for every row of [N, C] a map from labels to its elements.
 *
 * @param labels the labels of the columns
 */
public record ZipMap(Labels labels) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ZipMap")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "tensor(float)")
          .output("Z", "T")
          .optional("classlabels_int64s", Kind.INTS)
          .optional("classlabels_strings", Kind.STRINGS)
          .type("T", Types.of("seq(map(int64,float))", "seq(map(string,float))"))
          .create(ZipMap::of);

  static ZipMap of(Attributes attributes) {
    return new ZipMap(Labels.of(attributes, "classlabels_int64s", "classlabels_strings"));
  }

  private Type.OfMap mapType() {
    return new Type.OfMap(labels.type(), Type.tensor(DataType.FLOAT, Shape.SCALAR));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, new Type.OfSequence(mapType()));
  }

  @Override
  public void run(Invocation in) {
    Rows rows = Rows.of(in.tensor(0));
    if (rows.width() != labels.size()) {
      throw new OperatorFailed(labels.size() + " labels for " + rows.width() + " columns");
    }
    Tensor keys = labels.keys();
    List<Value> maps = new ArrayList<>();
    for (int n = 0; n < rows.count(); n++) {
      List<Value> values = new ArrayList<>();
      for (double value : rows.row(n)) {
        values.add(Tensor.scalar((float) value));
      }
      maps.add(new MapValue(keys, new SequenceValue(mapType().valueType(), values)));
    }
    in.set(0, new SequenceValue(mapType(), maps));
  }
}
