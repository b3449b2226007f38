package org.sardonyx.error;

/** Makes text that comes from a model safe to print. */
public final class Text {

  private static final int MAX_LENGTH = 200;

  private Text() {}

  /**
   * Returns {@code name} with control characters, and what could start a terminal sequence, written
   * as {@code \\u0000} escapes, cut to a readable length.
   */
  public static String escape(String name) {
    StringBuilder out = null;
    int length = Math.min(name.length(), MAX_LENGTH);
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      boolean unsafe =
          Character.isISOControl(c)
              || Character.getType(c) == Character.FORMAT
              || c == '\u2028'
              || c == '\u2029';
      if (unsafe && out == null) {
        out = new StringBuilder(length + 16).append(name, 0, i);
      }
      if (out != null) {
        if (unsafe) {
          out.append(String.format("\\u%04x", (int) c));
        } else {
          out.append(c);
        }
      }
    }
    String text = out == null ? name.substring(0, length) : out.toString();
    return length < name.length() ? text + "..." : text;
  }
}
