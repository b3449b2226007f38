package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** RNN, GRU and LSTM with their options. */
final class Recurrent {

  private static final List<String> ACTIVATIONS =
      List.of("Sigmoid", "Tanh", "Softsign", "HardSigmoid");

  private Recurrent() {}

  static Live layer(Draft d) {
    Live x = d.pick(3);
    int steps = x.dim(0);
    int batch = x.dim(1);
    String op = d.any("RNN", "GRU", "LSTM");
    int gates =
        switch (op) {
          case "LSTM" -> 4;
          case "GRU" -> 3;
          default -> 1;
        };
    int hidden = d.any(1, 2, 3, 4, 5, 8, 9, 16);
    String direction = d.any("forward", "reverse", "bidirectional");
    int ways = direction.equals("bidirectional") ? 2 : 1;
    double deviation = 1 / Math.sqrt(hidden);
    List<Ref> refs = new ArrayList<>();
    refs.add(x.ref());
    double scale = 1 / Math.sqrt(x.dim(2));
    refs.add(d.weights(d.numbers(scale, ways, gates * hidden, x.dim(2))));
    refs.add(d.weights(d.numbers(0.7 * deviation, ways, gates * hidden, hidden)));
    refs.add(d.flip() ? Ref.ABSENT : d.weights(d.numbers(0.3, ways, 2 * gates * hidden)));
    refs.add(d.flip() ? Ref.ABSENT : lengths(d, steps, batch));
    refs.add(d.flip() ? Ref.ABSENT : d.weights(d.numbers(0.4, ways, batch, hidden)));
    if (op.equals("LSTM")) {
      refs.add(d.flip() ? Ref.ABSENT : d.weights(d.numbers(0.4, ways, batch, hidden)));
      refs.add(d.flip() ? Ref.ABSENT : d.weights(d.numbers(0.3, ways, 3 * hidden)));
    }
    Call call = d.call(op, refs.toArray(Ref[]::new)).with("hidden_size", hidden);
    if (!direction.equals("forward") || d.flip()) {
      call.with("direction", direction);
    }
    if (d.oneIn(4)) {
      int functions = ways * (op.equals("LSTM") ? 3 : op.equals("GRU") ? 2 : 1);
      String[] names = new String[functions];
      Arrays.setAll(names, _ -> ACTIVATIONS.get(d.random.nextInt(ACTIVATIONS.size())));
      call.with(new Attribute("activations", Attribute.OfStrings.of(Arrays.asList(names))));
    }
    if (d.oneIn(8)) {
      call.with("clip", d.real(1, 4));
    }
    if (op.equals("GRU") && d.flip()) {
      call.with("linear_before_reset", d.between(0, 1));
    }
    List<Ref> outputs = call.outputs(op.equals("LSTM") ? 3 : 2);
    if (op.equals("LSTM")) {
      d.add(outputs.get(2), List.of(ways, batch, hidden), 4);
    }
    List<Integer> last = List.of(ways, batch, hidden);
    List<Integer> all = List.of(steps, ways, batch, hidden);
    if (d.flip()) {
      d.add(outputs.getFirst(), all, 1);
      return d.add(outputs.get(1), last, 1);
    }
    d.add(outputs.get(1), last, 1);
    Live y = d.add(outputs.getFirst(), all, 1);
    if (d.flip()) {
      return y;
    }
    // As exporters put directions beside each other for the next layer.
    Ref turned = d.call("Transpose", y.ref()).withInts("perm", 0, 2, 1, 3).output();
    Live beside = d.moved(turned, List.of(steps, batch, ways, hidden), y);
    return Shaping.to(d, beside, List.of(steps, batch, ways * hidden));
  }

  private static Ref lengths(Draft d, int steps, int batch) {
    int[] lengths = new int[batch];
    Arrays.setAll(lengths, _ -> d.between(1, steps));
    Tensor tensor = Tensor.of(lengths, batch);
    return d.flip() ? d.given(tensor) : d.graph.constant(tensor);
  }

  /** A layer whose state grows until it turns about: chaos, over many steps. */
  static void chaotic(Draft d) {
    int hidden = d.between(32, 48);
    int steps = d.between(80, 120);
    Live x = d.fresh(steps, d.between(1, 2), 3);
    Ref w = d.graph.constant(d.numbers(0.3, 1, hidden, 3));
    Ref r = d.graph.constant(d.numbers(4 / Math.sqrt(hidden), 1, hidden, hidden));
    Ref y = d.call("RNN", x.ref(), w, r).with("hidden_size", hidden).outputs(2).getFirst();
    d.add(y, List.of(steps, 1, x.dim(1), hidden), 1);
  }
}
