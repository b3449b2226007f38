package org.sardonyx.conformance.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Bindings;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** What inference says of the values of a graph is what they turn out to be. */
class InferredTypesTest {

  @ParameterizedTest
  @ValueSource(strings = {"onnx-node-tests", "torch-models", "real-models"})
  void isWhatComesOut(String corpus) {
    List<String> wrong = new ArrayList<>();
    int values = 0;
    for (CaseFolder one : CaseFolder.find(Corpora.require(corpus))) {
      if (!one.hasModel()) {
        continue;
      }
      Model model = Onnx.read(one.model());
      Inferred inferred = Infer.of(Operators.standard()).provedOnly().infer(model);
      Graph graph = inferred.model().graph();
      Map<String, Type> types = inferred.types(graph);
      Session session;
      try {
        session = Session.compile(withAll(model, types));
      } catch (UnsupportedModel e) {
        continue;
      }
      for (Path set : one.dataSets()) {
        Map<String, Value> inputs = CaseFolder.inputs(set, model.graph());
        Bindings bindings = new Bindings();
        Map<String, Value> all = new LinkedHashMap<>(inputs);
        all.putAll(session.run(inputs));
        for (Map.Entry<String, Value> value : all.entrySet()) {
          String problem = bindings.disagreement(types.get(value.getKey()), value.getValue());
          if (problem != null) {
            wrong.add(one.name() + " " + value.getKey() + ": " + problem);
          }
          values++;
        }
      }
    }
    System.out.println(corpus + ": " + values + " values have the types that were inferred");
    assertEquals(List.of(), wrong);
  }

  /** The model with every value of its main graph among the outputs. */
  private static Model withAll(Model model, Map<String, Type> types) {
    Graph graph = model.graph();
    List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
    graph.nodes().stream()
        .flatMap(node -> node.outputs().stream())
        .filter(name -> !name.isEmpty())
        .filter(name -> graph.outputs().stream().noneMatch(o -> o.name().equals(name)))
        .forEach(name -> outputs.add(new ValueInfo(name, types.get(name))));
    return model.withGraph(graph.withOutputs(outputs));
  }
}
