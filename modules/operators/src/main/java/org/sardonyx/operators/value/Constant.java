package org.sardonyx.operators.value;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;

/** Constant: a tensor that stands in the model, read when it is first asked for. */
public final class Constant implements Operator {

  private static final int SHOWN_TO_INFERENCE = 64;

  public static final OperatorDef DEF =
      OperatorDef.named("Constant")
          .version(1)
          .output("output", "T")
          .required("value", Kind.TENSOR)
          .type("T", Types.FLOATS)
          .version(9)
          .type("T", Types.ALL)
          .version(11)
          .optional("value", Kind.TENSOR)
          .optional("sparse_value", Kind.SPARSE_TENSOR)
          .version(12)
          .optional("value_float", Kind.FLOAT)
          .optional("value_floats", Kind.FLOATS)
          .optional("value_int", Kind.INT)
          .optional("value_ints", Kind.INTS)
          .optional("value_string", Kind.STRING)
          .optional("value_strings", Kind.STRINGS)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(19)
          .type("T", Types.ALL_IR9)
          .version(21)
          .type("T", Types.ALL_IR10)
          .version(23)
          .type("T", Types.ALL_IR11)
          .version(24)
          .type("T", Types.ALL_IR12)
          .version(25)
          .type("T", Types.ALL_IR13)
          .create(Constant::of);

  /** What the model gives in sparse form is made dense. */
  private final TensorData value;

  /** Once there, it stays: runs ask for it again and again. */
  private volatile @Nullable Tensor loaded;

  private Constant(TensorData value) {
    this.value = value;
  }

  static Constant of(Attributes attributes) {
    List<Tensor> values = new ArrayList<>();
    List<TensorData> given = new ArrayList<>();
    if (attributes.has("value")) {
      given.add(attributes.getTensorData("value"));
    }
    if (attributes.has("sparse_value")) {
      values.add(attributes.getSparseTensor("sparse_value").load().toDense());
    }
    if (attributes.has("value_float")) {
      values.add(Tensor.scalar(attributes.getFloat("value_float")));
    }
    if (attributes.has("value_floats")) {
      float[] floats = attributes.getFloats("value_floats");
      values.add(Tensor.of(floats, floats.length));
    }
    if (attributes.has("value_int")) {
      values.add(Tensor.scalar(attributes.getInt("value_int")));
    }
    if (attributes.has("value_ints")) {
      values.add(Tensor.vector(attributes.getInts("value_ints")));
    }
    if (attributes.has("value_string")) {
      values.add(Tensor.of(new String[] {attributes.getString("value_string")}));
    }
    if (attributes.has("value_strings")) {
      String[] strings = attributes.getStrings("value_strings").toArray(String[]::new);
      values.add(Tensor.of(strings, strings.length));
    }
    values.forEach(value -> given.add(TensorData.of("", value)));
    if (given.size() != 1) {
      throw new InvalidModel("one attribute must give the value, " + given.size() + " do");
    }
    return new Constant(given.getFirst());
  }

  @Override
  public void infer(Inference in) {
    in.output(0, value.type());
    boolean integers = value.dataType() == DataType.INT64 || value.dataType() == DataType.INT32;
    if (integers && isShown(value.shape().sizes())) {
      List<Dim> dims = new ArrayList<>();
      for (long element : tensor().toLongs()) {
        dims.add(Dim.of(element));
      }
      in.dims(0, dims);
    }
  }

  private static boolean isShown(long[] sizes) {
    return sizes.length == 0 || (sizes.length == 1 && sizes[0] <= SHOWN_TO_INFERENCE);
  }

  private Tensor tensor() {
    Tensor known = loaded;
    if (known == null) {
      known = value.load();
      loaded = known;
    }
    return known;
  }

  @Override
  public void run(Invocation in) {
    in.set(0, tensor());
  }
}
