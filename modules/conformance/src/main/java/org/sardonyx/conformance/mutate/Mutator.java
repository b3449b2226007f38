package org.sardonyx.conformance.mutate;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Makes broken files of whole ones; the same for the same random numbers. */
final class Mutator {

  /** Numbers at which something may tip over. */
  private static final long[] EDGES = {
    0,
    1,
    -1,
    2,
    63,
    64,
    127,
    128,
    255,
    256,
    65535,
    65536,
    Integer.MAX_VALUE,
    1L << 31,
    Integer.MIN_VALUE,
    (1L << 32) - 1,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final String[] WORDS = {
    "",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    ":",
    ",",
    "\n",
    "- ",
    "&a",
    "*a",
    "!!x",
    "<<",
    "|",
    "null",
    "nan",
    "inf",
    "-0",
    "1e999",
    "\u0000",
    "\ud83d\ude00",
    "..",
    "/",
    "\\",
    "%s",
    "0x"
  };

  private static final int MOST_BYTES = 1 << 16;

  private final Target target;
  private final RandomGenerator random;

  Mutator(Target target, RandomGenerator random) {
    this.target = target;
    this.random = random;
  }

  /** Returns the next mutant. */
  byte[] next() {
    byte[] seed = seed();
    return changed(seed, 1 + random.nextInt(1 + random.nextInt(4)));
  }

  /** Returns a file with so many changes. */
  byte[] changed(byte[] file, int times) {
    byte[] bytes = file;
    for (int i = 0; i < times; i++) {
      bytes = random.nextInt(4) == 0 ? ofBytes(bytes) : ofForm(target.form(), bytes);
      if (bytes.length > MOST_BYTES) {
        bytes = Arrays.copyOf(bytes, MOST_BYTES);
      }
    }
    return bytes;
  }

  private byte[] seed() {
    return target.seeds().get(random.nextInt(target.seeds().size()));
  }

  private byte[] ofForm(Target.Form form, byte[] bytes) {
    return switch (form) {
      case BYTES -> ofBytes(bytes);
      case PROTOBUF -> Wire.mutate(bytes, seed(), random, EDGES);
      case TEXT -> ofText(bytes);
      case ZIP -> ofZip(bytes);
      case SAFETENSORS -> ofSafetensors(bytes);
    };
  }

  private byte[] ofBytes(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    byte[] copy = bytes.clone();
    int at = random.nextInt(copy.length);
    switch (random.nextInt(8)) {
      case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> copy[at] = (byte) random.nextInt();
      case 2 -> number(copy, at);
      case 3 -> {
        return Arrays.copyOf(copy, at);
      }
      case 4 -> {
        return cut(copy, at, Math.min(copy.length, at + 1 + random.nextInt(16)));
      }
      case 5 -> {
        int to = Math.min(copy.length, at + 1 + random.nextInt(64));
        return insert(copy, at, Arrays.copyOfRange(copy, at, to));
      }
      case 6 -> {
        byte[] more = new byte[1 + random.nextInt(8)];
        random.nextBytes(more);
        return insert(copy, at, more);
      }
      default -> {
        byte[] other = seed();
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        return insert(Arrays.copyOf(copy, at), at, Arrays.copyOfRange(other, from, other.length));
      }
    }
    return copy;
  }

  private void number(byte[] bytes, int at) {
    int size = 1 << random.nextInt(4);
    if (at + size > bytes.length) {
      return;
    }
    ByteOrder order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
    long edge = edge();
    switch (size) {
      case 1 -> buffer.put(at, (byte) edge);
      case 2 -> buffer.putShort(at, (short) edge);
      case 4 -> buffer.putInt(at, (int) edge);
      default -> buffer.putLong(at, edge);
    }
  }

  private long edge() {
    return EDGES[random.nextInt(EDGES.length)] + random.nextInt(3) - 1;
  }

  private byte[] ofText(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.isEmpty()) {
      return bytes;
    }
    int at = random.nextInt(text.length());
    int to = token(text, at);
    String made =
        switch (random.nextInt(6)) {
          case 0 -> text.substring(0, at) + text.substring(to);
          case 1 ->
              text.substring(0, at) + WORDS[random.nextInt(WORDS.length)] + text.substring(at);
          case 2 -> text.substring(0, at) + edge() + text.substring(to);
          case 3 -> text.substring(0, to) + text.substring(at);
          case 4 -> {
            String word = WORDS[random.nextInt(WORDS.length)];
            int times = 1 << random.nextInt(11);
            yield text.substring(0, at) + word.repeat(times) + text.substring(at);
          }
          default -> {
            int other = random.nextInt(text.length());
            yield text.substring(0, at)
                + text.substring(other, token(text, other))
                + text.substring(to);
          }
        };
    return made.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns where the word or number that goes through {@code at} ends. */
  private static int token(String text, int at) {
    int to = at;
    while (to < text.length() && Character.isLetterOrDigit(text.charAt(to))) {
      to++;
    }
    return Math.min(text.length(), Math.max(to, at + 1));
  }

  private byte[] ofSafetensors(byte[] bytes) {
    long length = bytes.length < 8 ? -1 : little(bytes).getLong(0);
    if (length < 0 || length > bytes.length - 8) {
      return ofBytes(bytes);
    }
    byte[] header = ofText(Arrays.copyOfRange(bytes, 8, 8 + (int) length));
    byte[] start = new byte[8];
    little(start).putLong(0, header.length);
    return insert(
        insert(start, 8, header),
        8 + header.length,
        Arrays.copyOfRange(bytes, 8 + (int) length, bytes.length));
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] ofZip(byte[] bytes) {
    List<ZipEntry> entries = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.add(entry);
        contents.add(zip.readNBytes(MOST_BYTES));
      }
    } catch (IOException | IllegalArgumentException e) {
      return ofBytes(bytes);
    }
    if (entries.isEmpty()) {
      return ofBytes(bytes);
    }
    int chosen = random.nextInt(entries.size());
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(made)) {
      for (int i = 0; i < entries.size(); i++) {
        String name = entries.get(i).getName();
        byte[] content = contents.get(i);
        if (i == chosen) {
          content = random.nextInt(8) == 0 ? new byte[MOST_BYTES] : inside(content);
          name =
              random.nextInt(8) == 0 ? text(ofText(name.getBytes(StandardCharsets.UTF_8))) : name;
        }
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
      }
    } catch (IOException | IllegalArgumentException e) {
      return ofBytes(bytes);
    }
    return made.toByteArray();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Mutates what an archive holds: text, the text at its beginning, or its bytes. */
  private byte[] inside(byte[] content) {
    if (isText(content) && random.nextInt(4) > 0) {
      return ofText(content);
    }
    if (content.length < 16 || random.nextBoolean()) {
      return ofBytes(content);
    }
    int length = Math.min(content.length, 128);
    byte[] head = Arrays.copyOf(content, length);
    String start = new String(head, StandardCharsets.ISO_8859_1);
    int at = 10 + random.nextInt(length - 10);
    String made = start.substring(0, at) + edge() + start.substring(token(start, at));
    // Of the same length, so that what comes behind is where it was.
    byte[] bytes = Arrays.copyOf(made.getBytes(StandardCharsets.ISO_8859_1), length);
    return insert(bytes, length, Arrays.copyOfRange(content, length, content.length));
  }

  private static boolean isText(byte[] content) {
    for (byte b : content) {
      if (b < ' ' && b != '\n') {
        return false;
      }
    }
    return content.length > 0;
  }

  static byte[] cut(byte[] bytes, int from, int to) {
    return insert(Arrays.copyOf(bytes, from), from, Arrays.copyOfRange(bytes, to, bytes.length));
  }

  static byte[] insert(byte[] bytes, int at, byte[] more) {
    byte[] result = new byte[bytes.length + more.length];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(more, 0, result, at, more.length);
    System.arraycopy(bytes, at, result, at + more.length, bytes.length - at);
    return result;
  }
}
