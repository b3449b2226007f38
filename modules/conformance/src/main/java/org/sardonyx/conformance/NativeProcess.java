package org.sardonyx.conformance;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineServer;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.passes.Infer;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Value;

/** This library in a process of its own, as ONNX Runtime is run: for fair measurements. */
public final class NativeProcess {

  private NativeProcess() {}

  /** Serves {@link NativeEngine} to another process. */
  public static void main(String[] arguments) throws IOException {
    EngineServer.serve(new NativeEngine());
  }

  /**
   * Returns an engine whose process is started by the first model.
   *
   * @param timeout how long an answer may take
   * @param jvmOptions flags beside the ones that the library needs, for example {@code -Xmx4g}
   */
  public static ProcessEngine engine(Duration timeout, List<String> jvmOptions) {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xshare:auto"));
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
