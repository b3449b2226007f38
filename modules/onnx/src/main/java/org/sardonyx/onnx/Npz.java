package org.sardonyx.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.Tensor;

/** Reads and writes NumPy's .npz files: zip archives of one .npy file for each array. */
public final class Npz {

  /** Most bytes of all arrays of one file together, unless told otherwise. */
  public static final long MAX_BYTES = 4L << 30;

  private static final int MAX_ENTRIES = 1 << 16;

  /** No zip archive holds more than so many bytes in one: what deflate can do at best. */
  private static final long MAX_RATIO = 1032;

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
    try (ZipFile zip = new ZipFile(path.toFile())) {
      if (zip.size() > MAX_ENTRIES) {
        throw new LimitExceeded("entries", zip.size() + " arrays; most is " + MAX_ENTRIES);
      }
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      long left = maxBytes;
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = name(entry);
        long size = entry.getSize();
        if (size > left || size > Integer.MAX_VALUE - 16) {
          throw new LimitExceeded(
              "maxBytes",
              "array \""
                  + Text.escape(name)
                  + "\" unpacks to "
                  + size
                  + " bytes; left are "
                  + left);
        }
        left -= size;
        if (arrays.put(name, array(zip, entry, name)) != null) {
          throw new MalformedModel("array \"" + Text.escape(name) + "\" is there twice");
        }
      }
      return arrays;
    } catch (ZipException e) {
      throw new MalformedModel("this is no .npz file", e)
          .within(Text.escape(String.valueOf(path.getFileName())));
    } catch (IOException e) {
      throw new InvalidInput(
          Text.escape(path.toString()) + " cannot be read: " + e.getClass().getSimpleName(), e);
    } catch (ModelException e) {
      throw e.within(Text.escape(String.valueOf(path.getFileName())));
    }
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

  private static String name(ZipEntry entry) {
    String name = entry.getName();
    if (!name.endsWith(SUFFIX) || !flat(name)) {
      throw new MalformedModel("no name of an array: \"" + Text.escape(name) + "\"");
    }
    if (entry.getSize() < 0 || entry.getSize() > MAX_RATIO * entry.getCompressedSize() + 64) {
      throw new MalformedModel(
          "array \"" + Text.escape(name) + "\" cannot unpack to " + entry.getSize() + " bytes");
    }
    return name.substring(0, name.length() - SUFFIX.length());
  }

  private static boolean flat(String name) {
    return !name.isEmpty()
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ')
        && !name.startsWith("..");
  }

  private static Tensor array(ZipFile zip, ZipEntry entry, String name) throws IOException {
    try (InputStream stream = zip.getInputStream(entry)) {
      byte[] bytes = stream.readNBytes((int) entry.getSize() + 1);
      if (bytes.length != entry.getSize()) {
        throw new MalformedModel(
            "it unpacks to other than the stated " + entry.getSize() + " bytes");
      }
      return Npy.read(bytes);
    } catch (ModelException e) {
      throw e.within("array \"" + Text.escape(name) + "\"");
    }
  }
}
