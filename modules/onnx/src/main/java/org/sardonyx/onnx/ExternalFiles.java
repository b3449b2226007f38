package org.sardonyx.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;

/**
 * The files in which one model keeps weights outside its own. Every tensor of the model, wherever
 * it stands, comes here; there is no other way to open such a file.
 */
final class ExternalFiles {

  private final @Nullable Path directory;
  private final ReadOptions options;
  private final Map<String, Mapped> mapped = new HashMap<>();

  /** The ranges of tensors by file: where each ends, by where it begins. */
  private final Map<String, TreeMap<Long, Long>> claimed = new HashMap<>();

  private long total;

  /**
   * A file as it was when it was opened.
   *
   * @param key what tells it from others; null where the system does not say
   */
  private record Mapped(Path path, MemorySegment bytes, @Nullable Object key, FileTime changed) {}

  /**
   * @param directory the model's folder; null where it has none
   */
  ExternalFiles(@Nullable Path directory, ReadOptions options) {
    this.directory = directory;
    this.options = options;
  }

  /** Returns the folder the locations are relative to; null where there is none. */
  @Nullable Path directory() {
    return directory;
  }

  /**
   * Returns the bytes, mapped read-only; unmapped some time after the last use.
   *
   * @throws MalformedModel where the file is missing, is none that may be opened, or is too short
   */
  synchronized MemorySegment map(ExternalRange range) {
    String location = range.location();
    Mapped file = mapped.get(location);
    if (file == null) {
      file = mapFile(range);
      mapped.put(location, file);
    }
    check(range, file.bytes.byteSize());
    return file.bytes.asSlice(range.offset(), range.length());
  }

  /**
   * Refuses a file that was written to since it was opened; called when its bytes have been read.
   * One that another file took the place of is still there, for us.
   *
   * @throws MalformedModel where it was
   */
  void requireUnchanged(ExternalRange range) {
    Mapped file;
    synchronized (this) {
      file = mapped.get(range.location());
    }
    if (file == null) {
      return;
    }
    try {
      BasicFileAttributes now = attributes(file.path);
      if (Objects.equals(now.fileKey(), file.key)
          && (now.size() != file.bytes.byteSize()
              || !now.lastModifiedTime().equals(file.changed))) {
        throw changed(range.location(), null);
      }
    } catch (IOException e) {
      // Its name is gone; what was mapped is not.
      return;
    }
  }

  /**
   * Notes that a tensor lies there. Tensors may share a range, as tied weights do, or lie apart.
   *
   * @throws MalformedModel where two ranges overlap
   */
  synchronized void claim(ExternalRange range) {
    if (range.length() == 0) {
      return;
    }
    TreeMap<Long, Long> ends = claimed.computeIfAbsent(range.location(), _ -> new TreeMap<>());
    long end = range.offset() + range.length();
    Map.Entry<Long, Long> before = ends.lowerEntry(end);
    if (before != null
        && before.getValue() > range.offset()
        && !(before.getKey() == range.offset() && before.getValue() == end)) {
      throw new MalformedModel(
          "external data: bytes "
              + range.offset()
              + " to "
              + end
              + " of \""
              + Text.escape(range.location())
              + "\" overlap those of another tensor, "
              + before.getKey()
              + " to "
              + before.getValue());
    }
    ends.put(range.offset(), end);
  }

  /** Says that a file was written to while it was read. */
  static MalformedModel changed(String location, @Nullable Throwable cause) {
    return new MalformedModel(
        "\""
            + Text.escape(location)
            + "\" was changed while it was read; replace a file instead of writing into it",
        cause);
  }

  private BasicFileAttributes attributes(Path path) throws IOException {
    return options.symbolicLinks()
        ? Files.readAttributes(path, BasicFileAttributes.class)
        : Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private Mapped mapFile(ExternalRange range) {
    Path folder = directory(range);
    Path path = range.elements().stream().reduce(folder, Path::resolve, (_, last) -> last);
    try {
      return Uninterrupted.read(() -> {
        try (FileChannel channel = Opener.open(folder, range.elements(), options)) {
          return map(path, channel);
        }
      });
    } catch (IOException e) {
      throw Opener.unreadable(range.location(), e);
    }
  }

  private Mapped map(Path path, FileChannel channel) throws IOException {
    BasicFileAttributes attributes = attributes(path);
    long size = channel.size();
    Limits limits = options.limits();
    if (size > limits.most(Limit.EXTERNAL_BYTES) - total) {
      throw limits.exceeded(
          Limit.EXTERNAL_BYTES, size + " bytes of external files beside " + total);
    }
    MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
    total += size;
    return new Mapped(path, bytes, attributes.fileKey(), attributes.lastModifiedTime());
  }

  /** Returns how much a reader takes in. */
  Limits limits() {
    return options.limits();
  }

  private Path directory(ExternalRange range) {
    if (!options.externalData()) {
      throw new InvalidInput(
          "the elements lie in the file \""
              + Text.escape(range.location())
              + "\", and external data is switched off");
    }
    if (directory == null) {
      throw new InvalidInput(
          "the elements lie in the file \""
              + Text.escape(range.location())
              + "\", and the model was read from memory; read it from its path, or give the"
              + " folder");
    }
    return directory;
  }

  private static void check(ExternalRange range, long size) {
    if (range.offset() > size || range.length() > size - range.offset()) {
      throw new MalformedModel(
          "external data: bytes "
              + range.offset()
              + " to "
              + (range.offset() + range.length())
              + " of \""
              + Text.escape(range.location())
              + "\", which has "
              + size);
    }
  }
}
