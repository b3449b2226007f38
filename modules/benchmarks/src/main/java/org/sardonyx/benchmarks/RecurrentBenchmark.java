package org.sardonyx.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;

/**
 * Recurrent layers with constant weights: {@code LSTM|GRU|RNN,time,batch,input,hidden}; {@code
 * GRU-lbr} has linear_before_reset, {@code LSTM-bf16} weights in bfloat16 on our side.
 */
public class RecurrentBenchmark extends EngineBenchmark {

  @Param({
    "LSTM,1,1,64,128",
    "GRU,1,1,64,128",
    "GRU-lbr,1,1,64,128",
    "LSTM,1,1,256,256",
    "GRU-lbr,1,1,256,256",
    "LSTM,100,1,128,128",
    "GRU,100,1,128,128",
    "GRU-lbr,100,1,128,128",
    "LSTM,100,1,256,256",
    "GRU-lbr,100,1,256,256",
    "LSTM,100,1,512,512",
    "GRU-lbr,100,1,512,512",
    "LSTM,50,16,128,256",
    "GRU-lbr,50,16,128,256",
    "LSTM,50,32,256,512",
    "GRU-lbr,50,32,256,512",
    "LSTM,100,1,125,125",
    "RNN,100,1,128,128",
    "LSTM-bf16,100,1,128,128",
    "LSTM-bf16,100,1,256,256",
    "LSTM-bf16,100,1,512,512",
    "GRU-bf16-lbr,100,1,256,256"
  })
  String row = "";

  @Override
  SessionOptions options() {
    SessionOptions options = SessionOptions.standard();
    return row.contains("-bf16") ? options.withWeights(DataType.BFLOAT16) : options;
  }

  /** The part of the inputs for all steps at once, then step by step the weights of the state. */
  @Override
  List<Floor.Part> work(String of) {
    int[] s = Subject.sizes(of);
    int gates = of.startsWith("LSTM") ? 4 : of.startsWith("GRU") ? 3 : 1;
    return steps(s[0], s[1], s[2], gates * s[3], s[3], of.contains("-bf16") ? 2 : 4);
  }

  static List<Floor.Part> steps(int time, int batch, int input, int gates, int hidden, int bytes) {
    double w = bytes * Floor.product(input, gates);
    double r = bytes * Floor.product(hidden, gates);
    return List.of(
        Floor.Part.reading(2 * Floor.product(time, batch, input, gates), w, w + r),
        Floor.Part.reading(
            2 * Floor.product(time, batch, hidden, gates), time * r, time == 1 ? w + r : r));
  }

  @Override
  Subject subject() {
    String kind = row.substring(0, row.indexOf(','));
    String[] name = kind.split("-", -1);
    int[] sizes = Subject.sizes(row);
    int gates =
        switch (name[0]) {
          case "LSTM" -> 4;
          case "GRU" -> 3;
          default -> 1;
        };
    int input = sizes[2];
    int hidden = sizes[3];
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of("hidden_size", (long) hidden));
    if (kind.endsWith("-lbr")) {
      attributes.add(Attribute.of("linear_before_reset", 1L));
    }
    return Subject.of(
        17,
        new Node("layer", name[0], List.of("x", "W", "R", "B"), List.of("Y"), attributes),
        Map.of("x", Subject.normal(1, 1, sizes[0], sizes[1], input)),
        Subject.weights(
            "W", new int[] {1, gates * hidden, input},
            "R", new int[] {1, gates * hidden, hidden},
            "B", new int[] {1, 2 * gates * hidden}));
  }
}
