package org.sardonyx.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;

/**
 * Convolutions: {@code operator,batch,channels,height,width,features,kernel height,kernel
 * width,stride,padding,groups}, height 0 being one axis.
 */
public class ConvolutionBenchmark extends EngineBenchmark {

  @Param({
    "Conv,1,1,0,704,258,1,256,128,0,1",
    "Conv,1,129,0,4,128,1,3,1,1,1",
    "Conv,1,3,48,320,32,3,3,2,1,1",
    "Conv,1,64,20,160,64,1,1,1,0,1",
    "Conv,1,64,20,160,64,3,3,1,1,1",
    "Conv,1,64,20,160,64,3,3,1,1,64",
    "Conv,1,128,56,56,128,3,3,2,1,128",
    "Conv,1,672,7,7,672,5,5,1,2,672",
    "Conv,1,256,14,14,256,3,3,1,1,1",
    "Conv,1,32,80,160,32,3,3,2,1,32",
    "Conv,1,96,40,80,24,3,3,1,1,1",
    "ConvTranspose,1,64,20,32,64,3,3,2,1,1"
  })
  String row = "";

  @Override
  List<Floor.Part> work(String of) {
    int[] s = Subject.sizes(of);
    boolean transposed = of.startsWith("ConvTranspose");
    int height = s[2] == 0 ? 1 : transposed ? s[2] : (s[2] + 2 * s[8] - s[5]) / s[7] + 1;
    int width = transposed ? s[3] : (s[3] + 2 * s[8] - s[6]) / s[7] + 1;
    double taps = Floor.product(s[1] / s[9], s[4], s[5], s[6]);
    double moved =
        4 * (Floor.product(s[1], Math.max(1, s[2]), s[3]) + Floor.product(s[4], height, width));
    return List.of(new Floor.Part(2 * taps * height * width, moved, moved, true));
  }

  @Override
  Subject subject() {
    int[] sizes = Subject.sizes(row);
    boolean plane = sizes[2] > 0;
    boolean transposed = row.startsWith("ConvTranspose");
    int axes = plane ? 2 : 1;
    Tensor x =
        plane
            ? Subject.normal(1, 1, sizes[0], sizes[1], sizes[2], sizes[3])
            : Subject.normal(1, 1, sizes[0], sizes[1], sizes[3]);
    int first = transposed ? sizes[1] : sizes[4];
    int second = (transposed ? sizes[4] : sizes[1]) / sizes[9];
    return Subject.of(
        17,
        new Node(
            "node",
            transposed ? "ConvTranspose" : "Conv",
            List.of("x", "w", "b"),
            List.of("y"),
            List.of(
                Attribute.of("group", (long) sizes[9]),
                Attribute.of("strides", repeated(sizes[7], axes)),
                Attribute.of("pads", repeated(sizes[8], 2 * axes)))),
        Map.of("x", x),
        Subject.weights(
            "w",
            plane
                ? new int[] {first, second, sizes[5], sizes[6]}
                : new int[] {first, second, sizes[6]},
            "b",
            new int[] {sizes[4]}));
  }

  private static long[] repeated(int value, int count) {
    long[] values = new long[count];
    Arrays.fill(values, value);
    return values;
  }
}
