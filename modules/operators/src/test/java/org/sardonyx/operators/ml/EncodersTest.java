package org.sardonyx.operators.ml;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.close;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

class EncodersTest {

  private static OperatorRunner of(String name, long version) {
    return OperatorRunner.of("ai.onnx.ml", name, version);
  }

  private static Attribute tensor(String name, Tensor value) {
    return new Attribute(name, new Attribute.OfTensor(TensorData.of("", value)));
  }

  @Test
  void labelEncoder() {
    same(
        Tensor.vector(-1, 5, 6),
        of("LabelEncoder", 2)
            .strings("keys_strings", "Amy", "Sally")
            .ints("values_int64s", 5, 6)
            .run(Tensors.strings(shape(3), "Dori", "Amy", "Sally")));
    same(
        Tensors.strings(shape(3), "nan", "one", "_Unused"),
        of("LabelEncoder", 2)
            .floats("keys_floats", Float.NaN, 1)
            .strings("values_strings", "nan", "one")
            .run(Tensors.floats(shape(3), Float.NaN, 1, 2)));
    same(
        Tensor.of(DataType.INT16, new short[] {42, 7}, 2),
        of("LabelEncoder", 4)
            .attribute(tensor("keys_tensor", Tensors.strings(shape(1), "a")))
            .attribute(tensor("values_tensor", Tensor.of(DataType.INT16, new short[] {42}, 1)))
            .attribute(tensor("default_tensor", Tensor.of(DataType.INT16, new short[] {7}, 1)))
            .run(Tensors.strings(shape(2), "a", "b")));
    OperatorRunner first = of("LabelEncoder", 1).strings("classes_strings", "x", "y");
    same(Tensor.vector(1, -1), first.run(Tensors.strings(shape(2), "y", "z")));
    same(Tensors.strings(shape(2), "y", "_Unused"), first.run(Tensor.vector(1, 2)));
    assertThrows(
        InvalidModel.class,
        () -> of("LabelEncoder", 2).ints("keys_int64s", 1).run(Tensor.vector(1)));
  }

  @Test
  void mappersAndHots() {
    OperatorRunner mapper =
        of("CategoryMapper", 1).ints("cats_int64s", 3, 4).strings("cats_strings", "a", "b");
    same(Tensor.vector(4, -1), mapper.run(Tensors.strings(shape(2), "b", "c")));
    same(Tensors.strings(shape(2), "b", "_Unused"), mapper.run(Tensor.vector(4, 5)));
    same(
        Tensors.floats(shape(2, 2), 0, 1, 0, 0),
        of("OneHotEncoder", 1).ints("cats_int64s", 1, 3).run(Tensors.floats(shape(2), 3.5f, 2)));
    assertThrows(
        OperatorFailed.class,
        () ->
            of("OneHotEncoder", 1)
                .attribute("zeros", 0)
                .ints("cats_int64s", 1, 3)
                .run(Tensor.vector(2)));
  }

  @Test
  void features() {
    Tensor x = Tensors.floats(shape(2, 2), 1, Float.NaN, -3, 4);
    same(
        Tensors.floats(shape(2, 2), 1, 9, -3, 4),
        of("Imputer", 1)
            .floats("imputed_value_floats", 8, 9)
            .attribute("replaced_value_float", Float.NaN)
            .run(x));
    same(
        Tensors.longs(shape(2), 7, 1),
        of("Imputer", 1).ints("imputed_value_int64s", 7).run(Tensor.vector(0, 1)));
    same(
        Tensors.floats(shape(1, 2), 4, 2),
        of("Scaler", 1)
            .floats("offset", -1, 2)
            .floats("scale", 2)
            .run(Tensors.floats(shape(1, 2), 1, 3)));
    Tensor row = Tensors.floats(shape(1, 2), -3, 4);
    close(Tensors.floats(shape(1, 2), -0.75f, 1), of("Normalizer", 1).run(row), 1e-6);
    close(
        Tensors.floats(shape(1, 2), -0.6f, 0.8f),
        of("Normalizer", 1).attribute("norm", "L2").run(row),
        1e-6);
    close(
        Tensors.floats(shape(1, 2), -3 / 7f, 4 / 7f),
        of("Normalizer", 1).attribute("norm", "L1").run(row),
        1e-6);
    same(Tensors.floats(shape(2, 2), 1, 0, 0, 1), of("Binarizer", 1).run(x));
    same(
        Tensors.floats(shape(2, 1), Float.NaN, 4),
        of("ArrayFeatureExtractor", 1).run(x, Tensor.vector(1)));
    same(
        Tensors.floats(shape(1, 4), 1, 2, 3, 0),
        of("FeatureVectorizer", 1)
            .ints("inputdimensions", 2, 2)
            .run(Tensor.vector(1, 2), Tensor.vector(3)));
  }

  @Test
  void maps() {
    SequenceValue maps =
        (SequenceValue)
            of("ZipMap", 1)
                .strings("classlabels_strings", "a", "b")
                .runAll(Tensors.floats(shape(1, 2), 0.25f, 0.75f))
                .getFirst();
    MapValue map = (MapValue) maps.elements().getFirst();
    same(Tensors.strings(shape(2), "a", "b"), map.keys());
    same(Tensor.scalar(0.75f), (Tensor) map.values().elements().get(1));
    same(
        Tensors.floats(shape(1, 3), 0.75f, 0, 0.25f),
        of("DictVectorizer", 1).strings("string_vocabulary", "b", "c", "a").run(map));
    SequenceValue byNumber =
        (SequenceValue)
            of("ZipMap", 1)
                .ints("classlabels_int64s", 3, 1)
                .runAll(Tensors.floats(shape(2), 5, 6))
                .getFirst();
    Value numbers = byNumber.elements().getFirst();
    same(Tensors.floats(shape(1, 2), 6, 5), of("CastMap", 1).run(numbers));
    same(
        Tensors.longs(shape(1, 4), 0, 6, 0, 5),
        of("CastMap", 1)
            .attribute("cast_to", "TO_INT64")
            .attribute("map_form", "SPARSE")
            .attribute("max_map", 4)
            .run(numbers));
  }
}
