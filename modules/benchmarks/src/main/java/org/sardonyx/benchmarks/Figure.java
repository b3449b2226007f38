package org.sardonyx.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * A goal and what is measured for it. Ratios are ONNX Runtime's time by ours; 0 where none is set.
 *
 * @param work what it is about
 * @param benchmark the class that measures it
 * @param rows its rows
 * @param threads threads of each engine
 * @param must pinned and user
 * @param aim pinned and user
 */
record Figure(
    String work,
    Class<? extends EngineBenchmark> benchmark,
    List<String> rows,
    int threads,
    double[] must,
    double[] aim) {

  static final String WHOLE = "Whole models";

  private static Figure of(
      String work,
      Class<? extends EngineBenchmark> benchmark,
      double[] must,
      double[] aim,
      String... rows) {
    return new Figure(work, benchmark, List.of(rows), 1, must, aim);
  }

  private Figure onThreads(int count) {
    return new Figure(work, benchmark, rows, count, must, aim);
  }

  /** Makes a benchmark, to ask what its rows are. */
  static EngineBenchmark made(Class<? extends EngineBenchmark> benchmark) {
    try {
      return benchmark.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it says what is to be reached against pinned outputs; else that is not measured. */
  boolean isPinned() {
    return must[0] > 0 || aim[0] > 0;
  }

  /** Whether it says what is to be reached against new tensors and copied outputs. */
  boolean isUser() {
    return must[1] > 0 || aim[1] > 0;
  }

  private static double[] ratios(double pinned, double user) {
    return new double[] {pinned, user};
  }

  /** Returns all figures. A benchmark that is added is listed here, or the report lacks it. */
  static List<Figure> all(List<String> models) {
    List<Figure> all = new ArrayList<>(standard());
    List<String> quantized =
        models.stream().filter(name -> name.matches(".*(int8|-q|qlstm).*")).toList();
    List<String> convolutional = models.stream().filter(name -> name.contains("ocr")).toList();
    List<String> others = new ArrayList<>(models);
    others.removeAll(quantized);
    others.removeAll(convolutional);
    for (String model : others) {
      all.add(of(WHOLE, ModelBenchmark.class, ratios(0, 1), ratios(0, 1.5), model));
    }
    for (String model : convolutional) {
      if (!quantized.contains(model)) {
        all.add(
            of("Whole models (OCR)", ModelBenchmark.class, ratios(0, 0.8), ratios(0, 1), model));
      }
    }
    for (String model : quantized) {
      all.add(
          of(
              "Whole models (quantized)",
              ModelBenchmark.class,
              ratios(0, 0.5),
              ratios(0, 1),
              model));
    }
    return all;
  }

  private static List<Figure> standard() {
    Class<? extends EngineBenchmark> recurrent = RecurrentBenchmark.class;
    return List.of(
        of(
            "MatMul and Gemm, constant weights, M >= 32",
            ProductBenchmark.class,
            ratios(0.97, 1.05),
            ratios(1, 1.1),
            "MatMul,32,256,1024",
            "MatMul,128,384,384",
            "MatMul,128,384,1536",
            "MatMul,512,512,512",
            "MatMul,128,381,1531",
            "Gemm,32,256,1024",
            "Gemm,128,384,384"),
        of(
            "MatMul and Gemm, M = 1",
            ProductBenchmark.class,
            ratios(1.25, 1.6),
            ratios(1.35, 1.8),
            "MatMul,1,256,1024",
            "Gemm,1,256,1024"),
        of(
            "Streaming step, H <= 128",
            recurrent,
            ratios(2.5, 4.5),
            ratios(3, 6),
            "LSTM,1,1,64,128",
            "GRU,1,1,64,128",
            "GRU-lbr,1,1,64,128"),
        of(
            "Streaming step, H = 256",
            recurrent,
            ratios(1.25, 1.5),
            ratios(1.4, 1.7),
            "LSTM,1,1,256,256",
            "GRU-lbr,1,1,256,256"),
        of(
            "T = 100, B = 1, H = 128",
            recurrent,
            ratios(1.25, 0),
            ratios(1.4, 0),
            "LSTM,100,1,128,128",
            "LSTM,100,1,125,125",
            "GRU,100,1,128,128",
            "GRU-lbr,100,1,128,128"),
        of(
            "T = 100, B = 1, H = 256",
            recurrent,
            ratios(1.05, 0),
            ratios(1.3, 0),
            "LSTM,100,1,256,256",
            "GRU-lbr,100,1,256,256"),
        of(
            "T = 100, B = 1, H = 512",
            recurrent,
            ratios(1, 0),
            ratios(1.05, 0),
            "LSTM,100,1,512,512",
            "GRU-lbr,100,1,512,512"),
        of(
            "LSTM, B = 16 and 32",
            recurrent,
            ratios(1.05, 0),
            ratios(1.25, 0),
            "LSTM,50,16,128,256",
            "LSTM,50,32,256,512"),
        of(
            "GRU, B = 16 and 32",
            recurrent,
            ratios(1.15, 0),
            ratios(1.25, 0),
            "GRU-lbr,50,16,128,256",
            "GRU-lbr,50,32,256,512"),
        of(
            "bfloat16 weights, T = 100, B = 1",
            recurrent,
            ratios(1.9, 0),
            ratios(2.2, 0),
            "LSTM-bf16,100,1,128,128",
            "LSTM-bf16,100,1,256,256",
            "LSTM-bf16,100,1,512,512",
            "GRU-bf16-lbr,100,1,256,256"),
        of(
                "Recurrent layers on two threads",
                recurrent,
                ratios(1.2, 0),
                ratios(1.5, 0),
                "LSTM,100,1,256,256",
                "GRU-lbr,100,1,256,256",
                "LSTM,50,16,128,256")
            .onThreads(2),
        of(
            "Sigmoid, tanh, GELU",
            ElementwiseBenchmark.class,
            ratios(1.4, 2),
            ratios(1.8, 0),
            "Sigmoid,128,1536",
            "Tanh,128,1536",
            "Gelu,128,1536"),
        of(
            "Fused chains",
            ElementwiseBenchmark.class,
            ratios(3.5, 0),
            ratios(5, 0),
            "GeluTanhChain,128,1536",
            "MixedChain,128,1536"),
        of(
            "Softmax",
            ElementwiseBenchmark.class,
            ratios(1, 1.5),
            ratios(1.3, 0),
            "Softmax,128,1536"),
        of(
            "Layer normalization",
            ElementwiseBenchmark.class,
            ratios(1, 1),
            ratios(0, 0),
            "LayerNormalization,128,1536"),
        of(
            "Attention block",
            AttentionBenchmark.class,
            ratios(1, 0),
            ratios(1.2, 0),
            "Block,128,384,12"),
        of(
            "Scripted cells in Scan",
            ScriptedCellBenchmark.class,
            ratios(10, 0),
            ratios(30, 0),
            "LSTM,100,64",
            "GRU,100,64"),
        of(
            "Convolutions",
            ConvolutionBenchmark.class,
            ratios(0.8, 0.8),
            ratios(1, 1),
            "Conv,1,1,0,704,258,1,256,128,0,1",
            "Conv,1,129,0,4,128,1,3,1,1,1",
            "Conv,1,3,48,320,32,3,3,2,1,1",
            "Conv,1,64,20,160,64,1,1,1,0,1",
            "Conv,1,64,20,160,64,3,3,1,1,1",
            "Conv,1,64,20,160,64,3,3,1,1,64",
            "ConvTranspose,1,64,20,32,64,3,3,2,1,1"),
        of(
            "Other operators",
            OperatorBenchmark.class,
            ratios(1, 0),
            ratios(0, 0),
            OperatorBenchmark.rows()),
        of("Call of a tiny model", CallBenchmark.class, ratios(0, 5), ratios(0, 10), "Add,4"));
  }
}
