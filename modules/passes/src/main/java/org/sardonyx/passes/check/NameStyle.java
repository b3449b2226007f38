package org.sardonyx.passes.check;

import org.jspecify.annotations.Nullable;
import org.sardonyx.passes.walk.Where;

/**
 * Names that are no C90 identifiers: legal, advised against, and so common that one line will do.
 */
final class NameStyle {

  private int count;
  private @Nullable String first;

  void value(String name) {
    if (!isIdentifier(name)) {
      count++;
      if (first == null) {
        first = name;
      }
    }
  }

  private static boolean isIdentifier(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  void report(Report report) {
    if (first != null) {
      report.warning(
          "identifier",
          Where.MODEL,
          count
              + " names of values are no C identifiers, which the specification advises; the first is "
              + Report.quote(first));
    }
  }
}
