package org.sardonyx.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What was found out, by measuring, about rows that are below what they must.
 *
 * @param list the first that matches is it
 * @param bits how many bits the vectors have here
 */
record Notes(List<Note> list, int bits) {

  private static final String FILE = "limits.txt";

  /** A sentence about rows. */
  record Note(Pattern rows, String sentence) {}

  /** Reads the file beside this class. */
  static Notes read(int bits) throws IOException {
    try (InputStream file = Notes.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE);
      }
      return of(new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList(), bits);
    }
  }

  /** Makes them of lines of rows, a space and a sentence; {@code #} begins a comment. */
  static Notes of(List<String> lines, int bits) {
    List<Note> list = new ArrayList<>();
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space > 0 && !line.startsWith("#")) {
        Pattern rows = Pattern.compile(line.substring(0, space));
        list.add(new Note(rows, line.substring(space).strip()));
      }
    }
    return new Notes(List.copyOf(list), bits);
  }

  /** Returns what goes behind a line about a row; nothing where nothing is known. */
  String of(String row) {
    for (Note note : list) {
      if (note.rows().matcher(bits + ":" + row).matches() || note.rows().matcher(row).matches()) {
        return ". " + note.sentence();
      }
    }
    return "";
  }
}
