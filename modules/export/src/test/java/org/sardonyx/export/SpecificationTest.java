package org.sardonyx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class SpecificationTest {

  private static final String TAGGER =
      """
      name: tagger
      format: pytorch
      target: onnxruntime:1.17
      metadata: {training data: a corpus}
      inputs:
        ids: {kind: tokens, lengths: n}
      layers:
        - {layer: embedding, weights: words}
        - {layer: lstm, weights: rnn, layers: 2, bidirectional: true}
        - {layer: dropout, ratio: 0.2}
        - {layer: dense, weights: head, activation: softmax, name: tags}
      outputs: {probabilities: tags}
      """;

  private static Map<String, Tensor> weights() {
    Random random = new Random(4);
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("words.weight", draw(random, 20, 5));
    for (int layer = 0; layer < 2; layer++) {
      for (String end : new String[] {"_l" + layer, "_l" + layer + "_reverse"}) {
        all.put("rnn.weight_ih" + end, draw(random, 16, layer == 0 ? 5 : 8));
        all.put("rnn.weight_hh" + end, draw(random, 16, 4));
        all.put("rnn.bias_ih" + end, draw(random, 16));
        all.put("rnn.bias_hh" + end, draw(random, 16));
      }
    }
    all.put("head.weight", draw(random, 3, 8));
    all.put("head.bias", draw(random, 3));
    return all;
  }

  private static Tensor draw(Random random, int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = random.nextFloat(-0.5f, 0.5f);
    }
    return tensor;
  }

  private static Model build(String text, Map<String, Tensor> weights) {
    return Specification.build(text, StoredWeights.of(weights), null);
  }

  @Test
  void readsWhatIsDescribed() {
    Model model = build(TAGGER, weights());
    assertEquals(2, model.graph().nodes().stream().filter(n -> n.isOnnx("LSTM")).count());
    assertEquals(20, model.opsetImports().getFirst().version());
    assertEquals(9, model.irVersion());
    assertTrue(model.graph().nodes().stream().anyMatch(n -> n.name().startsWith("tags/")));
  }

  @Test
  void jsonIsReadToo() {
    String json =
        """
        {"inputs": {"x": {"features": 8}},
         "layers": [{"layer": "dense", "weights": "head", "format": "pytorch", "name": "y"}],
         "outputs": {"y": "y"}}
        """;
    Map<String, Tensor> weights = weights();
    weights.keySet().removeIf(name -> !name.startsWith("head"));
    assertEquals(2, build(json, weights).graph().nodes().size() - 1);
  }

  @Test
  void namesOfKerasHaveSlashesOrDots() {
    String spec =
        """
        format: keras
        inputs: {x: {features: 3}}
        layers: [{layer: gru, weights: rnn, bidirectional: true, name: y}]
        outputs: {y: y}
        """;
    for (String between : new String[] {"/", "."}) {
      Random random = new Random(6);
      Map<String, Tensor> all = new LinkedHashMap<>();
      for (String way : new String[] {"forward", "backward"}) {
        String prefix = "rnn" + between + way + between;
        all.put(prefix + "kernel", draw(random, 3, 6));
        all.put(prefix + "recurrent_kernel", draw(random, 2, 6));
        all.put(prefix + "bias", draw(random, 2, 6));
      }
      assertTrue(
          build(spec, all).graph().nodes().stream().anyMatch(node -> node.isOnnx("GRU")), between);
    }
  }

  @Test
  void weightsThatAreMissingOrLeftOrWrongAreRefusedByName() {
    Map<String, Tensor> missing = weights();
    missing.remove("rnn.weight_hh_l1_reverse");
    refused(TAGGER, missing, "\"rnn.weight_hh_l1_reverse\" are missing");
    Map<String, Tensor> extra = weights();
    extra.put("rnn.weight_hh_l2", Tensor.scalar(1f));
    refused(TAGGER, extra, "no layer takes: [rnn.weight_hh_l2]");
    Map<String, Tensor> type = weights();
    type.put("head.bias", Tensor.zeros(DataType.DOUBLE, 3));
    refused(TAGGER, type, "\"head.bias\" are double[3], expected float");
    Map<String, Tensor> shape = weights();
    shape.put("head.bias", Tensor.zeros(DataType.FLOAT, 4));
    refused(TAGGER, shape, "float[4], expected float[3], since the weights are float[3,8]");
    Map<String, Tensor> sizes = weights();
    sizes.put("words.weight", Tensor.zeros(DataType.FLOAT, 20, 6));
    refused(TAGGER, sizes, "LSTM has weights for 5 features and is given 6");
  }

  @Test
  void whatIsNotKnownIsRefusedByName() {
    refused(TAGGER.replace("layers: 2", "layer_count: 2"), weights(), "\"layer_count\"");
    refused(TAGGER.replace("ratio: 0.2", "ratio: 2"), weights(), "the ratio");
    refused(TAGGER.replace("format: pytorch", "format: caffe"), weights(), "\"caffe\"");
    refused(
        TAGGER.replace("probabilities: tags", "probabilities: tag"),
        weights(),
        "nothing is called \"tag\"");
    refused(
        TAGGER.replace("probabilities: tags", "ids: tags"),
        weights(),
        "the name of something else");
    refused(TAGGER.replace("softmax", "softmaxx"), weights(), "\"softmaxx\"");
    refused(TAGGER + "more: 1\n", weights(), "\"more\"");
    refused("a: [", weights(), "specification, line 1");
    refused("a: 1\na: 2\n", weights(), "line 2: \"a\" is there twice");
    refused("- 1", weights(), "keys and values");
    UnsupportedModel layer =
        assertThrows(
            UnsupportedModel.class,
            () -> build(TAGGER.replace("layer: dropout", "layer: capsule"), weights()));
    assertTrue(
        String.valueOf(layer.getMessage()).contains("specification, line "), layer::getMessage);
    assertThrows(
        UnsupportedModel.class,
        () -> build(TAGGER.replace("onnxruntime:1.17", "onnxruntime:0.5"), weights()));
  }

  private static void refused(String text, Map<String, Tensor> weights, String why) {
    ModelException e = assertThrows(InvalidInput.class, () -> build(text, weights));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
  }
}
