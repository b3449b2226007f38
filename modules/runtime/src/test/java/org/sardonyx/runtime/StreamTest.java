package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;
import static org.sardonyx.runtime.Models.strict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

class StreamTest {

  private static Tensor rows(Tensor x, int from, int to) {
    int row = x.size() / x.dim(0);
    int[] shape = x.shape();
    shape[0] = to - from;
    return Tensor.of(Arrays.copyOfRange(x.floats(), from * row, to * row), shape);
  }

  /** Returns the outputs y of chunks of these lengths, one after the other. */
  private static float[] chunks(Stream stream, Tensor x, int... lengths) {
    float[] all = new float[0];
    int at = 0;
    for (int length : lengths) {
      Tensor y = (Tensor) stream.run(Map.of("x", rows(x, at, at + length))).get("y");
      int before = all.length;
      all = Arrays.copyOf(all, before + y.size());
      System.arraycopy(y.floats(), 0, all, before, y.size());
      at += length;
    }
    return all;
  }

  @Test
  void chunksGiveWhatTheWholeGives() {
    Session session = strict(Models.gru("h0", "hn"));
    Tensor x = Models.waves(10, 2, 3);
    Tensor whole =
        (Tensor) session.run(Map.of("x", x, "h0", Tensor.zeros(DataType.FLOAT, 1, 2, 4))).get("y");
    Stream stream = session.stream();
    assertEquals(Map.of("hn", "h0"), stream.pairs());
    assertEquals(whole, Tensor.of(chunks(stream, x, 3, 1, 6), whole.shape()));
    stream.reset();
    assertEquals(whole, Tensor.of(chunks(stream, x, 10), whole.shape()));
    stream.reset();
    assertEquals(whole, Tensor.of(chunks(stream, x, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), whole.shape()));
  }

  @Test
  void aSnapshotIsAPointToComeBackTo() {
    Session session = strict(Models.gru("state", "stateN"));
    Tensor x = Models.waves(6, 1, 3);
    Stream stream = session.stream();
    Stream.Snapshot start = stream.snapshot();
    chunks(stream, x, 2);
    Stream.Snapshot middle = stream.snapshot();
    float[] first = chunks(stream, x, 4);
    stream.restore(middle);
    assertTrue(Arrays.equals(first, chunks(stream, x, 4)));
    Stream other = session.stream();
    other.restore(middle);
    assertTrue(Arrays.equals(first, chunks(other, x, 4)));
    other.restore(start);
    stream.reset();
    assertTrue(Arrays.equals(chunks(stream, x, 5), chunks(other, x, 5)));
  }

  @Test
  void theStateMayBeginWithSomethingElse() {
    Session session = strict(Models.gru("h0", "hn"));
    Tensor x = Models.waves(4, 1, 3);
    Tensor h = Models.waves(1, 1, 4);
    Stream stream = session.stream(States.inferred().initial("h0", h));
    Value expected = session.run(Map.of("x", x, "h0", h)).get("y");
    assertEquals(expected, stream.run(Map.of("x", x)).get("y"));
    stream.run(Map.of("x", x));
    stream.reset();
    assertEquals(expected, stream.run(Map.of("x", x)).get("y"));
    InvalidInput e = assertThrows(InvalidInput.class, () -> stream.run(Map.of("x", x, "h0", h)));
    assertTrue(e.getMessage().contains("\"h0\""), e.getMessage());
    assertThrows(InvalidInput.class, () -> session.stream(States.inferred().initial("x", x)));
  }

  @ParameterizedTest
  @CsvSource({
    "h0,hn",
    "h,hn",
    "h_0,h_n",
    "h_in,h_out",
    "state,stateN",
    "state,state_out",
    "state,new_state",
    "prev_state,next_state",
    "initial_h,Y_h",
    "hidden,hidden_out",
    "hidden0,hidden_n",
    "conv_cache,conv_cache_out",
    "past_key_values.0.key,present.0.key",
    "past_key_values.0.decoder.key,present.0.decoder.key",
    "past_k_0,present_k_0",
    "past,present",
    "cached_len_0,new_cached_len_0",
    "hxs_prev,hxs_next",
    "in_state,out_state",
    "rnn_h0,rnn_hn",
    "stateIn,stateOut",
    "h1_in,h1_out",
    "lstm_state_0,lstm_state_0_out"
  })
  void namesThatBelongTogether(String input, String output) {
    assertEquals(
        Map.of(output, input), Session.compile(Models.gru(input, output)).stream().pairs());
  }

  @ParameterizedTest
  @CsvSource({
    "audio_in,audio_out",
    "input_3,tf_op_layer_stack_2",
    "a,b",
    "h0,cn",
    "image,image_out"
  })
  void namesThatDoNotSay(String input, String output) {
    GraphBuilder g = new GraphBuilder("g");
    Ref h = g.input(input, DataType.FLOAT, 1, "batch", 4);
    g.output(
        output, g.node("Neg", h), Type.tensor(DataType.FLOAT, GraphBuilder.shape(1, "batch", 4)));
    Session session = Session.compile(g.model(OPSET));
    InvalidInput e = assertThrows(InvalidInput.class, session::stream);
    assertTrue(e.getMessage().contains("States.of(output, input)"), e.getMessage());
    assertTrue(
        e.getMessage().contains("\"" + input + "\" (float[1,batch,4]): \"" + output + "\""),
        e.getMessage());
    assertEquals(Map.of(output, input), session.stream(States.of(output, input)).pairs());
  }

  /** One input and one output hold h and c of an LSTM, under names that say nothing. */
  private static Model stacked(String between) {
    GraphBuilder g = new GraphBuilder("stacked");
    Ref x = g.input("input_2", DataType.FLOAT, "time", 1, 3);
    Ref state = g.input("input_3", DataType.FLOAT, 1, 1, 4, 2);
    Ref axis = g.constant("axis", Tensor.vector(3));
    var parts = g.call("Split", state).with("axis", 3).with("num_outputs", 2).outputs("h", "c");
    var lstm =
        g.call(
                "LSTM",
                x,
                g.constant("w", Models.waves(1, 16, 3)),
                g.constant("r", Models.waves(1, 16, 4)),
                Ref.ABSENT,
                Ref.ABSENT,
                g.node("Squeeze", parts.get(0), axis),
                g.node("Squeeze", parts.get(1), axis))
            .with("hidden_size", 4)
            .outputs("y", "y_h", "y_c");
    Ref h = g.node(between, g.node("Unsqueeze", lstm.get(1), axis));
    Ref c = g.node("Unsqueeze", lstm.get(2), axis);
    g.output("y", lstm.get(0), FLOAT);
    g.output("stack_2", g.call("Concat", h, c).with("axis", 3).output("stack_2"), FLOAT);
    return g.model(OPSET);
  }

  @Test
  void theGraphSaysWhatNamesDoNot() {
    Session session = strict(stacked("Identity"));
    Stream stream = session.stream();
    assertEquals(Map.of("stack_2", "input_3"), stream.pairs());
    Tensor x = Models.waves(5, 1, 3);
    Tensor whole =
        (Tensor)
            session
                .run(Map.of("input_2", x, "input_3", Tensor.zeros(DataType.FLOAT, 1, 1, 4, 2)))
                .get("y");
    stream.run(Map.of("input_2", rows(x, 0, 2)));
    assertEquals(rows(whole, 2, 5), stream.run(Map.of("input_2", rows(x, 2, 5))).get("y"));
  }

  @Test
  void aStateThatIsNotTheWholeOutputDoesNotSay() {
    Session session = Session.compile(stacked("Neg"));
    assertThrows(InvalidInput.class, session::stream);
  }

  @Test
  void twoThatMightBeMeantAreRefused() {
    GraphBuilder g = new GraphBuilder("g");
    Ref h = g.input("h", DataType.FLOAT, 1);
    g.output("h_out", g.node("Neg", h), FLOAT);
    g.output("h_next", g.node("Abs", h), FLOAT);
    Session session = Session.compile(g.model(OPSET));
    InvalidInput e = assertThrows(InvalidInput.class, session::stream);
    assertTrue(
        e.getMessage().contains("may be any of \"h_out\" (float[...]), \"h_next\""),
        e.getMessage());
  }

  @Test
  void statedPairsAreChecked() {
    Session session = Session.compile(Models.gru("h0", "hn"));
    assertThrows(InvalidInput.class, () -> session.stream(States.of("no", "h0")));
    assertThrows(InvalidInput.class, () -> session.stream(States.of("hn", "no")));
    assertThrows(InvalidInput.class, () -> session.stream(States.of("hn", "h0").and("y", "h0")));
    InvalidInput e = assertThrows(InvalidInput.class, () -> session.stream(States.of("hn", "x")));
    assertTrue(e.getMessage().contains("does not fit"), e.getMessage());
  }

  @Test
  void sizesThatNothingShowsMustBeStated() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "?", 2);
    Ref h = g.input("h", DataType.FLOAT, "rows", 2);
    Ref k = g.input("k", DataType.FLOAT, "?", 2);
    g.output("h_out", g.node("Add", x, h), FLOAT);
    g.output("k_out", g.node("Sub", x, k), FLOAT);
    Session session = strict(g.model(OPSET));
    Map<String, Tensor> in = Map.of("x", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    States states = States.of("h_out", "h").and("k_out", "k");
    InvalidInput e = assertThrows(InvalidInput.class, () -> session.stream(states).run(in));
    assertTrue(e.getMessage().contains("\"h\" (float[rows,2]): the size of dim"), e.getMessage());
    assertTrue(e.getMessage().contains("\"k\" (float[?,2]): the size of dim"), e.getMessage());
    Stream stream = session.stream(states.size("rows", 1).zeros("k", 2, 2));
    Map<String, Value> outputs = stream.run(in);
    assertEquals(in.get("x"), outputs.get("h_out"));
    assertEquals(in.get("x"), outputs.get("k_out"));
    assertEquals(Tensor.of(new float[] {2, 4, 6, 8}, 2, 2), stream.run(in).get("h_out"));
  }

  @Test
  void aDefaultOfTheModelIsWhereAStateBegins() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref h = g.input("h0", floats(100));
    g.output("hn", g.node("Add", x, h), FLOAT);
    Stream stream = strict(g.model(OPSET)).stream();
    assertEquals(floats(101), stream.run(Map.of("x", floats(1))).get("hn"));
    assertEquals(floats(103), stream.run(Map.of("x", floats(2))).get("hn"));
  }

  /** A cache that grows along its third axis: present = Concat(past, x). */
  private static Model cache() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "batch", 1, "time", 2);
    for (String part : List.of("key", "value")) {
      Ref past = g.input("past_key_values.0." + part, DataType.FLOAT, "batch", 1, "past_length", 2);
      Ref present = g.call("Concat", past, x).with("axis", 2).output("present.0." + part);
      g.output(present, Type.tensor(DataType.FLOAT, GraphBuilder.shape("batch", 1, "total", 2)));
      g.output("sum." + part, g.node("ReduceSum", present), FLOAT);
    }
    return g.model(OPSET);
  }

  @Test
  void cachesBeginEmptyAndGrow() {
    Stream stream = Session.compile(cache()).stream();
    List<Integer> lengths = new ArrayList<>();
    for (int time : new int[] {3, 1, 1}) {
      Tensor present =
          (Tensor) stream.run(Map.of("x", Models.waves(2, 1, time, 2))).get("present.0.key");
      lengths.add(present.dim(2));
    }
    assertEquals(List.of(3, 4, 5), lengths);
    stream.reset();
    Tensor present =
        (Tensor) stream.run(Map.of("x", Models.waves(2, 1, 1, 2))).get("present.0.value");
    assertEquals(1, present.dim(2));
  }
}
