package org.sardonyx.conformance.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** SHA-256 of files, and of values whatever the format of their file. */
final class Hashes {

  private Hashes() {}

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String of(Path file) {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the hash of a value: its type with all sizes, then its elements by their bits. */
  static String of(Value value) {
    MessageDigest digest = sha256();
    add(value, digest);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(Value value, MessageDigest to) {
    switch (value) {
      case Tensor tensor -> {
        text(tensor.type().spec() + Arrays.toString(tensor.shape()), to);
        elements(tensor, to);
      }
      case SequenceValue sequence -> {
        text("seq " + sequence.elements().size(), to);
        sequence.elements().forEach(element -> add(element, to));
      }
      case OptionalValue optional -> {
        text(optional.value() == null ? "none" : "some", to);
        if (optional.value() != null) {
          add(optional.value(), to);
        }
      }
      case MapValue map -> {
        text("map", to);
        add(map.keys(), to);
        add(map.values(), to);
      }
      case SparseTensor sparse -> {
        text("sparse " + sparse.type().spec(), to);
        add(sparse.values(), to);
        add(sparse.indices(), to);
      }
    }
  }

  private static void elements(Tensor tensor, MessageDigest to) {
    DataType type = tensor.dataType();
    switch (tensor.array()) {
      case String[] texts -> {
        for (String one : texts) {
          text(String.valueOf(one), to);
        }
      }
      case float[] numbers -> {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        to.update(bytes);
      }
      case double[] numbers -> {
        ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length);
        bytes.asDoubleBuffer().put(numbers);
        to.update(bytes);
      }
      default -> {
        ByteBuffer bytes = ByteBuffer.allocate(8);
        for (int i = 0; i < tensor.size(); i++) {
          bytes.clear();
          bytes.putLong(
              type.isFloat() ? Double.doubleToLongBits(tensor.getDouble(i)) : tensor.getLong(i));
          to.update(bytes.array());
        }
      }
    }
  }

  private static void text(String text, MessageDigest to) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    to.update(bytes);
  }
}
