package org.sardonyx.examples;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.vector.VectorKernels;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * A long day of a server in one process: steps of a stream, and sessions loaded, run and dropped.
 * Says ten times, after a collection, what the process holds; {@link EnduranceTest} looks at it.
 */
final class Endurance {

  private static final int PARTS = 10;
  private static final int RUNS = 3;

  /** A chain that has run so often is made a class. */
  private static final int RUNS_OF_CHAIN = 8;

  private static final List<String> UNARY = List.of("Relu", "Sigmoid", "Tanh", "Abs", "Neg", "Exp");

  private Endurance() {}

  /**
   * Runs.
   *
   * @param arguments the folder of models, {@code steps} or {@code loads}, and how many
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path models = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[2]);
    if (arguments[1].equals("steps")) {
      steps(models.resolve("lstm_stream"), count);
    } else {
      loads(models, count);
    }
  }

  private static void steps(Path folder, int count) throws IOException, InterruptedException {
    Session session = Session.compile(Onnx.read(folder.resolve("model.onnx")));
    org.sardonyx.runtime.Stream stream = session.stream();
    Map<String, Value> inputs = inputs(session, folder.resolve("test_data_set_0"));
    stream.pairs().values().forEach(inputs::remove);
    int resting = ManagementFactory.getThreadMXBean().getThreadCount();
    for (int done = 1; done <= count; done++) {
      stream.run(inputs);
      if (done % (count / PARTS) == 0) {
        say(done, done == count ? resting : Integer.MAX_VALUE);
      }
    }
  }

  private static void loads(Path models, int count) throws IOException, InterruptedException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(models)) {
      folders = all.filter(path -> Files.exists(path.resolve("model.onnx"))).sorted().toList();
    }
    // They do not wait for the compiler: every chain becomes a class at once.
    Kernels kernels = new VectorKernels(false);
    int resting = ManagementFactory.getThreadMXBean().getThreadCount();
    for (int done = 1; done <= count; done++) {
      // One thread and two; a file, and a model whose elementwise operations become a class.
      SessionOptions options = SessionOptions.standard().withThreads(1 + done % 2);
      if (done % 4 < 2) {
        Path folder = folders.get(done / 4 % folders.size());
        Session session = Session.compile(Onnx.read(folder.resolve("model.onnx")), options);
        run(session, inputs(session, folder.resolve("test_data_set_0")), RUNS);
      } else {
        SessionOptions warm = SessionOptions.standard().withKernels(kernels);
        Session session = Session.compile(Onnx.read(Onnx.toBytes(chain(done))), warm);
        run(session, Map.of("x", Tensor.zeros(DataType.FLOAT, 8, 64)), RUNS_OF_CHAIN);
      }
      if (done % (count / PARTS) == 0) {
        say(done, done == count ? resting : Integer.MAX_VALUE);
      }
    }
  }

  private static void run(Session session, Map<String, ? extends Value> inputs, int runs) {
    for (int run = 0; run < runs; run++) {
      session.run(inputs);
    }
  }

  private static Model chain(int number) {
    GraphBuilder g = new GraphBuilder("chain");
    GraphBuilder.Ref x = g.input("x", DataType.FLOAT, 8, 64);
    GraphBuilder.Ref y = x;
    for (int i = 0, n = number; i < 4; i++, n /= UNARY.size()) {
      y = g.node("Mul", g.node(UNARY.get(n % UNARY.size()), y), x);
    }
    g.output("y", y, Type.tensor(DataType.FLOAT));
    return g.model(18);
  }

  private static Map<String, Value> inputs(Session session, Path set) {
    Map<String, Value> inputs = new LinkedHashMap<>();
    List<ValueInfo> declared = session.inputs();
    for (int i = 0; i < declared.size(); i++) {
      Path file = set.resolve("input_" + i + ".pb");
      if (Files.exists(file)) {
        inputs.put(declared.get(i).name(), TensorFiles.read(file, declared.get(i).type()));
      }
    }
    return inputs;
  }

  /**
   * Prints {@code done heap metaspace classes threads handles files unloaded}; bytes in KiB.
   *
   * @param resting threads to wait for; those of a session end after ten seconds without work
   */
  private static void say(int done, int resting) throws IOException, InterruptedException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 60 && threads.getThreadCount() > resting; i++) {
      Thread.sleep(1000);
      System.gc(); // a session that is not yet gone keeps its threads
    }
    for (int i = 0; i < 3; i++) { // classes go with the second collection, cleaners run between
      System.gc();
      Thread.sleep(100);
    }
    long heap = 0;
    long metaspace = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        heap += pool.getCollectionUsage().getUsed();
      } else if (pool.getName().equals("Metaspace")) {
        metaspace = pool.getUsage().getUsed();
      }
    }
    long handles = -1;
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      handles = unix.getOpenFileDescriptorCount();
    }
    long files;
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      files = left.count();
    }
    List<String> row = new ArrayList<>();
    row.add("endurance");
    for (long number :
        new long[] {
          done,
          heap >> 10,
          metaspace >> 10,
          ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
          threads.getThreadCount(),
          handles,
          files,
          ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount()
        }) {
      row.add(Long.toString(number));
    }
    System.out.println(String.join(" ", row));
  }
}
