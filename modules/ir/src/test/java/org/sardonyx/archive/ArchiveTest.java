package org.sardonyx.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;

class ArchiveTest {

  private static final byte[] TEXT = "text text text text".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  /** An archive of a stored and a packed entry. */
  private static byte[] two() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      ZipEntry stored = new ZipEntry("a/stored");
      stored.setMethod(ZipEntry.STORED);
      stored.setSize(TEXT.length);
      CRC32 crc = new CRC32();
      crc.update(TEXT);
      stored.setCrc(crc.getValue());
      zip.putNextEntry(stored);
      zip.write(TEXT);
      zip.putNextEntry(new ZipEntry("a/packed"));
      zip.write(TEXT);
    }
    return bytes.toByteArray();
  }

  private static Archive read(byte[] bytes) {
    return Archive.of(MemorySegment.ofArray(bytes));
  }

  /** Returns where entry {@code n} of the directory is. */
  private static int central(byte[] archive, int n) {
    int at = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).getInt(archive.length - 6);
    for (int i = 0; i < n; i++) {
      at += 46 + "a/stored".length();
    }
    return at;
  }

  private static byte[] with(int entry, int offset, int... bytes) throws IOException {
    byte[] archive = two();
    for (int i = 0; i < bytes.length; i++) {
      archive[central(archive, entry) + offset + i] = (byte) bytes[i];
    }
    return archive;
  }

  private static void refused(Class<? extends ModelException> as, String word, byte[] archive) {
    ModelException e =
        assertThrows(
            as,
            () -> {
              Archive read = read(archive);
              for (String name : read.names()) {
                read.read(name, 1 << 20);
              }
            });
    assertTrue(e.getMessage().contains(word), e::getMessage);
  }

  @Test
  void storedAndPacked() throws IOException {
    byte[] bytes = two();
    Archive archive = read(bytes);
    assertEquals(List.of("a/stored", "a/packed"), new ArrayList<>(archive.names()));
    for (String name : archive.names()) {
      assertArrayEquals(TEXT, archive.read(name, TEXT.length));
      assertArrayEquals(
          TEXT, Objects.requireNonNull(archive.find(name)).toArray(ValueLayout.JAVA_BYTE));
      assertEquals(TEXT.length, archive.size(name));
      assertThrows(LimitExceeded.class, () -> archive.read(name, TEXT.length - 1));
    }
    int at = (int) archive.offset("a/stored");
    assertArrayEquals(TEXT, Arrays.copyOfRange(bytes, at, at + TEXT.length));
    assertEquals(-1, archive.offset("a/packed"));
    assertNull(archive.find("b"));
    assertEquals(-1, archive.size("b"));
    assertThrows(MalformedModel.class, () -> archive.read("b", 9));
  }

  @Test
  void lies() throws IOException {
    refused(UnsupportedModel.class, "encrypted", with(0, 8, 1));
    refused(UnsupportedModel.class, "method 12", with(0, 10, 12));
    refused(MalformedModel.class, "checksum", with(0, 16, 1, 2, 3, 4));
    refused(MalformedModel.class, "checksum", with(1, 16, 1, 2, 3, 4));
    refused(MalformedModel.class, "two sizes", with(0, 20, 3));
    refused(
        MalformedModel.class, "overlap", with(0, 20, TEXT.length + 40, 0, 0, 0, TEXT.length + 40));
    refused(MalformedModel.class, "not of the size", with(1, 24, TEXT.length - 1));
    refused(MalformedModel.class, "not of the size", with(1, 24, TEXT.length + 1));
    refused(MalformedModel.class, "cannot unpack to", with(1, 24, 0, 0, 0, 0x7f));
    refused(MalformedModel.class, "beyond the directory", with(1, 20, 0, 0, 0, 0x7f));
    refused(MalformedModel.class, "another name", with(1, 42, 0, 0, 0, 0));
    refused(MalformedModel.class, "where the directory says", with(1, 42, 1, 0, 0, 0));
    refused(MalformedModel.class, "is there twice", twice());
    byte[] longer = two();
    longer[longer.length - 10]++;
    longer[longer.length - 6]--;
    refused(MalformedModel.class, "no entry of the directory", longer);
    byte[] fewer = two();
    fewer[fewer.length - 12] = 1;
    refused(MalformedModel.class, "longer than its entries", fewer);
    refused(MalformedModel.class, "cut off", Arrays.copyOf(two(), two().length - 1));
    refused(MalformedModel.class, "cut off", new byte[0]);
  }

  private static byte[] twice() throws IOException {
    String text = new String(two(), StandardCharsets.ISO_8859_1);
    return text.replace("a/packed", "a/stored").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Every byte changed and every length: what comes back is what was packed, or an error. */
  @Test
  void damage() throws IOException {
    byte[] good = two();
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = i % 5 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
      if (bad.length > 0) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        Archive archive = read(bad);
        for (String name : archive.names()) {
          assertArrayEquals(TEXT, archive.read(name, 1 << 20));
        }
      } catch (ModelException e) {
        assertTrue(
            e instanceof MalformedModel
                || e instanceof UnsupportedModel
                || e instanceof LimitExceeded);
      }
    }
  }

  /** A mapped file that becomes shorter is an error of ours, not the end of the JVM. */
  @Test
  void aFileThatShrinks() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      byte[] noise = new byte[1 << 20];
      new SplittableRandom(3).nextBytes(noise);
      zip.putNextEntry(new ZipEntry("noise"));
      zip.write(noise);
    }
    Path path = Files.write(folder.resolve("a.zip"), bytes.toByteArray());
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      Archive archive = Archive.of(file);
      channel.truncate(8192);
      assertThrows(MalformedModel.class, () -> archive.read("noise", 1 << 21));
      assertThrows(MalformedModel.class, () -> Archive.of(file));
    }
  }
}
