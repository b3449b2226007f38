package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Once they are warm, loops make no object: a vector that the compiler left as one is slow. Looked
 * at in a process of its own, as models run, since what other tests had the loops do decides what
 * the compiler takes in. It decides by time as well, so one of three processes will do.
 */
class NoObjectsTest {

  private static final int TRIES = 3;

  @Test
  void warmLoopsMakeNone() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The width of vectors, where it is forced.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-XX:"))
        .forEach(command::add);
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(NoObjects.class.getName());
    List<String> said = new ArrayList<>();
    for (int i = 0; i < TRIES; i++) {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      said.add(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      if (process.waitFor() == 0) {
        return;
      }
    }
    fail(said.toString());
  }
}
