package org.sardonyx.operators.control;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Join;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * If: runs one of two graphs, which see the values around the node and give its outputs. What they
 * give may differ in shape and rank.
 */
public record If() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("If")
          .version(1)
          .input("cond", "B")
          .mixedOutput("outputs", "V", 1)
          .required("then_branch", Kind.GRAPH)
          .required("else_branch", Kind.GRAPH)
          .type("B", DataType.BOOL)
          .type("V", Types.ALL)
          .version(11)
          .version(13)
          .type("V", CarriedTypes.V13)
          .version(16)
          .type("V", CarriedTypes.V16)
          .version(19)
          .type("V", CarriedTypes.V19)
          .version(21)
          .type("V", CarriedTypes.V21)
          .version(23)
          .type("V", CarriedTypes.V23)
          .version(24)
          .type("V", CarriedTypes.V24)
          .version(25)
          .type("V", CarriedTypes.V25)
          .create(If::of);

  static If of(Attributes attributes) {
    for (String branch : List.of("then_branch", "else_branch")) {
      int outputs = attributes.getGraph(branch).outputs().size();
      int inputs = attributes.getGraph(branch).inputs().size();
      if (inputs != 0 || outputs != attributes.outputs()) {
        throw new InvalidModel(
            branch
                + " has "
                + inputs
                + " inputs and "
                + outputs
                + " outputs, must have 0 and "
                + attributes.outputs());
      }
    }
    return new If();
  }

  @Override
  public void infer(Inference in) {
    List<@Nullable Type> then = in.body("then_branch", List.of());
    List<@Nullable Type> otherwise = in.body("else_branch", List.of());
    for (int i = 0; i < in.outputs(); i++) {
      Type type = Join.of(then.get(i), otherwise.get(i));
      if (type != null) {
        in.output(i, type);
      }
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor cond = in.tensor(0);
    if (cond.size() != 1) {
      throw new OperatorFailed("the condition must have one element, is " + cond);
    }
    List<Value> outputs =
        in.body(cond.getBoolean(0) ? "then_branch" : "else_branch").run(List.of());
    for (int i = 0; i < in.outputs(); i++) {
      in.set(i, outputs.get(i));
    }
  }
}
