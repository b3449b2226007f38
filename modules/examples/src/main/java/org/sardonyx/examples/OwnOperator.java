package org.sardonyx.examples;

import java.util.Map;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** An operator of one's own, in a domain of one's own. */
public final class OwnOperator {

  private OwnOperator() {}

  /** Clip to zero below, to {@code most} above. */
  record Cap(float most) implements Operator {

    static final OperatorDef DEF =
        OperatorDef.named("Cap")
            .domain("com.example")
            .version(1)
            .input("x", "T")
            .output("y", "T")
            .attribute("most", 6f)
            .type("T", DataType.FLOAT)
            .create((Attributes attributes) -> new Cap(attributes.getFloat("most")));

    @Override
    public void infer(Inference in) {
      in.shape(0, in.shape(0));
    }

    @Override
    public void run(Invocation in) {
      float[] x = in.tensor(0).floats();
      float[] y = in.output(0, DataType.FLOAT, in.tensor(0).shape()).floats();
      for (int i = 0; i < x.length; i++) {
        y[i] = Math.min(most, Math.max(0, x[i]));
      }
    }
  }

  /** Runs a model that uses the operator and prints 0.0, 1.5 and 2.0. */
  public static void main(String[] arguments) {
    GraphBuilder g = new GraphBuilder("capped");
    GraphBuilder.Ref x = g.input("x", DataType.FLOAT, "n");
    GraphBuilder.Ref y = g.callOf("com.example", "Cap", x).with("most", 2f).output();
    g.output("y", y, null);
    Model model = g.model(new OpsetImport("", 21), new OpsetImport("com.example", 1));

    Session session = Session.compile(model, SessionOptions.standard().withOperators(Cap.DEF));
    Map<String, ?> outputs = session.run(Map.of("x", Tensor.of(new float[] {-1f, 1.5f, 9f}, 3)));
    for (float value : ((Tensor) outputs.get("y")).floats()) {
      System.out.println(value);
    }
  }
}
