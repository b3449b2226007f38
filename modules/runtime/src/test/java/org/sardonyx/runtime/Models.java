package org.sardonyx.runtime;

import java.util.Map;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** What the tests of this package share. */
final class Models {

  static final int OPSET = 21;
  static final Type FLOAT = Type.tensor(DataType.FLOAT);
  static final Type INT64 = Type.tensor(DataType.INT64);
  static final Type BOOL = Type.tensor(DataType.BOOL);

  private Models() {}

  /** Options under which forgotten inputs and outputs show. */
  static SessionOptions strict() {
    return SessionOptions.standard().withStrictInputs(true).withPoison(true);
  }

  static Session strict(Model model) {
    return Session.compile(model, strict());
  }

  /** Runs a model once. */
  static Map<String, Value> run(Model model, Map<String, Value> inputs) {
    return strict(model).run(inputs);
  }

  static Tensor floats(float... values) {
    return Tensor.of(values, values.length);
  }

  /** x [batch, 2] through {@code y = x + 1}. */
  static Model addOne() {
    GraphBuilder g = new GraphBuilder("add");
    Ref x = g.input("x", DataType.FLOAT, "batch", 2);
    g.output("y", g.node("Add", x, g.constant("one", Tensor.scalar(1f))), FLOAT);
    return g.model(OPSET);
  }

  /**
   * A GRU with state: x [time, batch, 3], h0 [1, batch, 4] to y [time, 1, batch, 4] and hn.
   *
   * @param h0 the name of the state going in
   * @param hn the name of the state coming out
   */
  static Model gru(String h0, String hn) {
    GraphBuilder g = new GraphBuilder("gru");
    Ref x = g.input("x", DataType.FLOAT, "time", "batch", 3);
    Ref h = g.input(h0, DataType.FLOAT, 1, "batch", 4);
    Ref w = g.constant("w", waves(1, 12, 3));
    Ref r = g.constant("r", waves(1, 12, 4));
    var out =
        g.call("GRU", x, w, r, Ref.ABSENT, Ref.ABSENT, h).with("hidden_size", 4).outputs("y", hn);
    g.output(out.get(0), Type.tensor(DataType.FLOAT, GraphBuilder.shape("time", 1, "batch", 4)));
    g.output(out.get(1), Type.tensor(DataType.FLOAT, GraphBuilder.shape(1, "batch", 4)));
    return g.model(OPSET);
  }

  /** Returns a tensor of numbers between -1 and 1 that differ from one another. */
  static Tensor waves(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = (float) Math.sin(1 + 3.7 * i);
    }
    return tensor;
  }
}
