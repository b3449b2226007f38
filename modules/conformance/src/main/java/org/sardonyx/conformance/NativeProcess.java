package org.sardonyx.conformance;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.sardonyx.convert.Differentiate;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineServer;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.passes.Infer;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Value;

/** This library in a process of its own, as ONNX Runtime is run: for fair measurements. */
public final class NativeProcess {

  private static final String WEIGHTS = "sardonyx.weights";
  private static final String EXTERNAL = "sardonyx.external";
  private static final String SYMBOLIC_LINKS = "sardonyx.symbolicLinks";
  private static final String HARD_LINKS = "sardonyx.hardLinks";
  private static final String LIMIT = "sardonyx.limit.";

  private NativeProcess() {}

  /** Serves {@link NativeEngine} to another process. */
  public static void main(String[] arguments) throws IOException {
    ReadOptions reading =
        new ReadOptions(
            Boolean.getBoolean(EXTERNAL),
            Boolean.getBoolean(SYMBOLIC_LINKS),
            Boolean.getBoolean(HARD_LINKS),
            Limits.standard());
    for (Limit limit : Limit.values()) {
      Long most = Long.getLong(LIMIT + limit.label());
      if (most != null) {
        reading = reading.withLimits(reading.limits().with(limit, most));
      }
    }
    DataType weights = DataType.valueOf(System.getProperty(WEIGHTS, DataType.FLOAT.name()));
    EngineServer.serve(
        new NativeEngine("sardonyx", SessionOptions.standard(), reading).withWeights(weights));
  }

  /** Returns what tells the process how it may read models. */
  private static List<String> flags(ReadOptions reading) {
    List<String> flags = new ArrayList<>();
    flags.add("-D" + EXTERNAL + "=" + reading.externalData());
    flags.add("-D" + SYMBOLIC_LINKS + "=" + reading.symbolicLinks());
    flags.add("-D" + HARD_LINKS + "=" + reading.hardLinks());
    for (Limit limit : Limit.values()) {
      flags.add("-D" + LIMIT + limit.label() + "=" + reading.limits().most(limit));
    }
    return flags;
  }

  /**
   * Returns an engine whose process is started by the first model.
   *
   * @param timeout how long an answer may take
   * @param reading what may be done to read models; its limits are those of every session, too
   * @param weights how sessions hold weights
   * @param jvmOptions flags beside the ones that the library needs, for example {@code -Xmx4g}
   */
  public static ProcessEngine engine(
      Duration timeout, ReadOptions reading, DataType weights, List<String> jvmOptions) {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xshare:auto"));
    flags.addAll(flags(reading));
    flags.add("-D" + WEIGHTS + "=" + weights.name());
    flags.addAll(jvmOptions);
    return ProcessEngine.of(
        "sardonyx",
        NativeProcess.class,
        List.of(
            Value.class,
            Kernels.class,
            Onnx.class,
            protobuf(),
            Engine.class,
            Operators.class,
            Infer.class,
            Differentiate.class,
            Session.class),
        flags,
        timeout);
  }

  /** Only the reader sees protobuf; its place on the class path is asked for by name. */
  private static Class<?> protobuf() {
    try {
      return Class.forName("com.google.protobuf.MessageLite", false, Onnx.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("the reader is here and protobuf is not", e);
    }
  }
}
