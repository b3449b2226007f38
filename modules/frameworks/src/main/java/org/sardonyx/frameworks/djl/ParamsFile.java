package org.sardonyx.frameworks.djl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.bytes.Cursor;
import org.sardonyx.tensor.Tensor;

/**
 * A file of parameters, read in the order in which DJL wrote it: a head, and then for each block of
 * the tree a version, what the block notes about itself, and its parameters. Nothing in it says
 * what a block is: whoever reads asks for what the block has.
 */
final class ParamsFile {

  private static final byte[] MAGIC = {'D', 'J', 'L', '@'};
  private static final int MAX_RANK = 32;

  private final Cursor in;
  private final String dataType;
  private final Map<String, List<Long>> inputs;
  private final Map<String, String> properties;

  private ParamsFile(
      Cursor in, String dataType, Map<String, List<Long>> inputs, Map<String, String> properties) {
    this.in = in;
    this.dataType = dataType;
    this.inputs = inputs;
    this.properties = properties;
  }

  /** Reads the head. */
  static ParamsFile open(byte[] file) {
    Cursor in = new Cursor(file);
    if (!in.skipIfNext(MAGIC)) {
      throw in.malformed("this is no file of parameters of DJL");
    }
    int version = in.readInt("the version");
    if (version != 1) {
      throw new UnsupportedModel("offset 4: version " + version + " of DJL's format; known is 1");
    }
    in.readText("the name of the model");
    String dataType = in.readText("the type");
    Map<String, List<Long>> inputs = new LinkedHashMap<>();
    int count = in.readCount("the number of inputs", 10);
    for (int i = 0; i < count; i++) {
      int from = in.offset();
      String name = in.readText("the name of an input");
      if (inputs.put(name.isEmpty() ? "data" + i : name, shape(in)) != null) {
        throw in.malformed(from, "the input \"" + name + "\" is there twice");
      }
    }
    Map<String, String> properties = new LinkedHashMap<>();
    int more = in.readCount("the number of properties", 4);
    for (int i = 0; i < more; i++) {
      properties.put(in.readText("a property"), in.readText("a property"));
    }
    return new ParamsFile(in, dataType, inputs, properties);
  }

  /** Returns the shapes of the inputs in training, by name; -1 where a dimension was open. */
  Map<String, List<Long>> inputs() {
    return inputs;
  }

  String dataType() {
    return dataType;
  }

  Map<String, String> properties() {
    return properties;
  }

  private static List<Long> shape(Cursor in) {
    int from = in.offset();
    int rank = in.readCount("the rank of a shape", 8);
    if (rank > MAX_RANK) {
      throw in.malformed(from, "a shape of rank " + rank);
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      shape.add(in.readLong("a dimension"));
    }
    int layout = in.readCount("the layout of a shape", 2);
    for (int i = 0; i < layout; i++) {
      in.readChar("the layout of a shape");
    }
    return shape;
  }

  /** Reads the version that a block begins with. */
  private int version(String block, int least, int most) {
    int from = in.offset();
    int version = in.readByte("the version of " + block);
    if (version < least || version > most) {
      throw in.malformed(
          from,
          "a block begins with its version; that of "
              + block
              + " is "
              + least
              + (least == most ? "" : " to " + most)
              + ", not "
              + version
              + ": the specification may name another block than was saved");
    }
    return version;
  }

  private void shapes() {
    int count = in.readCount("the number of shapes", 8);
    for (int i = 0; i < count; i++) {
      shape(in);
    }
  }

  /** A block that notes the shapes of its inputs. */
  void plain(String block, int version) {
    version(block, version, version);
    shapes();
  }

  /** A block that notes the shapes of its inputs from its second version on. */
  void sinceTwo(String block, int newest) {
    if (version(block, 1, newest) > 1) {
      shapes();
    }
  }

  void sequential() {
    if (version("SequentialBlock", 2, 3) == 2) {
      shapes();
      return;
    }
    shapes();
    int from = in.offset();
    if (in.readByte("returnIntermediate of SequentialBlock") != 0) {
      throw new UnsupportedModel(
          "offset " + from + ": a SequentialBlock that returns what lies between");
    }
  }

  void linear() {
    // Versions 1 and 2 are years old; a 2 here is a LambdaBlock that the specification lacks.
    int version = version("Linear", 3, 4);
    in.readLong("units of Linear");
    if (version == 3) {
      int from = in.offset();
      if (in.readByte("flatten of Linear") != 0) {
        throw new UnsupportedModel("offset " + from + ": a Linear that flattens its input");
      }
    }
    in.readLong("input features of Linear");
    shape(in);
  }

  void batchNorm() {
    sinceTwo("BatchNorm", 2);
    in.readLong("channels of BatchNorm");
  }

  void layerNorm() {
    version("LayerNorm", 1, 1);
    shapes();
    shape(in);
  }

  void embedding() {
    int version = version("Embedding", 4, 6);
    shapes();
    if (version == 6) {
      in.readInt("the sparse format of Embedding");
      return;
    }
    in.readByte("the sparse format of Embedding");
    in.readText("the type of Embedding");
    if (version == 4) {
      int items = in.readCount("the items of Embedding", 8);
      for (int i = 0; i < items; i++) {
        in.readBytes(in.readCount("an item of Embedding", 1), "an item of Embedding");
        in.readInt("an item of Embedding");
      }
    }
  }

  /**
   * Reads a parameter.
   *
   * @param block what it belongs to, for messages
   */
  Tensor parameter(String block, String name) {
    String what = "parameter \"" + name + "\" of " + block;
    int from = in.offset();
    char mark = in.readChar(what);
    if (mark == 'N') {
      throw in.malformed(from, what + " was never set");
    }
    if (mark != 'P') {
      throw in.malformed(
          from, what + " is not here: the specification may name another block than was saved");
    }
    if (in.readByte(what) != 1) {
      throw in.malformed(from, what + " is of an unknown version");
    }
    String own = in.readText(what);
    if (!own.equals(name)) {
      throw in.malformed(from, what + " is expected here, found is \"" + own + "\"");
    }
    return array(what);
  }

  private Tensor array(String what) {
    int from = in.offset();
    if (!in.readText(what).equals("NDAR")) {
      throw in.malformed(from, what + " is followed by no array");
    }
    int version = in.readInt(what);
    if (version < 1 || version > 3) {
      throw in.malformed(from, what + " is an array of version " + version);
    }
    if (version > 1 && in.readByte(what) == 1) {
      in.readText(what);
    }
    String sparse = in.readText(what);
    String type = in.readText(what);
    if (!sparse.equals("DENSE")) {
      throw new UnsupportedModel("offset " + from + ": " + what + " is kept as " + sparse);
    }
    int width =
        switch (type) {
          case "FLOAT32" -> 4;
          case "FLOAT64" -> 8;
          case "FLOAT16", "BFLOAT16" -> 2;
          default ->
              throw new UnsupportedModel("offset " + from + ": " + what + " is of type " + type);
        };
    int[] dims = dims(from, what);
    int order = version > 2 ? in.readByte(what) : '<';
    if (order != '<' && order != '>') {
      throw in.malformed(from, what + " has no order of bytes");
    }
    int length = in.readCount(what, 1);
    long elements = Tensor.checkedSize(dims);
    if (length != elements * width) {
      throw in.malformed(
          from,
          what
              + " has "
              + length
              + " bytes; its shape "
              + Arrays.toString(dims)
              + " needs "
              + elements * width);
    }
    ByteBuffer data =
        in.readBytes(length, what)
            .order(order == '<' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    float[] values = new float[(int) elements];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "FLOAT32" -> data.getFloat(4 * i);
            case "FLOAT64" -> (float) data.getDouble(8 * i);
            case "FLOAT16" -> Float.float16ToFloat(data.getShort(2 * i));
            default -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
          };
    }
    return Tensor.of(values, dims);
  }

  private int[] dims(int from, String what) {
    List<Long> shape = shape(in);
    int[] dims = new int[shape.size()];
    long elements = 1;
    for (int i = 0; i < dims.length; i++) {
      long dim = shape.get(i);
      if (dim < 0) {
        throw in.malformed(from, what + " has the shape " + shape);
      }
      if (dim > Integer.MAX_VALUE || elements * dim > in.left()) {
        throw in.malformed(
            from,
            what + " says it has the shape " + shape + ", more than the rest of the file holds");
      }
      dims[i] = (int) dim;
      elements *= dim;
    }
    return dims;
  }

  /** Refuses what follows the last block. */
  void requireEnd() {
    if (in.left() > 0) {
      throw in.malformed(
          in.left() + " bytes follow the last block of the specification, which may lack a block");
    }
  }
}
