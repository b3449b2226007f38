package org.sardonyx.imagedecoder;

import java.io.IOException;
import java.util.Locale;

/** The headers of the portable formats. */
final class Pnm {

  private final byte[] bytes;
  private int at = 2;

  private Pnm(byte[] bytes) {
    this.bytes = bytes;
  }

  static Header header(byte[] bytes) throws IOException {
    Pnm in = new Pnm(bytes);
    if (bytes[1] != '7') {
      return new Header(number(in.word()), number(in.word()), 3);
    }
    long[] size = {0, 0, 1};
    while (true) {
      String word = in.word();
      switch (word.toUpperCase(Locale.ROOT)) {
        case "WIDTH" -> size[0] = number(in.word());
        case "HEIGHT" -> size[1] = number(in.word());
        case "DEPTH" -> size[2] = number(in.word());
        case "ENDHDR" -> {
          return new Header(size[0], size[1], (int) size[2]);
        }
        default -> {} // a value of another line
      }
    }
  }

  private String word() throws IOException {
    while (at < bytes.length && (bytes[at] <= ' ' || bytes[at] == '#')) {
      if (bytes[at] == '#') {
        while (at < bytes.length && bytes[at] != '\n') {
          at++;
        }
      } else {
        at++;
      }
    }
    StringBuilder word = new StringBuilder();
    while (at < bytes.length && bytes[at] > ' ' && word.length() < 20) {
      word.append((char) bytes[at++]);
    }
    if (word.isEmpty()) {
      throw new IOException("the header is cut off");
    }
    return word.toString();
  }

  private static long number(String word) throws IOException {
    if (!word.matches("[0-9]{1,9}")) {
      throw new IOException("the header holds " + word + " for a number");
    }
    return Long.parseLong(word);
  }
}
