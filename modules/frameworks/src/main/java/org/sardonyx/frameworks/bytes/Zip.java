package org.sardonyx.frameworks.bytes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;

/**
 * The entries of a zip archive, by its central directory. An archive whose entries overlap, appear
 * twice, or say other sizes than they have is refused; nothing is written to disk, and an entry is
 * unpacked only when it is asked for.
 */
public final class Zip {

  private static final int END = 0x06054b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_SIZE = 22;
  private static final int CENTRAL_SIZE = 46;
  private static final int LOCAL_SIZE = 30;
  private static final int MAX_ENTRIES = 1024;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  private final ByteBuffer bytes;
  private final Map<String, Entry> entries;

  private Zip(ByteBuffer bytes, Map<String, Entry> entries) {
    this.bytes = bytes;
    this.entries = entries;
  }

  private record Entry(
      String name, int method, long crc, long packed, long size, long local, int data) {

    String quoted() {
      return "\"" + Text.escape(name) + "\"";
    }
  }

  /**
   * Reads the directory of an archive.
   *
   * @throws MalformedModel where it is none, or its parts contradict each other
   */
  public static Zip of(byte[] archive) {
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int end = end(bytes);
    int count = unsigned16(bytes, end + 10);
    long from = unsigned32(bytes, end + 16);
    long size = unsigned32(bytes, end + 12);
    if (from == 0xffffffffL || count == 0xffff) {
      throw new UnsupportedModel("zip archives of the 64-bit kind");
    }
    if (from + size > end) {
      throw malformed(end, "the directory of the zip archive does not lie before its end");
    }
    if (count > MAX_ENTRIES) {
      throw new LimitExceeded("entries", count + " entries; most is " + MAX_ENTRIES);
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    int at = (int) from;
    for (int i = 0; i < count; i++) {
      if (at + CENTRAL_SIZE > end || bytes.getInt(at) != CENTRAL) {
        throw malformed(at, "no entry of the directory of the zip archive");
      }
      int nameLength = unsigned16(bytes, at + 28);
      int next =
          at + CENTRAL_SIZE + nameLength + unsigned16(bytes, at + 30) + unsigned16(bytes, at + 32);
      if (next > end) {
        throw malformed(at, "an entry of the directory is cut off");
      }
      Entry entry = entry(bytes, at, from, text(bytes, at + CENTRAL_SIZE, nameLength));
      if (entries.put(entry.name(), entry) != null) {
        throw malformed(at, "entry " + entry.quoted() + " is there twice");
      }
      at = next;
    }
    if (at != from + size) {
      throw malformed(at, "the directory of the zip archive is longer than its entries");
    }
    requireApart(entries);
    return new Zip(bytes, entries);
  }

  private static int end(ByteBuffer bytes) {
    int last = bytes.capacity() - END_SIZE;
    for (int at = last; at >= Math.max(0, last - 0xffff); at--) {
      if (bytes.getInt(at) == END
          && at + END_SIZE + unsigned16(bytes, at + 20) == last + END_SIZE) {
        return at;
      }
    }
    throw new MalformedModel("this is no zip archive, or its end is missing");
  }

  private static Entry entry(ByteBuffer bytes, int at, long directory, String name) {
    int flags = unsigned16(bytes, at + 8);
    int method = unsigned16(bytes, at + 10);
    long local = unsigned32(bytes, at + 42);
    String quoted = "entry \"" + Text.escape(name) + "\"";
    if ((flags & 1) != 0) {
      throw new UnsupportedModel(quoted + " is encrypted");
    }
    if (method != STORED && method != DEFLATED) {
      throw new UnsupportedModel(quoted + " is packed by method " + method);
    }
    if (local + LOCAL_SIZE > directory || bytes.getInt((int) local) != LOCAL) {
      throw malformed(at, quoted + " points to offset " + local + ", where no entry is");
    }
    int start = (int) local;
    int nameLength = unsigned16(bytes, start + 26);
    long data = local + LOCAL_SIZE + nameLength + unsigned16(bytes, start + 28);
    long packed = unsigned32(bytes, at + 20);
    if (data + packed > directory) {
      throw malformed(at, quoted + " of " + packed + " packed bytes goes beyond the entries");
    }
    if (!text(bytes, start + LOCAL_SIZE, nameLength).equals(name)) {
      throw malformed(start, quoted + " has another name in the directory");
    }
    return new Entry(
        name,
        method,
        unsigned32(bytes, at + 16),
        packed,
        unsigned32(bytes, at + 24),
        local,
        (int) data);
  }

  private static void requireApart(Map<String, Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(Entry::local));
    for (int i = 1; i < sorted.size(); i++) {
      Entry before = sorted.get(i - 1);
      if (before.data() + before.packed() > sorted.get(i).local()) {
        throw malformed(
            (int) sorted.get(i).local(),
            "entries " + before.quoted() + " and " + sorted.get(i).quoted() + " overlap");
      }
    }
  }

  /** Returns the names of the entries, in the order of the directory. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** Whether there is an entry of that name. */
  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /**
   * Unpacks an entry.
   *
   * @param maxBytes most bytes that it may have
   */
  public byte[] read(String name, long maxBytes) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new MalformedModel("there is no entry \"" + Text.escape(name) + "\"");
    }
    if (entry.size() > Math.min(maxBytes, Integer.MAX_VALUE - 16)) {
      throw new LimitExceeded(
          "maxBytes",
          "entry "
              + entry.quoted()
              + " unpacks to "
              + entry.size()
              + " bytes; most is "
              + maxBytes);
    }
    // No deflated bytes unpack to more than this many times their number.
    if (entry.size() > 1032 * entry.packed() + 64) {
      throw malformed(
          (int) entry.local(),
          "entry "
              + entry.quoted()
              + " of "
              + entry.packed()
              + " bytes cannot unpack to "
              + entry.size());
    }
    byte[] data = entry.method() == STORED ? stored(entry) : inflated(entry);
    CRC32 crc = new CRC32();
    crc.update(data);
    if (crc.getValue() != entry.crc()) {
      throw malformed(entry.data(), "entry " + entry.quoted() + " does not have its checksum");
    }
    return data;
  }

  private byte[] stored(Entry entry) {
    if (entry.packed() != entry.size()) {
      throw lies(entry);
    }
    byte[] data = new byte[(int) entry.size()];
    bytes.get(entry.data(), data);
    return data;
  }

  private byte[] inflated(Entry entry) {
    byte[] data = new byte[(int) entry.size()];
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(bytes.slice(entry.data(), (int) entry.packed()));
      int got = 0;
      while (got < data.length) {
        int more = inflater.inflate(data, got, data.length - got);
        if (more == 0) {
          throw lies(entry);
        }
        got += more;
      }
      boolean more = inflater.inflate(new byte[1]) > 0;
      if (more || !inflater.finished()) {
        throw lies(entry);
      }
    } catch (DataFormatException e) {
      throw malformed(entry.data(), "entry " + entry.quoted() + " cannot be unpacked");
    }
    return data;
  }

  private static MalformedModel lies(Entry entry) {
    return malformed(
        entry.data(),
        "entry " + entry.quoted() + " unpacks to other than the stated " + entry.size() + " bytes");
  }

  private static String text(ByteBuffer bytes, int from, int length) {
    byte[] text = new byte[length];
    bytes.get(from, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static int unsigned16(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  private static long unsigned32(ByteBuffer bytes, int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }

  private static MalformedModel malformed(int offset, String what) {
    return new MalformedModel("offset " + offset + ": " + what);
  }
}
