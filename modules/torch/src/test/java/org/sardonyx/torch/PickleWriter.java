package org.sardonyx.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes pickles by hand, opcode by opcode, as PyTorch does and as nobody should. */
public final class PickleWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A class or function that a pickle names. */
  public record Name(String module, String name) {}

  /** An object of a class with a dictionary of attributes. */
  public record Instance(Name type, Map<String, ?> state) {}

  /** An object of a class that keeps what it is in a form of its own. */
  public record Bound(Name type, Object state) {}

  /** A tensor of a storage, contiguous. */
  public record Stored(String type, String key, long elements, long[] shape) {}

  /** Begins a pickle of a protocol. */
  public static PickleWriter protocol(int protocol) {
    return new PickleWriter().op(0x80).op(protocol);
  }

  public PickleWriter op(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  public PickleWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return op('X').int32(bytes.length).raw(bytes);
  }

  public PickleWriter global(String module, String name) {
    return op('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  public PickleWriter int32(int value) {
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  public PickleWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public PickleWriter value(@Nullable Object value) {
    switch (value) {
      case null -> op('N');
      case Boolean b -> op(b ? 0x88 : 0x89);
      case Integer n -> op('J').int32(n);
      case Long n -> {
        op(0x8a, 8);
        raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(n).array());
      }
      case Double d -> op('G').raw(ByteBuffer.allocate(8).putDouble(d).array());
      case String text -> text(text);
      case Name(String module, String name) -> global(module, name);
      case List<?> items -> {
        op(']', '(');
        items.forEach(this::value);
        op('e');
      }
      case Object[] items -> {
        op('(');
        for (Object item : items) {
          value(item);
        }
        op('t');
      }
      case Map<?, ?> entries -> {
        op('}', '(');
        entries.forEach((key, item) -> value(key).value(item));
        op('u');
      }
      case Instance(Name type, Map<String, ?> state) -> {
        global(type.module(), type.name()).op(')', 0x81);
        value(state).op('b');
      }
      case Bound(Name type, Object state) -> {
        global(type.module(), type.name()).op(')', 0x81);
        value(state).op('b');
      }
      case Stored(String type, String key, long elements, long[] shape) -> {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
          strides[i] = stride;
          stride *= shape[i];
        }
        tensor(type, key, elements, 0, shape, strides);
      }
      default -> throw new IllegalArgumentException(value.toString());
    }
    return this;
  }

  /** A tensor with whatever sizes and strides. */
  public PickleWriter tensor(
      String type, String key, long elements, long offset, long[] shape, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").op('(');
    value(new Object[] {"storage", new Name("torch", type), key, "cpu", elements}).op('Q');
    value(offset);
    longs(shape);
    longs(strides);
    op(0x89).global("collections", "OrderedDict").op(')', 'R');
    return op('t', 'R');
  }

  private void longs(long[] values) {
    op('(');
    for (long value : values) {
      value(value);
    }
    op('t');
  }

  /** Ends the pickle. */
  public byte[] end() {
    op('.');
    return out.toByteArray();
  }

  /** Returns the pickle of a value. */
  public static byte[] of(@Nullable Object value) {
    return protocol(2).value(value).end();
  }
}
