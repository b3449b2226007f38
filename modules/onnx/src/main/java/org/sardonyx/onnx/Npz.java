package org.sardonyx.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sardonyx.archive.Archive;
import org.sardonyx.archive.FileBytes;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

/** Reads and writes NumPy's .npz files: zip archives of one .npy file for each array. */
public final class Npz {

  /** Most bytes of all arrays of one file together, unless told otherwise. */
  public static final long MAX_BYTES = 4L << 30;

  private static final int MAX_ENTRIES = 1 << 16;

  private static final String SUFFIX = ".npy";
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz() {}

  /** Reads all arrays of a file, of at most {@link #MAX_BYTES} together. */
  public static Map<String, Tensor> read(Path path) {
    return read(path, MAX_BYTES);
  }

  /**
   * Reads all arrays of a file, by name, in its order.
   *
   * @param maxBytes most bytes of all together, unpacked
   * @throws MalformedModel where it is no .npz file
   * @throws UnsupportedModel where an array is of a type that tensors do not have
   * @throws LimitExceeded where it unpacks to more than was allowed
   * @throws InvalidInput where it is missing or cannot be read
   */
  public static Map<String, Tensor> read(Path path, long maxBytes) {
    if (!Files.isRegularFile(path)) {
      throw new InvalidInput("there is no file " + Text.escape(path.toString()));
    }
    try {
      return Uninterrupted.read(() -> {
        try (Arena arena = Arena.ofConfined();
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          FileChannel.MapMode mode = FileChannel.MapMode.READ_ONLY;
          return arrays(Archive.of(channel.map(mode, 0, channel.size(), arena)), maxBytes);
        }
      });
    } catch (IOException e) {
      throw new InvalidInput(
          Text.escape(path.toString()) + " cannot be read: " + e.getClass().getSimpleName(), e);
    } catch (ModelException e) {
      throw e.within(Text.escape(String.valueOf(path.getFileName())));
    }
  }

  /**
   * Opens a file, which is mapped: headers are read, and elements when they are asked for. It must
   * not be changed as long.
   *
   * @throws MalformedModel where it is no .npz file
   * @throws UnsupportedModel where an array is of a type that tensors do not have
   * @throws InvalidInput where it cannot be read
   */
  public static Map<String, TensorData> open(Path path) {
    String label = Text.escape(String.valueOf(path.getFileName()));
    try {
      Archive archive = Archive.of(FileBytes.of(path));
      Map<String, TensorData> arrays = new LinkedHashMap<>();
      for (String entry : entries(archive)) {
        arrays.put(name(entry), Stored.of(archive, entry, label));
      }
      return arrays;
    } catch (IOException e) {
      throw new InvalidInput(
          Text.escape(path.toString()) + " cannot be read: " + e.getClass().getSimpleName(), e);
    } catch (ModelException e) {
      throw e.within(label);
    }
  }

  /** An array that stays in its file. */
  private record Stored(
      String name, DataType dataType, Shape shape, Archive archive, String entry, String label)
      implements TensorData {

    static Stored of(Archive archive, String entry, String label) {
      try {
        MemorySegment bytes = archive.find(entry);
        NpyHeader header = NpyHeader.of(java.util.Objects.requireNonNull(bytes));
        DataType type = NpyType.of(header.descr()).dataType();
        Shape shape = Shape.of(header.shape().stream().mapToLong(Long::longValue).toArray());
        return new Stored(Npz.name(entry), type, shape, archive, entry, label);
      } catch (ModelException e) {
        throw e.within("array \"" + Text.escape(Npz.name(entry)) + "\"");
      }
    }

    @Override
    public Tensor load() {
      try {
        return Npy.parse(java.util.Objects.requireNonNull(archive.find(entry)));
      } catch (ModelException e) {
        throw e.within("array \"" + Text.escape(name) + "\"").within(label);
      }
    }
  }

  private static String name(String entry) {
    return entry.substring(0, entry.length() - SUFFIX.length());
  }

  /** Returns the names of the entries, each of which is that of an array. */
  private static Set<String> entries(Archive archive) {
    if (archive.names().size() > MAX_ENTRIES) {
      throw new LimitExceeded(
          "entries", archive.names().size() + " arrays; most is " + MAX_ENTRIES);
    }
    for (String entry : archive.names()) {
      if (!entry.endsWith(SUFFIX) || !flat(entry)) {
        throw new MalformedModel("no name of an array: \"" + Text.escape(entry) + "\"");
      }
    }
    return archive.names();
  }

  private static Map<String, Tensor> arrays(Archive archive, long maxBytes) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    long left = maxBytes;
    for (String entry : entries(archive)) {
      String name = name(entry);
      try {
        arrays.put(name, Npy.read(archive.read(entry, left)));
      } catch (ModelException e) {
        throw e.within("array \"" + Text.escape(name) + "\"");
      }
      left -= archive.size(entry);
    }
    return arrays;
  }

  /**
   * Writes arrays to a file, which appears complete or not at all. They are not compressed; equal
   * arrays give equal bytes.
   *
   * @param arrays by name, in the order in which they are written
   * @throws InvalidInput where a name is none of a plain file, or NumPy has no such type
   * @throws java.io.UncheckedIOException where it cannot be written
   */
  public static void write(Map<String, Tensor> arrays, Path path) {
    arrays
        .keySet()
        .forEach(name -> {
          if (!flat(name)) {
            throw new InvalidInput("no name of an array: \"" + Text.escape(name) + "\"");
          }
        });
    Outputs.writeOne(
        path,
        channel -> {
          // Not closed: that would close the channel, which is still to be forced to disk.
          OutputStream stream = Channels.newOutputStream(channel);
          ZipOutputStream zip = new ZipOutputStream(stream);
          for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
            byte[] bytes = Npy.toBytes(array.getValue());
            CRC32 crc = new CRC32();
            crc.update(bytes);
            ZipEntry entry = new ZipEntry(array.getKey() + SUFFIX);
            entry.setMethod(ZipEntry.STORED);
            entry.setTimeLocal(NO_TIME);
            entry.setSize(bytes.length);
            entry.setCrc(crc.getValue());
            zip.putNextEntry(entry);
            zip.write(bytes);
            zip.closeEntry();
          }
          zip.finish();
        });
  }

  private static boolean flat(String name) {
    return !name.isEmpty()
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ')
        && !name.startsWith("..");
  }
}
