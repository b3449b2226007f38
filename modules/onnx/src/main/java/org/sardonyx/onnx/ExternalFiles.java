package org.sardonyx.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;

/**
 * The files in which one model keeps weights outside its own. Every tensor of the model, wherever
 * it stands, comes here; there is no other way to open such a file.
 */
final class ExternalFiles {

  private final @Nullable Path directory;
  private final ReadOptions options;
  private final Map<String, MemorySegment> mapped = new HashMap<>();
  private long total;

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
    MemorySegment file = mapped.get(location);
    if (file == null) {
      file = mapFile(range);
      mapped.put(location, file);
    }
    check(range, file.byteSize());
    return file.asSlice(range.offset(), range.length());
  }

  private MemorySegment mapFile(ExternalRange range) {
    try (FileChannel channel = Opener.open(directory(range), range.elements(), options)) {
      long size = channel.size();
      if (size > options.maxExternalBytes() - total) {
        throw new LimitExceeded(
            "maxExternalBytes",
            "external files of more than " + options.maxExternalBytes() + " bytes together");
      }
      total += size;
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
    } catch (IOException e) {
      throw Opener.unreadable(range.location(), e);
    }
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
