package org.sardonyx.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.tensor.Tensor;

class LayerViewTest {

  private final Draws draws = new Draws(9);

  @Test
  void layersAreFoundAgain() {
    Network net = new Network("n");
    Tokens tokens = net.tokens("ids").withLengths(net.lengths("n"));
    Lstm lower = lstm(3);
    Lstm upper = lstm(8);
    State h = net.state("h0", 2, 4);
    State c = net.state("c0", 2, 4);
    Series x = tokens.then(Embedding.of(draws.floats(7, 3)));
    Series below = x.then(Recurrent.both(lower, lower));
    Recurrent.Output top = Recurrent.both(upper, upper).merge(Merge.SUM).run(below, h, c);
    net.output("hn", top.states().get(0));
    Series own =
        top.series()
            .then(
                Recurrent.backwards(
                    CellLstm.of(WeightFormat.ONNX, draws.floats(8, 4), draws.floats(8, 2))))
            .then(Attention.dot());
    net.output("y", own.then(Pooling.MAX).then(Dense.of(WeightFormat.KERAS, draws.floats(2, 5))));
    List<LayerView> views = LayerView.of(net.model());
    assertEquals(
        List.of("embedding", "LSTM", "LSTM", "CellRecurrentLSTM", "DotAttention", "dense"),
        views.stream().map(LayerView::kind).toList());
    Map<String, String> first = views.get(1).details();
    assertEquals("bidirectional", first.get("direction"));
    assertEquals("3", first.get("input"));
    assertEquals("4", first.get("hidden"));
    assertEquals("[i, o, f, c]", first.get("gates"));
    assertEquals("input n", first.get("lengths"));
    assertEquals("concat", first.get("merge"));
    assertEquals("zeros", first.get("state h"));
    Map<String, String> second = views.get(2).details();
    assertEquals("input h0 -> output hn", second.get("state h"));
    assertEquals("input c0", second.get("state C"));
    assertEquals("sum", second.get("merge"));
    assertEquals(views.get(1).name(), second.get("on top of"));
    Map<String, String> third = views.get(3).details();
    assertEquals("reverse", third.get("direction"));
    assertEquals("2", third.get("hidden"));
    assertEquals("those that count", third.get("steps"));
    assertEquals(views.get(2).name(), third.get("on top of"));
    assertEquals(Map.of("input", "2", "output", "5", "bias", "no"), views.get(5).details());
  }

  private Lstm lstm(int in) {
    Tensor w = draws.floats(16, in);
    return Lstm.of(WeightFormat.PYTORCH, w, draws.floats(16, 4));
  }
}
