package org.sardonyx.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found out, by measuring, about rows that are below what they must.
 *
 * @param sentences by the row
 */
record Notes(Map<String, String> sentences) {

  private static final String FILE = "limits.txt";

  /** Reads the file beside this class. */
  static Notes read() throws IOException {
    try (InputStream file = Notes.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE);
      }
      return of(new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    }
  }

  /** Makes them of lines of a row, a space and a sentence; {@code #} begins a comment. */
  static Notes of(List<String> lines) {
    Map<String, String> sentences = new HashMap<>();
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space > 0 && !line.startsWith("#")) {
        sentences.put(line.substring(0, space), line.substring(space).strip());
      }
    }
    return new Notes(Map.copyOf(sentences));
  }

  /** Returns what goes behind a line about a row; nothing where nothing is known. */
  String of(String row) {
    String sentence = sentences.get(row);
    return sentence == null ? "" : ". " + sentence;
  }
}
