package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every promise of SECURITY.md names a test that is there. */
class SecurityPageTest {

  private static final Path ROOT = Path.of("../..");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

  @Test
  void everyRowNamesATest() throws IOException {
    Map<String, Path> classes;
    try (Stream<Path> files = Files.walk(ROOT.resolve("modules"))) {
      classes =
          files
              .filter(file -> file.toString().replace('\\', '/').contains("/src/test/java/"))
              .filter(file -> file.toString().endsWith("Test.java"))
              .collect(
                  Collectors.toMap(
                      file -> file.getFileName().toString().replace(".java", ""),
                      Function.identity(),
                      (first, _) -> first));
    }
    List<String> missing = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(ROOT.resolve("SECURITY.md"))) {
      if (!line.startsWith("| ") || line.endsWith("| test |")) {
        continue;
      }
      rows++;
      String tests = line.substring(line.lastIndexOf('|', line.length() - 2));
      int found = 0;
      for (Matcher test = TEST.matcher(tests); test.find(); found++) {
        Path file = classes.get(test.group(1));
        String method = test.group(2);
        if (file == null
            || (method != null && !Files.readString(file).contains("void " + method + "("))) {
          missing.add(test.group() + " in " + line);
        }
      }
      if (found == 0) {
        missing.add(line);
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(rows >= 60, "rows: " + rows);
  }
}
