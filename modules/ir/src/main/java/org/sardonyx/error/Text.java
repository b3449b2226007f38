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
    String text = clean(name.substring(0, Math.min(name.length(), MAX_LENGTH)), "");
    return name.length() > MAX_LENGTH ? text + "..." : text;
  }

  /** As {@link #escape}, of any length and but for the characters that are {@code allowed}. */
  public static String clean(String text, String allowed) {
    StringBuilder out = null;
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      boolean unsafe =
          (Character.isISOControl(c)
                  || Character.getType(c) == Character.FORMAT
                  || c == '\u2028'
                  || c == '\u2029')
              && allowed.indexOf(c) < 0;
      if (unsafe && out == null) {
        out = new StringBuilder(length + 16).append(text, 0, i);
      }
      if (out != null) {
        if (unsafe) {
          out.append(String.format("\\u%04x", (int) c));
        } else {
          out.append(c);
        }
      }
    }
    return out == null ? text : out.toString();
  }
}
