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
 * @param machine who made the processor, and how many bits its vectors have: {@code Intel512}
 */
record Notes(List<Note> list, String machine) {

  private static final String FILE = "limits.txt";

  /** A sentence about rows. */
  record Note(Pattern rows, String sentence) {}

  /** Reads the file beside this class. */
  static Notes read(String machine) throws IOException {
    try (InputStream file = Notes.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE);
      }
      return of(new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList(), machine);
    }
  }

  /** Makes them of lines of rows, a space and a sentence; {@code #} begins a comment. */
  static Notes of(List<String> lines, String machine) {
    List<Note> list = new ArrayList<>();
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space > 0 && !line.startsWith("#")) {
        Pattern rows = Pattern.compile(line.substring(0, space));
        list.add(new Note(rows, line.substring(space).strip()));
      }
    }
    return new Notes(List.copyOf(list), machine);
  }

  /** Returns what goes behind a line about a row; nothing where nothing is known. */
  String of(String row) {
    for (Note note : list) {
      Pattern rows = note.rows();
      if (rows.matcher(machine + ":" + row).matches() || rows.matcher(row).matches()) {
        return ". " + note.sentence();
      }
    }
    return "";
  }
}
