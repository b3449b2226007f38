package org.sardonyx.imagedecoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.imagedecoder.Decoding.bytes;
import static org.sardonyx.imagedecoder.Decoding.decode;
import static org.sardonyx.imagedecoder.Decoding.encode;
import static org.sardonyx.imagedecoder.Decoding.noise;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;

/** Files that lie, are cut off, or are none. */
class HostileImagesTest {

  private static final long SEED = Long.getLong("seed", 20260101);

  /** Files of a few bytes whose headers promise thousands of millions of pixels. */
  private static byte[] huge(Format format) {
    int[] big = {0xff, 0xff};
    byte[] zeros = new byte[64];
    return switch (format) {
      case BMP ->
          bytes(
              "BM", zeros(12), 40, 0, 0, 0, 0xff, 0xff, 1, 0, 0xff, 0xff, 1, 0, 1, 0, 24, 0, zeros);
      case JPEG ->
          bytes(
              0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, big[0], big[1], big[0], big[1], 3, 1, 0x11, 0, 2,
              0x11, 0, 3, 0x11, 0, zeros);
      case JPEG2000 ->
          bytes(
              0xff, 0x4f, 0xff, 0x51, 0, 47, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, zeros(8), 0, 1, 0, 0, 0,
              1, 0, 0, zeros(8), 0, 3, 7, 1, 1, 7, 1, 1, 7, 1, 1, zeros);
      case PNG ->
          bytes(
              0x89, "PNG\r\n", 0x1a, "\n", 0, 0, 0, 13, "IHDR", 0, 1, 0, 0, 0, 1, 0, 0, 8, 2, 0, 0,
              0, zeros);
      case PNM -> bytes("P6 65536 65536 255\n", zeros);
      case TIFF ->
          bytes(
              "II*\0", 8, 0, 0, 0, 2, 0, 0, 1, 4, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1, 4, 0, 1, 0, 0, 0,
              0, 0, 1, 0, zeros);
      case WEBP ->
          bytes(
              "RIFF",
              80,
              0,
              0,
              0,
              "WEBPVP8X",
              10,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0xff,
              0xff,
              0,
              0xff,
              0xff,
              0,
              "VP8L",
              5,
              0,
              0,
              0,
              0x2f,
              0xff,
              0xff,
              0xff,
              0x0f,
              0,
              zeros);
    };
  }

  private static byte[] zeros(int count) {
    return new byte[count];
  }

  @ParameterizedTest
  @EnumSource
  void tooManyPixelsAreRefusedBeforeAnythingIsDecoded(Format format) {
    LimitExceeded e = assertThrows(LimitExceeded.class, () -> decode(huge(format)));
    assertEquals("pixels", e.limit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bmp", "jpeg", "jpeg2000", "png", "pnm", "tiff"})
  void theLimitsHold(String format) {
    byte[] file = encode(noise(100, 100, 5, SEED), format);
    assertEquals(30000, decode(file, ImageDecoder.def(10000)).size());
    LimitExceeded e = assertThrows(LimitExceeded.class, () -> decode(file, ImageDecoder.def(9999)));
    assertEquals("pixels", e.limit());
    SessionOptions tight =
        SessionOptions.standard()
            .withOperators(ImageDecoder.DEF)
            .withLimits(Limits.standard().with(Limit.LIVE_BYTES, 75000));
    e = assertThrows(LimitExceeded.class, () -> decode(file, "RGB", tight));
    assertEquals("liveBytes", e.limit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bmp", "jpeg", "jpeg2000", "png", "pnm", "tiff"})
  void whatIsCutOffIsEmpty(String format) {
    byte[] file = encode(noise(24, 24, 5, SEED), format);
    assertEquals(24 * 24 * 3, decode(file).size());
    for (int length = 0; length < file.length * 9 / 10; length += 1 + file.length / 97) {
      Tensor image = decode(Arrays.copyOf(file, length));
      int cut = length;
      assertArrayEquals(new int[] {0, 0, 3}, image.shape(), () -> format + " cut at " + cut);
    }
  }

  /** Damage gives an image of some kind, or none, or a limit; never anything else. */
  @ParameterizedTest
  @ValueSource(strings = {"bmp", "jpeg", "jpeg2000", "png", "pnm", "tiff"})
  void damageIsSurvived(String format) {
    byte[] file = encode(noise(24, 24, 5, SEED), format);
    Random random = new Random(SEED);
    System.out.println(format + ", seed " + SEED);
    int limited = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = file.clone();
      int most = i % 2 == 0 ? Math.min(120, file.length) : file.length;
      for (int k = 0; k <= i % 3; k++) {
        damaged[random.nextInt(most)] = (byte) random.nextInt();
      }
      try {
        Tensor image = decode(damaged, ImageDecoder.def(1 << 20));
        assertEquals(3, image.dim(2));
      } catch (LimitExceeded e) {
        limited++;
      }
    }
    assertTrue(limited < 300);
  }

  @Test
  void whatIsNoImageIsEmpty() {
    for (byte[] file :
        new byte[][] {{}, {1}, bytes("GIF89a", new byte[40]), bytes("P6"), bytes("BM")}) {
      assertArrayEquals(new int[] {0, 0, 1}, decode(file, "Grayscale").shape());
    }
  }

  /** Sizes that only JPEG 2000 can state: millions of tiles, of components, of precincts. */
  @Test
  void tilesAndPrecinctsAreCounted() {
    byte[] file = encode(noise(64, 64, 5, SEED), "jpeg2000");
    int siz = 0;
    while ((file[siz] & 0xff) != 0xff || (file[siz + 1] & 0xff) != 0x51) {
      siz++;
    }
    byte[] tiles = file.clone();
    Arrays.fill(tiles, siz + 22, siz + 30, (byte) 0);
    tiles[siz + 25] = 1;
    tiles[siz + 29] = 1;
    assertArrayEquals(new int[] {0, 0, 3}, decode(tiles).shape());
    byte[] components = file.clone();
    components[siz + 38] = 0x40;
    assertArrayEquals(new int[] {0, 0, 3}, decode(components).shape());
  }
}
