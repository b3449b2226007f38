package org.sardonyx.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;

/**
 * Recurrent layers with constant weights: {@code LSTM|GRU|RNN,time,batch,input,hidden}; {@code
 * GRU-lbr} has linear_before_reset.
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
    "RNN,100,1,128,128"
  })
  String row = "";

  @Override
  Subject subject() {
    String[] name = row.substring(0, row.indexOf(',')).split("-", -1);
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
    if (name.length > 1) {
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
