package org.sardonyx.conformance.mutate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A message of protocol buffers as a tree of fields, found without its definition: bytes that read
 * as a message are taken for one. Lengths are made anew when it is written, so that mutants reach
 * what lies behind the parser.
 */
final class Wire {

  private static final int MOST_DEPTH = 40;

  private final int number;

  /** 0 number, 1 eight bytes, 2 bytes, 5 four bytes. */
  private final int kind;

  private long value;
  private byte[] bytes = {};

  /** The fields of a message; null for other bytes. */
  private @Nullable List<Wire> fields;

  private Wire(int number, int kind) {
    this.number = number;
    this.kind = kind;
  }

  /** Changes one thing somewhere in a message; what is none comes back cut. */
  static byte[] mutate(byte[] message, byte[] other, RandomGenerator random, long[] edges) {
    List<Wire> fields = parse(message, 0, message.length, 0);
    if (fields == null || fields.isEmpty()) {
      return message.length == 0 ? message : Arrays.copyOf(message, random.nextInt(message.length));
    }
    List<List<Wire>> places = new ArrayList<>();
    collect(fields, places);
    List<Wire> place = places.get(random.nextInt(places.size()));
    int at = random.nextInt(place.size());
    Wire field = place.get(at);
    switch (random.nextInt(9)) {
      case 0 -> place.remove(at);
      case 1 -> place.add(at, field);
      case 2 -> place.set(at, place.set(random.nextInt(place.size()), field));
      case 3 -> place.set(at, field.renumbered(1 + random.nextInt(30)));
      case 4 -> place.set(at, field.nested(1 + random.nextInt(40)));
      case 5 -> {
        List<Wire> others = parse(other, 0, other.length, 0);
        Wire taken = others == null ? null : taken(others, field.number, random);
        if (taken != null) {
          place.set(at, taken);
        }
      }
      default -> field.change(places, random, edges);
    }
    return write(fields);
  }

  private void change(List<List<Wire>> places, RandomGenerator random, long[] edges) {
    if (kind != 2) {
      value = edges[random.nextInt(edges.length)] + random.nextInt(3) - 1;
    } else if (fields == null && bytes.length > 0) {
      byte[] copy = bytes.clone();
      copy[random.nextInt(copy.length)] = (byte) random.nextInt();
      switch (random.nextInt(4)) {
        case 0 -> bytes = copy;
        case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        case 2 -> bytes = Mutator.insert(copy, 0, copy);
        default -> {
          // A name that stands elsewhere: cycles, doubles, other operators.
          List<Wire> place = places.get(random.nextInt(places.size()));
          Wire from = place.get(random.nextInt(place.size()));
          bytes = from.fields == null ? from.bytes : write(from.fields);
        }
      }
    } else if (fields != null) {
      fields = new ArrayList<>();
    }
  }

  private Wire renumbered(int newNumber) {
    Wire wire = new Wire(newNumber, kind);
    wire.value = value;
    wire.bytes = bytes;
    wire.fields = fields;
    return wire;
  }

  /** Returns this within itself, so many times. */
  private Wire nested(int times) {
    Wire inner = this;
    for (int i = 0; i < times; i++) {
      Wire outer = new Wire(number, 2);
      List<Wire> inside = new ArrayList<>();
      inside.add(inner);
      outer.fields = inside;
      inner = outer;
    }
    return inner;
  }

  /** Returns a field of that number from somewhere. */
  private static @Nullable Wire taken(List<Wire> from, int number, RandomGenerator random) {
    List<List<Wire>> places = new ArrayList<>();
    collect(from, places);
    List<Wire> found = new ArrayList<>();
    for (List<Wire> place : places) {
      for (Wire wire : place) {
        if (wire.number == number) {
          found.add(wire);
        }
      }
    }
    return found.isEmpty() ? null : found.get(random.nextInt(found.size()));
  }

  private static void collect(List<Wire> fields, List<List<Wire>> places) {
    if (!fields.isEmpty()) {
      places.add(fields);
    }
    for (Wire field : fields) {
      if (field.fields != null) {
        collect(field.fields, places);
      }
    }
  }

  /** Returns the fields in [at, end); null where these bytes are no message. */
  private static @Nullable List<Wire> parse(byte[] from, int at, int end, int depth) {
    List<Wire> fields = new ArrayList<>();
    int[] next = {at};
    while (next[0] < end) {
      long tag = varint(from, next, end);
      int kind = (int) tag & 7;
      int number = (int) (tag >>> 3);
      if (next[0] < 0 || number < 1 || number > 10_000) {
        return null;
      }
      Wire field = new Wire(number, kind);
      switch (kind) {
        case 0 -> field.value = varint(from, next, end);
        case 1, 5 -> {
          int size = kind == 1 ? 8 : 4;
          if (size > end - next[0]) {
            return null;
          }
          for (int i = 0; i < size; i++) {
            field.value |= (from[next[0] + i] & 0xffL) << (8 * i);
          }
          next[0] += size;
        }
        case 2 -> {
          long length = varint(from, next, end);
          if (next[0] < 0 || length < 0 || length > end - next[0]) {
            return null;
          }
          int to = next[0] + (int) length;
          field.bytes = Arrays.copyOfRange(from, next[0], to);
          field.fields =
              depth < MOST_DEPTH && length > 1 ? parse(from, next[0], to, depth + 1) : null;
          next[0] = to;
        }
        default -> {
          return null;
        }
      }
      if (next[0] < 0) {
        return null;
      }
      fields.add(field);
    }
    return fields;
  }

  private static long varint(byte[] from, int[] at, int end) {
    long value = 0;
    for (int shift = 0; at[0] >= 0 && shift < 70; shift += 7) {
      if (at[0] >= end) {
        break;
      }
      byte b = from[at[0]++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    at[0] = Integer.MIN_VALUE;
    return 0;
  }

  private static byte[] write(List<Wire> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Wire field : fields) {
      varint(out, (long) field.number << 3 | field.kind);
      switch (field.kind) {
        case 0 -> varint(out, field.value);
        case 1, 5 -> {
          for (int i = 0; i < (field.kind == 1 ? 8 : 4); i++) {
            out.write((int) (field.value >>> (8 * i)));
          }
        }
        default -> {
          byte[] content = field.fields == null ? field.bytes : write(field.fields);
          varint(out, content.length);
          out.writeBytes(content);
        }
      }
    }
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
