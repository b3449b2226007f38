package org.sardonyx.onnx;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Bytes;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Reads models that say nothing but what a graph holds, as nearly all do, from their bytes: the
 * classes of the messages take longer to load than such a model. What it does not know, or what is
 * wrong, it leaves to {@link ModelReader}, which gives the same for what both read.
 */
final class PlainReader {

  private static final int VARINT = 0;
  private static final int TEXT = 2;
  private static final int FIXED32 = 5;
  private static final int OPSETS = 8;

  /** Messages of tensors of more bytes that are not plain are not copied out of a mapped file. */
  private static final int COPIED = 1 << 16;

  /** Says that there is something that is not plain. */
  private static final class NotPlain extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotPlain() {
      super(null, null, false, false);
    }
  }

  /** One message: which of its fields were there, and which of them said the default. */
  private static final class Seen {
    private long fields;
    private long emptyTexts;
    private long zeros;
    private final ByteArrayOutputStream wasOpsets = new ByteArrayOutputStream(0);
    private final ByteArrayOutputStream areOpsets = new ByteArrayOutputStream(0);

    /** Notes a field that may be there once. */
    void once(int number) {
      if ((fields & 1L << number) != 0) {
        throw new NotPlain();
      }
      fields |= 1L << number;
    }

    String text(int number, String text) {
      once(number);
      emptyTexts |= text.isEmpty() ? 1L << number : 0;
      return text;
    }

    long number(int number, long value) {
      once(number);
      zeros |= value == 0 ? 1L << number : 0;
      return value;
    }

    /** Returns what {@link Residue} would find: in the order of the fields. */
    Extra extra() {
      boolean opsets = !Arrays.equals(wasOpsets.toByteArray(), areOpsets.toByteArray());
      if (emptyTexts == 0 && zeros == 0 && !opsets) {
        return Extra.NONE;
      }
      ByteArrayOutputStream is = new ByteArrayOutputStream();
      for (int i = 1; i < Long.SIZE; i++) {
        if (i == OPSETS && opsets) {
          is.writeBytes(areOpsets.toByteArray());
        } else if (((emptyTexts | zeros) & 1L << i) != 0) {
          varint(is, i << 3 | ((zeros & 1L << i) != 0 ? VARINT : TEXT));
          is.write(0);
        }
      }
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      field(both, 1, opsets ? wasOpsets.toByteArray() : new byte[0]);
      field(both, 2, is.toByteArray());
      return Extra.of(both.toByteArray());
    }
  }

  private final ByteBuffer bytes;
  private final ExternalFiles files;
  private final MemorySegment segment;
  private int at;
  private int end;

  private PlainReader(ByteBuffer bytes, ExternalFiles files) {
    this.bytes = bytes;
    this.files = files;
    this.segment = MemorySegment.ofBuffer(bytes);
    this.end = bytes.limit();
  }

  /** Returns the model of bytes that were checked; null where it is not a plain one. */
  static @Nullable Model read(ByteBuffer bytes, ExternalFiles files) {
    try {
      return new PlainReader(bytes, files).model();
    } catch (NotPlain | ModelException e) {
      return null;
    }
  }

  private Model model() {
    Seen seen = new Seen();
    long irVersion = 0;
    long modelVersion = 0;
    String producer = "";
    String producerVersion = "";
    String domain = "";
    String doc = "";
    Graph graph = null;
    List<OpsetImport> opsets = new ArrayList<>();
    List<Entry> metadata = new ArrayList<>();
    while (at < end) {
      switch (tag()) {
        case 1 << 3 | VARINT -> irVersion = seen.number(1, varint());
        case 2 << 3 | TEXT -> producer = seen.text(2, text());
        case 3 << 3 | TEXT -> producerVersion = seen.text(3, text());
        case 4 << 3 | TEXT -> domain = seen.text(4, text());
        case 5 << 3 | VARINT -> modelVersion = seen.number(5, varint());
        case 6 << 3 | TEXT -> doc = seen.text(6, text());
        case 7 << 3 | TEXT -> {
          seen.once(7);
          graph = graph();
        }
        case OPSETS << 3 | TEXT -> opsets.add(opset(seen));
        case 14 << 3 | TEXT -> metadata.add(entry());
        default -> throw new NotPlain();
      }
    }
    if (graph == null) {
      throw new NotPlain();
    }
    return new Model(
        irVersion,
        opsets,
        producer,
        producerVersion,
        domain,
        modelVersion,
        doc,
        graph,
        List.of(),
        metadata,
        List.of(),
        seen.extra());
  }

  private OpsetImport opset(Seen model) {
    int outer = enter();
    Seen seen = new Seen();
    String domain = "";
    long version = 0;
    while (at < end) {
      switch (tag()) {
        case 1 << 3 | TEXT -> domain = seen.text(1, text());
        case 2 << 3 | VARINT -> version = seen.number(2, varint());
        default -> throw new NotPlain();
      }
    }
    end = outer;
    ByteArrayOutputStream was = new ByteArrayOutputStream();
    ByteArrayOutputStream is = new ByteArrayOutputStream();
    if ((seen.fields & 1 << 1) != 0) {
      byte[] name = domain.getBytes(StandardCharsets.UTF_8);
      field(is, 1, name);
      if (!domain.isEmpty()) {
        field(was, 1, name);
      }
    }
    if ((seen.fields & 1 << 2) != 0) {
      varint(is, 2 << 3 | VARINT);
      varint(is, version);
      if (version != 0) {
        varint(was, 2 << 3 | VARINT);
        varint(was, version);
      }
    }
    field(model.wasOpsets, OPSETS, was.toByteArray());
    field(model.areOpsets, OPSETS, is.toByteArray());
    return new OpsetImport(domain, version);
  }

  private Entry entry() {
    int outer = enter();
    Seen seen = new Seen();
    String key = "";
    String value = "";
    while (at < end) {
      switch (tag()) {
        case 1 << 3 | TEXT -> key = seen.text(1, text());
        case 2 << 3 | TEXT -> value = seen.text(2, text());
        default -> throw new NotPlain();
      }
    }
    end = outer;
    if (seen.emptyTexts != 0) {
      throw new NotPlain();
    }
    return new Entry(key, value);
  }

  private Graph graph() {
    int outer = enter();
    Seen seen = new Seen();
    String name = "";
    String doc = "";
    List<Node> nodes = new ArrayList<>();
    List<ValueInfo> inputs = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    List<ValueInfo> values = new ArrayList<>();
    List<TensorData> initializers = new ArrayList<>();
    List<Entry> metadata = new ArrayList<>();
    while (at < end) {
      switch (tag()) {
        case 1 << 3 | TEXT -> nodes.add(node());
        case 2 << 3 | TEXT -> name = seen.text(2, text());
        case 5 << 3 | TEXT -> initializers.add(tensor());
        case 10 << 3 | TEXT -> doc = seen.text(10, text());
        case 11 << 3 | TEXT -> inputs.add(valueInfo());
        case 12 << 3 | TEXT -> outputs.add(valueInfo());
        case 13 << 3 | TEXT -> values.add(valueInfo());
        case 16 << 3 | TEXT -> metadata.add(entry());
        default -> throw new NotPlain();
      }
    }
    end = outer;
    return new Graph(
        name, nodes, inputs, outputs, values, initializers, List.of(), doc, metadata, seen.extra());
  }

  private Node node() {
    int outer = enter();
    Seen seen = new Seen();
    String name = "";
    String domain = "";
    String type = "";
    String overload = "";
    String doc = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<Attribute> attributes = new ArrayList<>();
    List<Entry> metadata = new ArrayList<>();
    while (at < end) {
      switch (tag()) {
        case 1 << 3 | TEXT -> inputs.add(text());
        case 2 << 3 | TEXT -> outputs.add(text());
        case 3 << 3 | TEXT -> name = seen.text(3, text());
        case 4 << 3 | TEXT -> type = seen.text(4, text());
        case 5 << 3 | TEXT -> attributes.add(attribute());
        case 6 << 3 | TEXT -> doc = seen.text(6, text());
        case 7 << 3 | TEXT -> domain = seen.text(7, text());
        case 8 << 3 | TEXT -> overload = seen.text(8, text());
        case 9 << 3 | TEXT -> metadata.add(entry());
        default -> throw new NotPlain();
      }
    }
    end = outer;
    return new Node(
        name, domain, type, overload, inputs, outputs, attributes, doc, metadata, seen.extra());
  }

  private Attribute attribute() {
    int outer = enter();
    Seen seen = new Seen();
    String name = "";
    String doc = "";
    int type = 0;
    int fields = 0;
    Attribute.Value one = null;
    List<Float> floats = new ArrayList<>();
    List<Long> ints = new ArrayList<>();
    List<Bytes> strings = new ArrayList<>();
    while (at < end) {
      int tag = tag();
      int number = tag >>> 3;
      if (number >= 2 && number <= 9) {
        fields |= 1 << number;
        if (number <= 6) {
          seen.once(number);
        }
      }
      switch (tag) {
        case 1 << 3 | TEXT -> name = seen.text(1, text());
        case 2 << 3 | FIXED32 -> one = new Attribute.OfFloat(fixed32());
        case 3 << 3 | VARINT -> one = new Attribute.OfInt(varint());
        case 4 << 3 | TEXT -> one = new Attribute.OfString(Bytes.of(array()));
        case 5 << 3 | TEXT -> one = new Attribute.OfTensor(tensor());
        case 6 << 3 | TEXT -> one = new Attribute.OfGraph(graph());
        case 7 << 3 | FIXED32 -> floats.add(fixed32());
        case 7 << 3 | TEXT -> {
          int list = enter();
          while (at < end) {
            floats.add(fixed32());
          }
          end = list;
        }
        case 8 << 3 | VARINT -> ints.add(varint());
        case 8 << 3 | TEXT -> {
          int list = enter();
          while (at < end) {
            ints.add(varint());
          }
          end = list;
        }
        case 9 << 3 | TEXT -> strings.add(Bytes.of(array()));
        case 13 << 3 | TEXT -> doc = seen.text(13, text());
        case 20 << 3 | VARINT -> {
          seen.once(20);
          type = (int) varint();
        }
        default -> throw new NotPlain();
      }
    }
    end = outer;
    Attribute.Value value =
        switch (type) {
          case 6 -> new Attribute.OfFloats(floats);
          case 7 -> new Attribute.OfInts(ints);
          case 8 -> new Attribute.OfStrings(strings);
          default -> one;
        };
    // The kinds of one value have the numbers 1 to 5, their fields 2 to 6; then come the lists.
    boolean list = type >= 6 && type <= 8;
    int own = 1 << (type + 1);
    boolean fits = list ? (fields & ~own) == 0 : type > 0 && type < 6 && fields == own;
    if (value == null || !fits) {
      throw new NotPlain();
    }
    return new Attribute(name, value, doc, seen.extra());
  }

  private ValueInfo valueInfo() {
    int outer = enter();
    Seen seen = new Seen();
    String name = "";
    String doc = "";
    Type type = null;
    List<Entry> metadata = new ArrayList<>();
    while (at < end) {
      switch (tag()) {
        case 1 << 3 | TEXT -> name = seen.text(1, text());
        case 2 << 3 | TEXT -> {
          seen.once(2);
          type = type();
        }
        case 3 << 3 | TEXT -> doc = seen.text(3, text());
        case 4 << 3 | TEXT -> metadata.add(entry());
        default -> throw new NotPlain();
      }
    }
    end = outer;
    return new ValueInfo(name, type, doc, metadata, seen.extra());
  }

  /** Reads the type of a tensor. */
  private Type type() {
    int outer = enter();
    expect(1);
    int whole = enter();
    if (whole != end) {
      throw new NotPlain();
    }
    Seen seen = new Seen();
    int element = 0;
    Shape shape = Shape.UNKNOWN;
    while (at < end) {
      switch (tag()) {
        case 1 << 3 | VARINT -> {
          seen.once(1);
          element = (int) varint();
        }
        case 2 << 3 | TEXT -> {
          seen.once(2);
          shape = shape();
        }
        default -> throw new NotPlain();
      }
    }
    end = outer;
    if (element == 0) {
      throw new NotPlain();
    }
    return new Type.OfTensor(DataType.of(element), shape);
  }

  private Shape shape() {
    int outer = enter();
    List<Dim> dims = new ArrayList<>();
    while (at < end) {
      expect(1);
      int whole = enter();
      Dim dim = Dim.UNKNOWN;
      if (at < end) {
        switch (tag()) {
          case 1 << 3 | VARINT -> dim = size(varint());
          case 2 << 3 | TEXT -> {
            String name = text();
            if (name.isEmpty() || name.equals("?")) {
              throw new NotPlain();
            }
            dim = Dim.named(name);
          }
          default -> throw new NotPlain();
        }
      }
      if (at < end) {
        throw new NotPlain();
      }
      dims.add(dim);
      end = whole;
    }
    end = outer;
    return Shape.of(dims);
  }

  private static Dim size(long size) {
    if (size < 0) {
      throw new NotPlain();
    }
    return Dim.of(size);
  }

  private TensorData tensor() {
    int outer = enter();
    int begin = at;
    Seen seen = new Seen();
    String name = "";
    int code = 0;
    boolean others = false;
    List<Long> dims = new ArrayList<>();
    MemorySegment raw = null;
    while (at < end) {
      int tag = tag();
      switch (tag) {
        case 1 << 3 | VARINT -> dims.add(varint());
        case 1 << 3 | TEXT -> {
          int list = enter();
          while (at < end) {
            dims.add(varint());
          }
          end = list;
        }
        case 2 << 3 | VARINT -> {
          seen.once(2);
          code = (int) varint();
        }
        case 8 << 3 | TEXT -> name = seen.text(8, text());
        case 9 << 3 | TEXT -> {
          seen.once(9);
          int length = length();
          raw = segment.asSlice(at, length);
          at += length;
        }
        // Elements in typed lists, and text; not a part of a tensor, nor one that lies elsewhere.
        case 4 << 3 | FIXED32 -> {
          fixed32();
          others = true;
        }
        case 5 << 3 | VARINT, 7 << 3 | VARINT, 11 << 3 | VARINT -> {
          varint();
          others = true;
        }
        case 4 << 3 | TEXT,
            5 << 3 | TEXT,
            6 << 3 | TEXT,
            7 << 3 | TEXT,
            10 << 3 | TEXT,
            11 << 3 | TEXT,
            12 << 3 | TEXT,
            16 << 3 | TEXT -> {
          int length = length();
          at += length;
          others = true;
        }
        case 14 << 3 | VARINT -> {
          others = true;
          if (varint() != 0) {
            throw new NotPlain();
          }
        }
        default -> throw new NotPlain();
      }
    }
    if (!others && raw != null && raw.byteSize() > 0 && seen.emptyTexts == 0) {
      end = outer;
      return StoredTensor.plain(name, DataType.of(code), dims, raw, files);
    }
    if (!bytes.hasArray() && end - begin > COPIED) {
      throw new NotPlain();
    }
    TensorData tensor = Messages.tensor(bytes, begin, end - begin, files);
    end = outer;
    return tensor;
  }

  /** Enters what a length is told of, and returns where what is around it ends. */
  private int enter() {
    int outer = end;
    int length = length();
    end = at + length;
    return outer;
  }

  private void expect(int number) {
    if (at >= end || tag() != (number << 3 | TEXT)) {
      throw new NotPlain();
    }
  }

  private int tag() {
    return (int) varint();
  }

  private int length() {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw new NotPlain();
    }
    return (int) length;
  }

  private float fixed32() {
    if (end - at < 4) {
      throw new NotPlain();
    }
    int bits = 0;
    for (int i = 0; i < 4; i++) {
      bits |= (bytes.get(at++) & 0xff) << (8 * i);
    }
    return Float.intBitsToFloat(bits);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 70 && at < end; shift += 7) {
      byte b = bytes.get(at++);
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new NotPlain();
  }

  private byte[] array() {
    byte[] array = new byte[length()];
    bytes.get(at, array);
    at += array.length;
    return array;
  }

  private String text() {
    byte[] array = array();
    String text = new String(array, StandardCharsets.UTF_8);
    for (byte b : array) {
      if (b < 0) {
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), array)) {
          throw new NotPlain();
        }
        break;
      }
    }
    return text;
  }

  private static void field(ByteArrayOutputStream to, int number, byte[] content) {
    varint(to, number << 3 | TEXT);
    varint(to, content.length);
    to.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      to.write(((int) rest & 0x7f) | 0x80);
    }
    to.write((int) rest);
  }
}
