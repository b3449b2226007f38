package org.sardonyx.benchmarks;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Node;

/** Products with constant weights: {@code MatMul|Gemm,m,k,n}. */
public class ProductBenchmark extends EngineBenchmark {

  @Param({
    "MatMul,1,256,1024",
    "MatMul,32,256,1024",
    "MatMul,128,384,384",
    "MatMul,128,384,1536",
    "MatMul,512,512,512",
    "MatMul,128,381,1531",
    "Gemm,1,256,1024",
    "Gemm,32,256,1024",
    "Gemm,128,384,384"
  })
  String row = "";

  @Override
  List<Floor.Part> work(String of) {
    int[] s = Subject.sizes(of);
    double all =
        4 * (Floor.product(s[0], s[1]) + Floor.product(s[1], s[2]) + Floor.product(s[0], s[2]));
    return List.of(Floor.Part.reading(2 * Floor.product(s), all, all));
  }

  @Override
  Subject subject() {
    int[] sizes = Subject.sizes(row);
    boolean general = row.startsWith("Gemm");
    int[] shape = {sizes[1], sizes[2]};
    return Subject.of(
        17,
        new Node(
            "product",
            general ? "Gemm" : "MatMul",
            general ? List.of("x", "w", "c") : List.of("x", "w"),
            List.of("y"),
            List.of()),
        Map.of("x", Subject.normal(1, 1, sizes[0], sizes[1])),
        general
            ? Subject.weights("w", shape, "c", new int[] {sizes[2]})
            : Subject.weights("w", shape));
  }
}
