package org.sardonyx.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are compared with others of ours: shapes that lanes do not divide with their
 * neighbours, and kernels without the incubator's module with those that have it.
 */
final class Beside {

  private static final List<String> WAYS = List.of(EngineBenchmark.INTO, EngineBenchmark.PINNED);

  private record Pair(Class<? extends EngineBenchmark> benchmark, String row, String even) {}

  private static final List<Pair> PAIRS =
      List.of(
          new Pair(ProductBenchmark.class, "MatMul,128,381,1531", "MatMul,128,384,1536"),
          new Pair(ProductBenchmark.class, "MatMul,31,253,1021", "MatMul,32,256,1024"),
          new Pair(ProductBenchmark.class, "MatMul,1,253,1021", "MatMul,1,256,1024"),
          new Pair(RecurrentBenchmark.class, "LSTM,1,1,61,125", "LSTM,1,1,64,128"),
          new Pair(RecurrentBenchmark.class, "LSTM,100,1,125,125", "LSTM,100,1,128,128"),
          new Pair(RecurrentBenchmark.class, "GRU-lbr,100,1,125,125", "GRU-lbr,100,1,128,128"),
          new Pair(RecurrentBenchmark.class, "LSTM,50,15,125,253", "LSTM,50,16,128,256"),
          new Pair(ElementwiseBenchmark.class, "Sigmoid,127,1531", "Sigmoid,128,1536"),
          new Pair(ElementwiseBenchmark.class, "Softmax,128,1531", "Softmax,128,1536"),
          new Pair(
              ElementwiseBenchmark.class,
              "LayerNormalization,128,1531",
              "LayerNormalization,128,1536"),
          new Pair(AttentionBenchmark.class, "Block,125,372,12", "Block,128,384,12"),
          new Pair(
              ConvolutionBenchmark.class,
              "Conv,1,61,19,157,61,3,3,1,1,1",
              "Conv,1,64,20,160,64,3,3,1,1,1"));

  private record Share(Class<? extends EngineBenchmark> benchmark, String row, double must) {}

  private static final double PRODUCT = 1 / 3.0;
  private static final double ELEMENTWISE = 0.5;

  private static final List<Share> SHARES =
      List.of(
          new Share(ProductBenchmark.class, "MatMul,1,256,1024", PRODUCT),
          new Share(ProductBenchmark.class, "MatMul,32,256,1024", PRODUCT),
          new Share(ProductBenchmark.class, "MatMul,128,384,1536", PRODUCT),
          new Share(ProductBenchmark.class, "Gemm,128,384,384", PRODUCT),
          new Share(ElementwiseBenchmark.class, "Sigmoid,128,1536", ELEMENTWISE),
          new Share(ElementwiseBenchmark.class, "Tanh,128,1536", ELEMENTWISE),
          new Share(ElementwiseBenchmark.class, "Gelu,128,1536", ELEMENTWISE),
          new Share(ElementwiseBenchmark.class, "Relu,128,1536", ELEMENTWISE),
          new Share(ElementwiseBenchmark.class, "MixedChain,128,1536", ELEMENTWISE),
          new Share(ElementwiseBenchmark.class, "Softmax,128,1536", ELEMENTWISE),
          new Share(ElementwiseBenchmark.class, "LayerNormalization,128,1536", ELEMENTWISE),
          new Share(RecurrentBenchmark.class, "LSTM,100,1,128,128", 0),
          new Share(ConvolutionBenchmark.class, "Conv,1,64,20,160,64,3,3,1,1,1", 0));

  private final Measuring measuring;
  private final Verdicts verdicts;
  private final Notes notes;
  private final String only;

  Beside(Measuring measuring, Verdicts verdicts, Notes notes, String only) {
    this.measuring = measuring;
    this.verdicts = verdicts;
    this.notes = notes;
    this.only = only;
  }

  /** Returns what shapes that lanes do not divide lose. */
  String neighbours() {
    StringBuilder text = new StringBuilder();
    for (Pair pair : PAIRS) {
      if (!("Neighbours " + pair.row()).matches(".*(" + only + ").*")) {
        continue;
      }
      System.err.println("neighbours: " + pair.row());
      Rounds odd = measuring.turns(pair.benchmark(), pair.row(), WAYS, true);
      Rounds even = measuring.turns(pair.benchmark(), pair.even(), WAYS, true);
      if (text.isEmpty()) {
        text.append(
            """

            ## Shapes that lanes do not divide

            Microseconds, and how much less work is done in the same time than with the neighbour's shape: must be at most 20 %.

            | row | into | neighbour | into | lost | ONNX Runtime loses | |
            |---|---:|---|---:|---:|---:|---|
            """);
      }
      double size = size(pair, pair.row()) / size(pair, pair.even());
      double lost = lost(size, odd, even, EngineBenchmark.INTO);
      double theirs = lost(size, odd, even, EngineBenchmark.PINNED);
      String says = "Shape: `%s` loses %s, must 20 %%".formatted(pair.row(), Table.percent(lost));
      text.append(
          "| `%s` | %s | `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  pair.row(),
                  Table.figure(of(odd, EngineBenchmark.INTO)),
                  pair.even(),
                  Table.figure(of(even, EngineBenchmark.INTO)),
                  Table.percent(lost),
                  Table.percent(theirs),
                  Double.isNaN(lost)
                      ? verdicts.missing("Shape: " + pair.row())
                      : lost <= 0.2
                          ? verdicts.reaches(false)
                          : verdicts.below(says + notes.of("shape:" + pair.row()))));
    }
    return text.toString();
  }

  /**
   * Returns which part of its neighbour's speed a row lacks.
   *
   * @param size the work of the row, its neighbour's being 1
   */
  static double lost(double size, @Nullable Rounds odd, @Nullable Rounds even, String way) {
    return 1 - size * Table.median(of(even, way)) / Table.median(of(odd, way));
  }

  private static @Nullable Measured of(@Nullable Rounds rounds, String way) {
    return rounds == null ? null : rounds.of(way);
  }

  /** Returns the work of a row: operations, or bytes where they are not counted. */
  private static double size(Pair pair, String row) {
    List<Floor.Part> parts = Figure.made(pair.benchmark()).work(row);
    double flops = parts.stream().mapToDouble(Floor.Part::flops).sum();
    return flops > 0 ? flops : parts.stream().mapToDouble(Floor.Part::bytes).sum();
  }

  /** Returns how fast everything is in a process without the incubator's module. */
  String plain() {
    StringBuilder text = new StringBuilder();
    for (Share share : SHARES) {
      if (!("Without the module " + share.row()).matches(".*(" + only + ").*")) {
        continue;
      }
      System.err.println("without the module: " + share.row());
      Rounds vector = measuring.turns(share.benchmark(), share.row(), WAYS, true);
      Rounds plain = measuring.turns(share.benchmark(), share.row(), WAYS, false);
      if (text.isEmpty()) {
        text.append(
            """

            ## Without the module jdk.incubator.vector

            In a process that was started without it; the share of the speed with it, ONNX Runtime beside both being the
            measure: a third of products, half of elementwise work.

            | row | into, with it | without | share | must | pinned / into without | |
            |---|---:|---:|---:|---:|---:|---|
            """);
      }
      Measured with =
          vector == null ? null : vector.ratio(EngineBenchmark.PINNED, EngineBenchmark.INTO);
      Measured without =
          plain == null ? null : plain.ratio(EngineBenchmark.PINNED, EngineBenchmark.INTO);
      double part = Table.median(without) / Table.median(with);
      String says =
          "Without the module: `%s` %s of the speed with it, must %s"
              .formatted(share.row(), Table.percent(part), Table.percent(share.must()));
      String verdict = "";
      if (Double.isNaN(part)) {
        verdict = verdicts.missing("Without the module: " + share.row());
      } else if (share.must() > 0) {
        verdict =
            part >= share.must()
                ? verdicts.reaches(false)
                : verdicts.below(says + notes.of("plain:" + share.row()));
      }
      text.append(
          "| `%s` | %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  share.row(),
                  Table.figure(of(vector, EngineBenchmark.INTO)),
                  Table.figure(of(plain, EngineBenchmark.INTO)),
                  Table.percent(part),
                  share.must() > 0 ? Table.percent(share.must()) : "-",
                  Table.ratio(Table.median(without)),
                  verdict));
    }
    return text.toString();
  }
}
