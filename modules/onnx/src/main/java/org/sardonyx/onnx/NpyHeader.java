package org.sardonyx.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;

/**
 * The header of an .npy file: a Python dictionary of three entries, written as a literal. Only that
 * much of Python is understood.
 *
 * @param descr the element type as NumPy writes it, such as {@code <f4}
 * @param fortranOrder whether the first dimension runs fastest
 * @param shape the shape
 * @param size bytes of the header, up to the first element
 */
record NpyHeader(String descr, boolean fortranOrder, List<Long> shape, long size) {

  private static final int MAX_TEXT = 1 << 16;
  private static final int MAGIC = 6;

  /** Reads the header at the start of a file. */
  static NpyHeader of(MemorySegment file) {
    if (file.byteSize() < 10
        || file.get(ValueLayout.JAVA_BYTE, 0) != (byte) 0x93
        || !text(file, 1, MAGIC - 1).equals("NUMPY")) {
      throw new MalformedModel("this is no .npy file");
    }
    int version = file.get(ValueLayout.JAVA_BYTE, MAGIC);
    if (version < 1 || version > 3) {
      throw new UnsupportedModel(".npy version " + version + "; known are 1 to 3");
    }
    long start = version == 1 ? 10 : 12;
    if (file.byteSize() < start) {
      throw new MalformedModel("the .npy header is cut off");
    }
    long length =
        version == 1
            ? Short.toUnsignedLong(file.get(TensorDecoder.SHORT, 8))
            : Integer.toUnsignedLong(file.get(TensorDecoder.INT, 8));
    if (length > MAX_TEXT) {
      throw new LimitExceeded("npyHeader", "a header of " + length + " bytes; most is " + MAX_TEXT);
    }
    if (length > file.byteSize() - start) {
      throw new MalformedModel("the .npy header is cut off");
    }
    return new Literal(text(file, start, (int) length)).header(start + length);
  }

  private static String text(MemorySegment file, long from, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, from, bytes, 0, length);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Reads the literal, character by character. */
  private static final class Literal {

    private final String text;
    private int at;

    Literal(String text) {
      this.text = text;
    }

    NpyHeader header(long size) {
      String descr = null;
      Boolean fortran = null;
      List<Long> shape = null;
      Set<String> seen = new HashSet<>();
      expect('{');
      while (!take('}')) {
        String key = string();
        if (!seen.add(key)) {
          throw malformed("the key \"" + Text.escape(key) + "\" twice");
        }
        expect(':');
        switch (key) {
          case "descr" -> descr = descr();
          case "fortran_order" -> fortran = bool();
          case "shape" -> shape = tuple();
          default -> throw malformed("the key \"" + Text.escape(key) + "\"");
        }
        if (!take(',')) {
          expect('}');
          break;
        }
      }
      space();
      if (at < text.length()) {
        throw malformed("something after the dictionary");
      }
      return new NpyHeader(
          need(descr, "descr"), need(fortran, "fortran_order"), need(shape, "shape"), size);
    }

    private String descr() {
      space();
      if (at < text.length() && text.charAt(at) == '[') {
        throw new UnsupportedModel("records of several fields (a structured dtype)");
      }
      return string();
    }

    private String string() {
      space();
      char quote = at < text.length() ? text.charAt(at) : ' ';
      if (quote != '\'' && quote != '"') {
        throw malformed("no string where one should be");
      }
      int end = text.indexOf(quote, at + 1);
      if (end < 0) {
        throw malformed("a string without an end");
      }
      String string = text.substring(at + 1, end);
      if (string.indexOf('\\') >= 0) {
        throw malformed("an escape in a string");
      }
      at = end + 1;
      return string;
    }

    private boolean bool() {
      space();
      if (text.startsWith("True", at)) {
        at += 4;
        return true;
      }
      if (text.startsWith("False", at)) {
        at += 5;
        return false;
      }
      throw malformed("neither True nor False");
    }

    private List<Long> tuple() {
      List<Long> numbers = new ArrayList<>();
      expect('(');
      while (!take(')')) {
        numbers.add(number());
        if (!take(',')) {
          expect(')');
          break;
        }
      }
      return numbers;
    }

    private long number() {
      space();
      int from = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      if (at == from || at - from > 18) {
        throw malformed("no size where one should be");
      }
      long number = Long.parseLong(text.substring(from, at));
      if (at < text.length() && text.charAt(at) == 'L') {
        at++;
      }
      return number;
    }

    private void expect(char c) {
      if (!take(c)) {
        throw malformed("no " + c + " where one should be");
      }
    }

    private boolean take(char c) {
      space();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void space() {
      while (at < text.length() && " \n\t\r".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private <T> T need(@Nullable T value, String key) {
      if (value == null) {
        throw malformed("no key \"" + key + "\"");
      }
      return value;
    }

    private MalformedModel malformed(String what) {
      return new MalformedModel("the .npy header has, at character " + at + ", " + what);
    }
  }
}
