package org.sardonyx.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes archives as torch.save and torch.jit.save do. */
public final class Archives {

  private Archives() {}

  public static byte[] floats(float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }

  /** Writes entries, stored. */
  public static Path zip(Path file, Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setMethod(ZipEntry.STORED);
        header.setSize(entry.getValue().length);
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        header.setCrc(crc.getValue());
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  /** Writes a state_dict of one pickle and its storages. */
  public static Path saved(Path file, byte[] pickle, Map<String, byte[]> storages)
      throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("archive/data.pkl", pickle);
    storages.forEach((key, bytes) -> entries.put("archive/data/" + key, bytes));
    entries.put("archive/version", "3\n".getBytes(StandardCharsets.UTF_8));
    return zip(file, entries);
  }

  /** Writes a module of a class {@code __torch__.M} with code and attributes. */
  public static Path script(
      Path file, String code, Map<String, ?> attributes, Map<String, byte[]> storages)
      throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(
        "m/data.pkl",
        PickleWriter.of(
            new PickleWriter.Instance(new PickleWriter.Name("__torch__", "M"), attributes)));
    storages.forEach((key, bytes) -> entries.put("m/data/" + key, bytes));
    entries.put("m/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
    entries.put("m/constants.pkl", PickleWriter.of(new Object[0]));
    entries.put("m/version", "3\n".getBytes(StandardCharsets.UTF_8));
    return zip(file, entries);
  }
}
