package org.sardonyx.imagedecoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.imagedecoder.Decoding.bytes;
import static org.sardonyx.imagedecoder.Decoding.decode;
import static org.sardonyx.imagedecoder.Decoding.encode;
import static org.sardonyx.imagedecoder.Decoding.noise;

import java.awt.Point;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;

class ImageDecoderTest {

  private static final byte[] PPM = bytes("P6\n2 1\n255\n", 10, 20, 30, 200, 100, 50);

  private static void holds(Tensor image, int height, int width, int... expected) {
    int channels = image.dim(2);
    assertArrayEquals(new int[] {height, width, channels}, image.shape());
    int[] found = new int[image.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = image.bytes()[i] & 0xff;
    }
    assertArrayEquals(expected, found);
  }

  @Test
  void channelsComeInTheOrderAskedFor() {
    holds(decode(PPM, "RGB"), 1, 2, 10, 20, 30, 200, 100, 50);
    holds(decode(PPM, "BGR"), 1, 2, 30, 20, 10, 50, 100, 200);
    // 0.299 * 10 + 0.587 * 20 + 0.114 * 30 = 18.15, and 124.2
    holds(decode(PPM, "Grayscale"), 1, 2, 18, 124);
  }

  @Test
  void rgbIsTheDefaultAndOthersAreRefused() {
    InvalidModel e = assertThrows(InvalidModel.class, () -> decode(PPM, "YUV"));
    assertTrue(e.getMessage().contains("pixel_format YUV"), e.getMessage());
  }

  @Test
  void withoutTheModuleTheRefusalSaysWhatToAdd() {
    UnsupportedModel e =
        assertThrows(
            UnsupportedModel.class, () -> Decoding.session("RGB", SessionOptions.standard()));
    assertTrue(e.getMessage().contains("org.sardonyx:sardonyx-imagedecoder"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "bmp, 5",
    "bmp, 10",
    "bmp, 12",
    "bmp, 13",
    "png, 5",
    "png, 6",
    "png, 10",
    "png, 12",
    "png, 13",
    "tiff, 5",
    "tiff, 6",
    "tiff, 10",
    "tiff, 12",
    "tiff, 13",
    "pnm, 5",
    "jpeg2000, 5",
    "jpeg2000, 10"
  })
  void losslessFormatsGiveWhatWasWritten(String format, int type) {
    BufferedImage image = noise(13, 7, type, 42);
    byte[] file = encode(image, format);
    int[] expected = new int[13 * 7 * 3];
    for (int i = 0; i < 91; i++) {
      int[] samples = image.getRaster().getPixel(i % 13, i / 13, (int[]) null);
      for (int c = 0; c < 3; c++) {
        if (image.getColorModel() instanceof IndexColorModel palette) {
          expected[3 * i + c] = palette.getRGB(samples[0]) >> (16 - 8 * c) & 0xff;
        } else {
          expected[3 * i + c] = samples.length < 3 ? samples[0] : samples[c];
        }
      }
    }
    holds(decode(file), 7, 13, expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "tiff"})
  void ofSixteenBitsTheUpperEightAreTaken(String format) {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, 0x12ff);
    image.getRaster().setSample(1, 0, 0, 0xfe01);
    holds(decode(encode(image, format)), 1, 2, 0x12, 0x12, 0x12, 0xfe, 0xfe, 0xfe);
  }

  @Test
  void fewBitsAreStretched() {
    byte[] levels = {0, 85, (byte) 170, (byte) 255};
    IndexColorModel gray = new IndexColorModel(2, 4, levels, levels, levels);
    WritableRaster raster =
        Raster.createPackedRaster(DataBuffer.TYPE_BYTE, 4, 1, 1, 2, new Point());
    for (int x = 0; x < 4; x++) {
      raster.setSample(x, 0, 0, x);
    }
    byte[] file = encode(new BufferedImage((ColorModel) gray, raster, false, null), "png");
    holds(decode(file, "Grayscale"), 1, 4, 0, 85, 170, 255);
    // As an image of grays, not of a palette: colour type 0 of PNG.
    holds(decode(bytes("P2 3 1 3\n0 1 3\n"), "Grayscale"), 1, 3, 0, 85, 255);
    holds(decode(bytes("P1\n# two\n2 1\n0 1\n"), "Grayscale"), 1, 2, 255, 0);
    holds(
        decode(bytes("P4\n9 1\n", 0x80, 0x80), "Grayscale"),
        1,
        9,
        0,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        0);
    holds(decode(bytes("P5 2 1 65535\n", 0x12, 0xff, 0xfe, 1), "Grayscale"), 1, 2, 0x12, 0xfe);
    holds(decode(bytes("P3 1 1 255 1 2 3")), 1, 1, 1, 2, 3);
    holds(
        decode(
            bytes("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n", 7, 8, 9)),
        1,
        1,
        7,
        8,
        9);
  }

  @Test
  void grayJpegGivesItsSamples() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    Arrays.fill(
        ((java.awt.image.DataBufferByte) image.getRaster().getDataBuffer()).getData(), (byte) 90);
    Tensor decoded = decode(encode(image, "jpeg"));
    int[] expected = new int[16 * 16 * 3];
    Arrays.fill(expected, 90);
    holds(decoded, 16, 16, expected);
  }

  @Test
  void inksTakeLight() throws IOException {
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, new Point());
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        raster.setPixel(x, y, new int[] {0, 255, 128, 51});
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.setOutput(ImageIO.createImageOutputStream(out));
    writer.write(null, new IIOImage(raster, List.of(), null), null);
    ((javax.imageio.stream.ImageOutputStream) writer.getOutput()).flush();
    byte[] file = out.toByteArray();
    // 255 - 51 = 204 of the light is left by black; of that all, nothing and half.
    Tensor image = decode(file);
    assertArrayEquals(new int[] {8, 8, 3}, image.shape());
    assertEquals(204, image.bytes()[0] & 0xff, 2);
    assertEquals(0, image.bytes()[1] & 0xff, 2);
    assertEquals(102, image.bytes()[2] & 0xff, 2);
  }

  /** A frame with one macroblock, predicted as 128, and one coefficient of second order. */
  @Test
  void lossyWebpByHand() {
    BoolEncoder header = new BoolEncoder();
    header.number(0, 2).number(0, 1).number(0, 1).number(0, 6).number(0, 3).number(0, 1);
    header.number(0, 2).number(0, 7).number(0, 5).number(0, 1);
    for (int[][][] type : Vp8Tables.UPDATES) {
      for (int[][] band : type) {
        for (int[] context : band) {
          for (int probability : context) {
            header.bit(0, probability);
          }
        }
      }
    }
    header.number(0, 1); // all macroblocks have coefficients
    header.bit(1, 145).bit(0, 156).bit(0, 163).bit(0, 142); // both predicted from the mean
    int[][][][] p = Vp8Tables.coefficients();
    BoolEncoder tokens = new BoolEncoder();
    int[] q = p[1][0][0];
    tokens.bit(1, q[0]).bit(1, q[1]).bit(1, q[2]).bit(1, q[3]).bit(1, q[6]).bit(0, q[8]);
    tokens.bit(1, q[9]).bit(0, 176).bit(0, 155).bit(0, 140).bit(1, 135).bit(0, 128); // 20
    tokens.bit(0, p[1][1][2][0]);
    for (int i = 0; i < 16; i++) {
      tokens.bit(0, p[0][1][0][0]);
    }
    for (int i = 0; i < 8; i++) {
      tokens.bit(0, p[2][0][0][0]);
    }
    byte[] first = header.bytes();
    int tag = 1 << 4 | first.length << 5;
    byte[] frame =
        bytes(
            tag & 255, tag >> 8 & 255, tag >> 16, 0x9d, 1, 0x2a, 5, 0, 3, 0, first, tokens.bytes());
    byte[] file =
        bytes(
            "RIFF",
            frame.length + 12,
            0,
            0,
            0,
            "WEBPVP8 ",
            frame.length & 255,
            frame.length >> 8,
            0,
            0,
            frame);
    // 20 * 8 = 160; (160 + 3) / 8 = 20 for each block; (20 + 4) / 8 = 3 for each pixel: luma 131,
    // which is 1.164 * (131 - 16) = 134.
    int[] expected = new int[5 * 3 * 3];
    Arrays.fill(expected, 134);
    holds(decode(file), 3, 5, expected);
  }

  /** Writes what {@link BoolDecoder} reads. */
  private static final class BoolEncoder {

    private java.math.BigInteger low = java.math.BigInteger.ZERO;
    private int range = 255;
    private int bits = 8;

    BoolEncoder bit(int bit, int probability) {
      int split = 1 + (((range - 1) * probability) >> 8);
      if (bit == 1) {
        low = low.add(java.math.BigInteger.valueOf(split));
        range -= split;
      } else {
        range = split;
      }
      while (range < 128) {
        range <<= 1;
        low = low.shiftLeft(1);
        bits++;
      }
      return this;
    }

    BoolEncoder number(int value, int count) {
      for (int i = count - 1; i >= 0; i--) {
        bit(value >> i & 1, 128);
      }
      return this;
    }

    byte[] bytes() {
      int count = (bits + 7) / 8;
      byte[] wide = low.shiftLeft(8 * count - bits).toByteArray();
      byte[] bytes = new byte[count];
      for (int i = 0; i < count && i < wide.length; i++) {
        bytes[count - 1 - i] = wide[wide.length - 1 - i];
      }
      return bytes;
    }
  }
}
