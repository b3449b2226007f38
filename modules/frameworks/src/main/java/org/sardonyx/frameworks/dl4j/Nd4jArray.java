package org.sardonyx.frameworks.dl4j;

import java.nio.ByteBuffer;
import java.util.Set;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.bytes.Cursor;

/**
 * A vector of parameters as Nd4j writes it: two buffers, of which the first tells the shape. A
 * buffer is the name of how it was allocated, how many elements it has, the name of their type, and
 * the elements, all big-endian.
 *
 * @param type the name of the type in the file; what is here is float
 * @param values the elements
 */
record Nd4jArray(String type, float[] values) {

  private static final Set<String> SHORT_LENGTH = Set.of("DIRECT", "HEAP", "JAVACPP");
  private static final Set<String> LONG_LENGTH = Set.of("LONG_SHAPE", "MIXED_DATA_TYPES");
  private static final int MAX_RANK = 32;

  private record Header(String type, long length) {}

  /** Reads a vector, or a matrix of one row; nothing may follow. */
  static Nd4jArray readVector(byte[] bytes) {
    Cursor in = new Cursor(bytes);
    int start = in.offset();
    Header shape = header(in, "the shape");
    long[] info = new long[(int) Math.min(shape.length(), 2 * MAX_RANK + 5)];
    if (info.length != shape.length() || info.length < 4) {
      throw in.malformed(start, "a shape of " + shape.length() + " numbers is none");
    }
    for (int i = 0; i < info.length; i++) {
      info[i] =
          switch (shape.type()) {
            case "LONG" -> in.readLong("the shape");
            case "INT" -> in.readInt("the shape");
            default -> throw in.malformed(start, "a shape is of type LONG, not " + shape.type());
          };
    }
    long rank = info[0];
    if (rank < 1 || rank > MAX_RANK || info.length != 2 * rank + 4) {
      throw in.malformed(start, "a shape of rank " + rank + " has not " + info.length + " numbers");
    }
    int second = in.offset();
    Header data = header(in, "the parameters");
    long elements = 1;
    boolean vector = true;
    for (int d = 1; d <= rank; d++) {
      vector &= info[d] == 1 || elements == 1;
      elements = info[d] < 0 ? -1 : Math.min(elements * info[d], Long.MAX_VALUE >> 31);
    }
    if (!vector || elements != data.length()) {
      throw in.malformed(
          start,
          "the shape is none of a vector of the " + data.length() + " parameters that follow");
    }
    ByteBuffer content =
        in.readBytes(Math.multiplyExact(data.length(), width(data.type(), second)), "parameters");
    float[] values = new float[(int) data.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (data.type()) {
            case "FLOAT" -> content.getFloat(4 * i);
            case "DOUBLE" -> (float) content.getDouble(8 * i);
            case "HALF" -> Float.float16ToFloat(content.getShort(2 * i));
            default -> Float.intBitsToFloat(content.getShort(2 * i) << 16);
          };
    }
    in.requireEnd();
    return new Nd4jArray(data.type(), values);
  }

  private static int width(String type, int offset) {
    return switch (type) {
      case "FLOAT" -> 4;
      case "DOUBLE" -> 8;
      case "HALF", "BFLOAT16" -> 2;
      default ->
          throw new UnsupportedModel(
              "offset "
                  + offset
                  + ": parameters of type "
                  + Text.escape(type)
                  + "; known are FLOAT, DOUBLE, HALF and BFLOAT16");
    };
  }

  private static Header header(Cursor in, String what) {
    int from = in.offset();
    String mode = in.readText(what + "'s allocation");
    boolean wide = LONG_LENGTH.contains(mode);
    if (!wide && !SHORT_LENGTH.contains(mode)) {
      throw in.malformed(from, "no buffer of Nd4j: its allocation is \"" + mode + "\"");
    }
    long length = wide ? in.readLong(what + "'s length") : in.readInt(what + "'s length");
    String type = in.readText(what + "'s type");
    if (length < 0 || length > in.left()) {
      throw in.malformed(
          from, what + " says it has " + length + " elements; " + in.left() + " bytes are left");
    }
    return new Header(type, length);
  }
}
