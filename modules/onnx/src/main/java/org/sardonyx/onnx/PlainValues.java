package org.sardonyx.onnx;

import static org.sardonyx.onnx.PlainFields.FIXED32;
import static org.sardonyx.onnx.PlainFields.TEXT;
import static org.sardonyx.onnx.PlainFields.VARINT;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Reads what {@link PlainReader} reads of values: their types, tensors, and entries of metadata.
 */
final class PlainValues {

  private final PlainFields in;
  private final ExternalFiles files;

  PlainValues(PlainFields in, ExternalFiles files) {
    this.in = in;
    this.files = files;
  }

  Entry entry() {
    int outer = in.enter();
    SeenFields seen = new SeenFields();
    String key = "";
    String value = "";
    while (in.more()) {
      switch (in.tag()) {
        case 1 << 3 | TEXT -> key = seen.text(1, in.text());
        case 2 << 3 | TEXT -> value = seen.text(2, in.text());
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    if (seen.emptyText()) {
      throw new NotPlain();
    }
    return new Entry(key, value);
  }

  ValueInfo valueInfo() {
    int outer = in.enter();
    SeenFields seen = new SeenFields();
    String name = "";
    String doc = "";
    Type type = null;
    List<Entry> metadata = new ArrayList<>();
    while (in.more()) {
      switch (in.tag()) {
        case 1 << 3 | TEXT -> name = seen.text(1, in.text());
        case 2 << 3 | TEXT -> {
          seen.once(2);
          type = type(seen);
        }
        case 3 << 3 | TEXT -> doc = seen.text(3, in.text());
        case 4 << 3 | TEXT -> metadata.add(entry());
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    return new ValueInfo(name, type, doc, metadata, seen.extra());
  }

  /** Reads the type of a tensor, field 2 of what is around it; null where it says nothing. */
  private @Nullable Type type(SeenFields around) {
    int outer = in.enter();
    if (!in.more()) {
      // So the exporter of PyTorch leaves open what a branch gives.
      around.empty(2);
      in.leave(outer);
      return null;
    }
    in.only(1);
    SeenFields seen = new SeenFields();
    int element = 0;
    Shape shape = Shape.UNKNOWN;
    // The shape as it would be written, and as it is.
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ByteArrayOutputStream is = new ByteArrayOutputStream();
    while (in.more()) {
      switch (in.tag()) {
        case 1 << 3 | VARINT -> {
          seen.once(1);
          element = (int) in.varint();
        }
        case 2 << 3 | TEXT -> {
          seen.once(2);
          shape = shape(plain, is);
        }
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    if (element == 0) {
      throw new NotPlain();
    }
    if (plain.size() != is.size()) {
      around.differ(2, message(element, plain), message(element, is));
    }
    return new Type.OfTensor(DataType.of(element), shape);
  }

  private static byte[] message(int element, ByteArrayOutputStream shape) {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    SeenFields.number(tensor, 1, element);
    SeenFields.field(tensor, 2, shape.toByteArray());
    ByteArrayOutputStream type = new ByteArrayOutputStream();
    SeenFields.field(type, 1, tensor.toByteArray());
    return type.toByteArray();
  }

  private Shape shape(ByteArrayOutputStream plain, ByteArrayOutputStream is) {
    int outer = in.enter();
    List<Dim> dims = new ArrayList<>();
    while (in.more()) {
      in.expect(1);
      int whole = in.enter();
      Dim dim = Dim.UNKNOWN;
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      boolean unknown = false;
      if (in.more()) {
        switch (in.tag()) {
          case 1 << 3 | VARINT -> {
            long size = in.varint();
            // Exporters write -1 for a size they do not know.
            unknown = size == -1;
            dim = unknown ? Dim.UNKNOWN : size(size);
            SeenFields.number(one, 1, size);
          }
          case 2 << 3 | TEXT -> {
            String name = in.text();
            // Exporters write "?" for sizes that have nothing to do with each other.
            unknown = name.isEmpty() || name.equals("?");
            dim = unknown ? Dim.UNKNOWN : Dim.named(name);
            SeenFields.field(one, 2, name.getBytes(StandardCharsets.UTF_8));
          }
          default -> throw new NotPlain();
        }
      }
      if (in.more()) {
        throw new NotPlain();
      }
      dims.add(dim);
      SeenFields.field(plain, 1, unknown ? new byte[0] : one.toByteArray());
      SeenFields.field(is, 1, one.toByteArray());
      in.leave(whole);
    }
    in.leave(outer);
    return Shape.of(dims);
  }

  private static Dim size(long size) {
    if (size < 0) {
      throw new NotPlain();
    }
    return Dim.of(size);
  }

  TensorData tensor() {
    int outer = in.enter();
    int begin = in.at();
    SeenFields seen = new SeenFields();
    String name = "";
    int code = 0;
    int listed = 0;
    boolean others = false;
    List<Long> dims = new ArrayList<>();
    MemorySegment raw = null;
    MemorySegment list = null;
    while (in.more()) {
      int tag = in.tag();
      switch (tag) {
        case 1 << 3 | VARINT -> dims.add(in.varint());
        case 1 << 3 | TEXT -> {
          int tensor = in.enter();
          while (in.more()) {
            dims.add(in.varint());
          }
          in.leave(tensor);
        }
        case 2 << 3 | VARINT -> {
          seen.once(2);
          code = (int) in.varint();
        }
        case 8 << 3 | TEXT -> name = seen.text(8, in.text());
        case 9 << 3 | TEXT -> {
          seen.once(9);
          raw = in.skip();
        }
        // Elements in typed lists, and text; not a part of a tensor, nor one that lies elsewhere.
        case 4 << 3 | FIXED32 -> {
          in.fixed32();
          others = true;
        }
        case 5 << 3 | VARINT, 7 << 3 | VARINT, 11 << 3 | VARINT -> {
          in.varint();
          others = true;
        }
        case 4 << 3 | TEXT, 5 << 3 | TEXT, 7 << 3 | TEXT -> {
          others |= list != null;
          listed = tag >>> 3;
          list = in.skip();
        }
        case 6 << 3 | TEXT, 10 << 3 | TEXT, 11 << 3 | TEXT, 12 << 3 | TEXT, 16 << 3 | TEXT -> {
          in.skip();
          others = true;
        }
        case 14 << 3 | VARINT -> {
          others = true;
          if (in.varint() != 0) {
            throw new NotPlain();
          }
        }
        default -> throw new NotPlain();
      }
    }
    TensorData plain = null;
    if (!others) {
      if (list == null && raw != null && raw.byteSize() > 0 && !seen.emptyText()) {
        plain = StoredTensor.plain(name, DataType.of(code), dims, raw, files);
      } else if (list != null && raw == null) {
        plain = StoredTensor.listed(name, seen.emptyText(), code, dims, listed, list, files);
      }
    }
    if (plain != null) {
      in.leave(outer);
      return plain;
    }
    TensorData tensor = in.tensor(begin, files);
    in.leave(outer);
    return tensor;
  }
}
