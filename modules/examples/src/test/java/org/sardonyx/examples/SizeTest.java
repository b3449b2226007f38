package org.sardonyx.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What the one dependency brings along stays small. */
class SizeTest {

  private static final long MOST = 4_000_000;

  @Test
  void theRuntimeWithAllItNeedsIsUnderFourMegabytes() throws IOException {
    List<Path> brought =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.isEmpty())
            .map(Path::of)
            .filter(entry -> !entry.startsWith(Path.of("").toAbsolutePath()))
            .filter(SizeTest::isNoTestLibrary)
            .toList();
    Assumptions.assumeTrue(
        brought.stream().allMatch(Files::isRegularFile), "modules that are not packed yet");
    long sum = 0;
    for (Path jar : brought) {
      sum += Files.size(jar);
    }
    assertTrue(brought.size() >= 8, brought::toString);
    long bytes = sum;
    System.out.println("the runtime with all it needs: " + bytes + " bytes");
    assertTrue(bytes < MOST, () -> bytes + " bytes: " + brought);
  }

  private static boolean isNoTestLibrary(Path entry) {
    String name = String.valueOf(entry.getFileName());
    return !name.startsWith("junit-")
        && !name.startsWith("opentest4j")
        && !name.startsWith("apiguardian")
        && !name.startsWith("surefire")
        && !name.startsWith("maven-surefire");
  }
}
