package org.sardonyx.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;

/**
 * A zip archive, mapped or in memory, by its central directory, of the 64-bit kind or not. One
 * whose entries overlap, appear twice, or say other sizes than they have is refused. Nothing is
 * written to disk; stored entries are parts of the file, packed ones are unpacked when they are
 * asked for, and never to more than a limit.
 */
public final class Archive {

  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_SIZE = 22;
  private static final int CENTRAL_SIZE = 46;
  private static final int LOCAL_SIZE = 30;
  private static final long MAX_ENTRIES = 1 << 20;

  /** Most bytes that a packed entry may have where nothing else is asked for. */
  private static final long MAX_UNPACKED = 1L << 28;

  /** No deflated bytes unpack to more than this many times their number. */
  private static final long MAX_RATIO = 1032;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment file;
  private final Map<String, Entry> entries;

  private Archive(MemorySegment file, Map<String, Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  private record Entry(
      String name, int method, long crc, long packed, long size, long local, long data) {

    String quoted() {
      return "\"" + Text.escape(name) + "\"";
    }
  }

  /**
   * Reads the directory.
   *
   * @throws MalformedModel where there is none, or its parts contradict each other
   */
  public static Archive of(MemorySegment file) {
    try {
      return directory(file);
    } catch (InternalError e) {
      throw changed(e);
    }
  }

  private static Archive directory(MemorySegment file) {
    long end = end(file);
    long count = unsigned16(file, end + 10);
    long size = unsigned32(file, end + 12);
    long from = unsigned32(file, end + 16);
    long behind = end;
    if (count == 0xffff || size == 0xffffffffL || from == 0xffffffffL) {
      long locator = end - 20;
      if (locator < 0 || file.get(INT, locator) != LOCATOR64) {
        throw malformed(end, "the end of the directory says 64 bits, and nothing says them");
      }
      long end64 = file.get(LONG, locator + 8);
      if (end64 < 0 || end64 > locator - 56 || file.get(INT, end64) != END64) {
        throw malformed(locator, "the 64-bit end of the directory is not where it is said to be");
      }
      count = file.get(LONG, end64 + 32);
      size = file.get(LONG, end64 + 40);
      from = file.get(LONG, end64 + 48);
      behind = end64;
    }
    if (from < 0 || size < 0 || from > behind - size) {
      throw malformed(end, "the directory of the zip archive does not lie before its end");
    }
    if (count < 0 || count > MAX_ENTRIES || count > size / CENTRAL_SIZE) {
      throw malformed(end, "the directory says " + count + " entries and has no room for them");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    long at = from;
    for (long i = 0; i < count; i++) {
      if (at > behind - CENTRAL_SIZE || file.get(INT, at) != CENTRAL) {
        throw malformed(at, "no entry of the directory of the zip archive");
      }
      long next =
          at
              + CENTRAL_SIZE
              + unsigned16(file, at + 28)
              + unsigned16(file, at + 30)
              + unsigned16(file, at + 32);
      if (next > behind) {
        throw malformed(at, "an entry of the directory reaches beyond it");
      }
      Entry entry = entry(file, at, from);
      if (entries.put(entry.name(), entry) != null) {
        throw malformed(at, "the entry " + entry.quoted() + " is there twice");
      }
      at = next;
    }
    if (at != from + size) {
      throw malformed(at, "the directory of the zip archive is longer than its entries");
    }
    requireApart(entries);
    return new Archive(file, entries);
  }

  private static long end(MemorySegment file) {
    long last = file.byteSize() - END_SIZE;
    for (long at = last; at >= Math.max(0, last - 0xffff); at--) {
      if (file.get(INT, at) == END
          && at + END_SIZE + unsigned16(file, at + 20) == last + END_SIZE) {
        return at;
      }
    }
    throw new MalformedModel("no end of a zip archive; the file is cut off or no zip archive");
  }

  private static Entry entry(MemorySegment file, long at, long directory) {
    int flags = unsigned16(file, at + 8);
    int method = unsigned16(file, at + 10);
    long crc = unsigned32(file, at + 16);
    long packed = unsigned32(file, at + 20);
    long size = unsigned32(file, at + 24);
    int nameLength = unsigned16(file, at + 28);
    int extraLength = unsigned16(file, at + 30);
    long local = unsigned32(file, at + 42);
    byte[] bytes = file.asSlice(at + CENTRAL_SIZE, nameLength).toArray(ValueLayout.JAVA_BYTE);
    String name = new String(bytes, StandardCharsets.UTF_8);
    long extra = at + CENTRAL_SIZE + nameLength;
    long extraEnd = extra + extraLength;
    for (long e = extra; e + 4 <= extraEnd; e += 4 + unsigned16(file, e + 2)) {
      if (unsigned16(file, e) != 1) {
        continue;
      }
      long field = e + 4;
      long limit = Math.min(extraEnd, field + unsigned16(file, e + 2));
      if (size == 0xffffffffL && field + 8 <= limit) {
        size = file.get(LONG, field);
        field += 8;
      }
      if (packed == 0xffffffffL && field + 8 <= limit) {
        packed = file.get(LONG, field);
        field += 8;
      }
      if (local == 0xffffffffL && field + 8 <= limit) {
        local = file.get(LONG, field);
      }
    }
    String quoted = "the entry \"" + Text.escape(name) + "\"";
    if ((flags & 1) != 0) {
      throw new UnsupportedModel(quoted + " is encrypted");
    }
    if (method != 0 && method != 8) {
      throw new UnsupportedModel(
          quoted + " is packed by method " + method + "; stored and deflated are read");
    }
    if (local < 0 || local > directory - LOCAL_SIZE || file.get(INT, local) != LOCAL) {
      throw malformed(at, quoted + " does not lie where the directory says");
    }
    // The extra field of the local header is not that of the directory: it aligns the data.
    long data = local + LOCAL_SIZE + unsigned16(file, local + 26) + unsigned16(file, local + 28);
    if (packed < 0 || size < 0 || data > directory || packed > directory - data) {
      throw malformed(at, quoted + " reaches beyond the directory");
    }
    if (unsigned16(file, local + 26) != nameLength
        || file.asSlice(local + LOCAL_SIZE, nameLength)
                .mismatch(file.asSlice(at + CENTRAL_SIZE, nameLength))
            >= 0) {
      throw malformed(local, quoted + " has another name at its place than in the directory");
    }
    if (method == 0 && packed != size) {
      throw malformed(at, quoted + " is stored, and of two sizes");
    }
    if (method == 8 && size / MAX_RATIO > packed) {
      throw malformed(at, quoted + " of " + packed + " packed bytes cannot unpack to " + size);
    }
    return new Entry(name, method, crc, packed, size, local, data);
  }

  private static void requireApart(Map<String, Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(Entry::local));
    for (int i = 1; i < sorted.size(); i++) {
      Entry before = sorted.get(i - 1);
      if (before.data() + before.packed() > sorted.get(i).local()) {
        throw malformed(
            sorted.get(i).local(),
            "the entries " + before.quoted() + " and " + sorted.get(i).quoted() + " overlap");
      }
    }
  }

  public Set<String> names() {
    return entries.keySet();
  }

  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** Returns where a stored entry begins in the file; -1 where it is packed or not there. */
  public long offset(String name) {
    Entry entry = entries.get(name);
    return entry == null || entry.method() != 0 ? -1 : entry.data();
  }

  /** Returns how many bytes an entry has, unpacked; -1 where there is none. */
  public long size(String name) {
    Entry entry = entries.get(name);
    return entry == null ? -1 : entry.size();
  }

  /** Returns the bytes of an entry, in the file where it is stored; null where there is none. */
  public @Nullable MemorySegment find(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      return null;
    }
    return entry.method() == 0 ? packed(entry) : MemorySegment.ofArray(read(entry, MAX_UNPACKED));
  }

  /**
   * Copies the bytes of an entry, which have the checksum that the directory states.
   *
   * @param maxBytes most bytes that it may have
   * @throws MalformedModel where there is none, or it is damaged
   * @throws LimitExceeded where it has more bytes
   */
  public byte[] read(String name, long maxBytes) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new MalformedModel("there is no entry \"" + Text.escape(name) + "\"");
    }
    return read(entry, maxBytes);
  }

  private MemorySegment packed(Entry entry) {
    return file.asSlice(entry.data(), entry.packed());
  }

  private byte[] read(Entry entry, long maxBytes) {
    long most = Math.min(maxBytes, Integer.MAX_VALUE - 16);
    if (entry.size() > most) {
      throw new LimitExceeded(
          "maxBytes",
          "the entry "
              + entry.quoted()
              + " unpacks to "
              + entry.size()
              + " bytes; most is "
              + most);
    }
    byte[] bytes;
    try {
      byte[] packed = packed(entry).toArray(ValueLayout.JAVA_BYTE);
      bytes = entry.method() == 0 ? packed : inflated(entry, packed);
    } catch (InternalError e) {
      throw changed(e);
    }
    CRC32 crc = new CRC32();
    crc.update(bytes);
    if (crc.getValue() != entry.crc()) {
      throw malformed(entry.data(), "the entry " + entry.quoted() + " does not match its checksum");
    }
    return bytes;
  }

  private static byte[] inflated(Entry entry, byte[] packed) {
    byte[] out = new byte[(int) entry.size()];
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(packed);
      int done = 0;
      while (done < out.length) {
        int count = inflater.inflate(out, done, out.length - done);
        if (count == 0) {
          break;
        }
        done += count;
      }
      if (done != out.length || inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
        throw malformed(
            entry.data(), "the entry " + entry.quoted() + " is not of the size that it says");
      }
    } catch (DataFormatException e) {
      throw new MalformedModel(
          "at offset " + entry.data() + ": the entry " + entry.quoted() + " cannot be unpacked", e);
    }
    return out;
  }

  private static int unsigned16(MemorySegment file, long at) {
    return file.get(SHORT, at) & 0xffff;
  }

  private static long unsigned32(MemorySegment file, long at) {
    return file.get(INT, at) & 0xffffffffL;
  }

  /** What the JVM throws where a mapped file has become shorter, as an error of ours. */
  private static MalformedModel changed(InternalError e) {
    return new MalformedModel("the file was changed while it was read", e);
  }

  private static MalformedModel malformed(long at, String what) {
    return new MalformedModel("at offset " + at + ": " + what);
  }
}
