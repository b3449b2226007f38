package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;

/** What the sources say: every operator has a test of its own, and files stay short. */
class HandTestsTest {

  private static final Path MODULES = Path.of("..");
  private static final int MOST_LINES = 400;

  /** Tests that go through all operators, and have no case of any. */
  private static final List<String> GENERAL = List.of("BadInputTest.java", "OperatorsTest.java");

  private record Source(Path file, String text) {
    boolean names(OperatorDef def) {
      Pattern name = Pattern.compile("\"" + def.name() + "\"|\\b" + def.name() + "\\.DEF\\b");
      boolean domain =
          !def.domain().equals("com.microsoft")
              || text.contains("com.microsoft")
              || text.contains(".DOMAIN");
      return domain && name.matcher(text).find();
    }
  }

  private static List<Source> sources(Path folder) throws IOException {
    List<Source> sources = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        sources.add(new Source(file, Files.readString(file)));
      }
    }
    return sources;
  }

  /** The sweep's recipes do not count: they name every operator, and compute nothing by hand. */
  @Test
  void everyOperatorIsInATestByHand() throws IOException {
    List<Source> tests = new ArrayList<>();
    tests.addAll(sources(MODULES.resolve("operators/src/test/java")));
    tests.addAll(sources(MODULES.resolve("runtime/src/test/java")));
    tests.addAll(sources(Path.of("src/test/java/org/sardonyx/conformance/gradient")));
    tests.removeIf(source -> GENERAL.contains(source.file().getFileName().toString()));
    TreeSet<String> missing = new TreeSet<>();
    for (OperatorDef def : Operators.standard().all()) {
      if (tests.stream().noneMatch(source -> source.names(def))) {
        missing.add(def.toString());
      }
    }
    assertEquals("", String.join("\n", missing));
  }

  /** The table of operators has a line for each; nothing else may be that long. */
  @Test
  void everyOperatorsFileIsShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Source source : sources(MODULES.resolve("operators/src/main/java"))) {
      long lines = source.text().lines().count();
      if (lines >= MOST_LINES && !source.file().endsWith("Standard.java")) {
        tooLong.add(source.file() + " has " + lines + " lines");
      }
    }
    assertEquals("", String.join("\n", tooLong));
  }
}
