package org.sardonyx.conformance.corpus;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/**
 * Folders of cases that are not in the repository: in a folder {@code shared} beside it, or where
 * {@code -Dshared=} says. Tests that need one are skipped where it is not.
 */
public final class Corpora {

  private Corpora() {}

  /** Returns a folder of cases, or skips the test. */
  public static Path require(String name) {
    Path folder = root().resolve(name);
    Assumptions.assumeTrue(Files.isDirectory(folder), () -> "there is no folder " + name);
    return folder;
  }

  static Path root() {
    String given = System.getProperty("shared");
    if (given != null) {
      return Path.of(given);
    }
    Path at = Path.of("").toAbsolutePath();
    while (at.getParent() != null && !Files.isDirectory(at.resolve("modules"))) {
      at = at.getParent();
    }
    return at.resolveSibling("shared");
  }

  /** Returns the cases of {@code known-failures.tsv} in one corpus, with the reason of each. */
  static Map<String, String> knownFailures(String corpus) {
    Map<String, String> known = new LinkedHashMap<>();
    try (InputStream in = Corpora.class.getResourceAsStream("known-failures.tsv");
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split("\t", 3))
          .filter(fields -> fields[0].equals(corpus))
          .forEach(fields -> known.put(fields[1], fields[2]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return known;
  }
}
