package org.sardonyx.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * An element type of NumPy.
 *
 * @param dataType ours
 * @param kind the letter: f, i, u, b, c; S for bytes and U for code points, which are strings
 * @param width bytes of an element
 * @param unit bytes whose order counts: half an element if complex
 * @param swapped whether the first byte of a unit is the highest
 */
record NpyType(DataType dataType, char kind, int width, int unit, boolean swapped) {

  /** Reads a type such as {@code <f4}. */
  static NpyType of(String descr) {
    if (descr.length() < 2 || "<>|=".indexOf(descr.charAt(0)) < 0) {
      throw new MalformedModel("the .npy element type \"" + Text.escape(descr) + "\"");
    }
    char order = descr.charAt(0);
    char kind = descr.charAt(1);
    if (kind == 'O') {
      throw new UnsupportedModel("Python objects; they are never loaded, as that would run code");
    }
    int size = size(descr);
    DataType type = dataType(descr.substring(1), kind);
    if (order == '=' || (order == '|' && kind != 'S' && size > 1)) {
      throw new MalformedModel("the .npy element type \"" + Text.escape(descr) + "\" has no order");
    }
    int width = kind == 'U' ? Math.multiplyExact(size, 4) : size;
    int unit = kind == 'U' ? 4 : kind == 'S' ? 1 : kind == 'c' ? size / 2 : size;
    return new NpyType(type, kind, width, unit, order == '>' && unit > 1);
  }

  /** Returns how NumPy writes the type of a tensor. */
  static String descr(Tensor tensor) {
    return switch (tensor.dataType()) {
      case FLOAT16 -> "<f2";
      case FLOAT -> "<f4";
      case DOUBLE -> "<f8";
      case COMPLEX64 -> "<c8";
      case COMPLEX128 -> "<c16";
      case INT8 -> "|i1";
      case INT16 -> "<i2";
      case INT32 -> "<i4";
      case INT64 -> "<i8";
      case UINT8 -> "|u1";
      case UINT16 -> "<u2";
      case UINT32 -> "<u4";
      case UINT64 -> "<u8";
      case BOOL -> "|b1";
      case STRING -> "<U" + codePoints(tensor);
      default ->
          throw new InvalidInput(
              "NumPy has no type " + tensor.dataType().specName() + "; cast the tensor first");
    };
  }

  /** Returns the code points of the longest string, at least 1. */
  static int codePoints(Tensor strings) {
    int longest = 1;
    for (String string : strings.strings()) {
      longest = Math.max(longest, string.codePointCount(0, string.length()));
    }
    return longest;
  }

  /** Decodes strings, which end at their last character that is not NUL. */
  String[] strings(MemorySegment data, int count) {
    String[] strings = new String[count];
    for (int i = 0; i < count; i++) {
      MemorySegment one = data.asSlice((long) i * width, width);
      strings[i] = kind == 'U' ? codePoints(one) : bytes(one);
    }
    return strings;
  }

  private static String bytes(MemorySegment one) {
    byte[] bytes = one.toArray(ValueLayout.JAVA_BYTE);
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static String codePoints(MemorySegment one) {
    long end = one.byteSize();
    while (end > 0 && one.get(TensorDecoder.INT, end - 4) == 0) {
      end -= 4;
    }
    StringBuilder text = new StringBuilder();
    for (long at = 0; at < end; at += 4) {
      int point = one.get(TensorDecoder.INT, at);
      if (!Character.isValidCodePoint(point)) {
        throw new MalformedModel("a string with a code point that does not exist");
      }
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  private static int size(String descr) {
    String digits = descr.substring(2);
    boolean valid = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!valid || digits.length() > 8) {
      throw new UnsupportedModel("the .npy element type \"" + Text.escape(descr) + "\"");
    }
    return Integer.parseInt(digits);
  }

  private static DataType dataType(String type, char kind) {
    return switch (type) {
      case "f2" -> DataType.FLOAT16;
      case "f4" -> DataType.FLOAT;
      case "f8" -> DataType.DOUBLE;
      case "c8" -> DataType.COMPLEX64;
      case "c16" -> DataType.COMPLEX128;
      case "i1" -> DataType.INT8;
      case "i2" -> DataType.INT16;
      case "i4" -> DataType.INT32;
      case "i8" -> DataType.INT64;
      case "u1" -> DataType.UINT8;
      case "u2" -> DataType.UINT16;
      case "u4" -> DataType.UINT32;
      case "u8" -> DataType.UINT64;
      case "b1" -> DataType.BOOL;
      default -> {
        if (kind == 'S' || kind == 'U') {
          yield DataType.STRING;
        }
        throw new UnsupportedModel("the .npy element type \"" + Text.escape(type) + "\"");
      }
    };
  }
}
