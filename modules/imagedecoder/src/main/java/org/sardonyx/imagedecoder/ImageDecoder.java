package org.sardonyx.imagedecoder;

import java.io.IOException;
import java.lang.System.Logger.Level;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * ImageDecoder: the pixels of a BMP, JPEG, JPEG 2000, PNG, PNM, TIFF or WebP file, rows first, then
 * columns, then channels: three, or one where {@code pixel_format} is Grayscale. What cannot be
 * decoded gives no rows and no columns, as the specification wants it; why, the log says at level
 * DEBUG. Transparency is left out, and neither colour profiles nor the orientation that EXIF data
 * state are applied. Gray is {@code 0.299 R + 0.587 G + 0.114 B}.
 *
 * <p>The size is read from the header before anything is decoded: an image beyond {@code pixels},
 * or one that takes more memory than the session's {@code liveBytes} leave, ends the run with
 * {@link LimitExceeded}.
 *
 * @param pixelFormat RGB, BGR or Grayscale
 * @param mostPixels how large an image may be
 */
public record ImageDecoder(String pixelFormat, long mostPixels) implements Operator {

  /** The pixels that an image may have where nothing else is said: 2^27. */
  public static final long MOST_PIXELS = 1L << 27;

  /** For {@code SessionOptions.withOperators}. */
  public static final OperatorDef DEF = def(MOST_PIXELS);

  private static final System.Logger LOG = System.getLogger(ImageDecoder.class.getName());

  /** Returns the operator with a limit of its own. */
  public static OperatorDef def(long mostPixels) {
    return OperatorDef.named("ImageDecoder")
        .version(20)
        .input("encoded_stream", "T1")
        .output("image", "T2")
        .attribute("pixel_format", "RGB")
        .type("T1", DataType.UINT8)
        .type("T2", DataType.UINT8)
        .create(attributes -> of(attributes, mostPixels));
  }

  private static ImageDecoder of(Attributes attributes, long mostPixels) {
    String format = attributes.getString("pixel_format");
    return switch (format) {
      case "RGB", "BGR", "Grayscale" -> new ImageDecoder(format, mostPixels);
      default -> throw new InvalidModel("pixel_format " + format + " is none of the operator");
    };
  }

  @Override
  public void infer(Inference in) {
    Shape stream = in.shape(0);
    if (stream.hasRank() && stream.rank() != 1) {
      throw in.invalid("encoded_stream has rank " + stream.rank() + " and must have rank 1");
    }
    in.output(0, DataType.UINT8, Shape.of(in.fresh(), in.fresh(), Dim.of(channels())));
  }

  private int channels() {
    return "Grayscale".equals(pixelFormat) ? 1 : 3;
  }

  @Override
  public void run(Invocation in) {
    byte[] bytes = in.tensor(0).bytes();
    Format format = Format.of(bytes);
    if (format == null) {
      empty(in, "the format is none of those that the operator reads");
      return;
    }
    try {
      Header header = Header.of(format, bytes);
      long most = Math.min(mostPixels, in.most(Limit.PIXELS));
      if (header.pixels() > most) {
        throw new LimitExceeded(
            Limit.PIXELS.label(), most, header.width() + " x " + header.height() + " pixels");
      }
      long bytesPerPixel = (long) format.bytesPerPixel * Math.max(1, (header.layers() + 3) / 4);
      in.keep(header.pixels() * bytesPerPixel);
      in.checkpoint();
      Picture picture = Picture.decode(format, bytes, header);
      Tensor y = in.output(0, DataType.UINT8, picture.height(), picture.width(), channels());
      copy(picture.rgb(), y.bytes());
    } catch (IOException e) {
      empty(in, format + ": " + e.getMessage());
    }
  }

  private void empty(Invocation in, String reason) {
    LOG.log(Level.DEBUG, "ImageDecoder gives an empty image: {0}", reason);
    in.output(0, DataType.UINT8, 0, 0, channels());
  }

  private void copy(byte[] rgb, byte[] out) {
    switch (pixelFormat) {
      case "RGB" -> System.arraycopy(rgb, 0, out, 0, rgb.length);
      case "BGR" -> {
        for (int i = 0; i < rgb.length; i += 3) {
          out[i] = rgb[i + 2];
          out[i + 1] = rgb[i + 1];
          out[i + 2] = rgb[i];
        }
      }
      default -> Pixels.luma(rgb, out);
    }
  }
}
