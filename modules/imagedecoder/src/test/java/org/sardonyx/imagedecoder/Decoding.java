package org.sardonyx.imagedecoder;

import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Runs the operator in a session of its own. */
final class Decoding {

  private Decoding() {}

  static Tensor decode(byte[] bytes) {
    return decode(bytes, "RGB");
  }

  static Tensor decode(byte[] bytes, String format) {
    return decode(bytes, format, SessionOptions.standard().withOperators(ImageDecoder.DEF));
  }

  static Tensor decode(byte[] bytes, OperatorDef def) {
    return decode(bytes, "RGB", SessionOptions.standard().withOperators(def));
  }

  static Tensor decode(byte[] bytes, String format, SessionOptions options) {
    Session session = session(format, options);
    Tensor stream = Tensor.of(DataType.UINT8, bytes, bytes.length);
    return (Tensor) session.run(Map.of("data", stream)).get("image");
  }

  static Session session(String format, SessionOptions options) {
    GraphBuilder g = new GraphBuilder("g");
    GraphBuilder.Ref data = g.input("data", Type.tensor(DataType.UINT8, Shape.ofRank(1)));
    g.output(
        "image",
        g.call("ImageDecoder", data).with("pixel_format", format).output(),
        Type.tensor(DataType.UINT8, Shape.ofRank(3)));
    return Session.compile(g.model(20), options.withStrictInputs(true).withPoison(true));
  }

  static BufferedImage noise(int width, int height, int type, long seed) {
    BufferedImage image = new BufferedImage(width, height, type);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 0xff000000 | random.nextInt());
      }
    }
    return image;
  }

  static byte[] encode(RenderedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalStateException("nothing writes " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Puts numbers into bytes: what ISO 8859-1 text and numbers say, one after the other. */
  static byte[] bytes(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object part : parts) {
      switch (part) {
        case String text -> text.chars().forEach(out::write);
        case Integer number -> out.write(number);
        case byte[] more -> out.writeBytes(more);
        default -> throw new IllegalArgumentException(part.toString());
      }
    }
    return out.toByteArray();
  }
}
