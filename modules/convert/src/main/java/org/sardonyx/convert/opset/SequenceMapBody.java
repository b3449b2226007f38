package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** SequenceMap before 17: a Loop over the first sequence that inserts what the body gives. */
final class SequenceMapBody {

  /** From here on sequences may be carried from step to step. */
  private static final int CARRIED = 13;

  private SequenceMapBody() {}

  static void sequenceMap(Rewrite rewrite) {
    Node node = rewrite.node();
    Attribute attribute = node.attribute("body");
    if (attribute == null || !(attribute.value() instanceof Attribute.OfGraph(Graph body))) {
      throw rewrite.refuse("it has no body");
    }
    if (rewrite.target() < CARRIED) {
      throw rewrite.refuse("a Loop carries sequences from " + CARRIED + " on");
    }
    String at = rewrite.fresh("at");
    String condition = rewrite.fresh("condition");
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < body.inputs().size(); i++) {
      String name = body.inputs().get(i).name();
      if (i == 0 || rewrite.type(i) instanceof Type.OfSequence) {
        nodes.add(node("SequenceAt", List.of(rewrite.in(i), at), name));
      } else if (rewrite.type(i) instanceof Type.OfTensor) {
        nodes.add(node("Identity", List.of(rewrite.in(i)), name));
      } else {
        throw rewrite.refuse("the type of input " + rewrite.name(i) + " is not known");
      }
    }
    nodes.addAll(body.nodes());
    List<ValueInfo> inputs = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    inputs.add(new ValueInfo(at, Type.tensor(DataType.INT64, Shape.SCALAR)));
    inputs.add(new ValueInfo(condition, Type.tensor(DataType.BOOL, Shape.SCALAR)));
    String goesOn = rewrite.fresh("goes_on");
    nodes.add(node("Identity", List.of(condition), goesOn));
    outputs.add(new ValueInfo(goesOn, Type.tensor(DataType.BOOL, Shape.SCALAR)));
    List<String> given = new ArrayList<>();
    given.add(rewrite.op("SequenceLength", rewrite.in(0)));
    given.add(rewrite.constant(Tensor.scalar(true)));
    for (ValueInfo output : body.outputs()) {
      if (!(output.type() instanceof Type.OfTensor(DataType element, Shape _))) {
        throw rewrite.refuse("the body does not say what type \"" + output.name() + "\" is of");
      }
      Type sequence = new Type.OfSequence(Type.tensor(element));
      String before = rewrite.fresh("before");
      String after = rewrite.fresh("after");
      nodes.add(node("SequenceInsert", List.of(before, output.name()), after));
      inputs.add(new ValueInfo(before, sequence));
      outputs.add(new ValueInfo(after, sequence));
      given.add(
          rewrite.op("SequenceEmpty", List.of(), Attribute.of("dtype", (long) element.code())));
    }
    Graph step =
        new Graph(
            body.name(),
            nodes,
            inputs,
            outputs,
            body.valueInfo(),
            body.initializers(),
            body.sparseInitializers(),
            body.docString(),
            body.metadata(),
            body.extra());
    rewrite.put(
        new Node(
            node.name(),
            "",
            "Loop",
            "",
            given,
            node.outputs(),
            List.of(Attribute.of("body", step)),
            node.docString(),
            node.metadata(),
            node.extra()));
  }

  private static Node node(String opType, List<String> inputs, String output) {
    return new Node("", opType, inputs, List.of(output), List.of());
  }
}
