package org.sardonyx.operators.ml;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.close;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

class PredictorsTest {

  private static OperatorRunner of(String name, long version) {
    return OperatorRunner.of("ai.onnx.ml", name, version);
  }

  @Test
  void linear() {
    Tensor x = Tensors.floats(shape(2, 2), 1, 2, -3, 1);
    close(
        Tensors.floats(shape(2, 1), 5.5f, -0.5f),
        of("LinearRegressor", 1).floats("coefficients", 1, 2).floats("intercepts", 0.5f).run(x),
        1e-6);
    List<Value> y =
        of("LinearClassifier", 1)
            .floats("coefficients", 1, 0, 0, 1, -1, 0)
            .strings("classlabels_strings", "a", "b", "c")
            .attribute("post_transform", "SOFTMAX")
            .runAll(x);
    same(Tensors.strings(shape(2), "b", "c"), (Tensor) y.get(0));
    y =
        of("LinearClassifier", 1)
            .floats("coefficients", 1, 0)
            .ints("classlabels_ints", 0, 1)
            .attribute("post_transform", "LOGISTIC")
            .runAll(x);
    same(Tensor.vector(1, 0), (Tensor) y.get(0));
    close(
        Tensors.floats(shape(2, 2), 0.268941f, 0.731059f, 0.952574f, 0.047426f),
        (Tensor) y.get(1),
        1e-5);
  }

  @Test
  void supportVectors() {
    Tensor x = Tensors.floats(shape(1, 2), 1, 2);
    close(
        Tensors.floats(shape(1, 1), 3 * 5 - 1 + 0.5f),
        of("SVMRegressor", 1)
            .floats("coefficients", 3, -1)
            .floats("support_vectors", 1, 2, -1, 1)
            .attribute("n_supports", 2)
            .floats("rho", 0.5f)
            .run(x),
        1e-5);
    List<Value> y =
        of("SVMClassifier", 1)
            .floats("coefficients", 1, -1)
            .floats("support_vectors", 1, 2, 5, 5)
            .ints("vectors_per_class", 1, 1)
            .ints("classlabels_ints", 3, 4)
            .floats("rho", 0)
            .attribute("kernel_type", "RBF")
            .floats("kernel_params", 1, 0, 0)
            .runAll(x);
    same(Tensor.vector(3), (Tensor) y.get(0));
    close(Tensors.floats(shape(1, 2), -1, 1), (Tensor) y.get(1), 1e-5);
  }

  private static OperatorRunner tree(String name, long version) {
    return of(name, version)
        .ints("nodes_treeids", 0, 0, 0)
        .ints("nodes_nodeids", 0, 1, 2)
        .ints("nodes_featureids", 0, 0, 0)
        .ints("nodes_truenodeids", 1, 0, 0)
        .ints("nodes_falsenodeids", 2, 0, 0)
        .strings("nodes_modes", "BRANCH_LEQ", "LEAF", "LEAF")
        .floats("nodes_values", 0.5f, 0, 0);
  }

  private static OperatorRunner regressor() {
    return tree("TreeEnsembleRegressor", 1)
        .ints("target_treeids", 0, 0)
        .ints("target_nodeids", 1, 2)
        .ints("target_ids", 0, 0)
        .floats("target_weights", 1, 2)
        .attribute("n_targets", 1);
  }

  @Test
  void trees() {
    Tensor x = Tensors.floats(shape(3, 1), 0.5f, 0.75f, Float.NaN);
    same(Tensors.floats(shape(3, 1), 1, 2, 2), regressor().run(x));
    same(
        Tensors.floats(shape(3, 1), 11, 12, 11),
        regressor()
            .ints("nodes_missing_value_tracks_true", 1, 0, 0)
            .floats("base_values", 10)
            .run(x));
    List<Value> y =
        tree("TreeEnsembleClassifier", 3)
            .ints("class_treeids", 0, 0)
            .ints("class_nodeids", 1, 2)
            .ints("class_ids", 0, 0)
            .floats("class_weights", 0.25f, 0.75f)
            .strings("classlabels_strings", "no", "yes")
            .runAll(x);
    same(Tensors.strings(shape(3), "no", "yes", "yes"), (Tensor) y.get(0));
    close(
        Tensors.floats(shape(3, 2), 0.75f, 0.25f, 0.25f, 0.75f, 0.25f, 0.75f),
        (Tensor) y.get(1),
        1e-6);
    assertThrows(InvalidModel.class, () -> regressor().ints("nodes_truenodeids", 7, 0, 0).run(x));
    assertThrows(InvalidModel.class, () -> regressor().ints("nodes_truenodeids", 0, 0, 0).run(x));
    assertThrows(OperatorFailed.class, () -> regressor().ints("nodes_featureids", 9, 0, 0).run(x));
  }

  @Test
  void treesWithSets() {
    float nan = Float.NaN;
    OperatorRunner trees =
        of("TreeEnsemble", 5)
            .attribute("n_targets", 2)
            .ints("tree_roots", 0)
            .ints("nodes_featureids", 0, 0)
            .ints("nodes_truenodeids", 0, 1)
            .ints("nodes_trueleafs", 1, 1)
            .ints("nodes_falsenodeids", 1, 2)
            .ints("nodes_falseleafs", 0, 1)
            .ints("leaf_targetids", 0, 1, 0)
            .attribute(tensor("nodes_modes", Tensor.of(DataType.UINT8, new byte[] {6, 0}, 2)))
            .attribute(tensor("nodes_splits", Tensors.floats(shape(2), 0, 5)))
            .attribute(tensor("leaf_weights", Tensors.floats(shape(3), 1, 10, 100)))
            .attribute(tensor("membership_values", Tensors.floats(shape(3), 7, 2, nan)));
    same(
        Tensors.floats(shape(4, 2), 1, 0, 0, 10, 100, 0, 100, 0),
        trees.run(Tensors.floats(shape(4, 1), 2, 3, 6, nan)));
  }

  private static Attribute tensor(String name, Tensor value) {
    return new Attribute(name, new Attribute.OfTensor(TensorData.of("", value)));
  }
}
