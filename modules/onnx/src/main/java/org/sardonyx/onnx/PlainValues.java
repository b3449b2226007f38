package org.sardonyx.onnx;

import static org.sardonyx.onnx.PlainFields.FIXED32;
import static org.sardonyx.onnx.PlainFields.TEXT;
import static org.sardonyx.onnx.PlainFields.VARINT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
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
          type = type();
        }
        case 3 << 3 | TEXT -> doc = seen.text(3, in.text());
        case 4 << 3 | TEXT -> metadata.add(entry());
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    return new ValueInfo(name, type, doc, metadata, seen.extra());
  }

  /** Reads the type of a tensor. */
  private Type type() {
    int outer = in.enter();
    in.only(1);
    SeenFields seen = new SeenFields();
    int element = 0;
    Shape shape = Shape.UNKNOWN;
    while (in.more()) {
      switch (in.tag()) {
        case 1 << 3 | VARINT -> {
          seen.once(1);
          element = (int) in.varint();
        }
        case 2 << 3 | TEXT -> {
          seen.once(2);
          shape = shape();
        }
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    if (element == 0) {
      throw new NotPlain();
    }
    return new Type.OfTensor(DataType.of(element), shape);
  }

  private Shape shape() {
    int outer = in.enter();
    List<Dim> dims = new ArrayList<>();
    while (in.more()) {
      in.expect(1);
      int whole = in.enter();
      Dim dim = Dim.UNKNOWN;
      if (in.more()) {
        switch (in.tag()) {
          case 1 << 3 | VARINT -> dim = size(in.varint());
          case 2 << 3 | TEXT -> {
            String name = in.text();
            if (name.isEmpty() || name.equals("?")) {
              throw new NotPlain();
            }
            dim = Dim.named(name);
          }
          default -> throw new NotPlain();
        }
      }
      if (in.more()) {
        throw new NotPlain();
      }
      dims.add(dim);
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
    boolean others = false;
    List<Long> dims = new ArrayList<>();
    MemorySegment raw = null;
    while (in.more()) {
      int tag = in.tag();
      switch (tag) {
        case 1 << 3 | VARINT -> dims.add(in.varint());
        case 1 << 3 | TEXT -> {
          int list = in.enter();
          while (in.more()) {
            dims.add(in.varint());
          }
          in.leave(list);
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
        case 4 << 3 | TEXT,
            5 << 3 | TEXT,
            6 << 3 | TEXT,
            7 << 3 | TEXT,
            10 << 3 | TEXT,
            11 << 3 | TEXT,
            12 << 3 | TEXT,
            16 << 3 | TEXT -> {
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
    if (!others && raw != null && raw.byteSize() > 0 && !seen.emptyText()) {
      in.leave(outer);
      return StoredTensor.plain(name, DataType.of(code), dims, raw, files);
    }
    TensorData tensor = in.tensor(begin, files);
    in.leave(outer);
    return tensor;
  }
}
